"""What a change of a calendar would move, told before it is made."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from kfflow.domain import almanac as almanacs
from kfflow.domain.almanac import Change
from kfflow.domain.deadlines import Entry, EntryKind
from kfflow.errors import KfflowError
from kfflow.persistence.scope import condition, scope_of
from kfflow.persistence.tables import Case, Deadline
from kfflow.service import calendars, ledgers
from kfflow.service.calendars import Grounds, Wanted
from kfflow.service.context import Context


@dataclass(frozen=True, slots=True)
class Moved:
    """A running deadline that would move, and from when to when (UTC)."""

    case_number: str
    name: str
    due_at: datetime
    new_due_at: datetime


def would_move(ctx: Context, wanted: Wanted, grounds: Grounds) -> Sequence[Moved]:
    """Give the running deadlines within the actor's sight that a change would move, the first to expire first.

    Changes nothing; raises what the change itself would raise.
    """
    calendars.require_possible(ctx, wanted, grounds)
    newest = calendars.version(ctx)
    change = calendars.as_change(wanted, grounds, newest + 1)
    almanac = almanacs.almanac([*calendars.changes(ctx, until=newest), change])
    touched = [(deadline, number) for deadline, number in _running(ctx) if _may_touch(ctx, change, deadline)]
    entries = ledgers.of(ctx, [deadline.key for deadline, _ in touched])
    found = (_moved(ctx, deadline, number, entries[deadline.key], almanac) for deadline, number in touched)
    return sorted((moved for moved in found if moved), key=lambda moved: (moved.due_at, moved.case_number))


def _running(ctx: Context) -> Sequence[tuple[Deadline, str]]:
    chosen = (
        select(Deadline, Case.number)
        .join(Case, Case.key == Deadline.case_key)
        .where(Deadline.ended_at.is_(None), Deadline.rule.is_not(None), condition(scope_of(ctx.actor), Case))
        .order_by(Deadline.key)
    )
    return [(deadline, number) for deadline, number in ctx.session.execute(chosen)]


def _may_touch(ctx: Context, change: Change, deadline: Deadline) -> bool:
    first, last = (calendars.local_day(ctx, at) for at in (deadline.started_at, deadline.due_at))
    return almanacs.may_touch(change, deadline.calendar, deadline.institution_code, first, last)


def _moved(
    ctx: Context, deadline: Deadline, number: str, entries: Sequence[Entry], almanac: almanacs.Almanac
) -> Moved | None:
    """Reckon as `reprojection` would; a deadline that cannot be reckoned keeps its date."""
    on = calendars.local_day(ctx, deadline.started_at)
    calendar = almanac.calendar(deadline.calendar, deadline.institution_code, on)
    line = Entry(EntryKind.RECOMPUTE, ctx.at, ctx.actor.username)
    try:
        due_at = ledgers.reckon(ctx, deadline, entries, line, calendar).due_at
    except KfflowError:
        return None
    return None if due_at == deadline.due_at else Moved(number, deadline.name, deadline.due_at, due_at)
