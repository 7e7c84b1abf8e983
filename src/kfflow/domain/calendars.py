"""Which days count as working days: weekends, Danish public holidays of any year, an installation's own closing days.

Public holidays are computed by the Danish rules; store bededag is one until 2023.
Grundlovsdag, juleaftensdag and nytårsaftensdag are no public holidays but closed in many offices by agreement
[background]: `dk` counts them as working days, `dk-kontor` does not; an installation may define calendars of its own.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

from kfflow.errors import FieldProblem, InvalidInput

_HOURS = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)\s*[-–]\s*([01]?\d|2[0-3])[:.]([0-5]\d)")
ONE_DAY = timedelta(days=1)
MONDAY_TO_FRIDAY_WEEKEND = frozenset({5, 6})
AGREED_CLOSING_DAYS: Mapping[tuple[int, int], tuple[str, str]] = {
    (6, 5): ("grundlovsdag", "Constitution Day"),
    (12, 24): ("juleaftensdag", "Christmas Eve"),
    (12, 31): ("nytårsaftensdag", "New Year's Eve"),
}
"""Month and day of what many public offices close for by agreement, with its names."""
LAST_STORE_BEDEDAG = 2023
_FIXED = {
    (1, 1): ("nytårsdag", "New Year's Day"),
    (12, 25): ("juledag", "Christmas Day"),
    (12, 26): ("anden juledag", "Second Day of Christmas"),
}
_AFTER_EASTER = {
    -3: ("skærtorsdag", "Maundy Thursday"),
    -2: ("langfredag", "Good Friday"),
    0: ("påskedag", "Easter Sunday"),
    1: ("anden påskedag", "Easter Monday"),
    39: ("Kristi himmelfartsdag", "Ascension Day"),
    49: ("pinsedag", "Whit Sunday"),
    50: ("anden pinsedag", "Whit Monday"),
}
"""Days after Easter Sunday of the holidays that move with it."""


@dataclass(frozen=True, slots=True)
class YearlyClosing:
    """A day closed every year from its first time on, until a day; `but` are the single days that stay open."""

    first: date
    names: tuple[str, str]
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
    yearly_closing_days: Mapping[tuple[int, int], tuple[str, str]] = field(default_factory=dict)
    closing_days: Mapping[date, tuple[str, str]] = field(default_factory=dict)
    yearly_closings: tuple[YearlyClosing, ...] = ()
    office_hours: tuple[time, time] | None = None

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


@lru_cache(maxsize=256)
def public_holidays(year: int) -> Mapping[date, tuple[str, str]]:
    """Give the Danish public holidays of a year with their names in Danish and English, Sundays among them."""
    sunday = easter_sunday(year)
    moving = {sunday + timedelta(days=days): names for days, names in _AFTER_EASTER.items()}
    if year <= LAST_STORE_BEDEDAG:
        moving[sunday + timedelta(days=26)] = ("store bededag", "Great Prayer Day")
    return moving | {date(year, month, day): names for (month, day), names in _FIXED.items()}


def easter_sunday(year: int) -> date:
    """Give Easter Sunday of the Gregorian calendar (the computus of Meeus, Jones and Butcher)."""
    century, of_century = divmod(year, 100)
    golden = year % 19
    shift = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - century // 4 - shift + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (of_century // 4) - epact - of_century % 4) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def reason_closed(calendar: Calendar, day: date) -> tuple[str, str] | None:
    """Give why a day is no working day, in Danish and English, or None when it is one; a named day beats weekends."""
    named = reason_named(calendar, day)
    if named is None and day.weekday() in calendar.weekend:
        return "weekend", "weekend"
    return named


def reason_named(calendar: Calendar, day: date) -> tuple[str, str] | None:
    """Give the name of a closed day, weekend or not, in Danish and English; None for a day without one."""
    if day in calendar.closing_days:
        return calendar.closing_days[day]
    if calendar.public_holidays and day in public_holidays(day.year):
        return public_holidays(day.year)[day]
    if (day.month, day.day) in calendar.yearly_closing_days:
        return calendar.yearly_closing_days[day.month, day.day]
    return next((closing.names for closing in calendar.yearly_closings if closing.closes(day)), None)


def is_working_day(calendar: Calendar, day: date) -> bool:
    return reason_closed(calendar, day) is None


def next_working_day(calendar: Calendar, day: date) -> date:
    """Give the first working day after a day."""
    return _seek(calendar, day + ONE_DAY, ONE_DAY)


def previous_working_day(calendar: Calendar, day: date) -> date:
    """Give the last working day before a day."""
    return _seek(calendar, day - ONE_DAY, -ONE_DAY)


def on_or_after(calendar: Calendar, day: date) -> date:
    """Give the day itself when it is a working day, else the first one after."""
    return _seek(calendar, day, ONE_DAY)


def on_or_before(calendar: Calendar, day: date) -> date:
    """Give the day itself when it is a working day, else the last one before."""
    return _seek(calendar, day, -ONE_DAY)


def _seek(calendar: Calendar, day: date, step: timedelta) -> date:
    while not is_working_day(calendar, day):
        day += step
    return day


def add_working_days(calendar: Calendar, day: date, count: int) -> date:
    """Give the count-th working day after a day (before it when negative); the day itself is never counted.

    Zero gives the day itself, or the next working day when it is none.
    """
    if count == 0:
        return on_or_after(calendar, day)
    step = next_working_day if count > 0 else previous_working_day
    for _ in range(abs(count)):
        day = step(calendar, day)
    return day


def working_days_between(calendar: Calendar, first: date, last: date) -> int:
    """Count the working days after the first day up to and with the last; negative when the last comes first."""
    if last < first:
        return -working_days_between(calendar, last, first)
    return sum(is_working_day(calendar, day) for day in days(first + ONE_DAY, last))


def days(first: date, last: date) -> Iterator[date]:
    """Give each day from the first to the last, both included."""
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        yield date.fromordinal(ordinal)


def working_windows(
    calendar: Calendar, begin: datetime, end: datetime, zone: tzinfo
) -> Iterator[tuple[datetime, datetime]]:
    """Give the stretches of working time between two instants, in UTC; `zone` is that of the calendar's days."""
    begin, end = begin.astimezone(UTC), end.astimezone(UTC)
    for day in days(begin.astimezone(zone).date(), end.astimezone(zone).date()):
        if is_working_day(calendar, day):
            opening, closing = _opening_times(calendar, day, zone)
            opens, closes = max(begin, opening), min(end, closing)
            if opens < closes:
                yield opens, closes


def _opening_times(calendar: Calendar, day: date, zone: tzinfo) -> tuple[datetime, datetime]:
    opens, closes = calendar.office_hours or (time.min, time.min)
    last_day = day if calendar.office_hours else day + ONE_DAY
    opening, closing = datetime.combine(day, opens, zone), datetime.combine(last_day, closes, zone)
    return opening.astimezone(UTC), closing.astimezone(UTC)
