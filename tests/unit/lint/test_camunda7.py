"""Diagrams of Camunda 7: what is converted and what is named."""

import pytest

from kfflow import engine
from kfflow.engine.bpmn.juel import Untranslatable, to_feel
from tests.unit.engine.drawing import HEAD, Case, chain, end, flow, start

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
    ],
)
def test_juel_becomes_feel(juel, feel):
    translated = to_feel(juel)
    assert feel is None or translated == feel


@pytest.mark.parametrize("juel", ["${bean.call(x)}", "${a", "${a; b}", "${${a}}", "prefix ${a}", "${1 +}"])
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
    body += "<bpmn:extensionElements><camunda:executionListener/></bpmn:extensionElements></bpmn:serviceTask>"
    findings = engine.lint(seven(body + chain("Begin", "S", "Done")), "x.bpmn")
    named = {(f.rule, f.element_id, f.severity.value) for f in findings}
    assert {
        ("camunda-java", "S", "warning"),
        ("camunda-attribute", "S", "info"),
        ("camunda-element", "S", "warning"),
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
