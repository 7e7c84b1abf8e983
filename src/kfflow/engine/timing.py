"""When a timer is due: ISO 8601 instants, durations and repetitions, and cron, counted in the zone of the case.

Days, weeks, months and years are calendar units: a day is the same wall clock time tomorrow, also over a change
to summer time, and a month from 31 January is the last day of February. Hours, minutes and seconds are exact.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from kfflow.engine.cron import Cron, parse_cron

_DURATION = re.compile(
    r"(?P<sign>-)?P(?=.)(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?=.)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?"
)
_CYCLE = re.compile(r"R(?P<count>\d*)/(?P<rest>.+)")


_EARLIEST = datetime.min.replace(tzinfo=UTC) + timedelta(days=1)
_LATEST = datetime.max.replace(tzinfo=UTC) - timedelta(days=1)


class InvalidTime(ValueError):
    """The text is no instant, duration or cycle."""


@dataclass(frozen=True, slots=True)
class Duration:
    """A span: calendar months and days, and exact seconds."""

    months: int
    days: int
    seconds: float

    def after(self, at: datetime, zone: str, times: int = 1) -> datetime:
        """Give the instant this long, so many times, after `at`, in UTC.

        Counted in one go: a month after 31 January is 28 February, two months after it 31 March.
        """
        local = at.astimezone(ZoneInfo(zone))
        if self.months or self.days:
            moved = _add_months(local.replace(tzinfo=None), self.months * times) + timedelta(days=self.days * times)
            local = moved.replace(tzinfo=ZoneInfo(zone))
        return local.astimezone(UTC) + timedelta(seconds=self.seconds * times)

    def exact(self) -> timedelta:
        """Give the span where days have 24 hours; raises InvalidTime for one of months, which have no length."""
        if self.months:
            raise InvalidTime(f"{self.months} months")
        return timedelta(days=self.days, seconds=self.seconds)

    def times_until(self, start: datetime, at: datetime, zone: str) -> int:
        """Give how many of these spans, counted from `start`, have ended at `at`."""
        longest = self.months * _LONGEST_MONTH + self.days * _LONGEST_DAY + self.seconds
        times = max(int((at - start).total_seconds() / longest), 0)
        while self.after(start, zone, times + 1) <= at:
            times += 1
        return times


_LONGEST_DAY = 25 * 3600.0
_LONGEST_MONTH = 31 * 24 * 3600.0 + 3600.0
"""Seconds of the longest day and month, those in which summer time ends: for an estimate that is never too high."""


@dataclass(frozen=True, slots=True)
class Cycle:
    """A repetition: how often (None: without end), from when, and by which rule."""

    count: int | None
    start: str | None
    interval: Duration | Cron

    def origin(self, at: datetime, zone: str) -> datetime:
        """Give the instant from which rounds are counted when the cycle is set going at `at`."""
        return at if self.start is None else parse_instant(self.start, zone)

    def first(self, at: datetime, zone: str) -> datetime:
        """Give the first round of a cycle set going at `at`: never one that was before."""
        origin = self.origin(at, zone)
        if self.start is not None and origin >= at:
            return origin
        return self.following(origin, at - (_INSTANT if self.start else timedelta(0)), zone)

    def following(self, origin: datetime, due: datetime, zone: str) -> datetime:
        """Give the first round after an instant, of those counted from `origin`."""
        if isinstance(self.interval, Cron):
            return self.interval.after(due, zone)
        return self.interval.after(origin, zone, self.interval.times_until(origin, due, zone) + 1)

    def late(self, origin: datetime, due: datetime, before: datetime, zone: str) -> tuple[int, datetime]:
        """Give how many rounds from `due` on lie before an instant, and the last of them.

        Of a cron expression at most `MOST_COUNTED` are counted.
        """
        if isinstance(self.interval, Cron):
            return _late_by_cron(self.interval, due, before, zone)
        first = self.interval.times_until(origin, due, zone)
        last = self.interval.times_until(origin, before - _INSTANT, zone)
        return last - first + 1, self.interval.after(origin, zone, last) if last > first else due


MOST_COUNTED = 1000
_INSTANT = timedelta(microseconds=1)


def _late_by_cron(cron: Cron, due: datetime, before: datetime, zone: str) -> tuple[int, datetime]:
    count, last = 1, due
    while (following := cron.after(last, zone)) < before:
        if count == MOST_COUNTED:
            return count, before - _INSTANT
        count, last = count + 1, following
    return count, last


def parse_duration(text: str) -> Duration:
    """Read an ISO 8601 duration; raises InvalidTime."""
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise InvalidTime(text)
    part = {k: float(v) for k, v in match.groupdict().items() if v not in (None, "-")}
    sign = -1 if match["sign"] else 1
    months = int(part.get("years", 0) * 12 + part.get("months", 0))
    days = int(part.get("weeks", 0) * 7 + part.get("days", 0))
    seconds = part.get("hours", 0) * 3600 + part.get("minutes", 0) * 60 + part.get("seconds", 0)
    if months > 12_000 or days > 366_000 or seconds > 3.2e10:  # noqa: PLR2004 - a thousand years each
        raise InvalidTime(text)
    return Duration(sign * months, sign * days, sign * seconds)


def is_exact_duration(text: str) -> bool:
    """Tell whether a text is a duration, not negative, that is as long from whatever day it counts."""
    try:
        return parse_duration(text).exact().total_seconds() >= 0
    except InvalidTime:
        return False


def parse_instant(text: str, zone: str) -> datetime:
    """Read a date or date-time; one without an offset is wall clock time in the zone.

    Raises InvalidTime, also within a day of the years 1 and 9999: in another zone such an instant cannot be shown.
    """
    clean = text.strip().partition("@")[0].partition("[")[0].replace("Z", "+00:00")
    try:
        moment = datetime.fromisoformat(clean)
    except ValueError:
        raise InvalidTime(text) from None
    if moment.tzinfo is None:
        named = text.partition("@")[2] or text.partition("[")[2].rstrip("]")
        moment = moment.replace(tzinfo=_zone(named or zone, text))
    try:
        instant = moment.astimezone(UTC)
    except OverflowError:
        raise InvalidTime(text) from None
    if not _EARLIEST <= instant <= _LATEST:
        raise InvalidTime(text)
    return instant


def _zone(name: str, text: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise InvalidTime(text) from None


def parse_cycle(text: str) -> Cycle:
    """Read `R3/PT1H`, `R/2026-01-01T08:00/P1D`, `R3/start/end` is refused; a cron expression of 5 to 7 fields."""
    match = _CYCLE.fullmatch(text.strip())
    if match is None:
        return Cycle(None, None, _cron(text))
    parts = match["rest"].split("/")
    if len(parts) > 2:  # noqa: PLR2004 - start and interval
        raise InvalidTime(text)
    start = parts[0] if len(parts) > 1 else None
    if start is not None:
        parse_instant(start, "UTC")
    interval = parse_duration(parts[-1])
    if interval.months <= 0 and interval.days <= 0 and interval.seconds < 1:
        raise InvalidTime(text)
    return Cycle(int(match["count"]) if match["count"] else None, start, interval)


def _cron(text: str) -> Cron:
    try:
        return parse_cron(text)
    except ValueError:
        raise InvalidTime(text) from None


def _add_months(moment: datetime, months: int) -> datetime:
    if not months:
        return moment
    index = moment.year * 12 + moment.month - 1 + months
    year, month = divmod(index, 12)
    if not 1 <= year <= 9999:  # noqa: PLR2004 - what a datetime can hold
        raise InvalidTime(f"{moment} + {months} months")
    last = calendar.monthrange(year, month + 1)[1]
    return moment.replace(year=year, month=month + 1, day=min(moment.day, last))
