"""What a diagram says counts, however it is spelled: booleans, references, expressions and the places of flows."""

import pytest

from kfflow import engine
from kfflow.engine import Verdict
from tests.conformance.engine_driver import Driver
from tests.unit.engine.drawing import chain, diagram, end, flow, node, start, timer, user
from tests.unit.engine.fragments import COMPENSABLE, COMPENSATE, MESSAGE, SIGNAL, attached, handled, repeated

DEFINITIONS = '<bpmn:message id="M" name="m"/><bpmn:signal id="G" name="g"/>'
WORK = start() + user("A") + end() + chain("Begin", "A", "Done")


def opened(body, *happening, variables=None):
    """Give what is open after a process began and each thing happened in it."""
    driver = Driver()
    driver.deploy([("theirs.bpmn", diagram(body, DEFINITIONS))])
    driver.start("P", variables or {})
    for command, *arguments in happening:
        getattr(driver, command)(*arguments)
    return sorted(driver.open())


def digits(body):
    return body.replace('"true"', '"1"').replace('"false"', '"0"')


LOOP = '<bpmn:standardLoopCharacteristics testBefore="true"><bpmn:loopCondition>false</bpmn:loopCondition>{}'
SKIPPED = start() + node("userTask", "A", LOOP.format("</bpmn:standardLoopCharacteristics>")) + user("U") + end()
BOTH = node("intermediateCatchEvent", "W", MESSAGE + SIGNAL, parallelMultiple="true")
THROW = node("intermediateThrowEvent", "Undo", COMPENSATE)
SPELLED = {
    "event subprocess beside": (WORK + handled(MESSAGE, interrupts=False), [("message", "m")], ["A", "U"]),
    "boundary event beside": (WORK + attached(SIGNAL, cancels=False), [("signal", "g")], ["A", "U"]),
    "one after another": (repeated("<bpmn:loopCardinality>3</bpmn:loopCardinality>", isSequential="true"), [], ["A"]),
    "test before the loop": (SKIPPED + chain("Begin", "A", "U", "Done"), [], ["U"]),
    "all of several events": (
        start() + BOTH + user("A") + end() + chain("Begin", "W", "A", "Done"), [("message", "m")], []
    ),
    "compensation": (
        start() + COMPENSABLE + THROW + end() + chain("Begin", "A", "Undo", "Done"), [("complete", "A", {})], ["U"]
    ),
}  # fmt: skip


@pytest.mark.parametrize("write", [str, digits, lambda body: body.replace('"true"', '" True "')])
@pytest.mark.parametrize(("body", "happening", "expected"), SPELLED.values(), ids=SPELLED)
def test_boolean_counts_in_each_of_its_spellings(body, happening, expected, write):
    assert opened(write(body), *happening) == expected


def test_event_is_attached_by_a_reference_with_a_prefix():
    body = attached(SIGNAL, host="tns:A")
    assert opened(WORK + body, ("signal", "g")) == ["U"]


@pytest.mark.parametrize(("prefix", "expected"), [("zeebe:", "Q"), ("", "Q"), ("other:", "other:Q")])
def test_called_process_goes_by_its_name_without_a_known_prefix(prefix, expected):
    call = node("callActivity", "C", calledElement=f"{prefix}Q")
    definition = engine.compile_process(diagram(start() + call + end() + chain("Begin", "C", "Done")), "x.bpmn")[0]
    assert definition.called_processes == (expected,)


@pytest.mark.parametrize(
    "text",
    ["n = 1", "<![CDATA[n < 2 and n > 0]]>", "<bpmn:documentation>d</bpmn:documentation>n = <!-- so --> 1 "],
)
def test_condition_counts_whatever_stands_beside_it(text):
    choice = node("exclusiveGateway", "X", default="X_U") + flow("X", "A", text) + flow("X", "U")
    body = start() + choice + user("A") + user("U") + end() + chain("Begin", "X") + flow("A", "Done")
    assert opened(body + flow("U", "Done"), variables={"n": 1}) == ["A"]


def test_time_that_is_filled_counts_and_not_an_empty_one_before_it():
    time = timer("timeDuration", "PT1H").replace("<bpmn:timeDuration>", "<bpmn:timeDate/><bpmn:timeDuration>")
    body = start() + node("intermediateCatchEvent", "W", time) + user("A") + end() + chain("Begin", "W", "A", "Done")
    assert opened(body, ("advance", 3_600)) == ["A"]


def test_flows_of_a_subprocess_may_be_written_in_the_process():
    inside = start("IS") + user("A") + end("IE")
    body = start() + node("subProcess", "Sub", inside) + user("U") + end() + chain("Begin", "Sub", "U", "Done")
    assert opened(body + chain("IS", "A", "IE"), ("complete", "A", {})) == ["U"]


def test_flow_across_the_border_of_a_subprocess_is_refused_at_the_flow():
    inside = start("IS") + user("A") + end("IE") + chain("IS", "A", "IE")
    body = start() + node("subProcess", "Sub", inside) + user("U") + end() + chain("Begin", "Sub", "U", "Done")
    judged = engine.judge(diagram(body + flow("A", "U")), "x.bpmn")
    assert judged.verdict is Verdict.DRAFT
    assert [f.element_id for f in judged.findings if f.rule == "flow-crosses"] == ["A_U"]
