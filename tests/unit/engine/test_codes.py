"""Codes of errors and escalations: computed where they are thrown, written where they are caught."""

import pytest

from kfflow import engine
from tests.unit.engine.drawing import Case, chain, compiled, diagram, end, node, start, user

COMPUTED = (
    '<bpmn:error id="Er" errorCode="=code"/><bpmn:error id="ErA" errorCode="a"/>'
    '<bpmn:escalation id="Es" escalationCode="=code"/><bpmn:escalation id="EsA" escalationCode="a"/>'
)


def caught(kind, thrown, catching):
    end_event = node("endEvent", "Out", f'<bpmn:{kind}EventDefinition {kind}Ref="{thrown}"/>')
    inside = start("IS") + user("A") + end_event + chain("IS", "A", "Out")
    catch = node("boundaryEvent", "B", f'<bpmn:{kind}EventDefinition {kind}Ref="{catching}"/>', attachedToRef="Sub")
    handling = catch + user("U") + end("UE") + chain("B", "U", "UE")
    return start() + node("subProcess", "Sub", inside) + handling + end() + chain("Begin", "Sub", "Done")


@pytest.mark.parametrize(("kind", "thrown", "catching"), [("error", "Er", "ErA"), ("escalation", "Es", "EsA")])
def test_computed_code_is_caught_by_who_names_it(kind, thrown, catching):
    case = Case(compiled(caught(kind, thrown, catching), COMPUTED), {"code": "a"})
    assert case.complete("A").waits_at() == ["U"]


@pytest.mark.parametrize("variables", [{}, {"code": "b"}])
def test_computed_code_that_nobody_names_is_an_incident(variables):
    case = Case(compiled(caught("error", "Er", "ErA"), COMPUTED), variables).complete("A")
    assert case.waits_at() == ["Out"]


@pytest.mark.parametrize(("kind", "ref"), [("error", "Er"), ("escalation", "Es")])
def test_computed_code_is_refused_where_it_is_caught(kind, ref):
    findings = engine.lint(diagram(caught(kind, ref, ref), COMPUTED), "x.bpmn")
    assert [f.element_id for f in findings if f.rule == "code-computed"] == ["B"]
