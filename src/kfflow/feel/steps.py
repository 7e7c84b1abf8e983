"""Counting between two ends, as loops over ranges do: whole numbers and dates, upwards or downwards."""

from collections.abc import Iterator
from decimal import Decimal

from kfflow.feel.numbers import is_whole
from kfflow.feel.temporal import Date, date_from_epoch, days_from_epoch
from kfflow.feel.values import Range

_FARTHEST = 10**15


def _is_countable(number: Decimal) -> bool:
    return abs(number) < _FARTHEST and is_whole(number)


def count_between(low: object, high: object, interval: Range | None = None) -> Iterator[object] | None:
    """Give the steps from `low` to `high` lazily; None when nothing can be counted between them.

    An `interval` leaves out its open ends and is nothing when it descends.
    """
    if isinstance(low, Decimal) and isinstance(high, Decimal) and _is_countable(low) and _is_countable(high):
        first, last = int(low), int(high)
    elif isinstance(low, Date) and isinstance(high, Date):
        first, last = days_from_epoch(low), days_from_epoch(high)
    else:
        return None
    step = 1 if first <= last else -1
    if interval is not None and step < 0:
        return None
    if interval is not None:
        first += 0 if interval.low_closed else step
        last -= 0 if interval.high_closed else step
    counts = range(first, last + step, step)
    return map(Decimal, counts) if isinstance(low, Decimal) else map(date_from_epoch, counts)
