"""Tokens moved, added and ended by hand: what the instance does afterwards, and what is refused by name."""

from datetime import timedelta

import pytest

from kfflow import engine
from kfflow.engine.instructions import Activate, Move, Nearness, Source, Terminate, VariablesAt
from kfflow.engine.outcome import InstanceState, TimerOpened
from kfflow.errors import InvalidInput
from tests.unit.engine.drawing import (
    AT,
    Case,
    chain,
    compiled,
    end,
    extended,
    flow,
    node,
    script,
    start,
    timer,
    user,
)


def modify(case, *instructions):
    return case.take(engine.modify(case.definition, case.snapshot, instructions, case.env()))


def at(element):
    return Source(element_id=element)


def refused(case, *instructions):
    with pytest.raises(InvalidInput) as raised:
        modify(case, *instructions)
    return [(field.field, field.code) for field in raised.value.fields]


def line(*ids):
    return compiled(start() + "".join(user(i) for i in ids) + end() + chain("Begin", *ids, "Done"))


def inner(name, first="X", second="Y", extra=""):
    body = start(f"{name}In") + user(first) + user(second) + end(f"{name}Out")
    return extra + body + chain(f"{name}In", first, second, f"{name}Out")


def with_subprocess(kind="subProcess", extra="", around="", **attributes):
    sub = node(kind, "Sub", inner("Sub", extra=extra), **attributes)
    return compiled(start() + user("A") + sub + user("B") + end() + around + chain("Begin", "A", "Sub", "B", "Done"))


def test_a_token_moves_ahead_and_back():
    case = Case(line("A", "B", "C"))
    assert modify(case, Move(at("A"), "C")).waits_at() == ["C"]
    assert (case.happened("ELEMENT_CANCELED"), case.happened("ELEMENT_ACTIVATED")) == (["A"], ["C"])
    assert modify(case, Move(at("C"), "A")).waits_at() == ["A"]
    case.complete("A").complete("B").complete("C")
    assert case.outcome.state is InstanceState.COMPLETED


def test_history_tells_the_instructions_without_the_values():
    case = Case(line("A", "B"))
    modify(case, Move(at("A"), "B", (VariablesAt({"cpr": "secret"}),)), Activate("A"))
    told = next(h for h in case.outcome.happened if h.kind == "INSTANCE_MODIFIED")
    assert told.element_id == "P"
    assert told.data == {"instructions": [{"move": "A", "to": "B", "names": ["cpr"]}, {"activate": "A"}]}


def test_an_added_token_runs_beside_the_others():
    case = Case(line("A", "B"))
    assert modify(case, Activate("B")).waits_at() == ["A", "B"]
    assert case.complete("B").outcome.state is InstanceState.ACTIVE
    case.complete("A").complete("B")
    assert case.outcome.state is InstanceState.COMPLETED


def test_a_moved_branch_keeps_what_it_wrote_before_the_join():
    body = start() + node("parallelGateway", "Fork") + user("A") + user("A2") + user("B")
    body += node("parallelGateway", "Join") + user("After") + end()
    body += chain("Begin", "Fork", "A", "A2", "Join", "After", "Done") + chain("Fork", "B", "Join")
    case = Case(compiled(body), {"n": 0})
    case.complete("A", mine=1)
    modify(case, Move(at("A2"), "A"))
    case.complete("A").complete("A2")
    assert case.waits_at() == ["B"]
    assert case.complete("B", theirs=2).variables == {"n": 0, "mine": 1, "theirs": 2}


def test_a_join_waits_for_the_branch_that_an_added_token_brings():
    body = start() + node("parallelGateway", "Fork") + user("A") + user("B")
    body += node("parallelGateway", "Join") + user("After") + end()
    body += chain("Begin", "Fork", "A", "Join", "After", "Done") + chain("Fork", "B", "Join")
    case = Case(compiled(body))
    case.complete("A")
    modify(case, Move(at("B"), "A"))
    case.complete("A")
    assert modify(case, Activate("B")).waits_at() == ["B"]
    assert case.complete("B").waits_at() == ["After"]


def test_an_inclusive_join_goes_on_when_the_missing_branch_is_terminated():
    body = start() + node("inclusiveGateway", "Fork") + user("A") + user("B")
    body += node("inclusiveGateway", "Join") + user("After") + end()
    body += flow("Begin", "Fork") + flow("Fork", "A", "=true") + flow("Fork", "B", "=true")
    body += chain("A", "Join", "After", "Done") + flow("B", "Join")
    case = Case(compiled(body))
    assert case.complete("A").waits_at() == ["B"]
    assert modify(case, Terminate(at("B"))).waits_at() == ["After"]


def test_an_activated_join_is_passed_without_the_other_branches():
    body = start() + node("parallelGateway", "Fork") + user("A") + user("B")
    body += node("parallelGateway", "Join") + user("After") + end()
    body += chain("Begin", "Fork", "A", "Join", "After", "Done") + chain("Fork", "B", "Join")
    case = Case(compiled(body))
    modify(case, Move(at("A"), "Join"), Terminate(at("B")))
    assert case.waits_at() == ["After"]


def test_activation_inside_a_subprocess_makes_it_with_its_events_and_inputs():
    mapped = extended('<zeebe:ioMapping><zeebe:input source="=n + 1" target="m"/></zeebe:ioMapping>')
    edge = node("boundaryEvent", "Late", timer("timeDuration", "P1D"), attachedToRef="Sub") + end("Over")
    case = Case(with_subprocess(extra=mapped, around=edge + chain("Late", "Over")), {"n": 1})
    modify(case, Move(at("A"), "Y"))
    assert case.waits_at() == ["Late", "Y"]
    assert case.happened("ELEMENT_ACTIVATED") == ["Sub", "Y"]
    timers = [o for o in case.outcome.opened if isinstance(o, TimerOpened)]
    assert [(t.element_id, t.due_at) for t in timers] == [("Late", AT + timedelta(days=1))]
    task = next(o for o in case.outcome.opened if o.element_id == "Y")
    assert task.variables == {"n": 1, "m": 2}
    assert case.complete("Y").waits_at() == ["B"]


def test_two_activations_share_the_scope_that_the_first_one_made():
    case = Case(with_subprocess())
    modify(case, Terminate(at("A")), Activate("X"), Activate("Y"))
    assert case.happened("ELEMENT_ACTIVATED") == ["Sub", "X", "Y"]
    assert case.complete("Y").waits_at() == ["X"]
    assert case.complete("X").complete("Y").waits_at() == ["B"]


def test_activation_reuses_the_scope_that_runs():
    case = Case(with_subprocess()).complete("A")
    modify(case, Activate("Y"))
    assert case.happened("ELEMENT_ACTIVATED") == ["Y"]
    assert case.complete("Y").waits_at() == ["X"]


def test_a_scope_runs_anew_beside_itself_when_the_process_is_named_as_ancestor():
    case = Case(with_subprocess()).complete("A")
    root = case.definition.process_id
    modify(case, Activate("X", ancestor=f"{root}:1"))
    assert case.happened("ELEMENT_ACTIVATED") == ["Sub", "X"]
    assert refused(case, Activate("Y")) == [("Y", "SEVERAL_SCOPES")]
    assert modify(case, Activate("Y", ancestor="Sub:4")).waits_at() == ["X", "X", "Y"]


def test_termination_of_the_last_token_ends_scope_and_instance():
    case = Case(with_subprocess()).complete("A")
    modify(case, Activate("B"), Terminate(at("X")))
    assert (case.happened("ELEMENT_CANCELED"), case.waits_at()) == (["X", "Sub"], ["B"])
    modify(case, Terminate(at("B")))
    assert (case.outcome.state, case.snapshot) == (InstanceState.TERMINATED, None)


def test_moving_out_of_a_scope_ends_it_and_its_events():
    edge = node("boundaryEvent", "Late", timer("timeDuration", "P1D"), attachedToRef="Sub") + end("Over")
    case = Case(with_subprocess(around=edge + chain("Late", "Over"))).complete("A")
    modify(case, Move(at("X"), "B"))
    assert case.waits_at() == ["B"]
    assert case.happened("ELEMENT_CANCELED") == ["X", "Sub"]


def test_a_terminated_subprocess_is_made_anew_for_what_is_activated_inside():
    case = Case(with_subprocess()).complete("A")
    modify(case, Terminate(at("Sub")), Activate("Y"))
    assert (case.waits_at(), case.happened("ELEMENT_CANCELED")) == (["Y"], ["X", "Sub"])


def test_event_subprocesses_of_a_made_scope_listen():
    remind = node("startEvent", "Remind", timer("timeDuration", "PT1H"), isInterrupting="false")
    handler = node("subProcess", "Handle", remind + user("Call") + end("Called") + chain("Remind", "Call", "Called"),
                   triggeredByEvent="true")  # fmt: skip
    case = Case(with_subprocess(extra=handler))
    modify(case, Move(at("A"), "Y"))
    assert case.fire("Remind").waits_at() == ["Call", "Y"]
    assert case.complete("Call").complete("Y").waits_at() == ["B"]


def test_an_element_inside_an_interrupting_event_subprocess_stops_its_event():
    stop = node("startEvent", "Stop", timer("timeDuration", "PT1H"))
    handler = node("subProcess", "Handle", stop + user("Call") + end("Called") + chain("Stop", "Call", "Called"),
                   triggeredByEvent="true")  # fmt: skip
    case = Case(compiled(start() + user("A") + end() + chain("Begin", "A", "Done") + handler))
    assert case.waits_at() == ["A", "Stop"]
    assert modify(case, Activate("Call")).waits_at() == ["A", "Call"]


def many(sequential="false"):
    repeat = f'<bpmn:multiInstanceLoopCharacteristics isSequential="{sequential}"><bpmn:loopCardinality>2'
    repeat += "</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>"
    return with_subprocess(extra=repeat)


def test_a_token_moves_within_its_own_repetition():
    case = Case(many()).complete("A")
    first, second = (token for token, element, _ in engine.waiting(case.snapshot) if element == "X")
    assert refused(case, Activate("Y")) == [("Y", "SEVERAL_SCOPES")]
    assert refused(case, Move(Source(first), "Y", nearness=Nearness.ONLY)) == [("Y", "SEVERAL_SCOPES")]
    assert modify(case, Move(Source(first), "Y")).waits_at() == ["X", "Y"]
    assert modify(case, Move(Source(second), "Y", nearness=Nearness.SOURCE_PARENT)).waits_at() == ["Y", "Y"]
    assert case.complete("Y").complete("Y").waits_at() == ["B"]


def test_a_repetition_is_not_made_by_hand_but_its_whole_is():
    case = Case(many())
    assert refused(case, Activate("Y")) == [("Y", "INSIDE_REPETITION")]
    assert modify(case, Move(at("A"), "Sub")).waits_at() == ["X", "X"]


def test_a_terminated_repetition_leaves_the_others_and_the_last_one_ends_the_whole():
    case = Case(many()).complete("A")
    inner_ones = [row[0] for row in engine.snapshot.read(case.snapshot)["t"] if row[1] == "Sub#"]
    modify(case, Terminate(Source(inner_ones[0])))
    assert case.waits_at() == ["X"]
    assert case.complete("X").complete("Y").waits_at() == ["B"]
    other = Case(many()).complete("A")
    modify(other, Terminate(at("X")), Activate("B"))
    assert other.waits_at() == ["B"]


def test_variables_are_set_for_all_or_for_the_scope_alone():
    case = Case(with_subprocess(), {"n": 1})
    modify(case, Move(at("A"), "Y", (VariablesAt({"n": 2}), VariablesAt({"m": 3}, "Sub"), VariablesAt({"k": 4}, "Y"))))
    assert case.outcome.opened[-1].variables == {"n": 2, "m": 3, "k": 4}
    assert case.complete("Y").outcome.opened[-1].variables == {"n": 2}


def test_variables_local_to_a_multi_instance_activity_reach_every_repetition():
    case = Case(many())
    modify(case, Move(at("A"), "Sub", (VariablesAt({"k": 4}, "Sub"),)))
    assert [o.variables["k"] for o in case.outcome.opened] == [4, 4]


def test_a_condition_hears_of_the_variables_that_a_modification_sets():
    condition = '<bpmn:condition xsi:type="bpmn:tFormalExpression">=ready</bpmn:condition>'
    watch = f"<bpmn:conditionalEventDefinition>{condition}</bpmn:conditionalEventDefinition>"
    body = start() + user("A") + node("intermediateCatchEvent", "Watch", watch) + user("B") + end()
    case = Case(compiled(body + chain("Begin", "A", "Watch", "B", "Done")), {"ready": False})
    modify(case, Move(at("A"), "Watch", (VariablesAt({"ready": True}),)))
    assert case.waits_at() == ["B"]


def test_what_completed_twice_is_compensated_twice_and_what_was_canceled_is_not():
    handler = node("scriptTask", "Undo", extended(
        '<zeebe:script expression="=if undone = null then 1 else undone + 1" resultVariable="undone"/>'
    ), isForCompensation="true")  # fmt: skip
    edge = node("boundaryEvent", "Comp", "<bpmn:compensateEventDefinition/>", attachedToRef="Book")
    link = '<bpmn:association id="As" sourceRef="Comp" targetRef="Undo" associationDirection="One"/>'
    throw = node("intermediateThrowEvent", "Back", "<bpmn:compensateEventDefinition/>")
    body = start() + user("Book") + edge + handler + link + user("Next") + throw + user("Last") + end()
    case = Case(compiled(body + chain("Begin", "Book", "Next", "Back", "Last", "Done")))
    case.complete("Book")
    modify(case, Move(at("Next"), "Book"))
    case.complete("Book")
    modify(case, Activate("Book"))
    modify(case, Terminate(at("Book")))
    assert case.complete("Next").variables["undone"] == 2
    assert refused(case, Activate("Undo")) == [("Undo", "NOT_ACTIVATABLE")]


def unusual():
    """A diagram with one of everything that no token can be put on."""
    edge = node("boundaryEvent", "Late", timer("timeDuration", "P1D"), attachedToRef="A") + end("Over")
    first = node("startEvent", "Alarm", timer("timeDuration", "P9D"))
    handler = node("subProcess", "Handle", first + end("Called") + chain("Alarm", "Called"), triggeredByEvent="true")
    gateway = node("eventBasedGateway", "Which") + node("intermediateCatchEvent", "One", timer("timeDuration", "P1D"))
    gateway += node("intermediateCatchEvent", "Two", timer("timeDuration", "P2D")) + user("B")
    body = start() + user("A") + edge + handler + gateway + end()
    return compiled(
        body + chain("Begin", "A", "Which", "One", "B", "Done") + chain("Which", "Two", "B") + chain("Late", "Over")
    )


@pytest.mark.parametrize("element", ["Late", "Alarm", "Handle", "One", "Begin", "P"])
def test_what_waits_with_another_is_not_activated(element):
    case = Case(unusual())
    expected = "UNKNOWN_ELEMENT" if element == "P" else "NOT_ACTIVATABLE"
    assert refused(case, Activate(element)) == [(element, expected)]
    assert refused(case, Move(at("A"), element)) == [(element, expected)]


def test_an_event_gateway_is_activated_with_its_events():
    case = Case(unusual())
    assert modify(case, Move(at("A"), "Which")).waits_at() == ["Alarm", "One", "Two"]
    assert modify(case, Move(at("Which"), "B")).waits_at() == ["Alarm", "B"]


def test_all_that_is_refused_is_told_at_once_and_nothing_changes():
    case = Case(unusual())
    before = case.snapshot
    problems = refused(
        case, Activate("Nowhere"), Terminate(Source(token="A:99")), Terminate(at("B")), Terminate(at("P")),
        Terminate(Source(token=case.token("Late"))), Terminate(at("Gone")), Move(at("A"), "B"),
    )  # fmt: skip
    assert problems == [
        ("A:99", "TOKEN_GONE"), ("B", "NOT_ACTIVE"), ("P", "WHOLE_INSTANCE"), ("Late", "LISTENER"),
        ("Gone", "UNKNOWN_ELEMENT"),
    ]  # fmt: skip
    assert refused(case, Activate("Nowhere"), Activate("Late"), Activate("B", ancestor="A:3")) == [
        ("Nowhere", "UNKNOWN_ELEMENT"), ("Late", "NOT_ACTIVATABLE"), ("B", "SCOPE_GONE"),
    ]  # fmt: skip
    assert case.snapshot == before


def test_a_scope_is_refused_that_is_not_around_the_element():
    case = Case(with_subprocess()).complete("A")
    assert refused(case, Activate("B", ancestor=next(row[0] for row in tokens(case) if row[1] == "Sub"))) == [
        ("B", "NOT_AN_ANCESTOR")
    ]
    assert refused(case, Activate("B", (VariablesAt({"x": 1}, "Sub"),))) == [("B", "NO_SUCH_SCOPE")]


def tokens(case):
    return engine.snapshot.read(case.snapshot)["t"]


def test_a_scope_whose_timer_has_no_time_refuses_the_modification():
    edge = node("boundaryEvent", "Late", timer("timeDuration", "=missing"), attachedToRef="Sub") + end("Over")
    case = Case(with_subprocess(around=edge + chain("Late", "Over")))
    assert refused(case, Activate("Y")) == [("Late", "INVALID_TIMER")]


def test_a_script_runs_on_from_where_it_was_put():
    body = start() + user("A") + script("Count", "=n + 1", "n") + user("B") + end()
    case = Case(compiled(body + chain("Begin", "A", "Count", "B", "Done")), {"n": 1})
    assert modify(case, Move(at("A"), "Count")).variables == {"n": 2}
    assert case.waits_at() == ["B"]


def test_a_sequential_ad_hoc_subprocess_runs_only_what_was_put_into_it():
    adhoc = node("adHocSubProcess", "Ad", user("X") + user("Y"), ordering="Sequential")
    body = start() + user("A") + adhoc + user("B") + end() + chain("Begin", "A", "Ad", "B", "Done")
    case = Case(compiled(body))
    assert modify(case, Move(at("A"), "Y")).waits_at() == ["Y"]
    assert case.complete("Y").waits_at() == ["B"]


def test_a_modified_instance_is_stored_and_restored():
    case = Case(with_subprocess()).complete("A")
    modify(case, Activate("Y"), Activate("B"))
    loaded = engine.snapshot.load(case.definition.spec, case.snapshot, case.env())
    assert engine.snapshot.dump(loaded) == case.snapshot
