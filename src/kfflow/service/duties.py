"""What the workers owe once a day: taken by one of them when its time has come, given back when it could not be done.

Whoever does it renews the lease for as long as it takes; a worker whose lease was taken by another meanwhile changes
nothing any more. `begun_at` tells one taking from another. A duty that nobody could do in its time, since no worker ran
or the other side was away, is done as soon as one can: once, however many days went by.
"""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from kfflow.domain.authorization import Permission
from kfflow.persistence.tables import Duty
from kfflow.service import access, audit
from kfflow.service.attempts import Told
from kfflow.service.context import Context

LEASE = timedelta(minutes=10)
"""How long nothing may be heard of who does a duty; after that the worker counts as dead and another may take it."""
RENEW_EVERY = LEASE / 5
"""How often a worker that is at it says so."""
AGAIN_AFTER = timedelta(minutes=5)


def take(ctx: Context, name: str, at: time) -> datetime | None:
    """Take a duty when its time of day (in the installation's zone) has passed and nobody has done it since.

    Gives when it was taken, None when it is not to be done now.
    """
    ctx.session.execute(insert(Duty).values(name=name).on_conflict_do_nothing())
    duty = _lock(ctx, name, skip_locked=True)
    owed_since = last_moment(ctx.at.astimezone(ZoneInfo(ctx.zone)), at)
    if duty is None or (duty.begun_at is not None and duty.done and duty.begun_at >= owed_since):
        return None
    if duty.not_before is not None and duty.not_before > ctx.at:
        return None
    duty.begun_at, duty.done, duty.not_before = ctx.at, False, ctx.at + LEASE
    ctx.session.flush()
    return duty.begun_at


def renew(ctx: Context, name: str, begun_at: datetime) -> bool:
    """Say that whoever took it then is still at it; False when another has taken it meanwhile."""
    duty = _held(ctx, name, begun_at)
    if duty is not None:
        duty.not_before = ctx.at + LEASE
    return duty is not None


def _held(ctx: Context, name: str, begun_at: datetime) -> Duty | None:
    duty = ctx.session.get_one(Duty, name, with_for_update=True)
    return duty if duty.begun_at == begun_at and not duty.done else None


def last_moment(local: datetime, at: time) -> datetime:
    """Give when it last was this time of day, at the latest `local`."""
    today = local.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
    return today if today <= local else today - timedelta(days=1)


def _lock(ctx: Context, name: str, *, skip_locked: bool = False) -> Duty | None:
    locked = select(Duty).where(Duty.name == name).with_for_update(skip_locked=skip_locked)
    return ctx.session.scalars(locked).first()


def settle(ctx: Context, name: str, begun_at: datetime) -> None:
    """Note that it is done until its next time, unless another has taken it meanwhile."""
    duty = _held(ctx, name, begun_at)
    if duty is not None:
        duty.done, duty.not_before, duty.problem_da, duty.problem_en = True, None, None, None


def give_back(ctx: Context, name: str, begun_at: datetime, told: Told) -> None:
    """Note why it could not be done, unless another has taken it meanwhile; in five minutes it is tried again."""
    duty = _held(ctx, name, begun_at)
    if duty is not None:
        duty.not_before, (duty.problem_da, duty.problem_en) = ctx.at + AGAIN_AFTER, told


def ask_for(ctx: Context, name: str) -> None:
    """Let a worker do it now, out of its time; changes nothing while one is doing it."""
    access.require(ctx, Permission.RESOLVE_INCIDENT)
    duty = _lock(ctx, name)
    if duty is not None and (duty.done or duty.problem_en is not None):
        duty.begun_at, duty.done, duty.not_before = None, False, None
    audit.record(ctx, "service:duty:ask", name)
