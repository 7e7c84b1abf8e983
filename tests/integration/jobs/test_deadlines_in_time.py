"""Warnings and breaches by the worker's own loop: within the minute, and after a day of downtime each once."""

import threading
from datetime import timedelta

from sqlalchemy import func, select, text

from bench._many import multiply
from kfflow.jobs.worker import SWEEP_EVERY, Worker
from kfflow.persistence.tables import Deadline, DeadlineEntry
from tests.integration.service import diagrams
from tests.integration.service.standing import INTERNAL, start

MANY = 2000
TABLES = ("case", "process_instance", "user_task", "deadline", "deadline_entry")


def begin(service):
    task = diagrams.user_task("A", extra=INTERNAL.format(rule="4 H"))
    return start(service, diagrams.sequence("p", task, ids=["A"]), process_id="p")


def entries(service) -> list[tuple[str, timedelta]]:
    """Give what was entered, and how long after its moment."""
    moment = {"START": Deadline.started_at, "WARNED": Deadline.warn_at, "BREACHED": Deadline.due_at}
    with service.database.transaction() as session:
        rows = session.execute(
            select(DeadlineEntry, Deadline)
            .join(Deadline, Deadline.key == DeadlineEntry.deadline_key)
            .order_by(DeadlineEntry.key)
        )
        return [(entry.kind, entry.at - getattr(deadline, moment[entry.kind].key)) for entry, deadline in rows]


def test_warning_and_breach_are_entered_by_the_running_loop_within_a_minute(service, clock):
    """The loop is given one minute's sweeps to see a moment that has just come."""
    begin(service)
    with service.database.transaction() as session:
        deadline = session.scalars(select(Deadline)).one()
    worker = Worker(service)
    worker.start()
    try:
        for kind, moment in (("WARNED", deadline.warn_at), ("BREACHED", deadline.due_at)):
            clock.at = moment
            assert seen_within(service, kind, seconds=60), f"no {kind} within a minute"
    finally:
        worker.stop()
    assert entries(service) == [("START", timedelta(0)), ("WARNED", timedelta(0)), ("BREACHED", timedelta(0))]


def seen_within(service, kind: str, *, seconds: float) -> bool:
    """Tell whether a line of this kind is there before so many seconds of the worker's sweeps are over."""
    never = threading.Event()
    for _ in range(int(seconds / SWEEP_EVERY * 10)):
        with service.database.transaction() as session:
            if session.scalars(select(DeadlineEntry.key).where(DeadlineEntry.kind == kind)).first():
                return True
        never.wait(SWEEP_EVERY / 10)
    return False


def test_after_a_day_of_downtime_none_is_missed_and_none_entered_twice(service, clock):
    """Two workers catch up at once with two thousand deadlines of which both moments have passed."""
    begin(service)
    multiply(service.database, TABLES, MANY)
    with service.database.transaction() as session:
        session.execute(
            text("SELECT setval(pg_get_serial_sequence('deadline_entry', 'key'), max(key)) FROM deadline_entry")
        )
    clock.at += timedelta(hours=24)
    workers = [threading.Thread(target=Worker(service).note_deadlines) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    Worker(service).note_deadlines()
    with service.database.transaction() as session:
        per_kind = dict(session.execute(select(DeadlineEntry.kind, func.count()).group_by(DeadlineEntry.kind)).all())
        twice = select(DeadlineEntry.deadline_key).group_by(DeadlineEntry.deadline_key, DeadlineEntry.kind)
        assert per_kind == {"START": MANY, "WARNED": MANY, "BREACHED": MANY}
        assert session.scalars(twice.having(func.count() > 1)).all() == []
        assert session.scalars(select(Deadline.state).distinct()).all() == ["BREACHED"]
