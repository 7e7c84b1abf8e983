"""Running deadlines follow their calendar: those reckoned by an older version are reckoned anew, a batch at a time.

The version stands on the deadline's own row and changes in the transaction that moves it: whatever dies, a deadline
has followed a change or has not, never twice. One that began by an old version while the change was made is found
as well.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import aliased

from kfflow.domain import almanac
from kfflow.domain.almanac import Change
from kfflow.domain.deadlines import Entry, EntryKind
from kfflow.domain.deadlines.words import Words
from kfflow.errors import KfflowError
from kfflow.persistence.tables import CalendarChange, Deadline, ProcessInstance
from kfflow.service import calendars, ledgers
from kfflow.service.context import Context


def follow(ctx: Context, *, limit: int = 200) -> int:
    """Bring some of the deadlines that have not ended to the newest version; gives how many were looked at."""
    newest = calendars.version(ctx)
    outdated = _lock_outdated(ctx, newest, limit)
    if not outdated:
        return 0
    oldest = min(deadline.calendar_version for deadline in outdated)
    pending = calendars.changes(ctx, after=oldest, until=newest)
    makers = _makers(ctx, oldest)
    entries = ledgers.of(ctx, [deadline.key for deadline in outdated])
    ctx.writes.keep_order()
    moved = set()
    for deadline in outdated:
        for change in pending:
            touches = change.version > deadline.calendar_version and _may_touch(ctx, change, deadline)
            if touches and _try_to_reckon(ctx, deadline, entries[deadline.key], change, makers[change.version]):
                moved.add(deadline.key)
        deadline.calendar_version = newest
    ledgers.show_on_tasks(ctx, sorted(moved))
    return len(outdated)


def _lock_outdated(ctx: Context, newest: int, limit: int) -> list[Deadline]:
    """Lock deadlines with the roots of their cases, which come first in the lock order; what others hold is left."""
    root = aliased(ProcessInstance)
    chosen = (
        select(Deadline)
        .join(ProcessInstance, ProcessInstance.key == Deadline.instance_key)
        .join(root, root.key == ProcessInstance.root_key)
        .where(Deadline.ended_at.is_(None), Deadline.rule.is_not(None), Deadline.calendar_version < newest)
        .order_by(Deadline.calendar_version, Deadline.key)
        .limit(limit)
        .with_for_update(of=[root, Deadline], skip_locked=True, key_share=True)
    )
    return list(ctx.session.scalars(chosen))


def _makers(ctx: Context, after: int) -> Mapping[int, CalendarChange]:
    rows = ctx.session.scalars(select(CalendarChange).where(CalendarChange.version > after))
    return {row.version: row for row in rows}


def _may_touch(ctx: Context, change: Change, deadline: Deadline) -> bool:
    first, last = (_day(ctx, deadline, which) for which in ("started_at", "due_at"))
    return almanac.may_touch(change, deadline.calendar, deadline.institution_code, first, last)


def _day(ctx: Context, deadline: Deadline, which: str) -> date:
    return calendars.local_day(ctx, getattr(deadline, which))


def _try_to_reckon(
    ctx: Context, deadline: Deadline, entries: list[Entry], change: Change, maker: CalendarChange
) -> bool:
    """Reckon anew; a deadline that cannot be keeps its date, says so in its ledger, and holds nobody up."""
    try:
        return _reckon_anew(ctx, deadline, entries, change, maker)
    except KfflowError as problem:
        (da, en), hjemmel = _words(maker), maker.hjemmel
        da, en = f"{da}: {problem.message_da}", f"{en}: {problem.message_en}"
        kept = Entry(EntryKind.KEPT, ctx.at, maker.by, reason=da, hjemmel=hjemmel, reason_en=en)
        ledgers.write(ctx, deadline.key, kept, due_at=deadline.due_at)
        return False


def _reckon_anew(ctx: Context, deadline: Deadline, entries: list[Entry], change: Change, maker: CalendarChange) -> bool:
    """Enter a line, in the name of who made the change, when it moves the deadline or its warning; False when not."""
    on = calendars.local_day(ctx, deadline.started_at)
    calendar = calendars.at_version(ctx, change.version).calendar(deadline.calendar, deadline.institution_code, on)
    da, en = _words(maker)
    entry = Entry(EntryKind.RECOMPUTE, ctx.at, maker.by, reason=da, hjemmel=maker.hjemmel, reason_en=en)
    reckoned = ledgers.reckon(ctx, deadline, entries, entry, calendar)
    if (reckoned.due_at, reckoned.warn_at) == (deadline.due_at, deadline.warn_at):
        return False
    entry = replace(entry, due_at=reckoned.due_at, warn_at=reckoned.warn_at)
    ledgers.append(ctx, deadline, entries, entry, reckoned=reckoned)
    entries.append(entry)
    return True


def _words(maker: CalendarChange) -> Words:
    place = f" ({maker.institution_code})" if maker.institution_code else ""
    da, en = _told(maker)
    return f"{da}{place}: {maker.reason}", f"{en}{place}: {maker.reason}"


def _told(maker: CalendarChange) -> Words:
    day = maker.day
    match maker.kind:
        case "CLOSE":
            return f"{day:%d.%m.%Y} er lukkedag", f"{day:%d.%m.%Y} is a closed day"
        case "OPEN":
            return f"{day:%d.%m.%Y} er ikke længere lukkedag", f"{day:%d.%m.%Y} is no longer a closed day"
        case "CLOSE_YEARLY":
            return f"{day:%d.%m.} er lukkedag hvert år fra {day:%Y}", f"{day:%d.%m.} is a closed day from {day:%Y} on"
        case "OPEN_YEARLY":
            return (
                f"{day:%d.%m.} er ikke længere lukkedag fra {day:%Y}",
                f"{day:%d.%m.} is no longer a closed day from {day:%Y} on",
            )
        case _:
            return "Ny kalender", "New calendar"
