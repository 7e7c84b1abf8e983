"""Deadlines stand still while their case is suspended: which of them, with which lines, and where they run on to."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from kfflow.persistence.tables import Deadline, DeadlineEntry, UserTask
from kfflow.service import tasks, variables
from tests.integration.service import diagrams
from tests.integration.service.standing import INTERNAL, LEADER, LEGAL, METTE, open_task, resume, start, suspend

BASIS = "retsplejeloven § 910"
FIXED = '<kf:deadline until="2026-12-01T12:00:00+01:00" calendar="dk" kind="internal" hjemmel="Internt mål"/>'
# Tuesday 24 November 2026 at 09:00 in Copenhagen is the tests' now.


def with_deadline(service, extra: str):
    return start(service, diagrams.sequence("p", diagrams.user_task("A", extra=extra), ids=["A"]), process_id="p")


def deadline(service) -> Deadline:
    with service.database.transaction() as session:
        return session.scalars(select(Deadline)).one()


def ledger(service):
    with service.database.transaction() as session:
        lines = session.scalars(select(DeadlineEntry).order_by(DeadlineEntry.key))
        return [(e.kind, e.actor, e.reason, e.hjemmel) for e in lines]


def due_of_task(service):
    task = open_task(service, "A")
    return task.due_at, task.warn_at


@pytest.mark.parametrize(
    ("rule", "pause", "moved"),
    [
        ("10 AD", timedelta(days=7), timedelta(days=7)),  # five working days and the weekend they span
        ("10 AD", timedelta(hours=6), timedelta(0)),
        ("10 KD", timedelta(days=3), timedelta(days=3)),
        ("4 H", timedelta(days=3, minutes=7), timedelta(days=3, minutes=7)),
    ],
)
def test_an_internal_deadline_runs_on_from_where_it_was(service, clock, rule, pause, moved):
    instance = with_deadline(service, INTERNAL.format(rule=rule))
    before = deadline(service)
    suspend(service, instance.key)
    assert (deadline(service).state, due_of_task(service)) == ("PAUSED", (None, None))
    clock.at += pause
    resume(service, instance.key, "Anken er hævet")
    after = deadline(service)
    assert (after.state, after.due_at - before.due_at, after.warn_at - before.warn_at) == ("RUNNING", moved, moved)
    assert due_of_task(service) == (after.due_at, after.warn_at)
    assert ledger(service) == [
        ("START", "mette", "", "Internt mål"),
        ("PAUSE", "lea", "Anke i højesteret", ""),
        ("RESUME", "lea", "Anken er hævet", ""),
    ]


def test_the_explanation_tells_of_the_pause(service, clock):
    instance = with_deadline(service, INTERNAL.format(rule="10 KD"))
    suspend(service, instance.key)
    clock.at += timedelta(days=1)
    resume(service, instance.key)
    step = deadline(service).explanation[-1]
    assert step["text_en"] == (
        "Stood still from Tuesday 24 November 2026 at 09:00 to Wednesday 25 November 2026 at 09:00 "
        "(Anke i højesteret); so the deadline expires Saturday 5 December 2026 at 23:59."
    )


def test_a_legal_deadline_is_paused_on_a_legal_basis(service):
    instance = with_deadline(service, LEGAL.format(rule="10 AD"))
    suspend(service, instance.key, hjemmel=BASIS)
    assert deadline(service).state == "PAUSED"
    assert ledger(service)[-1] == ("PAUSE", "lea", "Anke i højesteret", BASIS)


def test_a_legal_deadline_without_a_basis_runs_on_and_is_breached(service, worker, clock):
    instance = with_deadline(service, LEGAL.format(rule="4 H"))
    suspend(service, instance.key)
    clock.at += timedelta(hours=5)
    worker.sweep()
    assert (deadline(service).state, deadline(service).breached_at) == ("BREACHED", clock.at)
    resume(service, instance.key)
    assert [kind for kind, *_ in ledger(service)] == ["START", "WARNED", "BREACHED"]


def test_a_date_runs_on(service):
    instance = with_deadline(service, FIXED)
    suspend(service, instance.key, hjemmel=BASIS)
    resume(service, instance.key)
    assert (deadline(service).state, deadline(service).due_at) == (
        "RUNNING",
        datetime(2026, 12, 1, 11, tzinfo=UTC),
    )
    assert [kind for kind, *_ in ledger(service)] == ["START"]


def test_a_deadline_that_has_expired_is_not_paused(service, clock):
    instance = with_deadline(service, INTERNAL.format(rule="4 H"))
    clock.at += timedelta(hours=4)
    suspend(service, instance.key)
    assert deadline(service).state == "RUNNING"


def test_a_paused_deadline_neither_warns_nor_is_breached(service, worker, clock):
    instance = with_deadline(service, INTERNAL.format(rule="4 H"))
    suspend(service, instance.key)
    clock.at += timedelta(days=30)
    worker.sweep()
    assert [kind for kind, *_ in ledger(service)] == ["START", "PAUSE"]


def test_pausing_twice_adds_up(service, clock):
    instance = with_deadline(service, INTERNAL.format(rule="4 H"))
    due_at = deadline(service).due_at
    for _ in range(2):
        suspend(service, instance.key)
        clock.at += timedelta(hours=1)
        resume(service, instance.key)
        clock.at += timedelta(minutes=10)
    assert deadline(service).due_at == due_at + timedelta(hours=2)


def test_the_deadlines_of_called_processes_are_paused_too(service):
    called = diagrams.sequence("kaldt", diagrams.user_task("A", extra=INTERNAL.format(rule="10 AD")), ids=["A"])
    calling = diagrams.sequence("p", diagrams.call_activity("Kald", "kaldt"), ids=["Kald"])
    instance = start(service, called, calling, process_id="p")
    suspend(service, instance.key)
    assert deadline(service).state == "PAUSED"


def test_a_deadline_that_begins_in_a_suspended_case_begins_paused(service, clock):
    """Changing a variable fires a conditional event; the task behind it opens in a case that stands still."""
    condition = (
        '<bpmn:intermediateCatchEvent id="Vent"><bpmn:conditionalEventDefinition id="Vent_def">'
        "<bpmn:condition xsi:type='bpmn:tFormalExpression'>=klar = true</bpmn:condition>"
        "</bpmn:conditionalEventDefinition></bpmn:intermediateCatchEvent>"
    )
    task = diagrams.user_task("A", extra=INTERNAL.format(rule="4 H"))
    source = diagrams.sequence("p", condition, task, ids=["Vent", "A"])
    instance = start(service, source, process_id="p", klar=False)
    suspend(service, instance.key)
    clock.at += timedelta(hours=1)
    with service.command(LEADER) as ctx:
        variables.put(ctx, instance.key, {"klar": True})
    assert (deadline(service).state, due_of_task(service)) == ("PAUSED", (None, None))
    due_at = deadline(service).due_at
    clock.at += timedelta(hours=1)
    resume(service, instance.key)
    assert deadline(service).due_at == due_at + timedelta(hours=1)


def test_a_met_deadline_counts_the_pause_as_no_time(service, clock):
    instance = with_deadline(service, INTERNAL.format(rule="4 H"))
    suspend(service, instance.key)
    clock.at += timedelta(days=9)
    resume(service, instance.key)
    clock.at += timedelta(hours=3)
    with service.command(METTE) as ctx:
        tasks.complete(ctx, open_task(service, "A").key, variables={})
    assert deadline(service).state == "MET"


def test_a_due_date_without_a_rule_stays(service):
    """A plain due date of a task, which no rule stands behind, is left alone."""
    due = '<zeebe:taskSchedule dueDate="2026-12-01T12:00:00+01:00"/>'
    instance = with_deadline(service, due)
    suspend(service, instance.key)
    with service.database.transaction() as session:
        assert session.scalars(select(UserTask.due_at)).one() == datetime(2026, 12, 1, 11, tzinfo=UTC)
