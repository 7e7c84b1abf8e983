"""What a multi-instance activity throws as its instances complete (BPMN 2.0 §10.3.8, §13.3.7)."""

import pytest

from kfflow import engine
from kfflow.engine.outcome import InstanceState
from tests.unit.engine.drawing import Case, chain, compiled, diagram, end, flow, node, start, user

DEFINITIONS = (
    '<bpmn:signal id="S" name="heard"/><bpmn:error id="E" errorCode="stop"/>'
    '<bpmn:escalation id="X" escalationCode="up"/>'
    '<bpmn:signalEventDefinition id="Signal" signalRef="S"/><bpmn:errorEventDefinition id="Error" errorRef="E"/>'
    '<bpmn:escalationEventDefinition id="Up" escalationRef="X"/>'
)
CAUGHT = {
    "Signal": '<bpmn:signalEventDefinition signalRef="S"/>',
    "Error": '<bpmn:errorEventDefinition errorRef="E"/>',
    "Up": '<bpmn:escalationEventDefinition escalationRef="X"/>',
}


def body(behavior, thrown, cancels, *, sequential=False, inside=""):
    """Draw a task for three, an event attached to it that leads to a task of its own, and an end for each."""
    many = node(
        "multiInstanceLoopCharacteristics",
        "Loop",
        f"<bpmn:loopCardinality>3</bpmn:loopCardinality>{inside}",
        isSequential=str(sequential).lower(),
        **behavior,
    )
    attached = node("boundaryEvent", "Caught", CAUGHT[thrown], attachedToRef="Ask", cancelActivity=str(cancels).lower())
    drawn = start() + node("userTask", "Ask", many) + attached + user("Tell") + user("After") + end() + end("Told")
    return drawn + chain("Begin", "Ask", "After", "Done") + chain("Caught", "Tell", "Told")


def told(case, rounds=3):
    """Complete the task for each of the three, and give how many times somebody was told after each."""
    counts = []
    for _ in range(rounds):
        case.complete("Ask")
        counts.append(case.waits_at().count("Tell"))
    return counts


@pytest.mark.parametrize("sequential", [True, False])
@pytest.mark.parametrize(
    ("behavior", "thrown", "expected"),
    [
        ({"behavior": "All"}, "Signal", [0, 0, 0]),
        ({"behavior": "One", "oneBehaviorEventRef": "Signal"}, "Signal", [1, 1, 1]),
        ({"behavior": "None", "noneBehaviorEventRef": "Signal"}, "Signal", [1, 2, 3]),
        ({"behavior": "None", "noneBehaviorEventRef": "Up"}, "Up", [1, 2, 3]),
    ],
)
def test_completing_instances_throw_what_the_behavior_says(behavior, thrown, expected, sequential):
    case = Case(compiled(body(behavior, thrown, cancels=False, sequential=sequential), DEFINITIONS))
    assert told(case) == expected
    assert "After" in case.waits_at()


@pytest.mark.parametrize("thrown", ["Signal", "Error", "Up"])
def test_event_that_interrupts_ends_the_remaining_instances(thrown):
    case = Case(compiled(body({"behavior": "One", "oneBehaviorEventRef": thrown}, thrown, cancels=True), DEFINITIONS))
    case.complete("Ask")
    assert case.waits_at() == ["Tell"]
    assert case.complete("Tell").outcome.state is InstanceState.COMPLETED


def test_complex_behavior_asks_each_condition_when_an_instance_completes():
    when = (
        "<bpmn:complexBehaviorDefinition><bpmn:condition>numberOfCompletedInstances = 2</bpmn:condition>"
        '<bpmn:event id="Throw"><bpmn:signalEventDefinition signalRef="S"/></bpmn:event>'
        "</bpmn:complexBehaviorDefinition>"
    )
    case = Case(compiled(body({"behavior": "Complex"}, "Signal", cancels=False, inside=when), DEFINITIONS))
    assert told(case) == [0, 1, 1]


def test_thrown_signal_goes_out_to_other_instances_too():
    case = Case(
        compiled(body({"behavior": "One", "oneBehaviorEventRef": "Signal"}, "Signal", cancels=False), DEFINITIONS)
    )
    case.complete("Ask")
    assert [(t.kind, t.name) for t in case.outcome.thrown] == [("SIGNAL", "heard")]


def test_behavior_without_an_event_to_throw_is_refused_by_its_element():
    drawn = start() + end() + flow("Begin", "Ask") + flow("Ask", "Done")
    many = '<bpmn:multiInstanceLoopCharacteristics behavior="None"><bpmn:loopCardinality>3</bpmn:loopCardinality>'
    drawn += node("userTask", "Ask", f"{many}</bpmn:multiInstanceLoopCharacteristics>")
    refused = [(f.rule, f.element_id) for f in engine.lint(diagram(drawn), "x.bpmn") if f.severity == "error"]
    assert refused == [("not-supported", "Ask")]
