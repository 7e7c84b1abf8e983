"""Properties that a path reads from temporal values and ranges: `date.year`, `range.start` (DMN 1.5 table 65)."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from kfflow.feel.temporal import (
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    Date,
    DateTime,
    DaysTime,
    Time,
    YearsMonths,
    seconds_offset,
    weekday,
)
from kfflow.feel.values import Range

_Reader = Callable[[Any], object]


def _of_date(value: Date | DateTime) -> Date:
    return value if isinstance(value, Date) else value.date


def _offset(value: Time | DateTime) -> DaysTime | None:
    offset = seconds_offset(value)
    return None if offset is None else DaysTime(offset * SECOND)


def _zone(value: Time | DateTime) -> str | None:
    return value.zone.key if value.zone else None


def _part(nanos: int, whole: int, unit: int) -> Decimal:
    """Give how many units are left in `nanos` beyond multiples of `whole`, with the sign of the duration."""
    count = abs(nanos) % whole // unit
    return Decimal(-count if nanos < 0 else count)


def _signed(months: int, part: int) -> Decimal:
    return Decimal(-part if months < 0 else part)


_DATE: dict[str, _Reader] = {
    "year": lambda v: Decimal(_of_date(v).year),
    "month": lambda v: Decimal(_of_date(v).month),
    "day": lambda v: Decimal(_of_date(v).day),
    "weekday": lambda v: Decimal(weekday(_of_date(v))),
}
_CLOCK: dict[str, _Reader] = {
    "hour": lambda v: Decimal(v.nanos // HOUR),
    "minute": lambda v: Decimal(v.nanos // MINUTE % 60),
    "second": lambda v: Decimal(v.nanos // SECOND % 60),
    "time offset": _offset,
    "timezone": _zone,
}
_READERS: dict[type, dict[str, _Reader]] = {
    Date: _DATE,
    Time: _CLOCK,
    DateTime: {**_DATE, **_CLOCK},
    DaysTime: {
        "days": lambda v: _part(v.nanos, 10**40, DAY),
        "hours": lambda v: _part(v.nanos, DAY, HOUR),
        "minutes": lambda v: _part(v.nanos, HOUR, MINUTE),
        "seconds": lambda v: _part(v.nanos, MINUTE, SECOND),
    },
    YearsMonths: {
        "years": lambda v: _signed(v.months, abs(v.months) // 12),
        "months": lambda v: _signed(v.months, abs(v.months) % 12),
    },
    Range: {
        "start": lambda v: v.low,
        "end": lambda v: v.high,
        "start included": lambda v: v.low_closed,
        "end included": lambda v: v.high_closed,
    },
}
MEMBERS: dict[tuple[type, str], _Reader] = {(k, n): r for k, by_name in _READERS.items() for n, r in by_name.items()}
PROPERTY_NAMES = frozenset(n for by_name in _READERS.values() for n in by_name)
