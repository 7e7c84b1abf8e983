"""DMN elements to the classes of `model` (DMN 1.5 §6, §8 and §10.2; earlier versions differ in the namespace only)."""

from collections.abc import Iterable

from lxml import etree

from kfflow.engine.dmn import boxed_reading
from kfflow.engine.dmn.document import child, children, line_of, local_name, name_of, text_of
from kfflow.engine.dmn.model import (
    DecisionElement,
    Element,
    Import,
    InputData,
    ItemDefinition,
    Knowledge,
    Service,
    Source,
)
from kfflow.engine.findings import Finding, Severity


def read(root: etree._Element, resource: str, findings: list[Finding]) -> Source:
    """Read a whole document; what is wrong with its structure goes to `findings`."""
    elements: dict[str, Element] = {}
    findings += [f for n in root.iter(etree.Element) if (f := _foreign_language(n, resource)) is not None]
    for node in children(root):
        element = _element(node)
        if element is None:
            continue
        if element.id in elements:
            findings.append(_duplicate(element, resource))
        elements[element.id] = element
    return Source(
        id=root.get("id") or root.get("name") or resource,
        name=root.get("name") or root.get("id") or resource,
        namespace=root.get("namespace") or "",
        imports=tuple(_import(n) for n in children(root, "import") if "DMN" in (n.get("importType") or "DMN")),
        items=tuple(_item(n) for n in children(root, "itemDefinition")),
        elements=elements,
    )


_LANGUAGE = "feel"


def _foreign_language(node: etree._Element, resource: str) -> Finding | None:
    """Report an expression in a language that kfflow does not speak."""
    language = node.get("expressionLanguage") or ""
    if not language or _LANGUAGE in language.lower():
        return None
    return Finding(
        "dmn-language",
        Severity.ERROR,
        f"Udtrykssproget {language[:60]} kan ikke udføres; kun FEEL kan.",
        f"The expression language {language[:60]} cannot be executed; only FEEL can.",
        node.get("id"),
        line=line_of(node),
        resource=resource,
    )


def _duplicate(element: Element, resource: str) -> Finding:
    return Finding(
        "dmn-duplicate-id",
        Severity.ERROR,
        f"Id'et {element.id} bruges to gange.",
        f"The id {element.id} is used twice.",
        element.id,
        element.name,
        element.line,
        resource=resource,
    )


def _import(node: etree._Element) -> Import:
    return Import(name_of(node), node.get("namespace") or "", line_of(node))


def _element(node: etree._Element) -> Element | None:
    identity = (node.get("id") or node.get("name") or "", _name(node), line_of(node), _variable_type(node))
    match local_name(node):
        case "inputData":
            return InputData(*identity)
        case "decision":
            question = "".join(str(t) for q in children(node, "question") for t in q.itertext())
            return DecisionElement(*identity, _required(node), boxed_reading.read_logic(node), question)
        case "businessKnowledgeModel":
            logic = child(node, "encapsulatedLogic")
            function = boxed_reading.read_function(logic) if logic is not None else None
            return Knowledge(*identity, _required(node), function)
        case "decisionService":
            return _service(node, identity)
    return None


def _service(node: etree._Element, identity: tuple[str, str, int, str]) -> Service:
    return Service(
        *identity,
        outputs=_hrefs(children(node, "outputDecision")),
        encapsulated=_hrefs(children(node, "encapsulatedDecision")),
        input_decisions=_hrefs(children(node, "inputDecision")),
        inputs=_hrefs(children(node, "inputData")),
    )


def _name(node: etree._Element) -> str:
    return name_of(child(node, "variable")) or name_of(node) or node.get("id") or ""


def _variable_type(node: etree._Element) -> str:
    variable = child(node, "variable")
    return (variable.get("typeRef") if variable is not None else None) or ""


def _required(node: etree._Element) -> tuple[str, ...]:
    requirements = children(node, "informationRequirement", "knowledgeRequirement")
    return _hrefs(
        r for n in requirements for r in children(n, "requiredInput", "requiredDecision", "requiredKnowledge")
    )


def _hrefs(nodes: Iterable[etree._Element]) -> tuple[str, ...]:
    return tuple(n.get("href") or "" for n in nodes)


def _item(node: etree._Element) -> ItemDefinition:
    type_ref, function = child(node, "typeRef"), child(node, "functionItem")
    return ItemDefinition(
        name=name_of(node),
        type_ref=("".join(str(t) for t in type_ref.itertext()).strip() if type_ref is not None else ""),
        is_list=node.get("isCollection") == "true",
        components=tuple(_item(n) for n in children(node, "itemComponent")),
        allowed=text_of(child(node, "allowedValues")),
        constraint=text_of(child(node, "typeConstraint")),
        function=_function_item(function) if function is not None else None,
        line=line_of(node),
    )


def _function_item(node: etree._Element) -> tuple[tuple[str, ...], str]:
    parameters = tuple(p.get("typeRef") or "Any" for p in children(node, "parameters"))
    return parameters, node.get("outputTypeRef") or "Any"
