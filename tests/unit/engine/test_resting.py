"""Branches that a command does not touch: they stay unread, and keep their place."""

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


NEWS = '<bpmn:message id="M" name="news"/>'
HEARD = '<bpmn:messageEventDefinition messageRef="M"/>'


def reminded(number):
    """A task of which so many reminders are open: branches of an event attached to it."""
    event = node("boundaryEvent", "On", HEARD, attachedToRef="Work", cancelActivity="false")
    body = start() + user("Work") + event + user("Remind") + end() + end("Reminded")
    return heard(compiled(body + chain("Begin", "Work", "Done") + chain("On", "Remind", "Reminded"), NEWS), number)


def told(number):
    """A subprocess with so many event subprocesses under way."""
    event = node("startEvent", "On", HEARD, isInterrupting="false") + user("Remind") + end("Reminded")
    event = node("subProcess", "Event", event + chain("On", "Remind", "Reminded"), triggeredByEvent="true")
    inside = start("In") + user("Work") + end("Out") + chain("In", "Work", "Out") + event
    body = start() + node("subProcess", "Sub", inside) + end() + chain("Begin", "Sub", "Done")
    return heard(compiled(body, NEWS), number)


def heard(definition, number):
    case = Case(definition, {"count": 0})
    for count in range(number):
        case.do(engine.deliver_message, "On", {"count": count})
    return case


def awake(case, token):
    execution = load(case.definition.spec, case.snapshot, case.env(), touched=token)
    return [token.task_spec.element_id for token in execution.tasks.values()]


def test_a_command_reads_one_of_many_reminders_and_no_other():
    case = reminded(50)
    assert awake(case, tokens(case, "Remind")[25]) == ["P", "Remind"]
    assert awake(case, tokens(case, "On")[0]) == ["P", "Work", "On"]


def test_a_command_reads_one_of_many_event_subprocesses_with_all_that_is_inside():
    case = told(50)
    assert awake(case, tokens(case, "Remind")[25]) == ["P", "Sub", "On", "Event", "Remind"]


def test_a_command_reads_one_of_many_subprocesses_with_all_that_is_inside():
    inside = start("In") + user("Ask") + end("Out") + chain("In", "Ask", "Out")
    event = node("boundaryEvent", "Late", timer("timeDuration", "PT1H"), attachedToRef="Ask", cancelActivity="false")
    loop = f"<bpmn:multiInstanceLoopCharacteristics>{COLLECTED}</bpmn:multiInstanceLoopCharacteristics>"
    body = start() + node("subProcess", "Each", inside + event + end("Told") + chain("Late", "Told") + loop) + end()
    case = asking(compiled(body + chain("Begin", "Each", "Done")), 300)
    touched = tokens(case)[150]
    assert awake(case, touched) == ["P", "Each", "Each", "Ask", "Late"]
    answer(case, touched, 1)
    assert len(tokens(case)) == 299


@pytest.mark.parametrize("many", [reminded, told])
@pytest.mark.parametrize("number", [3, 7, 8, 20])
def test_many_branches_end_one_by_one_in_any_order(many, number):
    case = many(number)
    waiting = tokens(case, "Remind")
    for position, token in enumerate(waiting[1::2] + waiting[::2]):
        given = {f"by{position}": position}
        case.take(engine.complete_task(case.definition, case.snapshot, token, given, case.env()))
    assert sorted(tokens(case, "Remind")) == []
    case.complete("Work", last=True)
    assert case.snapshot is None


def test_what_a_message_brings_while_others_rest_begins_after_them():
    case = told(20)
    case.do(engine.deliver_message, "On", {"count": 99})
    assert [standing.number for standing in engine.standing(case.snapshot)] == sorted(
        standing.number for standing in engine.standing(case.snapshot)
    )
    assert tokens(case, "Remind")[-1] == case.outcome.opened[-1].token


def test_an_interrupting_end_cancels_those_at_rest_in_their_order():
    case = reminded(20)
    waiting = tokens(case, "Remind")
    case.take(engine.cancel(case.definition, case.snapshot, case.env()))
    assert [token for token in canceled(case) if token in waiting] == waiting


def test_a_text_that_looks_like_a_token_is_no_token():
    case = reminded(20)
    first, second, *_ = tokens(case, "Remind")
    case.do(engine.deliver_message, "On", {"count": second, second: [first]})
    assert awake(case, second) == ["P", "Remind"]


def test_a_case_stored_with_lines_of_one_token_is_stored_anew():
    case = asking(everybody())
    document, *lines = case.snapshot.split(b"\n")
    old = orjson.loads(document)
    rows = [orjson.loads(line) for line in lines if line]
    lines = [orjson.dumps([t[0], t[3], t[6], t[7], t[9], [f[2:] for f in fs]]) for _, (t,), fs in rows]
    body = b"".join(line + b"\n" for line in lines)
    old |= {"v": 2, "r": [[old["r"][0][0], "Ask#", len(body)]]}
    stored = orjson.dumps(old) + b"\n" + body
    again = engine.set_variables(case.definition, stored, {}, case.env())
    assert again.snapshot == case.snapshot
    touched = tokens(case)[2]
    done = engine.complete_task(case.definition, stored, touched, {"answer": 1}, case.env())
    assert done.snapshot == answer(case, touched, 1).snapshot
