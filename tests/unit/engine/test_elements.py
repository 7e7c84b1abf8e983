"""What each kind of element does, and what the service is told of it."""

from datetime import UTC, date, datetime, timedelta

import pytest

from kfflow import engine
from kfflow.engine.outcome import (
    CallOpened,
    Closed,
    CloseReason,
    DeadlineRule,
    Decided,
    InstanceState,
    JobOpened,
    WaitingKind,
)
from kfflow.errors import EngineFailure
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


def line(*pieces, before=""):
    """One path from start to end through (xml, id) pieces."""
    names = [name for _, name in pieces]
    return compiled(start() + "".join(xml for xml, _ in pieces) + end() + chain("Begin", *names, "Done"), before)


def test_user_task_says_who_when_and_on_which_basis():
    task = user(
        "Decide",
        '<zeebe:userTask/><zeebe:assignmentDefinition candidateGroups="sagsbehandler, enhedschef" assignee="=helper"/>',
        '<zeebe:taskSchedule dueDate="=date" followUpDate="P2D"/><zeebe:priorityDefinition priority="80"/>',
        '<zeebe:formDefinition formId="afgoerelse"/>',
        '<zeebe:taskHeaders><zeebe:header key="k" value="v"/></zeebe:taskHeaders>',
        '<kf:deadline rule="10 AD" start="=date" hjemmel="§ 26" kind="legal" roll="next" warnShare="0.5"'
        ' escalateTo="teamleder"/>',
        '<kf:fourEyes differentFrom="A B"/><kf:access class="forurettet"/><kf:hjemmel text="§ 46(1)"/>',
    )
    task = Case(line((task, "Decide")), {"helper": "bo", "date": "2026-03-10"}).outcome.opened[0]
    midnight = datetime(2026, 3, 9, 23, 0, tzinfo=UTC)
    assert (task.assignee, task.candidate_groups, task.priority) == ("bo", ("sagsbehandler", "enhedschef"), 80)
    assert (task.due_at, task.follow_up_at) == (midnight, AT + timedelta(days=2))
    assert (task.form_id, task.hjemmel, task.headers) == ("afgoerelse", "§ 46(1)", {"k": "v"})
    assert (task.four_eyes, task.access_class) == (("A", "B"), "forurettet")
    assert task.deadline == DeadlineRule("10 AD", "§ 26", "legal", midnight, None, "dk", "next", None, 0.5, "teamleder")


BY_DATE = (
    '<kf:deadline rule="5 AD" gyldigFra="2026-02-01" hjemmel="lov nr. 2"{more}/>'
    '<kf:deadline rule="10 AD" gyldigTil="2026-02-01" hjemmel="lov nr. 1"/>'
)


@pytest.mark.parametrize(
    ("more", "opened", "legal", "rule", "day"),
    [
        ("", "2026-03-01", "2026-01-31", "10 AD", "2026-01-31"),
        ("", "2026-01-01", "2026-02-01", "5 AD", "2026-02-01"),
        (' overgang="NEW_CASES"', "2026-01-31", "2026-02-01", "10 AD", "2026-01-31"),
        (' overgang="ALL_RUNNING"', "2026-01-01", "2026-01-01", "5 AD", "2026-03-02"),
    ],
)
def test_of_rules_by_date_the_one_in_force_for_the_case_counts(more, opened, legal, rule, day):
    definition = line((user("Decide", BY_DATE.format(more=more)), "Decide"))
    env = environment(opened_at=datetime.fromisoformat(f"{opened}T12:00Z"), legal_date=date.fromisoformat(legal))
    task = engine.start(definition, {}, env).opened[0]
    assert task.hjemmel is None
    assert (task.deadline.rule, task.deadline.in_force.day.isoformat()) == (rule, day)
    assert task.deadline.hjemmel == {"5 AD": "lov nr. 2", "10 AD": "lov nr. 1"}[rule]


def test_task_has_no_deadline_before_the_first_rule_is_in_force():
    definition = line(
        (user("Decide", '<kf:deadline rule="5 AD" gyldigFra="2027-01-01" hjemmel="lov nr. 2"/>'), "Decide")
    )
    assert engine.start(definition, {}, environment()).opened[0].deadline is None


def test_service_task_becomes_a_job_with_its_inputs():
    task = node(
        "serviceTask",
        "Send",
        extended(
            '<zeebe:taskDefinition type="letter" retries="5"/><zeebe:ioMapping>'
            '<zeebe:input source="=person.name" target="to.name"/><zeebe:input source="A4" target="paper"/>'
            '<zeebe:output source="=number * 2" target="letter.number"/></zeebe:ioMapping>'
        ),
    )
    case = Case(line((task, "Send"), (user("After"), "After")), {"person": {"name": "Ida"}})
    job = case.outcome.opened[0]
    assert isinstance(job, JobOpened)
    assert (job.type, job.retries) == ("letter", 5)
    assert job.variables == {"person": {"name": "Ida"}, "to": {"name": "Ida"}, "paper": "A4"}
    case.do(engine.complete_job, "Send", {"number": 21, "noise": True})
    assert case.variables == {"person": {"name": "Ida"}, "letter": {"number": 42}}
    assert case.outcome.closed == (Closed(job.token, "Send", CloseReason.COMPLETED, WaitingKind.JOB),)


def test_script_computes_feel():
    inner = extended('<zeebe:script expression="=sum(numbers) / 2" resultVariable="half"/>')
    case = Case(line((node("scriptTask", "Sum", inner), "Sum"), (user("Look"), "Look")), {"numbers": [1, 2, 4]})
    assert case.variables["half"] == 3.5


def test_business_rule_task_calls_the_decision_and_keeps_what_decided():
    inner = extended('<zeebe:calledDecision decisionId="first_leave" resultVariable="leave"/>')
    definition = line((node("businessRuleTask", "Rule", inner), "Rule"), (user("Look"), "Look"))
    decide = lambda _, variables: Decided({"ok": variables["months"] > 3}, {"rules": [2]})  # noqa: E731
    case = Case(definition, {"months": 6}, decide=decide)
    assert case.variables["leave"] == {"ok": True}
    happened = next(h for h in case.outcome.happened if h.kind == "DECISION_EVALUATED")
    assert happened.data == {"decision": "first_leave", "rules": [2]}
    assert definition.called_decisions == ("first_leave",)


def test_missing_decision_is_an_incident_that_keeps_its_token():
    def decide(decision_id, _):
        raise EngineFailure("findes ikke", f"no decision {decision_id}", kind="DECISION_NOT_FOUND")

    inner = extended('<zeebe:calledDecision decisionId="gone" resultVariable="leave"/>')
    definition = line((node("businessRuleTask", "Rule", inner), "Rule"), (user("Look"), "Look"))
    case = Case(definition, decide=decide)
    assert [(o.kind, o.element_id) for o in case.outcome.opened] == [("DECISION_NOT_FOUND", "Rule")]
    case.changes = {}
    case.do(engine.retry, "Rule")
    assert case.waits_at() == ["Look"]
    assert case.outcome.closed[0].kind is WaitingKind.INCIDENT


def test_call_activity_passes_and_takes_back_what_it_says():
    called = (
        '<zeebe:calledElement processId="kf_hearing" propagateAllParentVariables="false" '
        'propagateAllChildVariables="false" bindingType="deployment"/>'
        '<zeebe:ioMapping><zeebe:input source="=a" target="x"/><zeebe:output source="=y" target="b"/></zeebe:ioMapping>'
    )
    case = Case(line((node("callActivity", "Call", extended(called)), "Call"), (user("Look"), "Look")), {"a": 1})
    assert case.outcome.opened == (CallOpened("Call:3", "Call", "kf_hearing", {"x": 1}, "deployment", None),)
    case.do(engine.complete_call, "Call", {"y": 2, "z": 3})
    assert case.variables == {"a": 1, "b": 2}


def test_call_activity_that_returns_nothing_writes_nothing():
    called = '<zeebe:calledElement processId="kf_hearing" propagateAllChildVariables="false"/>'
    case = Case(line((node("callActivity", "Call", extended(called)), "Call"), (user("Look"), "Look")), {"a": 1})
    case.do(engine.complete_call, "Call", {"a": 2, "z": 3})
    assert case.variables == {"a": 1}


def test_gateway_history_tells_the_flow_the_condition_and_the_values():
    body = start() + node("exclusiveGateway", "Which", default="Which_B") + user("A") + user("B") + end()
    body += chain("Begin", "Which", "B", "Done") + flow("Which", "A", "=months > 3") + chain("A", "Done")
    case = Case(compiled(body), {"months": 6, "other": 1})
    decided = next(h for h in case.outcome.happened if h.kind == "GATEWAY_DECIDED")
    assert decided.data == {"taken": ["Which_A"], "conditions": {"Which_A": "months > 3"}, "values": {"months": 6}}
    assert case.happened("FLOW_TAKEN") == ["Begin_Which", "Which_A"]


def test_inclusive_join_waits_for_the_branches_taken_and_no_others():
    body = (
        start() + node("inclusiveGateway", "Split") + node("inclusiveGateway", "Join") + end() + flow("Begin", "Split")
    )
    for name in "ABC":
        body += user(name) + flow("Split", name, f'="{name}" in wanted') + flow(name, "Join")
    case = Case(compiled(body + user("Last") + chain("Join", "Last", "Done")), {"wanted": ["A", "C"]})
    assert case.waits_at() == ["A", "C"]
    assert case.complete("A").waits_at() == ["C"]
    assert case.complete("C").waits_at() == ["Last"]


@pytest.mark.parametrize(("interrupting", "left"), [("true", ["Hurry"]), ("false", ["Hurry", "Work"])])
def test_boundary_timer(interrupting, left):
    late = node(
        "boundaryEvent", "Late", timer("timeDuration", "P7D"), attachedToRef="Work", cancelActivity=interrupting
    )
    body = (
        start()
        + user("Work")
        + late
        + user("Hurry")
        + end()
        + chain("Begin", "Work", "Done")
        + chain("Late", "Hurry", "Done")
    )
    case = Case(compiled(body))
    case.fire("Late")
    assert case.waits_at() == left
    canceled = [c.element_id for c in case.outcome.closed if c.reason is CloseReason.CANCELED]
    assert canceled == (["Work"] if interrupting == "true" else [])


def test_cycle_opens_its_next_timer_until_it_is_used_up():
    remind = node("boundaryEvent", "Remind", timer("timeCycle", "R2/P1D"), attachedToRef="Work", cancelActivity="false")
    body = (
        start()
        + user("Work")
        + remind
        + user("Note")
        + end()
        + chain("Begin", "Work", "Done")
        + chain("Remind", "Note", "Done")
    )
    case = Case(compiled(body))
    first = case.token("Remind")
    case.at = AT + timedelta(days=1)
    case.fire("Remind")
    again = next(o for o in case.outcome.opened if o.element_id == "Remind")
    assert again.token != first
    assert again.due_at == AT + timedelta(days=2)
    assert case.fire("Remind").waits_at() == ["Note", "Note", "Work"]


def test_completing_a_task_takes_its_timer_away():
    late = node("boundaryEvent", "Late", timer("timeDuration", "P7D"), attachedToRef="Work")
    body = start() + user("Work") + late + end() + chain("Begin", "Work", "Done") + chain("Late", "Done")
    case = Case(compiled(body))
    case.complete("Work", answer=1)
    assert [(c.element_id, c.reason.value) for c in case.outcome.closed] == [
        ("Work", "COMPLETED"),
        ("Late", "CANCELED"),
    ]
    assert (case.outcome.state, case.outcome.variables) == (InstanceState.COMPLETED, {"answer": 1})


ESCALATION = '<bpmn:escalation id="Esc" name="help" escalationCode="HELP"/>'


def test_escalation_is_caught_beside_or_comes_out():
    throw = node("intermediateThrowEvent", "Call", '<bpmn:escalationEventDefinition escalationRef="Esc"/>')
    sub = node(
        "subProcess", "Sub", start("In") + throw + user("Work") + end("Out") + chain("In", "Call", "Work", "Out")
    )
    caught = node(
        "boundaryEvent",
        "Help",
        '<bpmn:escalationEventDefinition escalationRef="Esc"/>',
        attachedToRef="Sub",
        cancelActivity="false",
    )
    body = start() + sub + end() + chain("Begin", "Sub", "Done")
    assert Case(compiled(body + caught + user("Aid") + chain("Help", "Aid", "Done"), ESCALATION)).waits_at() == [
        "Aid",
        "Work",
    ]
    case = Case(compiled(body, ESCALATION))
    assert [(t.kind, t.name) for t in case.outcome.thrown] == [("ESCALATION", "HELP")]
    assert case.waits_at() == ["Work"]


CARRYING = (
    '<bpmn:extensionElements><zeebe:ioMapping><zeebe:input source="=1 + 1" target="since"/></zeebe:ioMapping>'
    "</bpmn:extensionElements>"
)


def test_escalation_carries_its_inputs_to_whoever_catches_it():
    throw = node("intermediateThrowEvent", "Call", CARRYING + '<bpmn:escalationEventDefinition escalationRef="Esc"/>')
    inner = start("In") + throw + user("Work") + end("Out") + chain("In", "Call", "Work", "Out")
    sub = node("subProcess", "Sub", inner)
    caught = '<bpmn:escalationEventDefinition escalationRef="Esc"/>'
    caught = node("boundaryEvent", "Help", caught, attachedToRef="Sub", cancelActivity="false")
    body = start() + sub + end() + chain("Begin", "Sub", "Done")
    case = Case(compiled(body + caught + user("Aid") + chain("Help", "Aid", "Done"), ESCALATION))
    assert case.outcome.variables == {"since": 2}
    alone = Case(compiled(start() + throw + end() + chain("Begin", "Call", "Done"), ESCALATION))
    assert [(t.name, t.variables) for t in alone.outcome.thrown] == [("HELP", {"since": 2})]


def test_complex_gateway_starts_with_the_first_and_takes_the_rest_away():
    gateway = (
        "<bpmn:activationCondition xsi:type='bpmn:tFormalExpression'>=activationCount >= 1</bpmn:activationCondition>"
    )
    body = start() + node("parallelGateway", "Split") + user("A") + user("B") + node("complexGateway", "First", gateway)
    body += user("Next") + end() + chain("Begin", "Split", "A", "First", "Next", "Done") + chain("Split", "B", "First")
    case = Case(compiled(body))
    assert case.complete("B").waits_at() == ["A", "Next"]
    assert case.complete("Next").waits_at() == ["A"]
    assert case.complete("A").outcome.state is InstanceState.COMPLETED


def test_complex_gateway_takes_the_last_token_away_while_what_it_started_waits():
    activation = "<bpmn:activationCondition>activationCount &gt;= 2</bpmn:activationCondition>"
    body = start() + node("parallelGateway", "Split") + node("complexGateway", "Two", activation) + end() + user("Go")
    body += chain("Begin", "Split", "A", "Two", "Go", "Done") + chain("Split", "B", "Two") + chain("Split", "C", "Two")
    case = Case(compiled(body + user("A") + user("B") + user("C")))
    assert case.complete("A").complete("B").waits_at() == ["C", "Go"]
    assert case.complete("C").waits_at() == ["Go"]
    assert case.complete("Go").snapshot is None


def test_event_with_several_definitions_needs_any_or_all():
    before = '<bpmn:message id="M1" name="one"/><bpmn:message id="M2" name="two"/>'
    inner = '<bpmn:messageEventDefinition messageRef="M1"/><bpmn:messageEventDefinition messageRef="M2"/>'
    for needs_all, left in (("true", ["Wait"]), ("false", ["After"])):
        wait = node("intermediateCatchEvent", "Wait", inner, parallelMultiple=needs_all)
        case = Case(line((wait, "Wait"), (user("After"), "After"), before=before))
        assert case.do(engine.deliver_message, "Wait", {"x": 1}).waits_at() == left
    assert case.variables == {"x": 1}


def test_terminate_ends_everything():
    stop = node("endEvent", "Stop", "<bpmn:terminateEventDefinition/>")
    body = start() + node("parallelGateway", "Split") + user("A") + user("B") + stop + end()
    case = Case(compiled(body + chain("Begin", "Split", "A", "Stop") + chain("Split", "B", "Done")))
    case.complete("A")
    assert case.outcome.state is InstanceState.COMPLETED
    assert [c.element_id for c in case.outcome.closed] == ["A", "B"]


def test_compensation_undoes_what_completed_in_reverse_order():
    body = start()
    for name in ("Book", "Pay"):
        body += user(name) + node("boundaryEvent", f"Un{name}", "<bpmn:compensateEventDefinition/>", attachedToRef=name)
        body += node("userTask", f"Undo{name}", isForCompensation="true")
        body += f'<bpmn:association id="As{name}" sourceRef="Un{name}" targetRef="Undo{name}"/>'
    undo = node("intermediateThrowEvent", "Undo", "<bpmn:compensateEventDefinition/>")
    case = Case(compiled(body + undo + end() + chain("Begin", "Book", "Pay", "Undo", "Done")))
    case.complete("Book").complete("Pay")
    assert case.waits_at() == ["UndoPay"]
    assert case.complete("UndoPay").waits_at() == ["UndoBook"]
    assert case.complete("UndoBook").outcome.state is InstanceState.COMPLETED


def test_condition_fires_when_it_becomes_true():
    condition = "<bpmn:condition xsi:type='bpmn:tFormalExpression'>=amount > 10</bpmn:condition>"
    inner = f"<bpmn:conditionalEventDefinition>{condition}</bpmn:conditionalEventDefinition>"
    case = Case(line((node("intermediateCatchEvent", "Wait", inner), "Wait"), (user("Look"), "Look")), {"amount": 1})
    assert case.waits_at() == []
    case.take(engine.set_variables(case.definition, case.snapshot, {"amount": 11}, case.env()))
    assert case.waits_at() == ["Look"]


def test_sequential_instances_stop_when_their_condition_holds():
    loop = (
        '<bpmn:multiInstanceLoopCharacteristics isSequential="true"><bpmn:loopCardinality>5</bpmn:loopCardinality>'
        "<bpmn:completionCondition>=numberOfCompletedInstances = 2</bpmn:completionCondition>"
        "</bpmn:multiInstanceLoopCharacteristics>"
    )
    case = Case(line((node("userTask", "Ask", loop), "Ask"), (user("Look"), "Look")))
    assert case.complete("Ask").waits_at() == ["Ask"]
    assert case.complete("Ask").waits_at() == ["Look"]


def test_cancel_closes_all():
    case = Case(line((user("Work"), "Work")))
    case.take(engine.cancel(case.definition, case.snapshot, case.env()))
    assert case.outcome.state is InstanceState.TERMINATED
    assert [c.reason.value for c in case.outcome.closed] == ["CANCELED"]


def test_start_events_that_wait_are_named_and_can_be_chosen():
    begin = node("startEvent", "OnNews", '<bpmn:messageEventDefinition messageRef="Msg"/>')
    daily = node("startEvent", "Daily", timer("timeCycle", "0 0 8 * * *"))
    body = (
        start()
        + begin
        + daily
        + user("Work")
        + end()
        + chain("Begin", "Work", "Done")
        + chain("OnNews", "Work")
        + chain("Daily", "Work")
    )
    definition = compiled(body, '<bpmn:message id="Msg" name="news"/>')
    assert [(s.element_id, s.message_name) for s in definition.start_messages] == [("OnNews", "news")]
    due = definition.start_timers[0].first(Case(definition).env()).due
    assert due == datetime(2026, 3, 3, 7, 0, tzinfo=UTC)
    outcome = engine.start(definition, {}, Case(definition).env(), start_element="OnNews")
    assert [h.element_id for h in outcome.happened if h.kind == "ELEMENT_COMPLETED"] == ["OnNews"]


def test_elements_are_described_for_readers():
    definition = compiled(
        start() + user("Work", '<kf:deadline rule="10 AD" hjemmel="§ 26"/>') + end() + chain("Begin", "Work", "Done")
    )
    work = definition.elements["Work"]
    assert (work.type, work.parent, work.hjemmel) == ("userTask", "P", "§ 26")
    assert (work.incoming, work.outgoing) == (("Begin_Work",), ("Work_Done",))


def test_process_says_its_deadline_and_its_legal_date():
    inner = extended('<kf:deadline rule="=if urgent then &quot;1 AD&quot; else &quot;15 AD&quot;" kind="internal"/>')
    inner = inner.replace("</bpmn:ext", '<kf:case type="udgang" legalDate="=applied"/></bpmn:ext')
    definition = compiled(inner + start() + user("Work") + end() + chain("Begin", "Work", "Done"))
    variables, env = {"urgent": True, "applied": "2026-03-01"}, Case(definition).env()
    assert engine.case_deadline(definition, variables, env).rule == "1 AD"
    assert engine.legal_date(definition, variables, env) == date(2026, 3, 1)
    assert engine.legal_date(definition, {}, env) is None
    with pytest.raises(EngineFailure):
        engine.legal_date(definition, {"applied": "soon"}, env)


def test_unknown_snapshot_version_is_refused():
    case = Case(line((user("Work"), "Work")))
    with pytest.raises(EngineFailure, match="unknown format"):
        engine.waiting(case.snapshot.replace(b'"v":3', b'"v":4'))


def _conditional(identity, condition):
    inner = f"<bpmn:condition xsi:type='bpmn:tFormalExpression'>{condition}</bpmn:condition>"
    return node(
        "intermediateCatchEvent",
        identity,
        f"<bpmn:conditionalEventDefinition>{inner}</bpmn:conditionalEventDefinition>",
    )


def test_condition_hears_what_another_branch_brings_when_it_ends():
    """The dates of a case are recalculated beside what waits for them: the waiting must hear of it."""
    wait = script("Plan", "=date", "planned") + node("eventBasedGateway", "Wait")
    wait += node("intermediateCatchEvent", "Day", timer("timeDuration", "P1D"))
    wait += _conditional("Moved", "=date != planned") + node("exclusiveGateway", "Again")
    flows = chain("Begin", "Both", "Again", "Plan", "Wait", "Day", "Done") + chain("Wait", "Moved", "Again")
    beside = node("parallelGateway", "Both") + user("Other") + end("OtherDone") + chain("Both", "Other", "OtherDone")
    begins = node("startEvent", "Alarm", timer("timeDuration", "PT1H"), isInterrupting="false")
    inside = begins + script("Recalculate", "=2", "date") + end("Recalculated")
    inside += chain("Alarm", "Recalculate", "Recalculated")
    handler = node("subProcess", "OnAlarm", inside, triggeredByEvent="true")
    case = Case(compiled(start() + wait + end() + beside + flows + handler), {"date": 1})
    case.fire("Alarm")
    assert case.happened("ELEMENT_ACTIVATED")[-2:] == ["Plan", "Wait"]
    assert case.variables["planned"] == 2


def test_an_empty_subprocess_is_done_at_once():
    case = Case(line((node("subProcess", "Sub"), "Sub"), (user("After"), "After")))
    assert case.waits_at() == ["After"]


def test_a_loop_of_five_thousand_rounds_of_a_script_runs_in_one_command():
    body = start() + node("exclusiveGateway", "Again") + script("Count", "=n + 1", "n") + end()
    body += node("exclusiveGateway", "More", default="More_Done") + chain("Begin", "Again", "Count", "More", "Done")
    case = Case(compiled(body + flow("More", "Again", "=n &lt; 5000")), {"n": 0})
    assert (case.outcome.state, case.variables["n"]) == (InstanceState.COMPLETED, 5000)
