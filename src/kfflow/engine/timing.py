"""When a timer is due: ISO 8601 instants, durations and repetitions, and cron, counted in the zone of the case.

Days, weeks, months and years are calendar units: a day is the same wall clock time tomorrow, also over a change
to summer time, and a month from 31 January is the last day of February. Hours, minutes and seconds are exact.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from kfflow.engine.cron import Cron, parse_cron

_DURATION = re.compile(
    r"(?P<sign>-)?P(?=.)(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?=.)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?"
)
_CYCLE = re.compile(r"R(?P<count>\d*)/(?P<rest>.+)")


class InvalidTime(ValueError):
    """The text is no instant, duration or cycle."""


@dataclass(frozen=True, slots=True)
class Duration:
    """A span: calendar months and days, and exact seconds."""

    months: int
    days: int
    seconds: float

    def after(self, at: datetime, zone: str) -> datetime:
        """Give the instant this long after `at`, in UTC."""
        local = at.astimezone(ZoneInfo(zone))
        if self.months or self.days:
            moved = _add_months(local.replace(tzinfo=None), self.months) + timedelta(days=self.days)
            local = moved.replace(tzinfo=ZoneInfo(zone))
        return local.astimezone(UTC) + timedelta(seconds=self.seconds)


@dataclass(frozen=True, slots=True)
class Cycle:
    """A repetition: how often (None: without end), from when, and by which rule."""

    count: int | None
    start: str | None
    interval: Duration | Cron

    def first(self, at: datetime, zone: str) -> datetime:
        if self.start is not None:
            return max(parse_instant(self.start, zone), at)
        return self.following(at, zone)

    def following(self, due: datetime, zone: str) -> datetime:
        """Give the due instant after this one."""
        return self.interval.after(due, zone)


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


def parse_instant(text: str, zone: str) -> datetime:
    """Read a date or date-time; one without an offset is wall clock time in the zone. Raises InvalidTime."""
    clean = text.strip().partition("@")[0].partition("[")[0].replace("Z", "+00:00")
    try:
        if len(clean) == len("2026-01-01"):
            day = date.fromisoformat(clean)
            return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)
        moment = datetime.fromisoformat(clean)
    except ValueError:
        raise InvalidTime(text) from None
    if moment.tzinfo is None:
        named = text.partition("@")[2] or text.partition("[")[2].rstrip("]")
        moment = moment.replace(tzinfo=_zone(named or zone, text))
    return moment.astimezone(UTC)


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
