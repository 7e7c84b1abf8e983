"""A deadline reckoned anew from its rule, its start and its ledger: when it expires by a calendar, and why.

The rule gives the first date; each pause, extension and recomputation of the ledger adds its step. A ledger carries
the instants that held, so that it can be replayed without rule or calendar; reckoning is how new ones are found.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from kfflow.domain import instants
from kfflow.domain.calendars import Calendar
from kfflow.domain.deadlines.in_force import Origin, tell_rule
from kfflow.domain.deadlines.ledger import Entry, EntryKind, resumed_due_at
from kfflow.domain.deadlines.projection import (
    COPENHAGEN,
    ExplainedStep,
    Projection,
    end_of_day,
    project,
    project_until,
    warn_within,
)
from kfflow.domain.deadlines.rules import Rule, parse_rule
from kfflow.domain.deadlines.words import Words, instant_words, period_words
from kfflow.errors import FieldProblem, InvalidInput

_DATED = re.compile(r"\d{4}(-|\d{4}T)")
"""How a date or an instant begins, and no length of time does."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a deadline was given when it began; without a rule its due instant was set.

    `origin` says where the rule comes from, when the element has several by date or a table gave it; `said` in the
    diagram's words what was computed.
    """

    rule: Rule | None
    started_at: datetime
    warn_share: float = 0.8
    origin: Origin | None = None
    said: Words | None = None


def obstacle_to_pause(terms: Terms, due_at: datetime, at: datetime) -> Words | None:
    """Give why a deadline cannot be paused at an instant, None when it can: a length of time can, a date cannot."""
    if terms.rule is None:
        return "den er fastsat til et tidspunkt", "it is set to an instant"
    if terms.rule.period.is_backward:
        return "den regnes baglæns fra en dato", "it counts backwards from a date"
    if due_at <= at:
        return "den er udløbet", "it has expired"
    return None


@dataclass(slots=True)
class _Reckoning:
    terms: Terms
    calendar: Calendar
    zone: str
    due_at: datetime
    warn_at: datetime
    steps: list[ExplainedStep]
    paused: Entry | None = None

    def words(self, instant: datetime) -> Words:
        return instant_words(instant.astimezone(ZoneInfo(self.zone)))

    def say(self, da: str, en: str, at: datetime) -> None:
        self.steps.append(ExplainedStep(da, en, at))


def reckon(terms: Terms, entries: Sequence[Entry], calendar: Calendar, zone: str = COPENHAGEN) -> Projection:
    """Give due and warning instant (UTC) after all entries, the first of which is the START, and every step in words.

    Raises InvalidInput when an extension cannot be read.
    """
    first, *following = entries
    begun = tell_rule(_begun(terms, entries, calendar, zone), terms.origin, terms.said)
    reckoning = _Reckoning(terms, calendar, zone, begun.due_at, begun.warn_at, list(begun.steps))
    previous = first
    for entry in following:
        _follow(reckoning, entry, previous)
        previous = entry if entry.due_at else previous
    if reckoning.paused is not None:
        since, why = reckoning.words(reckoning.paused.at), _why(reckoning.paused)
        reckoning.say(
            f"Står stille siden {since[0]}{why[0]}.", f"Stands still since {since[1]}{why[1]}.", reckoning.paused.at
        )
    return Projection(reckoning.due_at, reckoning.warn_at, tuple(reckoning.steps))


def extended_due_at(text: str, due_at: datetime, calendar: Calendar, zone: str = COPENHAGEN) -> datetime:
    """Give the due instant after an extension: a length of time counted on from it (`5 AD`), or one of its own.

    That is an instant, or a day to its end. Raises InvalidInput for what is neither, for a length that counts
    backwards, and for what leads beyond the years of a case.
    """
    if _names_a_date(text):
        extended = _dated(text, zone)
    else:
        extended = instants.in_utc(project(_length(text), due_at, calendar, zone).due_at, zone)
    if extended is None:
        raise _refused(
            f"Skriv en dato eller et tidspunkt i årene {instants.SPAN}, fx 2026-12-01 eller 2026-12-01T12:00.",
            f"Write a date or an instant in the years {instants.SPAN}, e.g. 2026-12-01 or 2026-12-01T12:00.",
        )
    return extended


def _begun(terms: Terms, entries: Sequence[Entry], calendar: Calendar, zone: str) -> Projection:
    first = entries[0]
    if terms.rule is not None:
        return project(terms.rule, terms.started_at, calendar, zone, opened_at=first.at)
    return project_until(set_to(entries), first.at, calendar, zone, warn_share=terms.warn_share)


def set_to(entries: Sequence[Entry]) -> datetime:
    """Give the instant that a deadline without a rule was set to: at its start, or when it was last moved."""
    moved = [entry.rule for entry in entries if entry.kind is EntryKind.RECOMPUTE and entry.rule]
    if moved:
        return datetime.fromisoformat(moved[-1])
    begun = entries[0].due_at
    assert begun is not None, "a START carries the due instant"
    return begun


def _follow(reckoning: _Reckoning, entry: Entry, previous: Entry) -> None:
    match entry.kind:
        case EntryKind.PAUSE:
            reckoning.paused = entry
        case EntryKind.RESUME:
            _resume(reckoning, entry)
        case EntryKind.EXTEND:
            _extend(reckoning, entry)
        case EntryKind.RECOMPUTE:
            _recompute(reckoning, entry, previous)


def _resume(reckoning: _Reckoning, entry: Entry) -> None:
    paused, rule = reckoning.paused, reckoning.terms.rule
    assert paused is not None, "a deadline resumes after a pause"
    assert rule is not None, "a deadline without a rule is not paused"
    due_at = resumed_due_at(
        rule, reckoning.due_at, paused.at, entry.at, calendar=reckoning.calendar, zone=reckoning.zone
    )
    reckoning.warn_at += due_at - reckoning.due_at
    reckoning.due_at, reckoning.paused = due_at, None
    since, till, due = (reckoning.words(instant) for instant in (paused.at, entry.at, due_at))
    why = _why(paused)
    reckoning.say(
        f"Stod stille fra {since[0]} til {till[0]}{why[0]}; fristen udløber derfor {due[0]}.",
        f"Stood still from {since[1]} to {till[1]}{why[1]}; so the deadline expires {due[1]}.",
        due_at,
    )


def _extend(reckoning: _Reckoning, entry: Entry) -> None:
    text = entry.rule or ""
    due_at = extended_due_at(text, reckoning.due_at, reckoning.calendar, reckoning.zone)
    reckoning.due_at = due_at
    reckoning.warn_at = _warn_at(reckoning, entry.at)
    da, en = _extension_words(text)
    why, due = _why(entry), reckoning.words(due_at)
    reckoning.say(
        f"Forlænget{da}{why[0]}; fristen udløber derfor {due[0]}.",
        f"Extended{en}{why[1]}; so the deadline expires {due[1]}.",
        due_at,
    )


def _recompute(reckoning: _Reckoning, entry: Entry, previous: Entry) -> None:
    assert previous.due_at is not None, "only lines with a due instant are compared with"
    (at_da, at_en), (due_da, due_en) = reckoning.words(entry.at), reckoning.words(previous.due_at)
    why = _why(entry)
    reckoning.say(
        f"Regnet om {at_da}{why[0]}; før udløb fristen {due_da}.",
        f"Reckoned anew {at_en}{why[1]}; before, the deadline expired {due_en}.",
        entry.at,
    )


def _warn_at(reckoning: _Reckoning, began_at: datetime) -> datetime:
    terms = reckoning.terms
    return warn_within(
        began_at, reckoning.due_at, reckoning.calendar, reckoning.zone, rule=terms.rule, share=terms.warn_share
    )


def _extension_words(text: str) -> Words:
    if _names_a_date(text):
        return "", ""
    da, en = period_words(parse_rule(text).period)
    return f" med {da}", f" by {en}"


def _why(entry: Entry) -> Words:
    da, en = (", ".join(part for part in (reason, entry.hjemmel) if part) for reason in entry.reasons)
    return (f" ({da})", f" ({en})") if da else ("", "")


def _names_a_date(text: str) -> bool:
    """Tell a date or an instant from a length of time, without saying that it can be read."""
    return _DATED.match(text) is not None


def _dated(text: str, zone: str) -> datetime | None:
    day = instants.read_day(text)
    return instants.read_instant(text, zone) if day is None else end_of_day(day, zone)


def _length(text: str) -> Rule:
    try:
        rule = parse_rule(text, due_time=None)
    except InvalidInput as unreadable:
        (problem,) = unreadable.fields
        or_da, or_en = (
            "Eller skriv en dato: 2026-12-01, 2026-12-01T12:00.",
            "Or write a date: 2026-12-01, 2026-12-01T12:00.",
        )
        raise _refused(f"{problem.message_da} {or_da}", f"{problem.message_en} {or_en}") from unreadable
    if rule.period.is_backward:
        raise _refused("Skriv en længde uden minus.", "Write a length without a minus.")
    return rule


def _refused(danish: str, english: str) -> InvalidInput:
    fields = [FieldProblem("to", danish, english)]
    return InvalidInput("Fristen kan ikke forlænges.", "The deadline cannot be extended.", fields=fields)
