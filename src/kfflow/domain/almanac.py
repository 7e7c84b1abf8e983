"""The calendars of an installation as its changes made them: a version is all changes up to it, none is overwritten.

Beside the national calendars of `domain.calendars` each institution has one of its own, `institution`: one of the
national ones, with office hours if it keeps any, without its own closing days. A national closing day closes every
calendar but the one in which every day is a working day.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, time
from enum import StrEnum

from kfflow.domain import calendars
from kfflow.domain.calendars import Calendar
from kfflow.errors import InvalidInput

INSTITUTION = "institution"
"""What a deadline calls the calendar of the institution whose case it is of."""
ALWAYS_OPEN = "24/7"
NATIONAL = frozenset(calendars.standard_calendars())
CODES = NATIONAL | {INSTITUTION}

Names = tuple[str, str]
Hours = tuple[time, time]


class ChangeKind(StrEnum):
    """CLOSE and OPEN a day; KEEP: from a day on the institution keeps this calendar and these hours."""

    CLOSE = "CLOSE"
    OPEN = "OPEN"
    KEEP = "KEEP"


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


@dataclass(frozen=True, slots=True)
class Almanac:
    """All calendars at one version."""

    version: int = 0
    closed: Mapping[str | None, Mapping[date, Names]] = field(default_factory=dict)
    kept: Mapping[str, tuple[Change, ...]] = field(default_factory=dict)

    def calendar(self, code: str, institution: str | None, on: date) -> Calendar:
        """Give a calendar as it holds for what begins on a day; raises InvalidInput for a code there is not."""
        if code not in CODES:
            raise InvalidInput(f"Kalenderen {code} findes ikke.", f"There is no calendar {code}.")
        kept = self._kept(institution, on) if code == INSTITUTION else None
        base = calendars.standard_calendars()[kept.base if kept and kept.base else _national(code)]
        if base.code == ALWAYS_OPEN:
            return replace(base, office_hours=kept.hours if kept else None)
        own = self.closed.get(institution, {}) if code == INSTITUTION and institution else {}
        closed = {**self.closed.get(None, {}), **own}
        return replace(base, closing_days=closed, office_hours=kept.hours if kept else None)

    def own_closing_day(self, institution: str | None, day: date) -> Names | None:
        """Give why a day was closed by a change of this institution (None: of the country), None when it was not."""
        return self.closed.get(institution, {}).get(day)

    def _kept(self, institution: str | None, on: date) -> Change | None:
        in_force = [c for c in self.kept.get(institution or "", ()) if c.valid_from is None or c.valid_from <= on]
        return max(in_force, key=lambda c: (c.valid_from or date.min, c.version), default=None)


def almanac(changes: Iterable[Change]) -> Almanac:
    """Give the almanac after changes in the order of their versions."""
    closed: dict[str | None, dict[date, Names]] = defaultdict(dict)
    kept: dict[str, list[Change]] = defaultdict(list)
    version = 0
    for change in changes:
        version = change.version
        match change.kind:
            case ChangeKind.KEEP:
                kept[change.institution or ""].append(change)
            case ChangeKind.CLOSE if change.day:
                closed[change.institution][change.day] = (change.reason, change.reason)
            case ChangeKind.OPEN if change.day:
                closed[change.institution].pop(change.day, None)
    return Almanac(version, closed, {code: tuple(those) for code, those in kept.items()})


def may_touch(change: Change, code: str, institution: str | None, first: date, last: date) -> bool:
    """Tell whether a change can move a deadline of this calendar that counts the days from first to last."""
    if change.institution is not None and (code != INSTITUTION or change.institution != institution):
        return False
    if change.kind is ChangeKind.KEEP:
        return change.valid_from is None or change.valid_from <= max(first, last)
    return change.day is not None and min(first, last) <= change.day <= max(first, last)


def _national(code: str) -> str:
    return "dk" if code == INSTITUTION else code
