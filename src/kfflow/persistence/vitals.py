"""What operators watch, read in one query each: what waits, since when, and which workers live."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from kfflow.persistence.tables import WorkerProcess

_GOING = "NOT EXISTS (SELECT 1 FROM process_instance r WHERE r.key = root_key AND r.suspended_at IS NOT NULL)"
# Counts what waits, and tells in seconds how long the oldest due piece of each kind has been waiting; what belongs to
# suspended cases is not due.
_WAITING = text(
    f"""
SELECT (SELECT coalesce(extract(epoch FROM now() - min(due_at)), 0) FROM timer
         WHERE state = 'ARMED' AND due_at <= now() AND {_GOING}),
       (SELECT count(*) FROM timer WHERE state = 'ARMED' AND due_at <= now() AND {_GOING}),
       (SELECT coalesce(extract(epoch FROM now() - min(due_at)), 0) FROM job
         WHERE state = 'CREATED' AND retries > 0 AND due_at <= now() AND (lease_until IS NULL OR lease_until <= now())
           AND held_result IS NULL AND {_GOING}),
       (SELECT count(*) FROM message WHERE state = 'BUFFERED'),
       (SELECT count(*) FROM outbox WHERE sent_at IS NULL AND refused_at IS NULL),
       (SELECT coalesce(extract(epoch FROM now() - min(created_at)), 0) FROM outbox
         WHERE sent_at IS NULL AND refused_at IS NULL),
       (SELECT count(*) FROM process_instance WHERE state = 'ACTIVE'),
       (SELECT count(*) FROM user_task WHERE state = 'CREATED'),
       (SELECT count(*) FROM user_task WHERE state = 'CREATED' AND due_at < now()),
       now()
"""  # noqa: S608 - a constant condition
)
_JOBS_BY_TYPE = text(
    """
SELECT type, count(*) FILTER (WHERE lease_until IS NULL OR lease_until <= now()),
       count(*) FILTER (WHERE lease_until > now())
  FROM job WHERE state = 'CREATED' AND retries > 0 GROUP BY type ORDER BY type
"""
)
_INCIDENTS_BY_KIND = text("SELECT kind, count(*) FROM incident WHERE state = 'ACTIVE' GROUP BY kind ORDER BY kind")


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much waits, and for how long; ages in seconds, 0 when nothing waits."""

    oldest_due_timer_age: float
    due_timers: int
    oldest_waiting_job_age: float
    buffered_messages: int
    unsent_calls: int
    oldest_unsent_call_age: float
    active_instances: int
    open_tasks: int
    overdue_tasks: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Vitals:
    """One look at an installation."""

    waiting: Waiting
    jobs: dict[str, tuple[int, int]]
    """By job type: how many wait, how many are being worked on."""
    incidents: dict[str, int]
    workers: list[WorkerProcess]


def read(session: Session) -> Vitals:
    """Read everything as it is at one instant of the database's clock."""
    counted = session.execute(_WAITING).one()
    jobs = {row[0]: (row[1], row[2]) for row in session.execute(_JOBS_BY_TYPE)}
    incidents = {row[0]: row[1] for row in session.execute(_INCIDENTS_BY_KIND)}
    workers = list(session.scalars(select(WorkerProcess).order_by(WorkerProcess.name)))
    return Vitals(waiting=Waiting(*counted), jobs=jobs, incidents=incidents, workers=workers)
