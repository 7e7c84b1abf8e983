"""How an instance begins: by one of several events, or by receiving (BPMN 2.0 §10.3.3, §10.5.2, §10.6.6)."""

import pytest

from tests.conformance.engine_driver import Driver
from tests.unit.engine.drawing import HEAD, chain, end, node, user
from tests.unit.engine.fragments import DAY, DEFINITIONS, MESSAGE, SIGNAL

SEVERAL = node("startEvent", "Begin", MESSAGE + SIGNAL + DAY) + user("A") + end() + chain("Begin", "A", "Done")
RECEIVING = node("receiveTask", "R1", messageRef="M", instantiate="true") + user("A") + end() + chain("R1", "A", "Done")
GATEWAY = (
    node("eventBasedGateway", "First", instantiate="true") + node("intermediateCatchEvent", "C1", MESSAGE)
    + node("intermediateCatchEvent", "C2", SIGNAL) + user("A") + user("B2") + end()
    + chain("First", "C1", "A", "Done") + chain("First", "C2", "B2", "Done")
)  # fmt: skip


def deployed(body):
    driver = Driver()
    process = f'<bpmn:process id="P" isExecutable="true">{body}</bpmn:process>'
    driver.deploy([("begin.bpmn", f"{HEAD}{DEFINITIONS}{process}</bpmn:definitions>".encode())])
    return driver


@pytest.mark.parametrize(
    ("body", "how", "opens"),
    [
        (SEVERAL, "message", ["A"]),
        (SEVERAL, "signal", ["A"]),
        (RECEIVING, "message", ["A"]),
        (GATEWAY, "message", ["A"]),
        (GATEWAY, "signal", ["B2"]),
    ],
)
def test_instance_begins_where_its_event_arrives(body, how, opens):
    driver = deployed(body)
    getattr(driver, how)(how[0] if how == "message" else "g")
    assert driver.open() == opens
    driver.complete(opens[0], {})
    assert driver.state() == "completed"


def test_timer_of_a_start_with_several_events_is_known_to_the_service():
    definition = deployed(SEVERAL).definitions["P"]
    assert [timer.element_id for timer in definition.start_timers] == ["Begin"]
