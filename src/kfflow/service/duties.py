"""What the workers owe once a day: taken by one of them when its time has come, given back when it could not be done.

A duty that nobody could do in its time, since no worker ran or the other side was away, is done as soon as one can:
once, however many days went by.
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

LEASE = timedelta(hours=1)
"""How long a duty may take; after that its worker counts as dead and another may take it."""
AGAIN_AFTER = timedelta(minutes=5)


def take(ctx: Context, name: str, at: time) -> bool:
    """Take a duty when its time of day (in the installation's zone) has passed and nobody has done it since."""
    ctx.session.execute(insert(Duty).values(name=name).on_conflict_do_nothing())
    duty = _lock(ctx, name, skip_locked=True)
    owed_since = last_moment(ctx.at.astimezone(ZoneInfo(ctx.zone)), at)
    if duty is None or (duty.begun_at is not None and duty.done and duty.begun_at >= owed_since):
        return False
    if duty.not_before is not None and duty.not_before > ctx.at:
        return False
    duty.begun_at, duty.done, duty.not_before = ctx.at, False, ctx.at + LEASE
    ctx.session.flush()
    return True


def last_moment(local: datetime, at: time) -> datetime:
    """Give when it last was this time of day, at the latest `local`."""
    today = local.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
    return today if today <= local else today - timedelta(days=1)


def _lock(ctx: Context, name: str, *, skip_locked: bool = False) -> Duty | None:
    locked = select(Duty).where(Duty.name == name).with_for_update(skip_locked=skip_locked)
    return ctx.session.scalars(locked).first()


def settle(ctx: Context, name: str) -> None:
    """Note that it is done until its next time."""
    duty = ctx.session.get_one(Duty, name, with_for_update=True)
    duty.done, duty.not_before, duty.problem_da, duty.problem_en = True, None, None, None


def give_back(ctx: Context, name: str, told: Told) -> None:
    """Note why it could not be done; whoever is first in five minutes tries again."""
    duty = ctx.session.get_one(Duty, name, with_for_update=True)
    duty.not_before, (duty.problem_da, duty.problem_en) = ctx.at + AGAIN_AFTER, told


def ask_for(ctx: Context, name: str) -> None:
    """Let a worker do it now, out of its time; changes nothing while one is doing it."""
    access.require(ctx, Permission.RESOLVE_INCIDENT)
    duty = _lock(ctx, name)
    if duty is not None and (duty.done or duty.problem_en is not None):
        duty.begun_at, duty.done, duty.not_before = None, False, None
    audit.record(ctx, "service:duty:ask", name)
