"""Instances of a multi-instance activity that a command does not touch: they stay unread, and keep their place."""

import orjson
import pytest

from kfflow import engine
from kfflow.engine.outcome import CloseReason
from kfflow.engine.snapshot import load, read
from kfflow.errors import Conflict
from tests.unit.engine.drawing import Case, chain, compiled, end, extended, node, start, timer, user

COLLECTED = extended(
    '<zeebe:loopCharacteristics inputCollection="=people" inputElement="person" outputCollection="answers" '
    'outputElement="=answer"/>'
)
ERROR = '<bpmn:error id="E" errorCode="STOP"/>'


def everybody(condition="", *, more="", inner=""):
    enough = f"<bpmn:completionCondition>{condition}</bpmn:completionCondition>" if condition else ""
    loop = f"<bpmn:multiInstanceLoopCharacteristics>{COLLECTED}{enough}</bpmn:multiInstanceLoopCharacteristics>"
    asked = node("userTask", "Ask", inner + loop) + user("Aside")
    body = start() + asked + more + end() + end("AsideDone") + chain("Aside", "AsideDone")
    return compiled(body + chain("Begin", "Ask", "Done"), ERROR)


def asking(definition, number=4):
    return Case(definition, {"people": [f"p{n}" for n in range(number)]})


def tokens(case, element="Ask"):
    return [token for token, at, _ in engine.waiting(case.snapshot) if at == element]


def answer(case, token, value):
    return case.take(engine.complete_task(case.definition, case.snapshot, token, {"answer": value}, case.env()))


def canceled(case):
    return [closed.token for closed in case.outcome.closed if closed.reason is CloseReason.CANCELED]


def test_a_command_reads_the_token_it_touches_and_none_beside_it():
    case = asking(everybody(), 300)
    touched = tokens(case)[150]
    execution = load(case.definition.spec, case.snapshot, case.env(), touched=touched)
    assert [token.task_spec.element_id for token in execution.tasks.values()] == ["P", "Ask", "Ask"]
    assert touched in execution.tasks


def test_results_stand_in_the_order_of_the_items_whatever_comes_first():
    case = asking(everybody())
    for position, token in reversed(list(enumerate(tokens(case)))):
        answer(case, token, position)
    assert case.variables["answers"] == [0, 1, 2, 3]


def test_the_completion_condition_counts_those_at_rest_and_cancels_them_in_their_order():
    case = asking(everybody("=numberOfActiveInstances = 2 and numberOfCompletedInstances = 2"))
    first, second, third, fourth = tokens(case)
    answer(case, second, "b")
    assert canceled(case) == []
    answer(case, fourth, "d")
    assert canceled(case) == [first, third]
    assert case.variables["answers"] == [None, "b", None, "d"]


def test_an_event_on_the_activity_cancels_those_at_rest_in_their_order():
    event = node("boundaryEvent", "Late", timer("timeDuration", "PT1H"), attachedToRef="Ask") + chain("Late", "Aside")
    case = asking(everybody(more=event))
    first, *rest = tokens(case)
    answer(case, first, "a")
    case.fire("Late")
    assert canceled(case) == rest
    assert case.waits_at() == ["Aside"]


def test_an_error_of_one_ends_the_others_in_their_order():
    caught = node("boundaryEvent", "Caught", '<bpmn:errorEventDefinition errorRef="E"/>', attachedToRef="Ask")
    case = asking(everybody(more=caught + chain("Caught", "Aside")))
    first, second, third, fourth = tokens(case)
    case.take(engine.throw_error(case.definition, case.snapshot, second, "STOP", "", {}, case.env()))
    assert canceled(case) == [first, second, third, fourth]


def test_a_case_stored_before_anything_rested_is_stored_anew_with_its_instances_at_rest():
    case = asking(everybody())
    old = orjson.dumps(read(case.snapshot) | {"v": 1})
    again = engine.set_variables(case.definition, old, {}, case.env())
    assert again.snapshot == case.snapshot


def test_the_rows_of_those_at_rest_are_read_in_the_order_of_the_tokens():
    case = asking(everybody())
    standing = engine.standing(case.snapshot)
    assert [one.element_id for one in standing] == ["P", "Ask", "Ask", "Ask", "Ask", "Ask"]
    assert [one.scope for one in standing[2:]] == [standing[1].token] * 4


def test_a_token_that_is_not_open_is_refused_with_others_at_rest():
    case = asking(everybody())
    with pytest.raises(Conflict, match="no longer open"):
        answer(case, "Ask:99", 1)


def test_a_date_that_one_changes_is_followed_by_those_at_rest():
    deadline = extended('<kf:deadline rule="5 KD" start="=begun" kind="internal" hjemmel="internt"/>')
    case = Case(everybody(inner=deadline), {"people": ["p0", "p1", "p2"], "begun": "2026-03-02"})
    first, *rest = tokens(case)
    case.take(engine.set_variables(case.definition, case.snapshot, {"begun": "2026-03-09"}, case.env()))
    assert [redated.token for redated in case.outcome.redated] == [first, *rest]
    changed = {"answer": "a", "begun": "2026-03-16"}
    case.take(engine.complete_task(case.definition, case.snapshot, first, changed, case.env()))
    assert [redated.token for redated in case.outcome.redated] == rest
