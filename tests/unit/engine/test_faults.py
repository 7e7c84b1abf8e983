"""One test for each fault of SpiffWorkflow 3.2.0 that kfflow must not have (docs/adr/0001)."""

import json
import time
from datetime import timedelta

import pytest

from kfflow import engine
from kfflow.engine.findings import DeploymentRefused
from kfflow.engine.outcome import InstanceState, MessageSubscribed, TimerOpened, UserTaskOpened
from kfflow.errors import Conflict
from tests.unit.engine.drawing import (
    AT,
    Case,
    chain,
    compiled,
    end,
    environment,
    extended,
    flow,
    node,
    script,
    start,
    timer,
    user,
)

LOOP = (
    start()
    + node("exclusiveGateway", "Again")
    + script("Count", "=rounds + 1", "rounds")
    + node("exclusiveGateway", "More", default="Stop")
    + end()
    + chain("Begin", "Again", "Count", "More")
    + flow("More", "Again", "=rounds &lt; 5000")
    + flow("More", "Done", identity="Stop")
)


def fork(*branches, after=""):
    body = start() + node("parallelGateway", "Split") + node("parallelGateway", "Join") + end()
    body += flow("Begin", "Split") + "".join(branches)
    return body + (after or flow("Join", "Done"))


def branch(name, piece):
    return piece + chain("Split", name, "Join")


def test_loop_of_5000_rounds_runs_to_its_end():
    case = Case(compiled(LOOP), {"rounds": 0}, step_budget=30_000)
    assert case.outcome.state is InstanceState.COMPLETED
    assert case.variables == {"rounds": 5000}


def test_chain_of_1000_elements_compiles_and_runs():
    names = [f"Step{n}" for n in range(1000)]
    body = start() + end() + "".join(node("manualTask", n) for n in names) + chain("Begin", *names, "Done")
    assert Case(compiled(body)).outcome.state is InstanceState.COMPLETED


def test_join_in_a_loop_waits_for_both_whatever_the_order():
    body = (
        start()
        + node("exclusiveGateway", "Again")
        + node("parallelGateway", "Split")
        + user("A")
        + user("B")
        + node("parallelGateway", "Join")
        + node("exclusiveGateway", "More", default="Stop")
        + end()
        + chain("Begin", "Again", "Split", "A", "Join", "More")
        + chain("Split", "B", "Join")
        + flow("More", "Again", "=again")
        + flow("More", "Done", identity="Stop")
    )
    case = Case(compiled(body))
    for first, second in (("A", "B"), ("B", "A"), ("A", "B")):
        case.complete(first, again=True)
        assert case.waits_at() == [second]
        case.complete(second)
        assert case.waits_at() == ["A", "B"]


def test_branches_that_append_to_a_list_keep_both():
    body = fork(branch("A", user("A")), branch("B", user("B")))
    for order in (("A", "B"), ("B", "A")):
        case = Case(compiled(body), {"notes": ["start"]})
        for name in order:
            case.complete(name, notes=["start", name])
        assert sorted(case.variables["notes"]) == ["A", "B", "start"]


def test_branches_that_disagree_leave_a_recorded_conflict_whatever_the_order():
    body = fork(branch("A", user("A")), branch("B", user("B")), after=chain("Join", "Look", "Done") + user("Look"))
    results = []
    for order in (("A", "B"), ("B", "A")):
        case = Case(compiled(body), {"verdict": "open"})
        for name in order:
            case.complete(name, verdict=name)
        assert [h.data["names"] for h in case.outcome.happened if h.kind == "MERGE_CONFLICT"] == [["verdict"]]
        results.append(case.variables["verdict"])
    assert results == ["B", "B"]


def test_stale_value_of_one_branch_does_not_undo_the_other():
    body = fork(branch("A", user("A")), branch("B", user("B")), after=chain("Join", "Look", "Done") + user("Look"))
    case = Case(compiled(body), {"x": 1, "deep": {"a": 1, "b": 1}})
    case.complete("B", deep={"a": 1, "b": 2})
    case.complete("A", x=2)
    assert case.variables == {"x": 2, "deep": {"a": 1, "b": 2}}


def test_branches_do_not_see_each_other_before_they_meet():
    body = fork(branch("A", user("A")), user("B") + user("C") + chain("Split", "B", "C", "Join"))
    case = Case(compiled(body), {"x": 1})
    case.complete("A", x=2)
    case.complete("B")
    assert case.outcome.opened[0].variables == {"x": 1}


def event_subprocess(definition_xml, *, interrupting):
    body = node("startEvent", "Alarm", definition_xml, isInterrupting=str(interrupting).lower())
    body += user("Handle") + end("Handled") + chain("Alarm", "Handle", "Handled")
    return node("subProcess", "OnAlarm", body, triggeredByEvent="true")


@pytest.mark.parametrize("interrupting", [True, False])
def test_event_subprocess_interrupts_or_runs_beside(interrupting):
    body = start() + user("Work") + end() + chain("Begin", "Work", "Done")
    definition = compiled(body + event_subprocess(timer("timeDuration", "PT1H"), interrupting=interrupting))
    for _ in range(2):
        case = Case(definition)
        case.fire("Alarm")
        assert case.waits_at() == (["Handle"] if interrupting else ["Handle", "Work"])
        case.complete("Handle")
        if not interrupting:
            case.complete("Work")
        assert case.outcome.state is InstanceState.COMPLETED


def test_unfired_event_subprocess_does_not_keep_the_process_alive():
    body = start() + user("Work") + end() + chain("Begin", "Work", "Done")
    case = Case(compiled(body + event_subprocess(timer("timeDuration", "PT1H"), interrupting=True)))
    case.complete("Work")
    assert case.outcome.state is InstanceState.COMPLETED


def test_signal_end_event_throws():
    before = '<bpmn:signal id="Sig" name="ready"/>'
    inner = '<bpmn:signalEventDefinition signalRef="Sig"/>'
    case = Case(compiled(start() + node("endEvent", "Tell", inner) + chain("Begin", "Tell"), before))
    assert [(t.kind, t.name) for t in case.outcome.thrown] == [("SIGNAL", "ready")]


def test_link_goes_on_where_it_points():
    throw = node("intermediateThrowEvent", "Out", '<bpmn:linkEventDefinition name="on"/>')
    catch = node("intermediateCatchEvent", "In", '<bpmn:linkEventDefinition name="on"/>')
    case = Case(
        compiled(start() + throw + catch + user("After") + end() + chain("Begin", "Out") + chain("In", "After", "Done"))
    )
    assert case.waits_at() == ["After"]


ERROR = '<bpmn:error id="Err" name="no" errorCode="NO"/>'


FAIL = node("endEvent", "Fail", '<bpmn:errorEventDefinition errorRef="Err"/>')


def failing(**changes):
    body = start() + node("subProcess", "Sub", start("In") + FAIL + chain("In", "Fail")) + user("After") + end()
    return Case(compiled(body + chain("Begin", "Sub", "After", "Done"), ERROR), **changes)


def test_error_that_nobody_catches_is_an_incident_where_it_was_thrown():
    case = failing()
    (incident,) = case.outcome.opened
    assert (incident.kind, incident.element_id, case.outcome.thrown) == ("UNHANDLED_ERROR", "Fail", ())
    case.do(engine.retry, "Fail")
    assert ([o.kind for o in case.outcome.opened], case.waits_at()) == (["UNHANDLED_ERROR"], ["Fail"])


def test_error_that_a_caller_catches_ends_the_instance_and_comes_out():
    case = failing(is_caught_outside=lambda code: code == "NO")
    assert case.outcome.state is InstanceState.TERMINATED
    assert [(t.kind, t.name) for t in case.outcome.thrown] == [("ERROR", "NO")]


def half_guarded():
    return fork(guarded("A") + chain("Split", "A", "Join"), user("B") + chain("Split", "B", "Join"))


def test_task_whose_error_nobody_catches_opens_anew_after_a_retry():
    case = Case(compiled(half_guarded(), ERROR))
    case.do(engine.throw_error, "A", "OTHER", "broken", {"lost": 1})
    assert [(o.kind, o.element_id) for o in case.outcome.opened] == [("UNHANDLED_ERROR", "A")]
    assert "'OTHER': broken" in case.outcome.opened[0].message_en
    assert ([c.element_id for c in case.outcome.closed], case.waits_at(), case.variables) == (["A"], ["A", "B"], {})
    case.do(engine.retry, "A")
    assert [type(o) for o in case.outcome.opened] == [UserTaskOpened]
    case.do(engine.throw_error, "A", "NO", "", {})
    assert case.waits_at() == ["B", "MendA"]


def test_catches_asks_what_is_at_and_around_a_call():
    case = Case(compiled(half_guarded(), ERROR))
    asked = [("A", "NO"), ("A", "OTHER"), ("B", "NO")]
    caught = [engine.catches(case.definition, case.snapshot, case.token(at), code, case.env()) for at, code in asked]
    assert caught == [True, False, False]


def guarded(name):
    caught = f'<bpmn:boundaryEvent id="On{name}" attachedToRef="{name}"><bpmn:errorEventDefinition errorRef="Err"/>'
    return (
        user(name) + caught + "</bpmn:boundaryEvent>" + user(f"Mend{name}") + chain(f"On{name}", f"Mend{name}", "Join")
    )


def test_error_reaches_only_the_task_that_threw():
    body = fork(guarded("A") + chain("Split", "A", "Join"), guarded("B") + chain("Split", "B", "Join"))
    case = Case(compiled(body, ERROR))
    case.do(engine.throw_error, "A", "NO", "", {})
    assert case.waits_at() == ["B", "MendA"]


def test_two_timers_behind_a_gateway_keep_their_own_times():
    catches = "".join(
        node("intermediateCatchEvent", name, timer("timeDuration", text))
        for name, text in (("Soon", "PT1H"), ("Late", "P1D"))
    )
    body = start() + node("eventBasedGateway", "First") + catches + end() + chain("Begin", "First", "Soon", "Done")
    case = Case(compiled(body + chain("First", "Late", "Done")))
    due = {o.element_id: o.due_at for o in case.outcome.opened if isinstance(o, TimerOpened)}
    assert due == {"Soon": AT + timedelta(hours=1), "Late": AT + timedelta(days=1)}
    case.fire("Late")
    assert case.outcome.state is InstanceState.COMPLETED


def test_non_interrupting_message_boundary_keeps_listening():
    before = node("message", "Msg", extended('<zeebe:subscription correlationKey="=id"/>'), name="news")
    attached = node(
        "boundaryEvent",
        "News",
        '<bpmn:messageEventDefinition messageRef="Msg"/>',
        attachedToRef="Work",
        cancelActivity="false",
    )
    body = start() + user("Work") + attached + user("Read") + end() + end("Seen") + chain("Begin", "Work", "Done")
    case = Case(compiled(body + chain("News", "Read", "Seen"), before), {"id": 7})
    place = next(o for o in case.outcome.opened if isinstance(o, MessageSubscribed))
    assert (place.message_name, place.correlation_key, place.interrupting) == ("news", "7", False)
    for count in (1, 2, 3):
        case.do(engine.deliver_message, "News", {})
        assert case.waits_at().count("Read") == count


def test_multi_instance_results_keep_the_order_of_the_items():
    loop = (
        "<bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements>"
        '<zeebe:loopCharacteristics inputCollection="=people" inputElement="person" outputCollection="answers"'
        ' outputElement="=answer"/></bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>'
    )
    body = start() + node("userTask", "Ask", loop) + user("Look") + end() + chain("Begin", "Ask", "Look", "Done")
    case = Case(compiled(body), {"people": ["a", None, "c"]})
    tokens = [o.token for o in case.outcome.opened]
    assert [o.variables["person"] for o in case.outcome.opened] == ["a", None, "c"]
    for index in (2, 0, 1):
        arguments = (case.definition, case.snapshot, tokens[index], {"answer": index}, case.env())
        case.take(engine.complete_task(*arguments))
    assert case.variables["answers"] == [0, 1, 2]


def test_bare_iso_times_and_cron_are_read_and_bad_ones_refused():
    def with_timer(form, text):
        catch = node("intermediateCatchEvent", "Wait", timer(form, text))
        return compiled(start() + catch + end() + chain("Begin", "Wait", "Done"))

    assert Case(with_timer("timeDuration", "P1DT2H")).outcome.opened[0].due_at == AT + timedelta(days=1, hours=2)
    assert Case(with_timer("timeCycle", "0 0 9 * * MON")).outcome.opened[0].due_at.isoweekday() == 1
    for form, text in (("timeDuration", "P0.5M"), ("timeDuration", "P"), ("timeCycle", "often"), ("timeDate", "soon")):
        with pytest.raises(DeploymentRefused):
            with_timer(form, text)


def test_days_are_wall_clock_days_over_the_change_to_summer_time():
    catch = node("intermediateCatchEvent", "Wait", timer("timeDuration", "P1D"))
    definition = compiled(start() + catch + end() + chain("Begin", "Wait", "Done"))
    before_change = AT.replace(month=3, day=28, hour=11)
    due = Case(definition, at=before_change).outcome.opened[0].due_at
    assert due - before_change == timedelta(hours=23)


def test_condition_on_the_flows_of_a_task_splits_implicitly():
    body = start() + user("Work") + user("A") + user("B") + end() + flow("Begin", "Work")
    body += flow("Work", "A", "=x > 1") + flow("Work", "B", "=x > 2") + chain("A", "Done") + chain("B", "Done")
    definition = compiled(body)
    assert Case(definition).complete("Work", x=2).waits_at() == ["A"]
    assert Case(definition).complete("Work", x=3).waits_at() == ["A", "B"]


def test_no_way_out_is_an_incident_that_can_be_retried():
    body = start() + node("exclusiveGateway", "Which") + user("A") + user("B") + end() + chain("Begin", "Which")
    body += flow("Which", "A", "=x = 1") + flow("Which", "B", "=x = 2") + chain("A", "Done") + chain("B", "Done")
    case = Case(compiled(body), {"x": 3})
    assert [o.kind for o in case.outcome.opened] == ["CONDITION_ERROR"]
    case.take(engine.set_variables(case.definition, case.snapshot, {"x": 2}, case.env()))
    case.do(engine.retry, "Which")
    assert case.waits_at() == ["B"]


def test_step_budget_stops_what_never_waits():
    case = Case(compiled(LOOP), {"rounds": 0}, step_budget=100)
    assert [o.kind for o in case.outcome.opened] == ["STEP_BUDGET_EXCEEDED"]
    assert case.outcome.state is InstanceState.ACTIVE


def test_user_data_cannot_disturb_the_snapshot():
    case = Case(compiled(start() + user("Work") + user("Look") + end() + chain("Begin", "Work", "Look", "Done")))
    hostile = {"typename": "UUID", "v": 99, "t": [[1]], "_class": "x", "nested": {"typename": {"x": True}}}
    case.complete("Work", **hostile)
    assert case.variables == hostile


def test_nothing_of_the_definition_is_in_the_snapshot():
    case = Case(
        compiled(
            start()
            + script("Compute", "=1 + 1", "two")
            + user("Work")
            + end()
            + chain("Begin", "Compute", "Work", "Done")
        )
    )
    document = json.loads(case.snapshot)
    assert "1 + 1" not in case.snapshot.decode()
    assert {row[1] for row in document["t"]} == {"#process", "Work"}


def test_shared_definition_is_not_changed_by_running():
    definition = compiled(start() + user("Work") + end() + chain("Begin", "Work", "Done"))
    before = {name: vars(spec).copy() for name, spec in definition.spec.task_specs.items()}
    Case(definition).complete("Work")
    assert {name: vars(spec) for name, spec in definition.spec.task_specs.items()} == before


def test_command_on_a_closed_token_is_a_conflict():
    case = Case(compiled(start() + user("Work") + user("Next") + end() + chain("Begin", "Work", "Next", "Done")))
    token, snapshot = case.token("Work"), case.complete("Work").snapshot
    for command in (engine.complete_task, engine.complete_job, engine.deliver_message):
        with pytest.raises(Conflict):
            command(case.definition, snapshot, token, {}, environment())


def test_huge_parallel_splits_cost_no_prediction():
    parts = start()
    names = ["Begin"]
    for n in range(12):
        parts += node("parallelGateway", f"S{n}") + node("parallelGateway", f"J{n}")
        parts += node("manualTask", f"A{n}") + node("manualTask", f"B{n}")
        parts += chain(f"S{n}", f"A{n}", f"J{n}") + chain(f"S{n}", f"B{n}", f"J{n}") + chain(names[-1], f"S{n}")
        names.append(f"J{n}")
    begun = time.thread_time()
    case = Case(compiled(parts + end() + chain(names[-1], "Done")))
    assert case.outcome.state is InstanceState.COMPLETED
    assert time.thread_time() - begun < 2
