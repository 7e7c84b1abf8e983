"""Cron expressions: minute hour day month weekday, with seconds before and a year after where given.

They mean the clock on the wall. When summer time ends, an hour comes twice: `*` in the hours counts it twice, hours
that are named count it once. When summer time begins, what is set for the hour that is left out comes an hour later.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_MONTHS = {
    n: i for i, n in enumerate(["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"], 1)
}
_WEEKDAYS = {n: i for i, n in enumerate(["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"])}
_ALIASES = {
    "@yearly": "0 0 0 1 1 *",
    "@annually": "0 0 0 1 1 *",
    "@monthly": "0 0 0 1 * *",
    "@weekly": "0 0 0 * * 0",
    "@daily": "0 0 0 * * *",
    "@midnight": "0 0 0 * * *",
    "@hourly": "0 0 * * * *",
}
_SEARCH_DAYS = 366 * 8
_ALL_HOURS = 24
_MINUTE = timedelta(minutes=1)
_LONGEST_HOUR = timedelta(hours=2)  # one that comes twice
_FIELDS_MIN, _FIELDS_SECONDS, _FIELDS_MAX = 5, 6, 7


@dataclass(frozen=True, slots=True)
class Cron:
    """The values each field allows; `any_day` and `any_weekday` when that field is open."""

    seconds: tuple[int, ...]
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    any_day: bool
    any_weekday: bool

    def after(self, at: datetime, zone: str) -> datetime:
        """Give the next instant after `at`, in UTC; raises ValueError when there is none within eight years."""
        wall = ZoneInfo(zone)
        today = at.astimezone(wall).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None, fold=0)
        for offset in range(_SEARCH_DAYS):
            day = today + timedelta(days=offset)
            if self._matches(day) and (found := self._on(day, at, wall)):
                return found
        raise ValueError("the cron expression never comes due")

    def _on(self, day: datetime, at: datetime, wall: ZoneInfo) -> datetime | None:
        for hour in self.hours:
            begin = day.replace(hour=hour, tzinfo=wall)
            if begin.astimezone(UTC) + _LONGEST_HOUR <= at:
                continue
            found = self._in(begin, at)
            if found is None and len(self.hours) == _ALL_HOURS and _comes_twice(begin.replace(minute=59)):
                found = self._in(begin.replace(fold=1), at)
            if found:
                return found
        return None

    def _in(self, hour: datetime, at: datetime) -> datetime | None:
        for minute in self.minutes:
            begin = hour.replace(minute=minute).astimezone(UTC)
            if begin + _MINUTE > at:
                for second in self.seconds:
                    if (found := begin + timedelta(seconds=second)) > at:
                        return found
        return None

    def _matches(self, day: datetime) -> bool:
        if day.month not in self.months:
            return False
        in_days, in_weekdays = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        if self.any_day or self.any_weekday:
            return in_days and in_weekdays
        return in_days or in_weekdays


def _comes_twice(moment: datetime) -> bool:
    """Tell whether the clock shows this twice, first in summer time."""
    return (moment.utcoffset() or timedelta(0)) > (moment.replace(fold=1).utcoffset() or timedelta(0))


def parse_cron(text: str) -> Cron:
    """Read a cron expression of 5 (minutes first), 6 (seconds first) or 7 fields (a year, which must be open)."""
    fields = _ALIASES.get(text.strip().lower(), text.strip()).upper().split()
    if len(fields) == _FIELDS_MIN:
        fields = ["0", *fields]
    if len(fields) == _FIELDS_MAX and fields[-1] in ("*", "?"):
        fields.pop()
    if len(fields) != _FIELDS_SECONDS:
        raise ValueError(text)
    second, minute, hour, day, month, weekday = fields
    return Cron(
        _values(second, 0, 59),
        _values(minute, 0, 59),
        _values(hour, 0, 23),
        frozenset(_values(day, 1, 31)),
        frozenset(_values(month, 1, 12, _MONTHS)),
        frozenset(v % 7 for v in _values(weekday, 0, 7, _WEEKDAYS)),
        day in ("*", "?"),
        weekday in ("*", "?"),
    )


def _values(field: str, low: int, high: int, names: dict[str, int] | None = None) -> tuple[int, ...]:
    found: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, last = _span(span, low, high, names or {}, open_ended=bool(step))
        width = int(step) if step else 1
        if width < 1 or not low <= first <= last <= high:
            raise ValueError(field)
        found.update(range(first, last + 1, width))
    return tuple(sorted(found))


def _span(span: str, low: int, high: int, names: dict[str, int], *, open_ended: bool) -> tuple[int, int]:
    if span in ("*", "?"):
        return low, high
    first, dash, last = span.partition("-")
    start = names.get(first) if first in names else int(first)
    if dash:
        return int(start or 0), int(names.get(last, -1) if last in names else int(last))
    return int(start or 0), high if open_ended else int(start or 0)
