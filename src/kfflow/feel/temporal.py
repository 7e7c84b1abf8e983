"""Dates, times, date-times and the two kinds of duration (DMN 1.5 §10.3.2.3.4-8).

Own types because FEEL reaches years of nine digits and fractions of nine digits, and because a time
may carry a named zone; the door of the package converts to the types of `datetime` where they suffice.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

SECOND = 1_000_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
YEAR_LIMIT = 999_999_999
_DAYS_BEFORE_YEAR_1970 = 719_468


@dataclass(frozen=True, slots=True)
class Zone:
    """A fixed offset in seconds, or a named zone (`key`) whose offset depends on the date."""

    offset: int | None = None
    key: str | None = None

    def seconds_at(self, date: "Date", nanos: int) -> int:
        """Give the offset in seconds that holds at a local date and time."""
        if self.key is None:
            return self.offset or 0
        year = min(max(date.year, 1901), 9998)
        local = datetime(year, date.month, min(date.day, month_length(year, date.month)), tzinfo=ZoneInfo(self.key))
        found = (local + timedelta(microseconds=nanos // 1000)).utcoffset()
        return int(found.total_seconds()) if found else 0

    def tzinfo(self) -> tzinfo:
        return ZoneInfo(self.key) if self.key else timezone(timedelta(seconds=self.offset or 0))


ZULU = Zone(0)


@dataclass(frozen=True, slots=True, order=True)
class Date:
    year: int
    month: int
    day: int


@dataclass(frozen=True, slots=True)
class Time:
    """Nanoseconds since midnight, and a zone or none."""

    nanos: int
    zone: Zone | None = None


@dataclass(frozen=True, slots=True)
class DateTime:
    date: Date
    nanos: int
    zone: Zone | None = None


@dataclass(frozen=True, slots=True, order=True)
class DaysTime:
    """A days and time duration in nanoseconds."""

    nanos: int


@dataclass(frozen=True, slots=True, order=True)
class YearsMonths:
    """A years and months duration in months."""

    months: int


def is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def month_length(year: int, month: int) -> int:
    if month == 2:  # noqa: PLR2004 - February
        return 29 if is_leap(year) else 28
    return 30 if month in {4, 6, 9, 11} else 31


def is_date(year: int, month: int, day: int) -> bool:
    return abs(year) <= YEAR_LIMIT and 1 <= month <= 12 and 1 <= day <= month_length(year, month)  # noqa: PLR2004 - months


def days_from_epoch(date: Date) -> int:
    """Count the days since 1970-01-01 in the proleptic Gregorian calendar."""
    year = date.year - (date.month <= 2)  # noqa: PLR2004 - years begin in March here, so that leap days are last
    era, year_of_era = divmod(year, 400)
    day_of_year = (153 * ((date.month + 9) % 12) + 2) // 5 + date.day - 1
    day_of_era = year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year
    return era * 146_097 + day_of_era - _DAYS_BEFORE_YEAR_1970


def date_from_epoch(days: int) -> Date:
    """Inverse of `days_from_epoch`."""
    era, day_of_era = divmod(days + _DAYS_BEFORE_YEAR_1970, 146_097)
    year_of_era = (day_of_era - day_of_era // 1460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted = (5 * day_of_year + 2) // 153
    month = (shifted + 2) % 12 + 1
    day = day_of_year - (153 * shifted + 2) // 5 + 1
    return Date(era * 400 + year_of_era + (month <= 2), month, day)  # noqa: PLR2004 - back from March


def weekday(date: Date) -> int:
    """Give 1 for Monday to 7 for Sunday."""
    return (days_from_epoch(date) + 3) % 7 + 1


def seconds_offset(value: Time | DateTime) -> int | None:
    """Give the offset from UTC in seconds; None for a local value, and for a time in a zone without fixed offset."""
    if value.zone is None:
        return None
    if isinstance(value, DateTime):
        return value.zone.seconds_at(value.date, value.nanos)
    return value.zone.offset if value.zone.key is None else value.zone.seconds_at(Date(1970, 1, 1), value.nanos)


def instant(value: DateTime) -> int:
    """Give nanoseconds since 1970-01-01T00:00 in UTC; a local value counts as UTC."""
    return days_from_epoch(value.date) * DAY + value.nanos - (seconds_offset(value) or 0) * SECOND


def at_instant(nanos: int, zone: Zone | None) -> DateTime:
    """Give the date-time in `zone` at an instant."""
    offset = 0
    if zone is not None and zone.key is not None:
        offset = _offset_at_instant(nanos, zone)
    elif zone is not None:
        offset = zone.offset or 0
    days, of_day = divmod(nanos + offset * SECOND, DAY)
    return with_offset(date_from_epoch(days), of_day, zone, offset)


def with_offset(date: Date, nanos: int, zone: Zone | None, offset: int) -> DateTime:
    """Make a date-time whose offset is known: in the hour that autumn repeats the zone alone does not tell it."""
    if zone is not None and zone.key is not None and zone.seconds_at(date, nanos) != offset:
        return DateTime(date, nanos, Zone(offset))
    return DateTime(date, nanos, zone)


def _offset_at_instant(nanos: int, zone: Zone) -> int:
    days, of_day = divmod(nanos, DAY)
    date = date_from_epoch(days)
    year = min(max(date.year, 1901), 9998)
    day = min(date.day, month_length(year, date.month))
    moment = datetime(year, date.month, day, tzinfo=UTC) + timedelta(microseconds=of_day // 1000)
    found = moment.astimezone(zone.tzinfo()).utcoffset()
    return int(found.total_seconds()) if found else 0


def add_months(date: Date, months: int) -> Date | None:
    """Move by whole months; a day that the month lacks becomes its last day. None beyond the calendar."""
    year, month = divmod(date.year * 12 + date.month - 1 + months, 12)
    if abs(year) > YEAR_LIMIT:
        return None
    return Date(year, month + 1, min(date.day, month_length(year, month + 1)))
