"""The ledger of a deadline as rows: what is appended to it decides the row's state, its dates and its explanation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import case, select, update

from kfflow.domain import deadlines as rules
from kfflow.domain.calendars import Calendar
from kfflow.domain.deadlines import Entry, EntryKind, ExplainedStep, FromTable, InForce, Origin, Projection
from kfflow.domain.law import Transition
from kfflow.domain.lifecycle import DeadlineState
from kfflow.persistence import case_view
from kfflow.persistence.tables import Deadline, DeadlineEntry, UserTask
from kfflow.service import calendars
from kfflow.service.accounts import SYSTEM
from kfflow.service.context import Context

MOVING = frozenset({EntryKind.RESUME, EntryKind.EXTEND, EntryKind.RECOMPUTE})
"""What gives a deadline new instants."""
_SYSTEM = ("systemet", "the system")


def of(ctx: Context, keys: Sequence[int]) -> Mapping[int, list[Entry]]:
    """Give the ledgers of some deadlines, each with its oldest line first."""
    if not keys:
        return {}
    lines = select(DeadlineEntry).where(DeadlineEntry.deadline_key.in_(keys)).order_by(DeadlineEntry.key)
    found: dict[int, list[Entry]] = {key: [] for key in keys}
    for row in ctx.session.scalars(lines):
        found[row.deadline_key].append(_entry(row))
    return found


OWN_PAUSE, CASE_PAUSE = "OWN", "CASE"
"""What a deadline is paused with: by itself, or with its suspended case."""


@dataclass(frozen=True, slots=True)
class Told:
    """A line of a ledger with the sentence that tells it."""

    entry: Entry
    text_da: str
    text_en: str

    def text(self, language: str) -> str:
        return self.text_da if language == "da" else self.text_en


def told(ctx: Context, keys: Sequence[int]) -> Mapping[int, list[Told]]:
    """Give the ledgers of some deadlines that the actor was shown, as sentences."""
    ledgers = of(ctx, keys)
    names = case_view.names(ctx.session, {entry.actor for lines in ledgers.values() for entry in lines})
    return {key: [_told(ctx, entry, names) for entry in lines] for key, lines in ledgers.items()}


def _told(ctx: Context, entry: Entry, names: Mapping[str, str]) -> Told:
    known = names.get(entry.actor, entry.actor)
    who = _SYSTEM if entry.actor == SYSTEM.username else (known, known)
    return Told(entry, *rules.tell(entry, who, ctx.zone))


def reckon(ctx: Context, deadline: Deadline, entries: Sequence[Entry], entry: Entry, calendar: Calendar) -> Projection:
    """Give the dates and the steps of a deadline after one more line.

    Raises Conflict when the line does not fit what came before it, InvalidInput when its rule cannot be read.
    """
    rules.require_fits(rules.replay(entries), entry.kind)
    return rules.reckon(terms(deadline), [*entries, entry], calendar, ctx.zone)


def append(
    ctx: Context,
    deadline: Deadline,
    entries: Sequence[Entry],
    entry: Entry,
    *,
    reckoned: Projection,
    pause: str | None = None,
) -> None:
    """Enter one more line and let the deadline be what the ledger then says; `show_on_tasks` follows.

    `pause` says of a PAUSE what the deadline is paused with. Raises Conflict when the line's dates do not fit.
    """
    if entry.kind in MOVING:
        entry = replace(entry, due_at=reckoned.due_at, warn_at=reckoned.warn_at)
    state = rules.append(entries, entry)
    write(ctx, deadline.key, entry, due_at=state.due_at)
    deadline.state = state.state
    deadline.due_at, deadline.warn_at = state.due_at, state.warn_at
    deadline.warned_at, deadline.breached_at, deadline.ended_at = state.warned_at, state.breached_at, state.ended_at
    deadline.pause = (pause or deadline.pause) if state.state is DeadlineState.PAUSED else None
    deadline.explanation = [plain(step) for step in reckoned.steps]


def calendar_of(ctx: Context, deadline: Deadline) -> Calendar:
    """Give the calendar that the deadline was last reckoned by; a newer version is followed by `reprojection`."""
    on = calendars.local_day(ctx, deadline.started_at)
    almanac = calendars.at_version(ctx, deadline.calendar_version)
    return almanac.calendar(deadline.calendar, deadline.institution_code, on)


def terms(deadline: Deadline) -> rules.Terms:
    """Give what a deadline was given when it began."""
    share, rule = deadline.warn_share, None
    said = None if deadline.said is None else (deadline.said[0], deadline.said[1])
    if deadline.rule is not None:
        rule = rules.parse_rule(deadline.rule, roll=deadline.roll, cutoff=deadline.cutoff, warn_share=share)
    return rules.Terms(rule, deadline.started_at, share, _origin(deadline), said)


def kept(origin: Origin | None) -> dict[str, Any]:
    """Give the columns that say where a rule comes from, which of several by date it is or which table gave it."""
    match origin:
        case InForce(gyldig_fra, gyldig_til, overgang, day):
            return {"gyldig_fra": gyldig_fra, "gyldig_til": gyldig_til, "overgang": overgang, "picked_on": day}
        case FromTable(table, version, _):
            return {"decision_id": table, "decision_version": version}
    return {}


def _origin(deadline: Deadline) -> Origin | None:
    if deadline.decision_id is not None and deadline.decision_version is not None:
        return FromTable(deadline.decision_id, deadline.decision_version, deadline.hjemmel)
    if deadline.overgang is None or deadline.picked_on is None:
        return None
    return InForce(deadline.gyldig_fra, deadline.gyldig_til, Transition(deadline.overgang), deadline.picked_on)


def write(ctx: Context, key: int, entry: Entry, *, due_at: datetime) -> None:
    """Write one line; `due_at` is the due instant that holds after it."""
    values = {
        "deadline_key": key,
        "kind": entry.kind,
        "at": entry.at,
        "actor": entry.actor,
        "due_at": due_at,
        "warn_at": entry.warn_at,
        "rule": entry.rule,
        "reason": entry.reason,
        "reason_en": entry.reason_en,
        "hjemmel": entry.hjemmel,
    }
    ctx.writes.insert(DeadlineEntry, values)


def plain(step: ExplainedStep) -> dict[str, Any]:
    """Give a step of an explanation as it is stored."""
    return {"text_da": step.text_da, "text_en": step.text_en, "at": step.at.isoformat()}


def _entry(row: DeadlineEntry) -> Entry:
    kind, due_at, warn_at = EntryKind(row.kind), row.due_at, row.warn_at
    return Entry(kind, row.at, row.actor, due_at, warn_at, row.reason, row.hjemmel, row.rule, row.reason_en)


def show_on_tasks(ctx: Context, keys: Sequence[int]) -> None:
    """Give the tasks of changed deadlines the dates that now hold; while a deadline is paused its task has none."""
    ctx.session.flush()
    runs = Deadline.state != DeadlineState.PAUSED
    of_them = update(UserTask).where(UserTask.key == Deadline.task_key, Deadline.key.in_(keys))
    shown = of_them.values(due_at=case((runs, Deadline.due_at)), warn_at=case((runs, Deadline.warn_at)))
    ctx.session.execute(shown.execution_options(synchronize_session=False))
