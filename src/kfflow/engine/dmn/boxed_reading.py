"""Boxed expressions from XML (DMN 1.5 §10.2.1)."""

from lxml import etree

from kfflow.engine.dmn.document import child, children, line_of, local_name, name_of, text_of
from kfflow.engine.dmn.model import (
    Boxed,
    Conditional,
    ContextEntry,
    ContextExpression,
    DecisionTable,
    FilterExpression,
    FunctionDefinition,
    InputClause,
    Invocation,
    Iteration,
    ListExpression,
    LiteralExpression,
    OutputClause,
    Parameter,
    Relation,
    Rule,
)

_EXPRESSIONS = (
    "literalExpression",
    "decisionTable",
    "context",
    "invocation",
    "list",
    "relation",
    "functionDefinition",
    "conditional",
    "filter",
    "for",
    "some",
    "every",
)


def read_logic(node: etree._Element | None) -> Boxed | None:
    """Read the one expression among the children of an element, None when there is none."""
    found = child(node, *_EXPRESSIONS) if node is not None else None
    return _expression(found) if found is not None else None


def _logic(node: etree._Element | None) -> Boxed:
    """Read an expression that must be there; a missing one is an empty literal, which is null."""
    return read_logic(node) or LiteralExpression("", line_of(node) if node is not None else 0, "", "")


def _place(node: etree._Element) -> tuple[str, int, str]:
    return node.get("id") or "", line_of(node), node.get("typeRef") or ""


def _expression(node: etree._Element) -> Boxed:  # noqa: PLR0911 - one return a kind
    place = _place(node)
    match local_name(node):
        case "literalExpression":
            return LiteralExpression(*place, text_of(node))
        case "decisionTable":
            return _table(node)
        case "context":
            return ContextExpression(*place, tuple(_entry(n) for n in children(node, "contextEntry")))
        case "invocation":
            return Invocation(*place, _logic(node), tuple(_binding(n) for n in children(node, "binding")))
        case "list":
            return ListExpression(*place, tuple(_expression(n) for n in children(node, *_EXPRESSIONS)))
        case "relation":
            return _relation(node)
        case "functionDefinition":
            return read_function(node)
    return _iterating(node)


def _iterating(node: etree._Element) -> Boxed:
    place = _place(node)
    match local_name(node):
        case "conditional":
            parts = (child(node, "if"), child(node, "then"), child(node, "else"))
            return Conditional(*place, *(_logic(p) for p in parts))
        case "filter":
            return FilterExpression(*place, _logic(child(node, "in")), _logic(child(node, "match")))
    body = child(node, "return", "satisfies")
    variable = name_of(node, "iteratorVariable")
    return Iteration(*place, local_name(node), variable, _logic(child(node, "in")), _logic(body))


def _entry(node: etree._Element) -> ContextEntry:
    variable = child(node, "variable")
    type_ref = (variable.get("typeRef") if variable is not None else "") or ""
    return ContextEntry(name_of(variable), type_ref, _logic(node))


def _binding(node: etree._Element) -> tuple[str, Boxed]:
    return name_of(child(node, "parameter")), _logic(node)


def _relation(node: etree._Element) -> Relation:
    rows = (tuple(_expression(n) for n in children(row, *_EXPRESSIONS)) for row in children(node, "row"))
    return Relation(*_place(node), tuple(_parameter(c) for c in children(node, "column")), tuple(rows))


def read_function(node: etree._Element) -> FunctionDefinition:
    parameters = tuple(_parameter(p) for p in children(node, "formalParameter"))
    return FunctionDefinition(*_place(node), parameters, read_logic(node), node.get("kind") or "FEEL")


def _parameter(node: etree._Element) -> Parameter:
    return Parameter(name_of(node), node.get("typeRef") or "")


def _table(node: etree._Element) -> DecisionTable:
    names = [n.get("name") or "" for n in children(node, "annotation")]
    return DecisionTable(
        *_place(node),
        hit_policy=node.get("hitPolicy") or "UNIQUE",
        aggregation=node.get("aggregation") or "",
        inputs=tuple(_input(n) for n in children(node, "input")),
        outputs=tuple(_output(n) for n in children(node, "output")),
        rules=tuple(_rule(n, names) for n in children(node, "rule")),
        annotations=tuple(names),
    )


def _input(node: etree._Element) -> InputClause:
    expression = child(node, "inputExpression")
    text = text_of(expression)
    type_ref = (expression.get("typeRef") if expression is not None else "") or ""
    allowed = text_of(child(node, "inputValues"))
    return InputClause(node.get("label") or text, text, type_ref, allowed, node.get("id") or "", line_of(node))


def _output(node: etree._Element) -> OutputClause:
    return OutputClause(
        name=name_of(node),
        label=node.get("label") or name_of(node),
        type_ref=node.get("typeRef") or "",
        allowed=text_of(child(node, "outputValues")),
        default=text_of(child(node, "defaultOutputEntry")),
        element_id=node.get("id") or "",
        line=line_of(node),
    )


def _rule(node: etree._Element, annotation_names: list[str]) -> Rule:
    notes = [text_of(n) for n in children(node, "annotationEntry")]
    description = child(node, "description")
    return Rule(
        element_id=node.get("id") or "",
        line=line_of(node),
        inputs=tuple(text_of(n) for n in children(node, "inputEntry")),
        outputs=tuple(text_of(n) for n in children(node, "outputEntry")),
        annotations={name: note for name, note in zip(annotation_names, notes, strict=False) if name},
        description="".join(str(t) for t in description.itertext()).strip() if description is not None else "",
    )
