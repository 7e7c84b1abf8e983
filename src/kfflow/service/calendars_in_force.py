"""Which calendars count on a day, by which change and on which basis, and what was changed about that day.

The transitional rule of a calendar is always `ALL_RUNNING`: that a day is closed is a fact about the day, not a rule
for cases, and every running deadline that counts the day is reckoned anew with the reason. What an institution keeps
for a period holds for the deadlines that begin in it, also those that run.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kfflow.domain import almanac as almanacs
from kfflow.domain.almanac import ALWAYS_OPEN, INSTITUTION, NATIONAL, Almanac, Change, ChangeKind
from kfflow.domain.calendars import reason_closed
from kfflow.domain.danish_holidays import Names
from kfflow.domain.law import Transition
from kfflow.persistence.tables import CalendarChange
from kfflow.service import calendars
from kfflow.service.context import Context

OVERGANG = Transition.ALL_RUNNING


@dataclass(frozen=True, slots=True)
class CalendarInForce:
    """A calendar on a day: a national one, or what an institution keeps (`id` is its code).

    `version` is the newest change that concerns it, 0 when its holidays are all there is. `gyldig_fra` and `gyldig_til`
    bound what an institution keeps, and `lov` and `reason` are those of what it keeps; where nothing is kept, those of
    the newest change. `closed` says why it is no working day.
    """

    id: str
    base: str
    version: int
    gyldig_fra: date | None
    gyldig_til: date | None
    lov: str
    reason: str
    closed: Names | None


@dataclass(frozen=True, slots=True)
class _Known:
    """The calendars at their newest version, the changes that made them, and their rows by version."""

    almanac: Almanac
    changes: Sequence[Change]
    rows: Mapping[int, CalendarChange]


def in_force(ctx: Context, day: date) -> list[CalendarInForce]:
    """Give the national calendars, then those of institutions that changed theirs, each in its newest version."""
    newest = calendars.version(ctx)
    changes = calendars.changes(ctx, until=newest)
    rows = {row.version: row for row in calendars.history(ctx)}
    known = _Known(calendars.at_version(ctx, newest), changes, rows)
    places = sorted({change.institution for change in changes if change.institution})
    national = (_calendar(known, code, None, day) for code in sorted(NATIONAL))
    return [*national, *(_calendar(known, INSTITUTION, place, day) for place in places)]


def _calendar(known: _Known, code: str, place: str | None, day: date) -> CalendarInForce:
    calendar = known.almanac.calendar(code, place, day)
    kept = known.almanac.kept_on(place, day) if place else None
    concerning = [one.version for one in known.changes if _concerns(one, place, calendar.code, day)]
    told = known.rows[kept.version if kept else max(concerning)] if concerning else None
    return CalendarInForce(
        id=place or code,
        base=calendar.code,
        version=max(concerning, default=0),
        gyldig_fra=kept.valid_from if kept else None,
        gyldig_til=kept.valid_to if kept else None,
        lov=told.hjemmel if told else "",
        reason=told.reason if told else "",
        closed=reason_closed(calendar, day),
    )


def _concerns(change: Change, place: str | None, base: str, day: date) -> bool:
    """Tell whether a change is part of a calendar on a day."""
    if change.kind is ChangeKind.KEEP:
        return change.institution == place and change.covers(day)
    return base != ALWAYS_OPEN and change.institution in {None, place}


def changes_for(ctx: Context, day: date) -> list[CalendarChange]:
    """Give the changes that close or open the day, or begin or end on it, the oldest first."""
    about = {one.version for one in calendars.changes(ctx, until=calendars.version(ctx)) if almanacs.is_for(one, day)}
    return [row for row in calendars.history(ctx) if row.version in about]
