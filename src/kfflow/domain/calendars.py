"""Which days count as working days: weekends, Danish public holidays, an installation's own closing days.

Grundlovsdag, juleaftensdag and nytårsaftensdag are no public holidays but closed in many offices by agreement
[background]: `dk` counts them as working days, `dk-kontor` does not; an installation may define calendars of its own.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

from kfflow.domain.danish_holidays import Names, public_holidays
from kfflow.errors import FieldProblem, InvalidInput

_HOURS = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)\s*[-–]\s*([01]?\d|2[0-3])[:.]([0-5]\d)")
ONE_DAY = timedelta(days=1)
MONDAY_TO_FRIDAY_WEEKEND = frozenset({5, 6})
AGREED_CLOSING_DAYS: Mapping[tuple[int, int], Names] = {
    (6, 5): ("grundlovsdag", "Constitution Day"),
    (12, 24): ("juleaftensdag", "Christmas Eve"),
    (12, 31): ("nytårsaftensdag", "New Year's Eve"),
}
"""Month and day of what many public offices close for by agreement, with its names."""


@dataclass(frozen=True, slots=True)
class YearlyClosing:
    """A day closed every year from its first time on, until a day; `but` are the single days that stay open."""

    first: date
    names: Names
    until: date | None = None
    but: frozenset[date] = frozenset()

    def closes(self, day: date) -> bool:
        recurs = (day.month, day.day) == (self.first.month, self.first.day)
        return recurs and self.first <= day < (self.until or date.max) and day not in self.but


@dataclass(frozen=True, slots=True)
class Calendar:
    """A set of working days.

    `weekend` holds weekday numbers (Monday is 0). `yearly_closing_days` are keyed by month and day, `closing_days` by
    date; both name the day in Danish and English. `yearly_closings` recur for a time. `office_hours` bound the working
    time of a day; None: all of it.
    """

    code: str
    name: str
    weekend: frozenset[int] = MONDAY_TO_FRIDAY_WEEKEND
    public_holidays: bool = True
    yearly_closing_days: Mapping[tuple[int, int], Names] = field(default_factory=dict)
    closing_days: Mapping[date, Names] = field(default_factory=dict)
    yearly_closings: tuple[YearlyClosing, ...] = ()
    office_hours: tuple[time, time] | None = None
    _years: dict[int, "Year"] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.weekend) >= 7:  # noqa: PLR2004 - days of a week
            raise InvalidInput(
                f"Kalenderen {self.code} har ingen arbejdsdage.", f"Calendar {self.code} has no working days."
            )
        if self.office_hours and self.office_hours[0] >= self.office_hours[1]:
            raise InvalidInput(
                f"Kalenderen {self.code}: åbningstiden slutter, før den begynder.",
                f"Calendar {self.code}: the office hours end before they begin.",
            )

    def year(self, number: int) -> "Year":
        """Give one year of it; each is worked out once, as a calendar never changes."""
        known = self._years.get(number)
        if known is None:
            known = self._years[number] = _year(self, number)
        return known


@dataclass(frozen=True, slots=True)
class Year:
    """The days of one year that have a name and are closed, weekend or not, and its working days in their order."""

    named: Mapping[date, Names]
    working: Sequence[date]


def danish_calendar() -> Calendar:
    """Give Monday to Friday without the Danish public holidays."""
    return Calendar("dk", "Danske arbejdsdage")


def office_calendar() -> Calendar:
    """Give Danish working days without those that public offices close by agreement."""
    return Calendar("dk-kontor", "Danske kontordage", yearly_closing_days=AGREED_CLOSING_DAYS)


def always_open() -> Calendar:
    """Give a calendar in which every day is a working day: institutions with staff around the clock."""
    return Calendar("24/7", "Alle dage", weekend=frozenset(), public_holidays=False)


def standard_calendars() -> dict[str, Calendar]:
    """Give the calendars that every installation has, by code."""
    return {calendar.code: calendar for calendar in (danish_calendar(), office_calendar(), always_open())}


def read_hours(text: str) -> tuple[time, time]:
    """Read office hours, `08:00-15:30`; raises InvalidInput for anything else."""
    found = _HOURS.fullmatch(text.strip())
    if found is None:
        problem = FieldProblem("hours", "Skriv fx 08:00-15:30.", "Write e.g. 08:00-15:30.")
        raise InvalidInput("Åbningstiden kan ikke læses.", "The hours cannot be read.", fields=[problem])
    opens, closes = (time(int(found[n]), int(found[n + 1])) for n in (1, 3))
    return opens, closes


def _year(calendar: Calendar, number: int) -> Year:
    every = list(days(date(number, 1, 1), date(number, 12, 31)))
    named = _named_days(calendar, every)
    return Year(named, [day for day in every if day.weekday() not in calendar.weekend and day not in named])


def _named_days(calendar: Calendar, every: Sequence[date]) -> Mapping[date, Names]:
    """Give those of a year's days that have a name; of several the last one here."""
    yearly = calendar.yearly_closing_days
    return (
        {day: closing.names for closing in reversed(calendar.yearly_closings) for day in every if closing.closes(day)}
        | {day: yearly[day.month, day.day] for day in every if (day.month, day.day) in yearly}
        | (public_holidays(every[0].year) if calendar.public_holidays else {})
        | {day: names for day, names in calendar.closing_days.items() if day.year == every[0].year}
    )


def reason_closed(calendar: Calendar, day: date) -> Names | None:
    """Give why a day is no working day, in Danish and English, or None when it is one; a named day beats weekends."""
    named = reason_named(calendar, day)
    if named is None and day.weekday() in calendar.weekend:
        return "weekend", "weekend"
    return named


def reason_named(calendar: Calendar, day: date) -> Names | None:
    """Give the name of a closed day, weekend or not, in Danish and English; None for a day without one."""
    return calendar.year(day.year).named.get(day)


def is_working_day(calendar: Calendar, day: date) -> bool:
    return day.weekday() not in calendar.weekend and day not in calendar.year(day.year).named


def next_working_day(calendar: Calendar, day: date) -> date:
    """Give the first working day after a day."""
    return add_working_days(calendar, day, 1)


def previous_working_day(calendar: Calendar, day: date) -> date:
    """Give the last working day before a day."""
    return add_working_days(calendar, day, -1)


def on_or_after(calendar: Calendar, day: date) -> date:
    """Give the day itself when it is a working day, else the first one after."""
    return day if is_working_day(calendar, day) else next_working_day(calendar, day)


def on_or_before(calendar: Calendar, day: date) -> date:
    """Give the day itself when it is a working day, else the last one before."""
    return day if is_working_day(calendar, day) else previous_working_day(calendar, day)


def add_working_days(calendar: Calendar, day: date, count: int) -> date:
    """Give the count-th working day after a day (before it when negative); the day itself is never counted.

    Zero gives the day itself, or the next working day when it is none. Raises ValueError beyond the years of `date`.
    """
    if count == 0:
        return on_or_after(calendar, day)
    year, working = day.year, calendar.year(day.year).working
    place = bisect_right(working, day) + count - 1 if count > 0 else bisect_left(working, day) + count
    while place < 0:
        year, working = year - 1, calendar.year(year - 1).working
        place += len(working)
    while place >= len(working):
        place -= len(working)
        year, working = year + 1, calendar.year(year + 1).working
    return working[place]


def working_days_between(calendar: Calendar, first: date, last: date) -> int:
    """Count the working days after the first day up to and with the last; negative when the last comes first."""
    if last < first:
        return -working_days_between(calendar, last, first)
    years = (calendar.year(year).working for year in range(first.year, last.year + 1))
    return sum(bisect_right(working, last) - bisect_right(working, first) for working in years)


def named_days_between(calendar: Calendar, first: date, last: date) -> list[tuple[date, Names]]:
    """Give the days after the first and before the last that are closed but for their weekday, with their names."""
    years = (calendar.year(year).named for year in range(first.year, last.year + 1))
    named = ((day, names) for year in years for day, names in year.items() if first < day < last)
    return sorted((day, names) for day, names in named if day.weekday() not in calendar.weekend)


def _working_days(calendar: Calendar, first: date, last: date) -> Iterator[date]:
    for year in range(first.year, last.year + 1):
        working = calendar.year(year).working
        yield from working[bisect_left(working, first) : bisect_right(working, last)]


def days(first: date, last: date) -> Iterator[date]:
    """Give each day from the first to the last, both included."""
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        yield date.fromordinal(ordinal)


def working_windows(
    calendar: Calendar, begin: datetime, end: datetime, zone: tzinfo
) -> Iterator[tuple[datetime, datetime]]:
    """Give the stretches of working time between two instants, in UTC; `zone` is that of the calendar's days."""
    begin, end = begin.astimezone(UTC), end.astimezone(UTC)
    for day in _working_days(calendar, begin.astimezone(zone).date(), end.astimezone(zone).date()):
        opening, closing = _opening_times(calendar.office_hours, day, zone)
        opens, closes = max(begin, opening), min(end, closing)
        if opens < closes:
            yield opens, closes


@lru_cache(maxsize=4096)
def _opening_times(office_hours: tuple[time, time] | None, day: date, zone: tzinfo) -> tuple[datetime, datetime]:
    opens, closes = office_hours or (time.min, time.min)
    last_day = day if office_hours else day + ONE_DAY
    opening, closing = datetime.combine(day, opens, zone), datetime.combine(last_day, closes, zone)
    return opening.astimezone(UTC), closing.astimezone(UTC)
