"""`+ - * / **` and the sign, over numbers, text, dates, times and durations (DMN 1.5 §10.3.2.8, tables 55-57)."""

from collections.abc import Callable
from decimal import Decimal, DecimalException
from typing import Any

from kfflow.feel.numbers import NUMBERS
from kfflow.feel.temporal import (
    DAY,
    SECOND,
    YEAR_LIMIT,
    ZULU,
    Date,
    DateTime,
    DaysTime,
    Time,
    YearsMonths,
    add_months,
    at_instant,
    date_from_epoch,
    days_from_epoch,
    instant,
    seconds_offset,
)

_Operation = Callable[[Any, Any], object]
_NANOS_LIMIT = 10**30


def operate(operator: str, left: object, right: object) -> object:
    """Apply an operator; None when it has no meaning for these values or the result is out of bounds."""
    operation = _TABLE[operator].get((type(left), type(right)))
    if operation is None:
        return None
    try:
        return operation(left, right)
    except (DecimalException, ArithmeticError):
        return None


def minus(value: object) -> object:
    match value:
        case Decimal():
            return NUMBERS.minus(value)
        case DaysTime(nanos):
            return DaysTime(-nanos)
        case YearsMonths(months):
            return YearsMonths(-months)
    return None


def _days_time(nanos: int) -> DaysTime | None:
    return DaysTime(nanos) if abs(nanos) < _NANOS_LIMIT else None


def _moved_date(date: Date, nanos: int) -> Date | None:
    moved = date_from_epoch(days_from_epoch(date) + (nanos // DAY))
    return moved if abs(moved.year) <= YEAR_LIMIT else None


def _date_plus(date: Date, duration: DaysTime) -> Date | None:
    return _moved_date(date, duration.nanos)


def _date_minus(date: Date, duration: DaysTime) -> Date | None:
    return _moved_date(date, -duration.nanos)


def _months_later(value: Date | DateTime, months: int) -> Date | DateTime | None:
    if isinstance(value, Date):
        return add_months(value, months)
    moved = add_months(value.date, months)
    return DateTime(moved, value.nanos, value.zone) if moved else None


def _moved(value: DateTime, nanos: int) -> DateTime | None:
    moved = at_instant(instant(value) + nanos, value.zone)
    return moved if abs(moved.date.year) <= YEAR_LIMIT else None


def _time_later(value: Time, nanos: int) -> Time:
    return Time((value.nanos + nanos) % DAY, value.zone)


def _between_times(left: Time, right: Time) -> DaysTime | None:
    if (left.zone is None) != (right.zone is None):
        return None
    offsets = [(seconds_offset(t) or 0) * SECOND for t in (left, right)]
    return DaysTime((left.nanos - offsets[0]) - (right.nanos - offsets[1]))


def _between(left: Date | DateTime, right: Date | DateTime) -> DaysTime | None:
    """Subtract moments; beside a date-time, a date is its midnight in UTC."""
    zone = None if type(left) is type(right) else ZULU
    first, second = (DateTime(v, 0, zone) if isinstance(v, Date) else v for v in (left, right))
    if (first.zone is None) != (second.zone is None):
        return None
    return _days_time(instant(first) - instant(second))


def _scaled_days(duration: DaysTime, number: Decimal) -> DaysTime | None:
    return _days_time(int(NUMBERS.multiply(Decimal(duration.nanos), number)))


def _scaled_months(duration: YearsMonths, number: Decimal) -> YearsMonths | None:
    months = int(NUMBERS.multiply(Decimal(duration.months), number))
    return YearsMonths(months) if abs(months) < _NANOS_LIMIT else None


def _divided_days(duration: DaysTime, number: Decimal) -> DaysTime | None:
    return _days_time(int(NUMBERS.divide(Decimal(duration.nanos), number)))


def _divided_months(duration: YearsMonths, number: Decimal) -> YearsMonths | None:
    return YearsMonths(int(NUMBERS.divide(Decimal(duration.months), number)))


def _both_ways(one: type, other: type, operation: _Operation) -> dict[tuple[type, type], _Operation]:
    return {(one, other): operation, (other, one): lambda a, b: operation(b, a)}


_TABLE: dict[str, dict[tuple[type, type], _Operation]] = {
    "+": {
        (Decimal, Decimal): NUMBERS.add,
        (str, str): lambda a, b: a + b,
        (DaysTime, DaysTime): lambda a, b: _days_time(a.nanos + b.nanos),
        (YearsMonths, YearsMonths): lambda a, b: YearsMonths(a.months + b.months),
        **_both_ways(Date, YearsMonths, lambda d, m: _months_later(d, m.months)),
        **_both_ways(DateTime, YearsMonths, lambda d, m: _months_later(d, m.months)),
        **_both_ways(Date, DaysTime, _date_plus),
        **_both_ways(DateTime, DaysTime, lambda d, n: _moved(d, n.nanos)),
        **_both_ways(Time, DaysTime, lambda t, n: _time_later(t, n.nanos)),
    },
    "-": {
        (Decimal, Decimal): NUMBERS.subtract,
        (DaysTime, DaysTime): lambda a, b: _days_time(a.nanos - b.nanos),
        (YearsMonths, YearsMonths): lambda a, b: YearsMonths(a.months - b.months),
        (Date, YearsMonths): lambda d, m: _months_later(d, -m.months),
        (DateTime, YearsMonths): lambda d, m: _months_later(d, -m.months),
        (Date, DaysTime): _date_minus,
        (DateTime, DaysTime): lambda d, n: _moved(d, -n.nanos),
        (Time, DaysTime): lambda t, n: _time_later(t, -n.nanos),
        (Time, Time): _between_times,
        **{(a, b): _between for a in (Date, DateTime) for b in (Date, DateTime)},
    },
    "*": {
        (Decimal, Decimal): NUMBERS.multiply,
        **_both_ways(DaysTime, Decimal, _scaled_days),
        **_both_ways(YearsMonths, Decimal, _scaled_months),
    },
    "/": {
        (Decimal, Decimal): NUMBERS.divide,
        (DaysTime, Decimal): _divided_days,
        (YearsMonths, Decimal): _divided_months,
        (DaysTime, DaysTime): lambda a, b: NUMBERS.divide(Decimal(a.nanos), Decimal(b.nanos)),
        (YearsMonths, YearsMonths): lambda a, b: NUMBERS.divide(Decimal(a.months), Decimal(b.months)),
    },
    "**": {(Decimal, Decimal): NUMBERS.power},
}
