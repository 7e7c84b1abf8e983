"""How a job went, told while its case was suspended: kept in the job's row, and taken when the case is resumed.

So whoever worked the job is done with it, and its handler does not run twice.
"""

from typing import Any

from sqlalchemy import select

from kfflow.domain.lifecycle import JobState
from kfflow.persistence.suspensions import is_going
from kfflow.persistence.tables import Job
from kfflow.service import jobs
from kfflow.service.context import Bell, Context


def ring(ctx: Context, root_key: int) -> None:
    """Ring for every result that waits in a tree."""
    waiting = select(Job.key).where(_HELD, Job.root_key == root_key)
    ctx.bells.update(Bell("result", key) for key in ctx.session.scalars(waiting))


def due_keys(ctx: Context, *, limit: int) -> list[int]:
    """Give the jobs whose result can be taken now, oldest first."""
    due = select(Job.key).where(_HELD, is_going(Job.root_key)).order_by(Job.key).limit(limit)
    return list(ctx.session.scalars(due))


def take(ctx: Context, key: int) -> bool:
    """Take a kept result as if it were told now; False when it was taken meanwhile. Raises as telling it would."""
    held = _release(ctx, key)
    match held:
        case None:
            return False
        case {"code": code, "message": message, "variables": variables}:
            jobs.throw_error(ctx, key, code=code, message=message, variables=variables)
        case {"variables": variables}:
            jobs.complete(ctx, key, variables)
    return True


def give_up(ctx: Context, key: int, told_da: str, told_en: str) -> None:
    """Let a job whose kept result the case could not take wait with an incident for a person."""
    if _release(ctx, key) is not None:
        jobs.give_up(ctx, ctx.session.get_one(Job, key), told_da, told_en)


def _release(ctx: Context, key: int) -> dict[str, Any] | None:
    """Lock the job and take the result out of its row; None when it holds none."""
    job = jobs.lock(ctx, key)[1]
    held, job.held_result = job.held_result, None
    ctx.session.flush()
    return held


_HELD = (Job.state == JobState.CREATED) & Job.held_result.is_not(None)
