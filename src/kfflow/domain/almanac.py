"""The calendars of an installation as its changes made them: a version is all changes up to it, none is overwritten.

Beside the national calendars of `domain.calendars` each institution has one of its own, `institution`: one of the
national ones, with office hours if it keeps any, without its own closing days. A national closing day closes every
calendar but the one in which every day is a working day.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, time
from enum import StrEnum

from kfflow.domain import calendars
from kfflow.domain.calendars import Calendar, YearlyClosing
from kfflow.domain.danish_holidays import Names
from kfflow.errors import InvalidInput

INSTITUTION = "institution"
"""What a deadline calls the calendar of the institution whose case it is of."""
ALWAYS_OPEN = "24/7"
NATIONAL = frozenset(calendars.standard_calendars())
CODES = NATIONAL | {INSTITUTION}

Hours = tuple[time, time]


class ChangeKind(StrEnum):
    """CLOSE and OPEN a day; CLOSE_YEARLY and OPEN_YEARLY: the day of every year from that one on.

    KEEP: from a day on, until the day before another, the institution keeps this calendar and these hours.
    """

    CLOSE = "CLOSE"
    OPEN = "OPEN"
    CLOSE_YEARLY = "CLOSE_YEARLY"
    OPEN_YEARLY = "OPEN_YEARLY"
    KEEP = "KEEP"


YEARLY = frozenset({ChangeKind.CLOSE_YEARLY, ChangeKind.OPEN_YEARLY})


@dataclass(frozen=True, slots=True)
class Change:
    """One change; without an institution it concerns the whole country. `version` is what it makes of the almanac."""

    version: int
    kind: ChangeKind
    institution: str | None = None
    day: date | None = None
    reason: str = ""
    base: str | None = None
    hours: Hours | None = None
    valid_from: date | None = None
    valid_to: date | None = None

    def covers(self, day: date) -> bool:
        """Tell whether what an institution keeps holds for what begins on a day."""
        return (self.valid_from or date.min) <= day < (self.valid_to or date.max)


@dataclass(frozen=True, slots=True)
class Almanac:
    """All calendars at one version."""

    version: int = 0
    closed: Mapping[str | None, Mapping[date, Names]] = field(default_factory=dict)
    yearly: Mapping[str | None, tuple[YearlyClosing, ...]] = field(default_factory=dict)
    kept: Mapping[str, tuple[Change, ...]] = field(default_factory=dict)
    _made: dict[tuple[str, str | None, Change | None], Calendar] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def calendar(self, code: str, institution: str | None, on: date) -> Calendar:
        """Give a calendar as it holds for what begins on a day; raises InvalidInput for a code there is not."""
        if code not in CODES:
            raise InvalidInput(f"Kalenderen {code} findes ikke.", f"There is no calendar {code}.")
        kept = self.kept_on(institution, on) if code == INSTITUTION else None
        which = code, institution if code == INSTITUTION else None, kept
        made = self._made.get(which)
        if made is None:
            made = self._made[which] = self._make(*which)
        return made

    def _make(self, code: str, institution: str | None, kept: Change | None) -> Calendar:
        base = calendars.standard_calendars()[kept.base if kept and kept.base else _national(code)]
        if base.code == ALWAYS_OPEN:
            return replace(base, office_hours=kept.hours if kept else None)
        places = (None, institution) if institution else (None,)
        return replace(
            base,
            closing_days={day: names for place in places for day, names in self.closed.get(place, {}).items()},
            yearly_closings=tuple(closing for place in places for closing in self.yearly.get(place, ())),
            office_hours=kept.hours if kept else None,
        )

    def own_closing_day(self, institution: str | None, day: date) -> Names | None:
        """Give why a day was closed by a change of this institution (None: of the country), None when it was not."""
        yearly = self.own_yearly_closing(institution, day)
        return self.closed.get(institution, {}).get(day) or (yearly.names if yearly else None)

    def own_yearly_closing(self, institution: str | None, day: date) -> YearlyClosing | None:
        """Give the change of this institution (None: of the country) that closes a day every year."""
        return next((closing for closing in self.yearly.get(institution, ()) if closing.closes(day)), None)

    def kept_on(self, institution: str | None, on: date) -> Change | None:
        """Give what an institution keeps for what begins on a day; of several the one that began last."""
        in_force = [c for c in self.kept.get(institution or "", ()) if c.covers(on)]
        return max(in_force, key=lambda c: (c.valid_from or date.min, c.version), default=None)

    def kept_within(self, institution: str | None, first: date | None, until: date | None) -> Change | None:
        """Give the earliest that an institution keeps from a day after a first one and before another.

        It would count for its days beside what is to be kept from the first day until the other.
        """
        begin, end = first or date.min, until or date.max
        within = [c for c in self.kept.get(institution or "", ()) if begin < (c.valid_from or date.min) < end]
        return min(within, key=lambda c: c.valid_from or date.min, default=None)


def almanac(changes: Iterable[Change]) -> Almanac:
    """Give the almanac after changes in the order of their versions."""
    closed: dict[str | None, dict[date, Names]] = defaultdict(dict)
    yearly: dict[str | None, tuple[YearlyClosing, ...]] = defaultdict(tuple)
    kept: dict[str, list[Change]] = defaultdict(list)
    version = 0
    for change in changes:
        version, place = change.version, change.institution
        if change.kind is ChangeKind.KEEP:
            kept[place or ""].append(change)
        elif change.day is not None:
            yearly[place] = _recurring(yearly[place], change, change.day)
            _close_once(closed[place], change, change.day)
    return Almanac(version, closed, yearly, {code: tuple(those) for code, those in kept.items()})


def _close_once(closed: dict[date, Names], change: Change, day: date) -> None:
    if change.kind is ChangeKind.CLOSE:
        closed[day] = (change.reason, change.reason)
    elif change.kind is ChangeKind.OPEN:
        closed.pop(day, None)


def _recurring(closings: tuple[YearlyClosing, ...], change: Change, day: date) -> tuple[YearlyClosing, ...]:
    """Give the yearly closings after a change: one more, one that ends, or one that leaves out a single day."""
    match change.kind:
        case ChangeKind.CLOSE_YEARLY:
            return (*closings, YearlyClosing(day, (change.reason, change.reason)))
        case ChangeKind.OPEN_YEARLY:
            return tuple(replace(one, until=day) if one.closes(day) else one for one in closings)
        case ChangeKind.OPEN:
            return tuple(replace(one, but=one.but | {day}) if one.closes(day) else one for one in closings)
        case _:
            return closings


def may_touch(change: Change, code: str, institution: str | None, first: date, last: date) -> bool:
    """Tell whether a change can move a deadline of this calendar that counts the days from first to last."""
    if change.institution is not None and (code != INSTITUTION or change.institution != institution):
        return False
    if change.kind is ChangeKind.KEEP:
        begins, ends = change.valid_from or date.min, change.valid_to or date.max
        return begins <= max(first, last) and min(first, last) < ends
    if change.day is None:
        return False
    first, last = min(first, last), max(first, last)
    if change.kind in YEARLY:
        return any(first <= day <= last for day in _recurrences(change.day, last.year))
    return first <= change.day <= last


def is_for(change: Change, day: date) -> bool:
    """Tell whether a change is about a day: it closes or opens it, or what is kept begins or ends on it."""
    if change.kind is ChangeKind.KEEP:
        return day in {change.valid_from, change.valid_to}
    if change.kind in YEARLY and change.day is not None:
        return change.day <= day and (change.day.month, change.day.day) == (day.month, day.day)
    return change.day == day


def _recurrences(day: date, last_year: int) -> Iterator[date]:
    return (day.replace(year=year) for year in range(day.year, last_year + 1))


def _national(code: str) -> str:
    return "dk" if code == INSTITUTION else code
