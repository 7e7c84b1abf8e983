"""Cron expressions: minute hour day month weekday, with seconds before and a year after where given."""

from collections.abc import Iterator
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
        start = at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        for offset in range(_SEARCH_DAYS):
            day = start.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=offset)
            if not self._matches(day):
                continue
            first = next((moment for moment in self._times(day) if moment > start), None)
            if first is not None:
                return first.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
        raise ValueError("the cron expression never comes due")

    def _matches(self, day: datetime) -> bool:
        if day.month not in self.months:
            return False
        in_days, in_weekdays = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        if self.any_day or self.any_weekday:
            return in_days and in_weekdays
        return in_days or in_weekdays

    def _times(self, day: datetime) -> Iterator[datetime]:
        for hour in self.hours:
            for minute in self.minutes:
                for second in self.seconds:
                    yield day.replace(hour=hour, minute=minute, second=second)


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
