"""A suspended case stands still at every door, loses nothing, and goes on when it is resumed."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from kfflow.errors import Conflict, Forbidden, InvalidInput, Suspended
from kfflow.persistence.tables import AuditEvent, HistoryEvent, Job, Message, ProcessInstance, Timer, UserTask
from kfflow.service import (
    held_results,
    incidents,
    instances,
    jobs,
    messages,
    signals,
    suspension,
    tasks,
    timers,
    variables,
)
from kfflow.service.accounts import SYSTEM
from kfflow.service.effects import Effects, NewDocument
from tests.integration.service import diagrams
from tests.integration.service.standing import (
    LEADER,
    METTE,
    NUMBER,
    another,
    everything,
    open_task,
    resume,
    start,
    states,
    suspend,
)

WHO_WHEN_WHY = r"suspended by lea on 24\.11\.2026 at 09\.00: Anke i højesteret"


@pytest.fixture
def standing(service):
    """A suspended case with one of everything open."""
    instance = start(service, *everything())
    suspend(service, instance.key)
    return instance


def states_of_job(service):
    with service.database.transaction() as session:
        job = session.scalars(select(Job)).one()
        return job.state, job.held_result is not None, job.attempts


def lease(service):
    with service.command(SYSTEM) as ctx:
        return jobs.activate(ctx, type="udenfor", worker="w", timeout=timedelta(minutes=1), max_jobs=5)


def publish(service, instance, *, ttl=timedelta(hours=2)):
    with service.database.transaction() as session:
        number = session.get_one(ProcessInstance, instance.key).variables["sagsnummer"]
    with service.command(METTE) as ctx:
        return messages.publish(ctx, name="svar", correlation_key=number, variables={"svar": 1}, ttl=ttl).key


def test_suspending_closes_nothing(service):
    instance = start(service, *everything())
    before = states(service)
    suspend(service, instance.key)
    assert states(service) == before | {"deadline": ["PAUSED"]}


@pytest.mark.usefixtures("standing")
def test_claiming_is_refused_in_words(service):
    for element_id in ("Opgave", "I_kaldt"):
        task = open_task(service, element_id)
        with pytest.raises(Suspended, match=WHO_WHEN_WHY), service.command(METTE) as ctx:
            tasks.claim(ctx, task.key)


@pytest.mark.usefixtures("standing")
def test_completing_is_refused_in_words(service):
    for element_id in ("Opgave", "I_kaldt"):
        task = open_task(service, element_id)
        with pytest.raises(Suspended, match=WHO_WHEN_WHY), service.command(METTE) as ctx:
            tasks.complete(ctx, task.key, variables={})


@pytest.mark.usefixtures("standing")
def test_a_draft_is_kept_and_the_task_handed_on(service):
    task = open_task(service, "Opgave")
    with service.command(METTE) as ctx:
        tasks.save_draft(ctx, task.key, {"tekst": "halvt"})
    with service.command(LEADER) as ctx:
        tasks.assign(ctx, task.key, assignee="sagsbehandler")
    kept = open_task(service, "Opgave")
    assert (kept.draft, kept.assignee) == ({"tekst": "halvt"}, "sagsbehandler")


def test_no_job_is_handed_out(service, worker, standing):
    assert lease(service) == []
    assert worker.due() == []
    resume(service, standing.key)
    assert len(lease(service)) == 1


def test_a_result_told_meanwhile_is_taken_at_resume(service, worker):
    instance = start(service, *everything())
    job = lease(service)[0]
    suspend(service, instance.key)
    left = Effects(documents=[NewDocument("brev", "Brev", b"x")])
    with service.command(SYSTEM) as ctx:
        jobs.complete(ctx, job.key, {"fundet": 7}, left=left)
    assert states_of_job(service) == ("CREATED", True, 1)
    with pytest.raises(Conflict, match="taken when the case is resumed"), service.command(SYSTEM) as ctx:
        jobs.complete(ctx, job.key, {})
    assert worker.drain() == 0
    resume(service, instance.key)
    assert lease(service) == []
    worker.drain()
    assert states_of_job(service) == ("COMPLETED", False, 1)


def test_a_result_given_up_leaves_the_job_to_be_worked_again(service):
    instance = start(service, *everything())
    job = lease(service)[0]
    suspend(service, instance.key)
    with service.command(SYSTEM) as ctx:
        jobs.complete(ctx, job.key, {"fundet": 7})
    resume(service, instance.key)
    with service.command(SYSTEM) as ctx:
        held_results.give_up(ctx, job.key, "passer ikke", "does not fit")
    with service.command(SYSTEM) as ctx:
        jobs.update(ctx, job.key, retries=1)
    assert [again.key for again in lease(service)] == [job.key]


def test_an_error_told_meanwhile_is_thrown_at_resume(service, worker):
    instance = start(service, *everything())
    job = lease(service)[0]
    suspend(service, instance.key)
    with service.command(SYSTEM) as ctx:
        jobs.throw_error(ctx, job.key, code="UVENTET", message="nej")
    assert states_of_job(service) == ("CREATED", True, 1)
    resume(service, instance.key)
    worker.drain()
    assert states(service)["job"] == ["ERROR_THROWN"]


def test_a_failure_told_meanwhile_costs_its_retry(service, standing):
    resume(service, standing.key)
    job = lease(service)[0]
    suspend(service, standing.key)
    with service.command(SYSTEM) as ctx:
        jobs.fail(ctx, job.key, retries=2, message="nede")
    assert lease(service) == []
    resume(service, standing.key)
    assert [j.retries for j in lease(service)] == [2]


def test_a_timer_fires_once_after_resume(service, worker, clock, standing):
    clock.at += timedelta(days=1)
    with service.database.transaction() as session:
        key = session.scalars(select(Timer.key)).one()
    with service.command(SYSTEM) as ctx:
        assert timers.claim_next(ctx) is None
        assert not timers.fire(ctx, key)
    resume(service, standing.key)
    worker.drain()
    assert states(service)["timer"] == ["FIRED"]


def test_a_message_waits_for_resume(service, worker, clock, standing):
    publish(service, standing)
    assert worker.drain() == 0
    assert states(service)["message_subscription"] == ["OPEN"]
    clock.at += timedelta(hours=1)
    resume(service, standing.key)
    worker.drain()
    assert states(service)["message_subscription"] == ["CORRELATED"]


def test_a_message_expires_while_the_case_stands(service, worker, clock, standing):
    publish(service, standing)
    clock.at += timedelta(hours=3)
    worker.drain()
    resume(service, standing.key)
    worker.drain()
    assert states(service)["message_subscription"] == ["OPEN"]


def waiting_for_svar(process_id: str) -> bytes:
    root = diagrams.message("M_svar", "svar", NUMBER)
    return diagrams.sequence(process_id, diagrams.message_catch("B", "M_svar"), ids=["B"], root=root)


def test_a_message_that_others_took_is_kept_for_the_suspended(service, worker):
    first = start(service, waiting_for_svar("a"), waiting_for_svar("b"), process_id="a", sagsnummer="S1")
    second = another(service, "b", sagsnummer="S1")
    suspend(service, first.key)
    assert publish(service, first)
    assert states(service)["process_instance"] == ["ACTIVE", "COMPLETED"]
    third = another(service, "b", sagsnummer="S1")
    worker.drain()
    resume(service, first.key)
    worker.drain()
    with service.database.transaction() as session:
        ended = {i.key: i.state for i in session.scalars(select(ProcessInstance))}
        kept = list(session.scalars(select(Message.state).order_by(Message.key)))
    assert ended == {first.key: "COMPLETED", second.key: "COMPLETED", third.key: "ACTIVE"}
    assert kept == ["CORRELATED", "CORRELATED"]


def test_a_signal_passes_by(service, worker, standing):
    with service.command(METTE) as ctx:
        signals.broadcast(ctx, name="alle", variables={})
    worker.drain()
    resume(service, standing.key)
    worker.drain()
    assert states(service)["signal_subscription"] == ["OPEN"]


@pytest.mark.usefixtures("standing")
def test_an_incident_is_not_resolved(service):
    with service.database.transaction() as session:
        key = session.execute(text("SELECT key FROM incident")).scalar_one()
    with pytest.raises(Suspended, match=WHO_WHEN_WHY), service.command(LEADER) as ctx:
        incidents.resolve(ctx, key)
    assert states(service)["incident"] == ["ACTIVE"]


def test_variables_may_be_put_right(service, standing):
    with service.command(LEADER) as ctx:
        variables.put(ctx, standing.key, {"rettet": True})
    with service.database.transaction() as session:
        assert session.get_one(ProcessInstance, standing.key).variables["rettet"] is True


def test_suspending_twice_says_so(service, standing):
    with pytest.raises(Suspended, match=WHO_WHEN_WHY):
        suspend(service, standing.key, "igen")


def test_resuming_what_goes_is_refused(service, standing):
    resume(service, standing.key)
    with pytest.raises(Conflict, match=f"{standing.key} is not suspended"):
        resume(service, standing.key)


def test_a_called_process_is_not_suspended_alone(service, standing):
    with service.database.transaction() as session:
        child = session.scalars(select(ProcessInstance.key).where(ProcessInstance.parent_key.is_not(None))).one()
    with pytest.raises(Conflict, match=f"use the topmost one, {standing.key}"):
        suspend(service, child)


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
def test_a_reason_is_required(service, reason):
    instance = start(service, *everything())
    with pytest.raises(InvalidInput):
        suspend(service, instance.key, reason)


def test_a_caseworker_may_not_suspend(service):
    instance = start(service, *everything())
    with pytest.raises(Forbidden, match="suspend cases"):
        suspend(service, instance.key, actor=METTE)


def test_history_and_audit_tell_who_and_why(service, standing):
    resume(service, standing.key, "Anken er hævet")
    told = [("INSTANCE_SUSPENDED", "lea", "Anke i højesteret"), ("INSTANCE_RESUMED", "lea", "Anken er hævet")]
    with service.database.transaction() as session:
        chosen = select(HistoryEvent).where(HistoryEvent.kind.in_([kind for kind, _, _ in told]))
        lines = [(e.kind, e.actor, e.data["reason"]) for e in session.scalars(chosen.order_by(HistoryEvent.key))]
        verbs = {"service:instance:suspend", "service:instance:resume"}
        audited = list(session.scalars(select(AuditEvent.reason).where(AuditEvent.verb.in_(verbs))))
        revision = session.get_one(ProcessInstance, standing.key).revision
    assert (lines, sorted(audited)) == (told, ["Anke i højesteret", "Anken er hævet"])
    with service.command(METTE) as ctx:
        tasks.complete(ctx, open_task(service, "Opgave").key, variables={})
    with service.database.transaction() as session:
        assert session.get_one(ProcessInstance, standing.key).revision == revision + 1


def test_a_suspended_case_can_be_canceled(service, standing):
    with service.command(LEADER) as ctx:
        instances.cancel(ctx, standing.key, reason="Fejloprettet")
    assert states(service)["process_instance"] == ["TERMINATED", "TERMINATED"]


def test_suspending_and_completing_at_once_leaves_no_half(service):
    """Both want the root's lock: whoever comes second sees what the first did."""
    instance = start(service, *everything())
    task = open_task(service, "I_kaldt")
    refused: list[str] = []
    together = threading.Barrier(2)

    def complete():
        together.wait()
        try:
            with service.command(METTE) as ctx:
                tasks.complete(ctx, task.key, variables={})
        except Suspended:
            refused.append("complete")

    other = threading.Thread(target=complete)
    other.start()
    together.wait()
    suspend(service, instance.key)
    other.join()
    with service.database.transaction() as session:
        state = session.get_one(UserTask, task.key).state
    assert (state, refused) in [("COMPLETED", []), ("CREATED", ["complete"])]


def test_a_command_that_waited_for_the_lock_sees_the_suspension(service):
    """The case is suspended while another command waits for it: what was read before the wait does not count."""
    instance = start(service, *everything())
    task = open_task(service, "I_kaldt")
    refused: list[Exception] = []

    def complete():
        try:
            with service.command(METTE) as ctx:
                tasks.complete(ctx, task.key, variables={})
        except Suspended as refusal:
            refused.append(refusal)

    with service.command(LEADER) as ctx:
        suspension.suspend(ctx, instance.key, reason="Anke")
        other = threading.Thread(target=complete)
        other.start()
        waits = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
        for _ in range(10_000):
            if ctx.session.execute(waits).scalar_one():
                break
            ctx.session.execute(text("SELECT pg_stat_clear_snapshot()"))
    other.join()
    assert [type(r) for r in refused] == [Suspended]
