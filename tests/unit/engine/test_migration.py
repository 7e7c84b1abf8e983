"""Migration to another version: what moves, what is armed and closed, and what is refused by name."""

from datetime import timedelta

import pytest

from kfflow import engine
from kfflow.engine.findings import Severity
from kfflow.engine.outcome import Closed, CloseReason, InstanceState, TimerOpened, WaitingKind
from kfflow.errors import InvalidInput
from tests.unit.engine.drawing import AT, Case, chain, compiled, end, extended, flow, node, start, timer, user


def migrate(case, new, **mapping):
    outcome, case.tasks = engine.migrate(case.definition, new, case.snapshot, mapping, case.env())
    case.definition = new
    return case.take(outcome)


def obstacles(case, new, **mapping):
    found = engine.check_migration(case.definition, new, case.snapshot, mapping, case.env())
    errors = [(o.kind, o.element_id) for o in found if o.severity is Severity.ERROR]
    if errors:
        with pytest.raises(InvalidInput) as raised:
            engine.migrate(case.definition, new, case.snapshot, mapping, case.env())
        assert [(f.code, f.field) for f in raised.value.fields] == errors
    return errors


def warnings(case, new):
    return [o.kind for o in engine.check_migration(case.definition, new, case.snapshot, {}, case.env())]


def line(*pieces, before=""):
    names = [name for _, name in pieces]
    return compiled(start() + "".join(xml for xml, _ in pieces) + end() + chain("Begin", *names, "Done"), before)


def tasks(*names):
    return line(*((user(name), name) for name in names))


def edge(name, host, inner, **attributes):
    return (
        node("boundaryEvent", name, inner, attachedToRef=host, **attributes)
        + end(f"{name}End")
        + chain(name, f"{name}End")
    )


def fork(*branches, join="Join", kind="parallelGateway"):
    body = start() + node(kind, "Fork") + node(kind, join) + user("After") + end()
    body += chain("Begin", "Fork") + chain(join, "After", "Done")
    for names in branches:
        body += "".join(user(n) for n in names) + chain("Fork", *names, join)
    return compiled(body)


def test_a_token_keeps_its_id_under_another_name():
    case = Case(tasks("A", "B"))
    token = case.token("A")
    migrate(case, tasks("New", "A2", "B"), A="A2")
    assert (case.waits_at(), case.token("A2")) == (["A2"], token)
    assert (case.outcome.opened, case.outcome.closed) == ((), ())
    assert case.tasks[token].element_id == "A2"
    told = next(h for h in case.outcome.happened if h.kind == "INSTANCE_MIGRATED")
    assert told.data == {"elements": {"A": "A2"}}
    assert case.complete("A2").waits_at() == ["B"]


def test_what_is_gone_or_unknown_is_named():
    case = Case(tasks("A", "B"))
    assert obstacles(case, tasks("B", "C")) == [("UNMAPPED", "A")]
    assert obstacles(case, tasks("B", "C"), A="Z", Q="C") == [
        ("UNKNOWN_TARGET", "A"), ("UNKNOWN_SOURCE", "Q"), ("UNMAPPED", "A"),
    ]  # fmt: skip


def test_another_kind_of_element_is_refused():
    case = Case(tasks("A", "B"))
    receive = node("receiveTask", "A", messageRef="M")
    other = line((receive, "A"), (user("B"), "B"), before='<bpmn:message id="M" name="m"/>')
    assert obstacles(case, other) == [("ELEMENT_KIND", "A")]
    repeat = "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>2</bpmn:loopCardinality>"
    many = node("userTask", "A", repeat + "</bpmn:multiInstanceLoopCharacteristics>")
    assert obstacles(case, line((many, "A"), (user("B"), "B"))) == [("REPETITION", "A")]
    assert obstacles(Case(line((many, "A"), (user("B"), "B"))), tasks("A", "B")) == [("REPETITION", "A")]


def test_another_scope_is_refused_unless_the_scopes_correspond():
    def inside(name):
        body = start("In") + user("A") + end("Out") + chain("In", "A", "Out")
        return line((node("subProcess", name, body), name))

    case = Case(tasks("A"))
    assert obstacles(case, inside("Sub")) == [("SCOPE", "A")]
    case = Case(inside("Sub"))
    assert obstacles(case, tasks("A")) == [("UNMAPPED", "Sub")]
    migrate(case, inside("Other"), Sub="Other")
    assert case.complete("A").outcome.state is InstanceState.COMPLETED


def test_an_armed_timer_keeps_its_instant_and_new_ones_are_armed():
    late = edge("Late", "A", timer("timeDuration", "P1D"))
    case = Case(compiled(start() + user("A") + end() + chain("Begin", "A", "Done") + late))
    case.at += timedelta(hours=5)
    later = edge("Late", "A", timer("timeDuration", "P9D"))
    fresh = edge("Remind", "A", timer("timeDuration", "PT1H"), cancelActivity="false")
    new = compiled(start() + user("A") + end() + chain("Begin", "A", "Done") + later + fresh)
    assert warnings(case, new) == ["TIMER_KEPT"]
    migrate(case, new)
    assert [(o.element_id, o.due_at) for o in case.outcome.opened] == [("Remind", AT + timedelta(hours=6))]
    assert case.outcome.closed == ()
    assert case.fire("Remind").waits_at() == ["A", "Late"]
    assert case.fire("Late").outcome.state is InstanceState.COMPLETED


def test_an_event_that_is_gone_is_closed_and_one_that_happened_stays_so():
    once = edge("Once", "A", timer("timeDuration", "PT1H"), cancelActivity="false")
    late = edge("Late", "A", timer("timeDuration", "P1D"))
    case = Case(compiled(start() + user("A") + end() + chain("Begin", "A", "Done") + once + late))
    token = case.token("Late")
    case.fire("Once")
    migrate(case, compiled(start() + user("A") + end() + chain("Begin", "A", "Done") + once))
    assert case.outcome.closed == (Closed(token, "Late", CloseReason.CANCELED, WaitingKind.TIMER),)
    assert (case.waits_at(), case.outcome.opened) == (["A"], ())


def test_an_event_of_another_kind_or_effect_is_refused():
    def guarded(inner, before="", **attributes):
        return compiled(
            start() + user("A") + end() + chain("Begin", "A", "Done") + edge("E", "A", inner, **attributes), before
        )

    case = Case(guarded(timer("timeDuration", "P1D")))
    signal = guarded('<bpmn:signalEventDefinition signalRef="S"/>', '<bpmn:signal id="S" name="s"/>')
    assert obstacles(case, signal) == [("EVENT_KIND", "E")]
    assert obstacles(case, guarded(timer("timeDuration", "P1D"), cancelActivity="false")) == [("INTERRUPTING", "E")]
    other = guarded('<bpmn:signalEventDefinition signalRef="S"/>', '<bpmn:signal id="S" name="other"/>')
    assert obstacles(Case(signal), other) == [("SUBSCRIPTION", "E")]


def test_a_boundary_event_of_another_activity_is_refused():
    late = timer("timeDuration", "P1D")
    case = Case(
        compiled(start() + user("A") + user("B") + end() + chain("Begin", "A", "B", "Done") + edge("E", "A", late))
    )
    new = compiled(start() + user("A") + user("B") + end() + chain("Begin", "A", "B", "Done") + edge("E", "B", late))
    assert obstacles(case, new) == [("SCOPE", "E")]


def test_event_subprocesses_that_are_new_listen():
    remind = node("startEvent", "Remind", timer("timeDuration", "PT1H"), isInterrupting="false")
    handler = node("subProcess", "Handle", remind + user("Call") + end("Called") + chain("Remind", "Call", "Called"),
                   triggeredByEvent="true")  # fmt: skip
    case = Case(tasks("A"))
    migrate(case, compiled(start() + user("A") + end() + chain("Begin", "A", "Done") + handler))
    assert [type(o) for o in case.outcome.opened] == [TimerOpened]
    assert case.fire("Remind").waits_at() == ["A", "Call"]


def test_a_waiting_join_follows_its_flows():
    case = Case(fork(["A"], ["B"]))
    case.complete("A")
    migrate(case, fork(["A"], ["B2", "B3"], join="Meet"), B="B2", Join="Meet")
    assert case.complete("B2").complete("B3").waits_at() == ["After"]


def test_a_flow_that_cannot_be_told_is_refused():
    case = Case(fork(["A"], ["B"]))
    case.complete("A")
    assert obstacles(case, fork(["A", "More"], ["B"])) == [("JOIN_FLOW", "Join")]
    case = Case(fork(["A"], ["B"], ["C"]))
    case.complete("A").complete("B")
    assert obstacles(case, fork(["A"], ["C"]), B="A") == [("JOIN_FLOW", "Join")]


def test_a_join_that_would_wait_for_ever_is_refused():
    case = Case(fork(["A"], ["B"]))
    case.complete("A")
    assert obstacles(case, fork(["A"], ["B"], ["C"])) == [("JOIN_STARVES", "Join")]


def test_a_join_that_has_all_it_waits_for_goes_on():
    case = Case(fork(["A"], ["B"], ["C"]))
    case.complete("A").complete("B")
    two = start() + node("parallelGateway", "Fork") + node("parallelGateway", "Join") + user("After") + end()
    two += user("A") + user("B") + user("C") + end("Aside") + chain("Begin", "Fork") + chain("Join", "After", "Done")
    two += chain("Fork", "A", "Join") + chain("Fork", "B", "Join") + chain("Fork", "C", "Aside")
    assert migrate(case, compiled(two)).waits_at() == ["After", "C"]


def joined(*added):
    """A task beside a branch that reaches the join by the flow F at once, or over what a version has put on it."""
    body = start() + node("parallelGateway", "Fork") + node("parallelGateway", "Join") + user("A") + user("After")
    body += end() + chain("Begin", "Fork") + chain("Fork", "A", "Join") + chain("Join", "After", "Done")
    body += flow("Fork", [*added, "Join"][0], identity="F") + chain(*added, "Join")
    return compiled(body + "".join(map(user, added)))


def standing_at(case):
    return sorted(one.element_id for one in engine.standing(case.snapshot) if one.element_id != "P")


def made_up(case, element_id):
    instruction = engine.making_up(case.definition, case.snapshot, element_id)
    return case.take(engine.modify(case.definition, case.snapshot, [instruction], case.env()))


def test_a_branch_that_waits_behind_what_was_added_is_past_it_and_can_go_back():
    case = Case(joined())
    new = joined("X", "Y")
    assert warnings(case, new) == ["PASSED", "PASSED"]
    migrate(case, new)
    assert standing_at(case) == ["A", "Join"]
    made_up(case, "X")
    assert standing_at(case) == ["A", "X"]
    case.complete("X")
    case.complete("Y")
    case.complete("A")
    assert standing_at(case) == ["After"]


def test_what_was_added_and_is_past_is_done_beside_what_runs():
    case = Case(tasks("A", "B"))
    case.complete("A")
    migrate(case, tasks("A", "X", "B"))
    made_up(case, "X")
    assert standing_at(case) == ["B", "X"]


@pytest.mark.parametrize("name", ["X", "B"])
def test_what_is_still_ahead_or_under_way_is_not_made_up(name):
    case = Case(tasks("A", "B"))
    case.complete("A")
    migrate(case, tasks("A", "B", "X"))
    assert engine.making_up(case.definition, case.snapshot, name) is None


def test_what_is_ahead_in_a_subprocess_is_not_made_up():
    inner = node("startEvent", "S") + user("X") + node("endEvent", "E") + chain("S", "X", "E")
    case = Case(tasks("A"))
    migrate(case, line((user("A"), "A"), (node("subProcess", "Sub", inner), "Sub")))
    assert engine.making_up(case.definition, case.snapshot, "X") is None


def test_an_inclusive_join_goes_on_by_the_new_paths():
    def body(*after):
        text = start() + node("inclusiveGateway", "Fork") + user("A") + user("B") + "".join(user(n) for n in after)
        text += node("inclusiveGateway", "Join") + user("After") + end() + flow("Begin", "Fork")
        text += flow("Fork", "A", "=true") + flow("Fork", "B", "=true")
        return compiled(text + chain("A", "Join", "After", "Done") + chain("B", *after, "Join"))

    case = Case(body())
    case.complete("A")
    migrate(case, body("C"))
    assert case.complete("B").waits_at() == ["C"]
    assert case.complete("C").waits_at() == ["After"]


def test_an_event_gateway_gets_its_new_events():
    def gateway(*events):
        body = start() + node("eventBasedGateway", "Which") + user("B") + end() + chain("Begin", "Which")
        for name, text in events:
            body += node("intermediateCatchEvent", name, timer("timeDuration", text)) + chain("Which", name, "B")
        return compiled(body + chain("B", "Done"))

    case = Case(gateway(("One", "P1D"), ("Two", "P2D")))
    migrate(case, gateway(("Uno", "P1D"), ("Three", "P3D")), One="Uno")
    assert case.waits_at() == ["Three", "Uno"]
    assert [c.element_id for c in case.outcome.closed] == ["Two"]
    assert case.fire("Uno").waits_at() == ["B"]


def compensable(handler="Undo", book="Book"):
    undo = node("userTask", handler, isForCompensation="true")
    comp = node("boundaryEvent", "Comp", "<bpmn:compensateEventDefinition/>", attachedToRef=book)
    link = f'<bpmn:association id="As" sourceRef="Comp" targetRef="{handler}" associationDirection="One"/>'
    throw = node("intermediateThrowEvent", "Back", "<bpmn:compensateEventDefinition/>")
    body = start() + user(book) + comp + undo + link + user("Next") + throw + user("Last") + end()
    return compiled(body + chain("Begin", book, "Next", "Back", "Last", "Done"))


def test_what_can_be_compensated_is_compensated_by_the_new_handler():
    case = Case(compensable())
    case.complete("Book")
    assert obstacles(case, compensable("Other")) == [("COMPENSATION", "Book")]
    migrate(case, compensable("Other", "Reserve"), Book="Reserve", Undo="Other")
    assert case.complete("Next").waits_at() == ["Other"]
    migrate(case, compensable("Undo"), Other="Undo", Reserve="Book")
    assert case.complete("Undo").waits_at() == ["Last"]


def test_an_ad_hoc_subprocess_goes_on_in_the_same_order_or_not_at_all():
    def adhoc(*names):
        inner = "".join(user(n) for n in names)
        return line((node("adHocSubProcess", "Ad", inner, ordering="Sequential"), "Ad"))

    case = Case(adhoc("X", "Y"))
    assert obstacles(case, adhoc("Y", "X")) == [("AD_HOC_ORDER", "Ad")]
    migrate(case, adhoc("X", "Z", "Y"))
    assert case.complete("X").waits_at() == ["Z"]


def test_repetitions_keep_their_counters_and_their_order():
    def many(name, sequential="true"):
        loop = '<zeebe:loopCharacteristics inputCollection="=[1,2,3]" outputCollection="all" outputElement="=x"/>'
        inner = f'<bpmn:multiInstanceLoopCharacteristics isSequential="{sequential}">{extended(loop)}'
        inner += "</bpmn:multiInstanceLoopCharacteristics>"
        return line((node("userTask", name, inner), name), (user("After"), "After"))

    case = Case(many("A"))
    case.complete("A", x=10)
    assert obstacles(case, many("A", "false")) == [("REPETITION", "A")]
    migrate(case, many("B"), A="B")
    case.complete("B", x=20).complete("B", x=30)
    assert case.variables["all"] == [10, 20, 30]


def test_an_expression_of_the_new_version_that_fails_is_found_before():
    case = Case(tasks("A"))
    new = line((user("A", '<zeebe:taskSchedule dueDate="=missing.date.oops + 1"/>'), "A"))
    wrong = line((user("A", '<zeebe:taskSchedule dueDate="tomorrow-ish"/>'), "A"))
    assert obstacles(case, new) == []
    assert obstacles(case, wrong) == [("EXPRESSION", "A")]
    guarded = start() + user("A") + end() + chain("Begin", "A", "Done") + edge("E", "A", timer("timeDuration", "=nope"))
    assert obstacles(case, compiled(guarded)) == [("EXPRESSION", "E")]


def test_an_incident_moves_and_is_tried_again_by_the_new_rule():
    wrong = extended('<zeebe:taskSchedule dueDate="tomorrow-ish"/>')
    case = Case(line((node("userTask", "Count", wrong), "Count"), (user("B"), "B")))
    assert engine.waiting(case.snapshot)[0][1:] == ("Count", "INCIDENT")
    migrate(case, line((user("Sum"), "Sum"), (user("B"), "B")), Count="Sum")
    assert case.do(engine.retry, "Sum").complete("Sum").waits_at() == ["B"]


def test_a_mapping_is_suggested_by_id_then_by_name():
    def named(*pairs):
        body = start() + "".join(node("userTask", i, name=n) for i, n in pairs) + end()
        return compiled(body + chain("Begin", *(i for i, _ in pairs), "Done"))

    old = named(("A", "Hear"), ("B", "Decide"), ("C", "Tell"), ("D", "Tell"))
    new = named(("A", "Hear them"), ("B2", "Decide"), ("C2", "Tell"), ("D2", "Tell"))
    suggested = engine.suggest_mapping(old, new)
    assert suggested == {"P": "P", "Begin": "Begin", "Done": "Done", "A": "A", "B": "B2"}
