"""Three-valued comparison: equality, order, and membership in ranges (DMN 1.5 §10.3.2.7, tables 50-54)."""

from decimal import Decimal
from typing import Any

from kfflow.feel.temporal import (
    DAY,
    SECOND,
    Date,
    DateTime,
    DaysTime,
    Time,
    YearsMonths,
    instant,
    seconds_offset,
)
from kfflow.feel.values import BuiltinFunction, Function, Range

_PLAIN = frozenset({Decimal, str, Date, DaysTime, YearsMonths})
ORDERED = frozenset({Decimal, str, Date, DaysTime, YearsMonths, Time, DateTime})


def equal(left: object, right: object) -> bool | None:  # noqa: PLR0911 - one return a kind
    """Tell whether two values are the same; None when they are of kinds that cannot be compared."""
    if left is None or right is None:
        return left is right
    kind = type(left)
    if kind is not type(right):
        return None
    if kind in _PLAIN or kind is bool:
        return left == right
    if isinstance(left, list) and isinstance(right, list):
        return _all_equal(left, right)
    if isinstance(left, dict) and isinstance(right, dict):
        return _all_equal(list(left.values()), [right[k] for k in left]) if left.keys() == right.keys() else False
    if isinstance(left, Range) and isinstance(right, Range):
        return _same_range(left, right)
    if isinstance(left, (Function, BuiltinFunction)):
        return left is right
    ends = order_keys(left, right)
    return None if ends is None else bool(ends[0] == ends[1])


def _all_equal(left: list[object], right: list[object]) -> bool | None:
    if len(left) != len(right):
        return False
    verdict: bool | None = True
    for a, b in zip(left, right, strict=True):
        same = equal(a, b)
        if same is False:
            return False
        verdict = same if same is None else verdict
    return verdict


def _same_range(left: Range, right: Range) -> bool | None:
    if (left.low_closed, left.high_closed, left.operator) != (right.low_closed, right.high_closed, right.operator):
        return False
    return _all_equal([left.low, left.high], [right.low, right.high])


def order_keys(left: object, right: object) -> tuple[Any, Any] | None:
    """Give what to compare instead of two values of one ordered kind; None when they have no order."""
    kind = type(left)
    if kind is not type(right) or kind not in ORDERED:
        return None
    if kind in _PLAIN:
        return left, right
    if isinstance(left, Time) and isinstance(right, Time):
        return _time_keys(left, right)
    assert isinstance(left, DateTime)
    assert isinstance(right, DateTime)
    if (left.zone is None) != (right.zone is None):
        return None
    return instant(left) // SECOND, instant(right) // SECOND


def _time_keys(left: Time, right: Time) -> tuple[int, int] | None:
    if (left.zone is None) != (right.zone is None):
        return None
    return tuple(  # type: ignore[return-value]  # two items in, two items out
        (t.nanos - (seconds_offset(t) or 0) * SECOND) % DAY // SECOND if t.zone else t.nanos // SECOND
        for t in (left, right)
    )


def before(left: object, right: object) -> bool | None:
    keys = order_keys(left, right)
    return None if keys is None else bool(keys[0] < keys[1])


def before_or_same(left: object, right: object) -> bool | None:
    keys = order_keys(left, right)
    return None if keys is None else bool(keys[0] <= keys[1])


def compare(operator: str, left: object, right: object) -> bool | None:
    """Apply one of `= != < <= > >=`."""
    match operator:
        case "=":
            return equal(left, right)
        case "!=":
            return negate(equal(left, right))
        case "<":
            return before(left, right)
        case "<=":
            return before_or_same(left, right)
        case ">":
            return before(right, left)
    return before_or_same(right, left)


def negate(value: object) -> bool | None:
    return not value if isinstance(value, bool) else None


def within(value: object, interval: Range) -> bool | None:
    """Tell whether a value lies in a range; None when it cannot be compared with the ends."""
    if value is None:
        return None
    if interval.operator in {"=", "!="}:
        same = equal(value, interval.low)
        return same if interval.operator == "=" else negate(same)
    above = _inside(interval.low, value, closed=interval.low_closed, unbounded=interval.operator in {"<", "<="})
    below = _inside(value, interval.high, closed=interval.high_closed, unbounded=interval.operator in {">", ">="})
    return conjunction(above, below)


def _inside(low: object, high: object, *, closed: bool, unbounded: bool) -> bool | None:
    if unbounded:
        return True
    return before_or_same(low, high) if closed else before(low, high)


def conjunction(left: object, right: object) -> bool | None:
    """Join two verdicts: false wins over unknown, unknown over true."""
    if left is False or right is False:
        return False
    return None if left is None or right is None else True


def satisfies(value: object, test: object) -> bool | None:
    """Tell whether `value in test` for one test value: a range, a list of tests, or a value to equal."""
    if isinstance(test, Range):
        return equal(value, test) if isinstance(value, Range) else within(value, test)
    if isinstance(test, list):
        return True if isinstance(value, list) and equal(value, test) is True else _any(value, test)
    return equal(value, test)


def _any(value: object, tests: list[object]) -> bool | None:
    verdict: bool | None = False
    for test in tests:
        found = satisfies(value, test) if not isinstance(test, list) else equal(value, test)
        if found is True:
            return True
    return verdict
