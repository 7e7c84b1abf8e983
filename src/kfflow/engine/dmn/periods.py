"""The days on which the rules of a decision table count, as its annotations say them.

A rule counts from `gyldig_fra` on, until the day before `gyldig_til`, as a version does; an empty bound does not bind.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise

from kfflow.domain.law import Validity
from kfflow.feel.temporal_text import read_date

Span = tuple[date, date]
"""Days from one on until the day before another; `date.min` and `date.max` bind nothing."""

VALID_FROM, VALID_TO = "gyldig_fra", "gyldig_til"
_YEARS = range(date.min.year, date.max.year + 1)


def read(annotations: Mapping[str, str]) -> Validity:
    """Give the period that annotations say; what is no date there does not bind."""
    return Validity(day_of(written(annotations, VALID_FROM)), day_of(written(annotations, VALID_TO)))


def written(annotations: Mapping[str, str], name: str) -> str:
    """Give what stands in an annotation, without the quotes that tables of FEEL texts may have."""
    return annotations.get(name, "").strip().strip('"')


def day_of(text: str) -> date | None:
    found = read_date(text)
    return date(found.year, found.month, found.day) if found is not None and found.year in _YEARS else None


def last_day(period: Validity) -> date:
    """Give the last day on which a period counts."""
    return _end(period) - timedelta(days=1)


def shared(first: Validity, second: Validity) -> Span | None:
    """Give the days on which both count, None when there are none."""
    begin, end = max(_begin(first), _begin(second)), min(_end(first), _end(second))
    return (begin, end) if begin < end else None


def eras(periods: Sequence[Validity]) -> Iterator[Span]:
    """Yield the times between which no period begins or ends, the earliest first."""
    yield from pairwise(sorted({date.min, date.max, *map(_begin, periods), *map(_end, periods)}))


def joined(spans: Iterable[Span]) -> list[Span]:
    """Give spans in their order, those as one between which no day lies."""
    whole: list[Span] = []
    for begin, until in spans:
        follows = whole and whole[-1][1] == begin
        whole.append((whole.pop()[0] if follows else begin, until))
    return whole


def nearest(rules: Mapping[int, Validity], day: date) -> tuple[int, Validity]:
    """Give of rules by number, none of which counts on a day, the next to begin, else the last that ended."""
    to_come = [one for one in rules.items() if _begin(one[1]) > day]
    if to_come:
        return min(to_come, key=lambda one: _begin(one[1]))
    return max(rules.items(), key=lambda one: _end(one[1]))


def _begin(period: Validity) -> date:
    return period.gyldig_fra or date.min


def _end(period: Validity) -> date:
    return period.gyldig_til or date.max
