"""Boxed expressions, item definitions, knowledge models, services and imports (DMN 1.5 §6.3, §7.3, §10.2, §10.4)."""

from datetime import UTC, datetime

import pytest

from kfflow.engine.dmn import compile_decisions, lint_decisions, read_decisions
from tests.unit.dmn.building import NAMESPACE, model

NOW = datetime(2026, 7, 1, tzinfo=UTC)


def literal(text: str) -> str:
    return f"<literalExpression><text>{text}</text></literalExpression>"


def decided(logic: str, before: str = "", **variables: object) -> object:
    text = model(f'{before}<decision id="d" name="d"><variable name="d"/>{logic}</decision>')
    return compile_decisions(text, "m.dmn").evaluate("d", variables, now=NOW).output


def conditional(condition: str) -> str:
    branches = f"<then>{literal('1')}</then><else>{literal('2')}</else>"
    return f"<conditional><if>{literal(condition)}</if>{branches}</conditional>"


@pytest.mark.parametrize(("condition", "expected"), [("x = 1", 1), ("x = 2", 2), ("x &lt; null", 2), ("x", None)])
def test_conditional_chooses_as_if_does(condition: str, expected: int | None):
    assert decided(conditional(condition), x=1) == expected


@pytest.mark.parametrize(
    ("match", "expected"),
    [
        ("item &gt; 1", [2, 3]),
        ("true", [1, 2, 3]),
        ("item = limit", [2]),
        ("2", 2),
        ("-1", 3),
        ("false", []),
        ("if item = 1 then null else item &gt; 2", [3]),
        ("[item]", None),
    ],
)
def test_filter_keeps_what_matches(match: str, expected: object):
    logic = f"<filter><in>{literal('[1, 2, 3]')}</in><match>{literal(match)}</match></filter>"
    assert decided(logic, limit=2) == expected


def test_filter_sees_the_entries_of_the_items():
    logic = f"<filter><in>{literal('[{a: 1}, {a: 2}]')}</in><match>{literal('a &gt; 1')}</match></filter>"
    assert decided(logic) == [{"a": 2}]


@pytest.mark.parametrize(
    ("kind", "tag", "body", "expected"),
    [
        ("for", "return", "i * 2", [2, 4, 6]),
        ("for", "return", "count(partial)", [0, 1, 2]),
        ("some", "satisfies", "i &gt; 2", True),
        ("some", "satisfies", "i &gt; 3", False),
        ("every", "satisfies", "i &gt; 0", True),
        ("every", "satisfies", "i &gt; 1", False),
        ("every", "satisfies", "if i = 2 then false else null", False),
        ("some", "satisfies", "if i = 2 then true else null", True),
        ("some", "satisfies", "if i = 2 then false else null", None),
        ("some", "satisfies", "if i = 2 then true else i", None),
    ],
)
def test_iteration(kind: str, tag: str, body: str, expected: object):
    for source in ("[1, 2, 3]", "[1..3]"):
        logic = f'<{kind} iteratorVariable="i"><in>{literal(source)}</in><{tag}>{literal(body)}</{tag}></{kind}>'
        assert decided(logic) == expected


def test_list_and_relation():
    assert decided(f"<list>{literal('1')}{literal('x')}</list>", x=2) == [1, 2]
    relation = (
        '<relation><column name="a"/><column name="b"/>'
        f"<row>{literal('1')}{literal('x')}</row><row>{literal('3')}{literal('4')}</row></relation>"
    )
    assert decided(relation, x=2) == [{"a": 1, "b": 2}, {"a": 3, "b": 4}]


def test_cells_of_a_relation_are_of_the_type_of_their_column():
    row = f"<row>{literal('x')}</row>"
    relation = f'<relation><column name="a" typeRef="number"/>{row}</relation>'
    assert [decided(relation, x=x) for x in (1, [1], "1")] == [[{"a": 1}], [{"a": 1}], [{"a": None}]]


def test_names_hold_single_blanks_wherever_they_are_declared():
    relation = f'<relation><column name="unit  price"/><row>{literal("2")}</row></relation>'
    assert decided(f"<context>{entry('r', relation)}{entry('', literal('r[1].unit price'))}</context>") == 2
    loop = f'<for iteratorVariable="one  item"><in>{literal("[2]")}</in><return>{literal("one item")}</return></for>'
    assert decided(loop) == [2]
    function = f'<functionDefinition><formalParameter name="a  b"/>{literal("a b")}</functionDefinition>'
    call = f'<invocation>{literal("f")}<binding><parameter name="a b"/>{literal("2")}</binding></invocation>'
    assert decided(f"<context>{entry('f', function)}{entry('', call)}</context>") == 2


def entry(name: str, logic: str, type_ref: str = "") -> str:
    declared = f' typeRef="{type_ref}"' if type_ref else ""
    variable = f'<variable name="{name}"{declared}/>' if name else ""
    return f"<contextEntry>{variable}{logic}</contextEntry>"


def test_context_gives_its_entries_or_its_result():
    first, second = entry("a b", literal("1")), entry("c", literal("a b + 1"))
    assert decided(f"<context>{first}{second}</context>") == {"a b": 1, "c": 2}
    assert decided(f"<context>{first}{second}{entry('', literal('a b + c'))}</context>") == 3
    assert decided(f"<context>{entry('a', literal('1'), 'string')}</context>") == {"a": None}


def test_function_and_invocation():
    function = (
        '<functionDefinition><formalParameter name="n" typeRef="number"/><formalParameter name="m"/>'
        f"{literal('n - m')}</functionDefinition>"
    )
    binding = '<binding><parameter name="{}"/>{}</binding>'
    call = (
        f"<invocation>{literal('f')}{binding.format('m', literal('1'))}{binding.format('n', literal('x'))}</invocation>"
    )
    logic = f"<context>{entry('f', function)}{entry('', call)}</context>"
    assert decided(logic, x=5) == 4
    assert decided(logic, x="5") is None
    assert decided(logic, x=[5]) == 4


ITEMS = (
    '<itemDefinition name="tKind"><typeRef>string</typeRef><allowedValues><text>"a", "b"</text></allowedValues>'
    '</itemDefinition><itemDefinition name="tKinds" isCollection="true"><typeRef>tKind</typeRef></itemDefinition>'
    '<itemDefinition name="tAge"><typeRef>number</typeRef><allowedValues><text>[0..120]</text></allowedValues>'
    '</itemDefinition><itemDefinition name="tPerson"><itemComponent name="age"><typeRef>tAge</typeRef></itemComponent>'
    '<itemComponent name="kind"><typeRef>tKind</typeRef></itemComponent></itemDefinition>'
    '<itemDefinition name="tFew" isCollection="true"><typeRef>number</typeRef>'
    "<typeConstraint><text>count(?) &lt; 3</text></typeConstraint></itemDefinition>"
)


@pytest.mark.parametrize(
    ("type_ref", "value", "expected"),
    [
        ("tKind", "a", "a"),
        ("tKind", "c", None),
        ("tKind", 1, None),
        ("tKind", ["a"], "a"),
        ("tKinds", ["a", "b"], ["a", "b"]),
        ("tKinds", ["a", "c"], None),
        ("tKinds", "a", ["a"]),
        ("tAge", 120, 120),
        ("tAge", 121, None),
        ("tPerson", {"age": 3, "kind": "a"}, {"age": 3, "kind": "a"}),
        ("tPerson", {"age": 3, "kind": "a", "x": 1}, {"age": 3, "kind": "a", "x": 1}),
        ("tPerson", {"age": 300, "kind": "a"}, None),
        ("tPerson", {"age": 3}, None),
        ("tFew", [1, 2], [1, 2]),
        ("tFew", [1, 2, 3], None),
    ],
)
def test_values_conform_to_their_item_definition(type_ref: str, value: object, expected: object):
    text = model(
        f'{ITEMS}<inputData id="i" name="x"><variable name="x" typeRef="{type_ref}"/></inputData>'
        '<decision id="d" name="d"><variable name="d"/><informationRequirement><requiredInput href="#i"/>'
        f"</informationRequirement>{literal('x')}</decision>"
    )
    evaluated = compile_decisions(text, "m.dmn").evaluate("d", {"x": value}, now=NOW)
    assert evaluated.output == expected
    assert evaluated.problems == ([] if expected is not None else ["input x is not of its type"])


def test_decision_result_must_be_of_its_type():
    text = model(f'<decision id="d" name="d"><variable name="d" typeRef="number"/>{literal("x")}</decision>')
    compiled = compile_decisions(text, "m.dmn")
    assert [compiled.evaluate("d", {"x": x}, now=NOW).output for x in (1, "1", [1])] == [1, None, 1]


KNOWLEDGE = (
    '<businessKnowledgeModel id="k" name="twice"><variable name="twice"/><encapsulatedLogic>'
    '<formalParameter name="n" typeRef="number"/>'
    f"{literal('n * 2')}</encapsulatedLogic></businessKnowledgeModel>"
)
REQUIRED = '<knowledgeRequirement><requiredKnowledge href="#k"/></knowledgeRequirement>'


def test_knowledge_is_called_by_position_and_by_name():
    assert decided(REQUIRED + literal("twice(x) + twice(n: 1)"), KNOWLEDGE, x=2) == 6


def test_knowledge_that_is_not_required_is_not_known():
    found = lint_decisions(model(f'{KNOWLEDGE}<decision id="d" name="d">{literal("twice(1)")}</decision>'), "m.dmn")
    assert [f.rule for f in found if f.severity.value == "error"] == ["dmn-no-value"]


def test_decision_service_takes_its_inputs_and_gives_its_outputs():
    text = model(
        '<inputData id="i" name="x"><variable name="x" typeRef="number"/></inputData>'
        '<decision id="a" name="A"><variable name="A"/><informationRequirement><requiredInput href="#i"/>'
        f"</informationRequirement>{literal('x + 1')}</decision>"
        '<decision id="b" name="B"><variable name="B"/><informationRequirement><requiredDecision href="#a"/>'
        f"</informationRequirement>{literal('A * 10')}</decision>"
        '<decisionService id="s" name="S"><variable name="S"/><outputDecision href="#b"/><encapsulatedDecision '
        'href="#a"/><inputData href="#i"/></decisionService>'
        '<decisionService id="t" name="T"><variable name="T"/><outputDecision href="#b"/><outputDecision href="#a"/>'
        '<inputDecision href="#a"/></decisionService>'
        '<decision id="c" name="C"><variable name="C"/><knowledgeRequirement><requiredKnowledge href="#s"/>'
        f"</knowledgeRequirement>{literal('S(x: 4) + S(1)')}</decision>"
    )
    compiled = compile_decisions(text, "m.dmn")
    assert compiled.evaluate("s", {"x": 1}, now=NOW).output == 20
    assert compiled.evaluate("t", {"A": 3}, now=NOW).output == {"B": 30, "A": 3}
    assert compiled.evaluate("c", {}, now=NOW).output == 70


def test_imported_elements_are_reached_by_the_name_of_the_import():
    imported = (
        f'<definitions xmlns="{NAMESPACE}" id="other" name="Other" namespace="urn:other">'
        '<itemDefinition name="tN"><typeRef>number</typeRef></itemDefinition>'
        f'<decision id="o" name="O"><variable name="O" typeRef="tN"/>{literal("7")}</decision>{KNOWLEDGE}</definitions>'
    ).encode()
    text = model(
        f'<import name="lib" namespace="urn:other" importType="{NAMESPACE}"/>'
        '<decision id="d" name="d"><variable name="d" typeRef="lib.tN"/>'
        '<informationRequirement><requiredDecision href="urn:other#o"/></informationRequirement>'
        '<knowledgeRequirement><requiredKnowledge href="urn:other#k"/></knowledgeRequirement>'
        f"{literal('lib.O + lib.twice(1)')}</decision>"
    )
    other = compile_decisions(imported, "other.dmn")
    assert compile_decisions(text, "m.dmn").evaluate("d", {}, now=NOW, extra_models=[other]).output == 9


def nameless_import(namespace: str) -> str:
    return f'<import name="" namespace="{namespace}" importType="{NAMESPACE}"/>'


def test_elements_of_imports_without_a_name_are_reached_by_their_own():
    first = model(
        '<itemDefinition name="tKind"><typeRef>string</typeRef><allowedValues><text>"a"</text></allowedValues>'
        f'</itemDefinition><decision id="o" name="in or out"><variable name="in or out"/>{literal("7")}</decision>'
    ).replace(b"urn:test", b"urn:first")
    second = model(KNOWLEDGE).replace(b"urn:test", b"urn:second")
    text = model(
        f"{nameless_import('urn:first')}{nameless_import('urn:second')}"
        '<inputData id="i" name="kind"><variable name="kind" typeRef="tKind"/></inputData>'
        '<decision id="d" name="d"><variable name="d"/>'
        '<informationRequirement><requiredInput href="#i"/></informationRequirement>'
        '<informationRequirement><requiredDecision href="urn:first#o"/></informationRequirement>'
        '<knowledgeRequirement><requiredKnowledge href="urn:second#k"/></knowledgeRequirement>'
        f"{literal('string(in or out + twice(1)) + kind')}</decision>"
    )
    extra = [compile_decisions(other, "other.dmn") for other in (first, second)]
    importing, _ = read_decisions(text, "m.dmn")
    assert importing is not None
    outputs = [importing.evaluate("d", {"kind": k}, now=NOW, extra_models=extra).output for k in ("a", "b")]
    assert outputs == ["9a", None]


def test_qualified_type_references_of_old_models_are_understood():
    text = model(
        '<itemDefinition name="tPair"><itemComponent name="n"><typeRef>feel:number</typeRef></itemComponent>'
        '</itemDefinition><inputData id="i" name="x"><variable name="x" typeRef="tns:tPair"/></inputData>'
        '<decision id="d" name="d"><variable name="d"/><informationRequirement><requiredInput href="#i"/>'
        f"</informationRequirement>{literal('x')}</decision>"
    )
    given = [{"n": 1}, {"n": "1"}, {"m": 1}]
    compiled = compile_decisions(text, "m.dmn")
    assert [compiled.evaluate("d", {"x": x}, now=NOW).output for x in given] == [{"n": 1}, None, None]
