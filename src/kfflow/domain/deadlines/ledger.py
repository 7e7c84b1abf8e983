"""What happened to a deadline, entry by entry, and the state that follows from it.

Every entry says who, when, why and on which basis. An entry that changes the due instant carries the new one, so that
replaying a ledger needs neither rule nor calendar and gives the same state when they have changed since.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from kfflow.domain import calendars
from kfflow.domain.calendars import Calendar
from kfflow.domain.deadlines.projection import COPENHAGEN
from kfflow.domain.deadlines.rules import Rule
from kfflow.domain.deadlines.words import Words
from kfflow.domain.lifecycle import DeadlineState, state_words
from kfflow.errors import Conflict, InvalidInput


class EntryKind(StrEnum):
    START = "START"
    PAUSE = "PAUSE"
    RESUME = "RESUME"
    EXTEND = "EXTEND"
    RECOMPUTE = "RECOMPUTE"
    KEPT = "KEPT"
    WARNED = "WARNED"
    BREACHED = "BREACHED"
    MET = "MET"
    CANCELED = "CANCELED"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line; `due_at` and `warn_at` are the new ones for START, RESUME, EXTEND and RECOMPUTE.

    `rule` is what an EXTEND adds, a length of time or an instant; of a RECOMPUTE the instant that a deadline without a
    rule is now set to. A `reason` that a person wrote is in that person's language; the system gives its own in
    English, too.
    """

    kind: EntryKind
    at: datetime
    actor: str
    due_at: datetime | None = None
    warn_at: datetime | None = None
    reason: str = ""
    hjemmel: str = ""
    rule: str | None = None
    reason_en: str | None = None

    @property
    def reasons(self) -> Words:
        return self.reason, self.reason if self.reason_en is None else self.reason_en


@dataclass(frozen=True, slots=True)
class State:
    """Where a deadline stands after its ledger. A breached deadline that is then met stays BREACHED, and has ended."""

    state: DeadlineState
    started_at: datetime
    due_at: datetime
    warn_at: datetime
    paused_at: datetime | None = None
    warned_at: datetime | None = None
    breached_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.ended_at is None


def replay(entries: Iterable[Entry]) -> State:
    """Give the state after all entries; raises Conflict at one that does not fit what came before it."""
    first, *following = _not_empty(list(entries))
    state = _start(first)
    latest = first.at
    for entry in following:
        if entry.at < latest:
            raise Conflict("Fristens hændelser er ikke i tidsrækkefølge.", "The deadline's entries are not in order.")
        latest = entry.at
        state = _apply(state, entry)
    return state


def append(entries: Sequence[Entry], entry: Entry) -> State:
    """Give the state after one more entry; raises Conflict when it does not fit."""
    return replay([*entries, entry])


def resumed_due_at(
    rule: Rule,
    due_at: datetime,
    paused_at: datetime,
    resumed_at: datetime,
    *,
    calendar: Calendar,
    zone: str = COPENHAGEN,
) -> datetime:
    """Give the due instant after a pause: hours move by the time paused, day rules by the days (or working days).

    A pause within one day costs a day rule nothing; the time of day at which it expires stays.
    """
    if rule.period.is_exact:
        return due_at + (resumed_at - paused_at)
    local = ZoneInfo(zone)
    first, last, due = (instant.astimezone(local) for instant in (paused_at, resumed_at, due_at))
    if rule.counts_working_days:
        lost = calendars.working_days_between(calendar, first.date(), last.date())
        day = calendars.add_working_days(calendar, due.date(), lost) if lost else due.date()
    else:
        day = due.date() + (last.date() - first.date())
    moved = due.replace(year=day.year, month=day.month, day=day.day)
    return moved.astimezone(due_at.tzinfo)


def _not_empty(entries: list[Entry]) -> list[Entry]:
    if not entries or entries[0].kind is not EntryKind.START:
        raise Conflict("Fristen er ikke begyndt.", "The deadline has not started.")
    return entries


def _start(entry: Entry) -> State:
    due_at = _new_due(entry)
    return State(DeadlineState.RUNNING, entry.at, due_at, entry.warn_at or due_at)


def _new_due(entry: Entry) -> datetime:
    if entry.due_at is None:
        raise InvalidInput("Angiv den nye frist.", "Give the new due instant.")
    return entry.due_at


def require_fits(state: State, kind: EntryKind) -> None:
    """Raise Conflict, in words, when an entry of this kind does not fit the state."""
    if state.ended_at is None and state.state in _ALLOWED[kind]:
        return
    (verb_da, verb_en), (da, en) = _VERBS.get(kind, ("ændres", "changed")), state_words(state.state)
    ended = ("; den er afsluttet", "; it has ended") if state.ended_at is not None else ("", "")
    raise Conflict(
        f"Fristen kan ikke {verb_da}: den er {da}{ended[0]}.",
        f"The deadline cannot be {verb_en}: it is {en}{ended[1]}.",
    )


def _apply(state: State, entry: Entry) -> State:
    require_fits(state, entry.kind)
    return _EFFECTS[entry.kind](state, entry)


def _pause(state: State, entry: Entry) -> State:
    return replace(state, state=DeadlineState.PAUSED, paused_at=entry.at)


def _resume(state: State, entry: Entry) -> State:
    assert state.paused_at is not None
    lost = entry.at - state.paused_at
    due_at = entry.due_at or state.due_at + lost
    warn_at = entry.warn_at or state.warn_at + (due_at - state.due_at)
    return replace(state, state=DeadlineState.RUNNING, paused_at=None, due_at=due_at, warn_at=warn_at)


def _extend(state: State, entry: Entry) -> State:
    if _new_due(entry) <= state.due_at:
        raise Conflict("En forlængelse skal give en senere frist.", "An extension must give a later due instant.")
    return _recompute(state, entry)


def _recompute(state: State, entry: Entry) -> State:
    due_at = _new_due(entry)
    moved = replace(state, due_at=due_at, warn_at=entry.warn_at or due_at)
    if moved.warn_at > entry.at:
        moved = replace(moved, warned_at=None)
    if due_at > entry.at and state.state is DeadlineState.BREACHED:
        moved = replace(moved, state=DeadlineState.RUNNING, breached_at=None)
    return moved


def _kept(state: State, entry: Entry) -> State:
    """Change nothing: a new version has another rule, and the deadline runs by the one under which it began."""
    _ = entry
    return state


def _warned(state: State, entry: Entry) -> State:
    return replace(state, warned_at=entry.at)


def _breached(state: State, entry: Entry) -> State:
    if entry.at < state.due_at:
        raise Conflict("Fristen er ikke udløbet.", "The deadline has not expired.")
    return replace(state, state=DeadlineState.BREACHED, breached_at=entry.at)


def _met(state: State, entry: Entry) -> State:
    late = state.state is DeadlineState.BREACHED or (state.state is DeadlineState.RUNNING and entry.at > state.due_at)
    if late:
        return replace(
            state, state=DeadlineState.BREACHED, breached_at=state.breached_at or entry.at, ended_at=entry.at
        )
    return replace(state, state=DeadlineState.MET, ended_at=entry.at)


def _canceled(state: State, entry: Entry) -> State:
    return replace(state, state=DeadlineState.CANCELED, ended_at=entry.at)


_EFFECTS: Mapping[EntryKind, Callable[[State, Entry], State]] = {
    EntryKind.PAUSE: _pause,
    EntryKind.RESUME: _resume,
    EntryKind.EXTEND: _extend,
    EntryKind.RECOMPUTE: _recompute,
    EntryKind.KEPT: _kept,
    EntryKind.WARNED: _warned,
    EntryKind.BREACHED: _breached,
    EntryKind.MET: _met,
    EntryKind.CANCELED: _canceled,
}

_VERBS: Mapping[EntryKind, tuple[str, str]] = {
    EntryKind.PAUSE: ("sættes på pause", "paused"),
    EntryKind.RESUME: ("genoptages", "resumed"),
    EntryKind.EXTEND: ("forlænges", "extended"),
    EntryKind.RECOMPUTE: ("regnes om", "reckoned anew"),
}
_RUNNING = frozenset({DeadlineState.RUNNING})
_OPEN = frozenset({DeadlineState.RUNNING, DeadlineState.PAUSED, DeadlineState.BREACHED})
_ALLOWED: Mapping[EntryKind, frozenset[DeadlineState]] = {
    EntryKind.START: frozenset(),
    EntryKind.PAUSE: _RUNNING,
    EntryKind.RESUME: frozenset({DeadlineState.PAUSED}),
    EntryKind.EXTEND: _OPEN,
    EntryKind.RECOMPUTE: _OPEN,
    EntryKind.KEPT: _OPEN,
    EntryKind.WARNED: _RUNNING,
    EntryKind.BREACHED: _RUNNING,
    EntryKind.MET: _OPEN,
    EntryKind.CANCELED: _OPEN,
}
