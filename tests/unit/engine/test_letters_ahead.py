"""Which letters an instance can still come to, and what is known at each."""

from datetime import UTC, datetime

from kfflow import engine
from kfflow.engine.outcome import Decided, Environment
from tests.integration.service import diagrams

ENV = Environment(at=datetime(2026, 1, 5, tzinfo=UTC), decide=lambda *_: Decided(None), zone="Europe/Copenhagen")
INPUT = '<zeebe:ioMapping><zeebe:input source="{}" target="titel"/></zeebe:ioMapping>'


def maker(element_id: str, source: str = "=nummer") -> str:
    task = diagrams.service_task(element_id, "svc_dokument")
    return task.replace('retries="3"/>', f'retries="3"/>{INPUT.format(source)}')


def compiled(*elements: str, ids: list[str]) -> engine.Definition:
    return engine.compile_process(diagrams.sequence("p", *elements, ids=ids), "p.bpmn")[0]


def ahead(definition: engine.Definition, **known: object) -> list[tuple[str, int, object]]:
    started = engine.start(definition, dict(known), ENV)
    found = engine.letters_ahead(definition, started.snapshot, ENV)
    return [(one.element_id, one.number, one.variables.get("titel")) for one in found]


def test_letter_behind_an_open_task_is_ahead_with_its_inputs():
    definition = compiled(diagrams.user_task("A"), maker("Dan"), ids=["A", "Dan"])
    assert ahead(definition, nummer="7") == [("Dan", 0, "7")]


def test_letter_that_was_passed_is_not_ahead_and_one_that_waits_for_a_worker_is():
    definition = compiled(maker("Dan"), diagrams.user_task("A"), maker("Send"), ids=["Dan", "A", "Send"])
    started = engine.start(definition, {"nummer": "7"}, ENV)
    assert [one.element_id for one in engine.letters_ahead(definition, started.snapshot, ENV)] == ["Dan", "Send"]
    done = engine.complete_job(definition, started.snapshot, started.opened[0].token, {}, ENV)
    assert [one.element_id for one in engine.letters_ahead(definition, done.snapshot, ENV)] == ["Send"]


def test_script_on_the_way_is_worked_out_and_one_that_fails_leaves_its_value_blank():
    script = diagrams.script_task("Regn", "=nummer + &quot;a&quot;", "nummer")
    definition = compiled(diagrams.user_task("A"), script, maker("Dan"), ids=["A", "Regn", "Dan"])
    assert ahead(definition, nummer="7") == [("Dan", 0, "7a")]
    assert ahead(definition) == [("Dan", 0, None)]


EACH = """<bpmn:serviceTask id="Dan"><bpmn:extensionElements>
  <zeebe:taskDefinition type="svc_dokument" retries="3"/>
  <zeebe:ioMapping><zeebe:input source="=hvem" target="titel"/></zeebe:ioMapping></bpmn:extensionElements>
  <bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements>
  <zeebe:loopCharacteristics inputCollection="=alle" inputElement="hvem"/>
  </bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics></bpmn:serviceTask>"""


def test_repeated_letter_is_ahead_once_for_each_that_it_will_go_to():
    definition = compiled(diagrams.user_task("A"), EACH, ids=["A", "Dan"])
    assert ahead(definition, alle=["politi", "kommune"]) == [("Dan", 0, "politi"), ("Dan", 1, "kommune")]


def test_repeated_letter_is_ahead_once_while_nobody_knows_to_whom():
    definition = compiled(diagrams.user_task("A"), EACH, ids=["A", "Dan"])
    assert ahead(definition, alle=None) == [("Dan", 0, None)]


def test_called_process_is_ahead_with_what_it_will_be_given():
    call = diagrams.call_activity("Kald", "q")
    definition = compiled(diagrams.user_task("A"), call, ids=["A", "Kald"])
    started = engine.start(definition, {"nummer": "7"}, ENV)
    (one,) = engine.letters_ahead(definition, started.snapshot, ENV)
    assert (one.element_id, one.call.process_id, one.call.binding, one.variables["nummer"]) == (
        "Kald", "q", "legalDate", "7",
    )  # fmt: skip
    inside = compiled(maker("Dan"), ids=["Dan"])
    assert [(j.element_id, j.variables["titel"]) for j in engine.letters_of_start(inside, one.variables, ENV)] == [
        ("Dan", "7")
    ]
