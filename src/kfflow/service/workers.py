"""Workers: which of them live, and giving back what a killed one had leased."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, select
from sqlalchemy.dialects.postgresql import insert

from kfflow.domain.lifecycle import JobState
from kfflow.persistence.tables import Job, WorkerProcess
from kfflow.service import jobs
from kfflow.service.context import Bell, Context

LOST_AFTER = timedelta(seconds=15)
"""A worker that has not been seen for this long is taken for dead."""
MOST_ATTEMPTS = 5
"""A job whose workers died this often waits for a person: it may be what kills them."""


def beat(
    ctx: Context, name: str, *, started_at: datetime | None, swept_at: datetime | None, rung: int, swept: int
) -> datetime:
    """Write down that a worker lives and how much it has done; gives since when it lives."""
    values = {
        "started_at": started_at or ctx.at,
        "seen_at": ctx.at,
        "swept_at": swept_at,
        "rung": rung,
        "swept": swept,
    }
    seen = insert(WorkerProcess).values(name=name, **values)
    ctx.session.execute(seen.on_conflict_do_update(index_elements=["name"], set_=values))
    return values["started_at"]  # type: ignore[return-value]  # the dict holds what went in


def leave(ctx: Context, name: str) -> None:
    """Strike a worker that stops as it should; what it still holds is given back."""
    ctx.session.execute(delete(WorkerProcess).where(WorkerProcess.name == name))
    _give_back(ctx, [name])


def bury(ctx: Context) -> list[str]:
    """Strike the workers that were killed and give back what they had leased; gives their names."""
    lost = delete(WorkerProcess).where(WorkerProcess.seen_at < ctx.at - LOST_AFTER).returning(WorkerProcess.name)
    names = list(ctx.session.scalars(lost))
    if names:
        _give_back(ctx, names)
    return names


def give_back_dropped(ctx: Context, name: str, held: Callable[[], Collection[int]]) -> None:
    """Give back what a living worker has leased but does not work on: it never heard that it got the lease.

    `held` gives the keys it works on; asked after the rows are locked, so that no fresh lease is taken from it.
    """
    leased = list(ctx.session.scalars(_leased_by(ctx, [name])))
    working = held()
    for job in leased:
        if job.key not in working:
            _release(ctx, job)
    ctx.session.flush()


def _leased_by(ctx: Context, names: Sequence[str]) -> Select[Job]:
    return (
        select(Job)
        .where(Job.worker.in_(names), Job.state == JobState.CREATED, Job.lease_until > ctx.at)
        .order_by(Job.key)
        .with_for_update(skip_locked=True)
    )


def _give_back(ctx: Context, names: Sequence[str]) -> None:
    for job in list(ctx.session.scalars(_leased_by(ctx, names))):
        _release(ctx, job)
    ctx.session.flush()


def _release(ctx: Context, job: Job) -> None:
    job.lease_until = None
    if job.attempts < MOST_ATTEMPTS:
        ctx.bells.add(Bell("job", job.key))
        return
    jobs.give_up(ctx, job, "processen, der arbejdede på det, gik ned.", "the process that worked on it died.")
