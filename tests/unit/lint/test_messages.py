"""An event says whom its message reaches and how long it waits; what cannot be meant is refused."""

import pytest

from kfflow import engine
from tests.unit.engine.drawing import chain, diagram, end, extended, node, start

NAMED = '<bpmn:message id="M" name="besked"/>'
MESSAGE = '<bpmn:messageEventDefinition messageRef="M"/>'


def refused(kind: str, said: str, definition: str = MESSAGE) -> list[str]:
    event = node(kind, "E", extended(f"<kf:message {said}/>") + definition)
    body = start() + event + end() + chain("Begin", "E", "Done")
    found = engine.lint(diagram(body, NAMED), "x.bpmn")
    return [f.message_en.removeprefix("E: kf:message ") for f in found if f.rule == "message-reach"]


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("intermediateCatchEvent", 'reach="every"'),
        ("intermediateCatchEvent", 'reach="one"'),
        ("intermediateThrowEvent", 'timeToLive="P14D"'),
    ],
)
def test_reach_of_who_waits_and_time_of_who_sends_are_fine(kind, said):
    assert refused(kind, said) == []


@pytest.mark.parametrize(
    ("kind", "said", "told"),
    [
        ("intermediateCatchEvent", 'reach="all"', "reach='all' is not one or every."),
        ("intermediateThrowEvent", 'reach="every"', "reach is said by who waits in a case, not by a sender or start."),
        ("intermediateCatchEvent", 'timeToLive="P1D"', "timeToLive is said by who sends."),
        ("intermediateThrowEvent", 'timeToLive="P1M"', "timeToLive='P1M' is no duration without months such as P14D."),
        ("intermediateThrowEvent", 'ttl="P1D"', "does not know ttl."),
    ],
)
def test_what_an_event_cannot_mean_is_refused(kind, said, told):
    assert refused(kind, said) == [told]


def test_event_without_a_message_is_refused():
    assert refused("intermediateThrowEvent", 'timeToLive="P1D"', "") == ["stands on an element without a message."]
