"""Diagrams of Camunda 7: what is converted and what is named."""

import pytest

from kfflow import engine
from kfflow.engine.bpmn.juel import Untranslatable, to_feel
from tests.unit.engine.drawing import HEAD, Case, chain, diagram, end, flow, node, start, user

C7 = HEAD.replace("<bpmn:definitions", '<bpmn:definitions xmlns:camunda="http://camunda.org/schema/1.0/bpmn"')


def seven(body):
    return f'{C7}<bpmn:process id="P" isExecutable="true">{body}</bpmn:process></bpmn:definitions>'.encode()


@pytest.mark.parametrize(
    ("juel", "feel"),
    [
        ("${a && !b}", "a and ((b) != true)"),
        ("${x == 'ja' || y ge 3}", 'x = "ja" or y >= 3'),
        ("#{not empty list}", None),
        ("${a ? 1 : 2}", "(if a then 1 else 2)"),
        ('${test.contains("b")}', 'contains(test, "b")'),
        ("${execution.getVariable('n') % 2}", "modulo(n, 2)"),
        ('${a["b"].c[0]}', "a.b.c[0 + 1]"),
        ("Case ${n} of ${who}", '"Case " + string(n) + " of " + string(who)'),
    ],
)
def test_juel_becomes_feel(juel, feel):
    translated = to_feel(juel)
    assert feel is None or translated == feel


@pytest.mark.parametrize("juel", ["${bean.call(x)}", "${a", "${a; b}", "${${a}}", "prefix ${a} }", "${1 +}"])
def test_juel_without_counterpart_is_refused(juel):
    with pytest.raises(Untranslatable):
        to_feel(juel)


def test_task_of_camunda_7_runs():
    body = start() + end() + flow("Begin", "Work")
    body += (
        '<bpmn:userTask id="Work" camunda:assignee="${who}" camunda:candidateGroups="a,b" camunda:dueDate="${due}" '
        'camunda:formKey="embedded:app:forms/leave.html"/>'
        '<bpmn:serviceTask id="Send" camunda:type="external" camunda:topic="letters"><bpmn:extensionElements>'
        '<camunda:inputOutput><camunda:inputParameter name="to">${who}</camunda:inputParameter>'
        '<camunda:inputParameter name="kind">A4</camunda:inputParameter></camunda:inputOutput>'
        "</bpmn:extensionElements></bpmn:serviceTask>"
    )
    definition = engine.compile_process(seven(body + chain("Work", "Send", "Done")), "x.bpmn")[0]
    case = Case(definition, {"who": "bo", "due": "2026-04-01"})
    task = case.outcome.opened[0]
    assert (task.assignee, task.candidate_groups, task.form_id) == ("bo", ("a", "b"), "leave")
    job = case.complete("Work").outcome.opened[0]
    assert (job.type, job.variables["to"], job.variables["kind"]) == ("letters", "bo", "A4")


def test_java_code_and_listeners_are_named():
    body = start() + end() + '<bpmn:serviceTask id="S" camunda:class="dk.kf.SendLetter" camunda:asyncBefore="true">'
    body += "<bpmn:extensionElements><camunda:executionListener/><camunda:field/></bpmn:extensionElements>"
    body += "</bpmn:serviceTask>"
    findings = engine.lint(seven(body + chain("Begin", "S", "Done")), "x.bpmn")
    named = {(f.rule, f.element_id, f.severity.value) for f in findings}
    assert {
        ("camunda-java", "S", "warning"),
        ("camunda-attribute", "S", "info"),
        ("camunda-element", "S", "warning"),
        ("camunda-listener", "S", "error"),
    } <= named


def test_script_in_another_language_is_refused():
    body = (
        start()
        + end()
        + '<bpmn:scriptTask id="S" scriptFormat="groovy"><bpmn:script>x = 1</bpmn:script></bpmn:scriptTask>'
    )
    body = body.replace("<bpmn:scriptTask", '<bpmn:scriptTask camunda:resultVariable="x"')
    errors = [f.rule for f in engine.lint(seven(body + chain("Begin", "S", "Done")), "x.bpmn") if f.severity == "error"]
    assert "camunda-script" in errors


@pytest.mark.parametrize(
    ("element", "rule"),
    [
        ('<bpmn:callActivity id="X" calledElement="Q" camunda:calledElementBinding="version"/>', "camunda-binding"),
        (
            '<bpmn:businessRuleTask id="X" camunda:decisionRef="d" camunda:decisionRefBinding="version"/>',
            "camunda-binding",
        ),
    ],
)
def test_binding_that_has_no_counterpart_is_refused(element, rule):
    found = engine.lint(seven(start() + end() + element + chain("Begin", "X", "Done")), "x.bpmn")
    assert [(f.rule, f.element_id) for f in found if f.severity == "error"] == [(rule, "X")]


def test_bare_method_calls_of_a_diagram_without_a_language_are_juel():
    body = start() + node("exclusiveGateway", "Which", default="Which_B") + user("A") + user("B") + end()
    body += flow("Begin", "Which") + flow("Which", "A", 'word.contains("a")') + chain("Which", "B", "Done")
    plain = diagram(body + flow("A", "Done")).replace(b' xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"', b"")
    definition = engine.compile_process(plain, "x.bpmn")[0]
    assert [Case(definition, {"word": word}).waits_at() for word in ("cat", "dog")] == [["A"], ["B"]]


def test_script_of_any_diagram_in_another_language_is_refused():
    task = node("scriptTask", "S", "<bpmn:script>x = 1</bpmn:script>", scriptFormat="javascript")
    found = engine.lint(diagram(start() + task + end() + chain("Begin", "S", "Done")), "x.bpmn")
    assert ("script-language", "S") in [(f.rule, f.element_id) for f in found if f.severity == "error"]


RELATIVES = {
    "camunda": "http://camunda.org/schema/1.0/bpmn",
    "activiti": "http://activiti.org/bpmn",
    "flowable": "http://flowable.org/bpmn",
    "operaton": "http://operaton.org/schema/1.0/bpmn",
}


@pytest.mark.parametrize("prefix", RELATIVES)
def test_relatives_of_camunda_7_have_the_same_words(prefix):
    many = f'<bpmn:multiInstanceLoopCharacteristics {prefix}:collection="all" {prefix}:elementVariable="one"/>'
    task = f'<bpmn:userTask id="Work" {prefix}:assignee="${{one}}" {prefix}:odd="1">{many}</bpmn:userTask>'
    source = seven(start() + task + end() + chain("Begin", "Work", "Done")).decode()
    written = source.replace(
        C7, HEAD.replace("<bpmn:definitions", f'<bpmn:definitions xmlns:{prefix}="{RELATIVES[prefix]}"')
    )
    case = Case(engine.compile_process(written.encode(), "x.bpmn")[0], {"all": ["bo", "ib"]})
    assert [opened.assignee for opened in case.outcome.opened] == ["bo", "ib"]
    named = [f.message_en for f in engine.lint(written.encode(), "x.bpmn") if f.rule == "camunda-attribute"]
    assert named == [f"{prefix}:odd has no counterpart and is not used."]


def test_instances_are_counted_from_0_as_camunda_7_does():
    many = "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>2</bpmn:loopCardinality>"
    task = f'<bpmn:userTask id="Work" camunda:assignee="${{loopCounter}}">{many}'
    task += "</bpmn:multiInstanceLoopCharacteristics></bpmn:userTask>"
    case = Case(engine.compile_process(seven(start() + task + end() + chain("Begin", "Work", "Done")), "x.bpmn")[0])
    assert [opened.assignee for opened in case.outcome.opened] == ["0", "1"]


def test_results_are_kept_beside_the_output_parameters_of_camunda_7():
    mapped = '<camunda:inputParameter name="own">${a}</camunda:inputParameter>'
    mapped += '<camunda:outputParameter name="sum">${own + x}</camunda:outputParameter>'
    inside = f"<bpmn:extensionElements><camunda:inputOutput>{mapped}</camunda:inputOutput></bpmn:extensionElements>"
    body = start() + node("userTask", "Work", inside) + user("Next") + end() + chain("Begin", "Work", "Next", "Done")
    case = Case(engine.compile_process(seven(body), "x.bpmn")[0], {"a": 1})
    assert case.complete("Work", x=2, own=5).variables == {"a": 1, "x": 2, "sum": 7}


def test_call_that_gives_all_back_and_maps_some_does_both():
    back = '<camunda:out variables="all"/><camunda:out source="x" target="y"/>'
    call = f"<bpmn:extensionElements>{back}</bpmn:extensionElements>"
    body = start() + node("callActivity", "Call", call, calledElement="Q") + user("Next") + end()
    case = Case(engine.compile_process(seven(body + chain("Begin", "Call", "Next", "Done")), "x.bpmn")[0])
    assert case.do(engine.complete_call, "Call", {"x": 1, "z": 2}).variables == {"x": 1, "y": 1, "z": 2}


@pytest.mark.parametrize(
    ("mapped", "named"), [("singleEntry", []), ("resultList", ["Rule"]), ("singleResult", ["Rule"])]
)
def test_result_of_a_decision_that_has_another_shape_is_named(mapped, named):
    task = f'<bpmn:businessRuleTask id="Rule" camunda:decisionRef="d" camunda:mapDecisionResult="{mapped}"/>'
    findings = engine.lint(seven(start() + task + end() + chain("Begin", "Rule", "Done")), "x.bpmn")
    assert [f.element_id for f in findings if f.rule == "camunda-decision-result"] == named
