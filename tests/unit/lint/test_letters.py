"""A task that prepares a letter names the service task that makes it, and what that task would be given is known."""

from datetime import UTC, datetime

import pytest

from kfflow import engine
from kfflow.engine.outcome import Decided, Environment
from tests.integration.service import diagrams

INPUT = '<zeebe:ioMapping><zeebe:input source="=&quot;Sag &quot; + nummer" target="dokument_titel"/></zeebe:ioMapping>'
OUTPUT = '<zeebe:ioMapping><zeebe:output source="=svar" target="udfald"/></zeebe:ioMapping>'


def source(element: str, extra: str = "") -> bytes:
    task = diagrams.user_task("Afgoer", extra=f'<kf:letter element="{element}"/>{extra}')
    maker = diagrams.service_task("Dan", "svc_dokument").replace('retries="3"/>', f'retries="3"/>{INPUT}')
    return diagrams.sequence("p", task, maker, ids=["Afgoer", "Dan"])


def rules(element: str) -> list[str]:
    return [f.rule for f in engine.lint(source(element), "p.bpmn") if f.severity == "error"]


@pytest.mark.parametrize("element", ["Dan", "=if x then &quot;Dan&quot; else null"])
def test_letter_of_a_service_task_is_fine(element):
    assert rules(element) == []


def test_letter_that_a_send_task_makes_is_fine():
    sending = source("Dan").replace(b"serviceTask", b"sendTask")
    assert [f.rule for f in engine.lint(sending, "p.bpmn") if f.severity == "error"] == []


@pytest.mark.parametrize(
    ("element", "rule"), [("Afgoer", "letter-missing"), ("", "letter-missing"), ("=1 +", "expression")]
)
def test_letter_that_nobody_makes_is_refused(element, rule):
    assert rules(element) == [rule]


def planned(element: str, answers: dict[str, object], **known: object):
    definition = engine.compile_process(source(element, OUTPUT), "p.bpmn")[0]
    environment = Environment(at=datetime(2026, 1, 5, tzinfo=UTC), decide=lambda *_: None, zone="Europe/Copenhagen")
    return engine.plan_letter(definition, "Afgoer", 0, known, answers, environment)


def test_planned_letter_has_the_mapped_answers_and_inputs():
    letter = planned("Dan", {"svar": "afslag"}, nummer="7")
    assert (letter.element_id, letter.variables["udfald"], letter.variables["dokument_titel"]) == (
        "Dan",
        "afslag",
        "Sag 7",
    )


def test_answer_that_the_task_does_not_pass_on_is_not_in_the_draft_either():
    letter = planned("Dan", {"svar": "afslag", "bemaerkning": "kun her"}, nummer="7")
    assert letter.variables == {"nummer": "7", "udfald": "afslag", "dokument_titel": "Sag 7"}


def test_letter_depends_on_the_answers():
    by_answer = "=if udfald = &quot;afslag&quot; then &quot;Dan&quot; else null"
    assert planned(by_answer, {"svar": "afslag"}).element_id == "Dan"
    assert planned(by_answer, {"svar": "andet"}) is None


TABLE = """<bpmn:businessRuleTask id="Find"><bpmn:extensionElements>
  <zeebe:calledDecision decisionId="regel" resultVariable="regel"/></bpmn:extensionElements></bpmn:businessRuleTask>"""
SUMS = """<bpmn:scriptTask id="Regn"><bpmn:extensionElements>
  <zeebe:script expression="=regel.mindst + straf" resultVariable="sum"/>
  <zeebe:ioMapping><zeebe:output source="=sum" target="nummer"/></zeebe:ioMapping>
  </bpmn:extensionElements></bpmn:scriptTask>"""


def test_tables_and_scripts_on_the_way_to_the_letter_are_worked_out():
    task = diagrams.user_task("Afgoer", extra='<kf:letter element="Dan"/>')
    outside = diagrams.service_task("Hent", "svc_hent")
    maker = diagrams.service_task("Dan", "svc_dokument").replace('retries="3"/>', f'retries="3"/>{INPUT}')
    drawn = diagrams.sequence(
        "p", task, TABLE, outside, SUMS, maker, ids=["Afgoer", "Find", "Hent", "Regn", "Dan"]
    ).replace(b"+ nummer", b"+ string(nummer)")
    definition = engine.compile_process(drawn, "p.bpmn")[0]

    def decide(decision, variables):
        return Decided({"mindst": {"regel": 2}[decision] * variables["straf"]}, {})

    environment = Environment(at=datetime(2026, 1, 5, tzinfo=UTC), decide=decide, zone="Europe/Copenhagen")
    letter = engine.plan_letter(definition, "Afgoer", 0, {}, {"straf": 5}, environment)
    assert (letter.variables["nummer"], letter.variables["dokument_titel"]) == (15, "Sag 15")


LOOP = """<bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements>
  <zeebe:loopCharacteristics inputCollection="=numre" inputElement="nummer"/></bpmn:extensionElements>
  </bpmn:multiInstanceLoopCharacteristics>"""


@pytest.mark.parametrize(("numbers", "title"), [(["7", "8"], "Sag 7"), ([], None)])
def test_letter_inside_what_is_repeated_is_that_of_the_first_item(numbers, title):
    task = diagrams.user_task("Afgoer", extra='<kf:letter element="Dan"/>')
    maker = diagrams.service_task("Dan", "svc_dokument").replace('retries="3"/>', f'retries="3"/>{INPUT}')
    inside = (
        f'<bpmn:startEvent id="Ind"/>{maker}<bpmn:endEvent id="Ud"/>'
        '<bpmn:sequenceFlow id="F1" sourceRef="Ind" targetRef="Dan"/>'
        '<bpmn:sequenceFlow id="F2" sourceRef="Dan" targetRef="Ud"/>'
    )
    many = f'<bpmn:subProcess id="Hver">{LOOP}{inside}</bpmn:subProcess>'
    definition = engine.compile_process(diagrams.sequence("p", task, many, ids=["Afgoer", "Hver"]), "p.bpmn")[0]
    environment = Environment(at=datetime(2026, 1, 5, tzinfo=UTC), decide=lambda *_: None, zone="Europe/Copenhagen")
    letter = engine.plan_letter(definition, "Afgoer", 0, {}, {"numre": numbers}, environment)
    assert letter.variables["dokument_titel"] == title


def test_task_may_prepare_several_letters():
    two = '<kf:letter element="Dan"/><kf:letter element="Send"/>'
    makers = diagrams.service_task("Dan", "svc_dokument"), diagrams.service_task("Send", "svc_dokument")
    drawn = diagrams.sequence("p", diagrams.user_task("A", extra=two), *makers, ids=["A", "Dan", "Send"])
    definition = engine.compile_process(drawn, "p.bpmn")[0]
    environment = Environment(at=datetime(2026, 1, 5, tzinfo=UTC), decide=lambda *_: None, zone="Europe/Copenhagen")
    planned = [engine.plan_letter(definition, "A", number, {}, {}, environment) for number in (0, 1, 2, -1)]
    assert [letter and letter.element_id for letter in planned] == ["Dan", "Send", None, None]
