"""Functions that relate points and ranges (DMN 1.5 §10.3.4.11, table 78).

The side of `(< 5)` that has no end reaches farther than any point: so what the table leaves open for it is decided.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from kfflow.feel import logic, range_text
from kfflow.feel.builtins.registry import builtin
from kfflow.feel.runtime import MISSING, Run
from kfflow.feel.values import Range

_Relation = Callable[[Range, Range], bool]


class _Unordered(Exception):
    """Two ends cannot be compared."""


@dataclass(frozen=True, slots=True)
class _Endless:
    """The end of a range on a side where it has none: -1 before every point, 1 behind."""

    side: int


def _side(end: object) -> int:
    return end.side if isinstance(end, _Endless) else 0


def _less(left: object, right: object) -> bool:
    if _side(left) or _side(right):
        return _side(left) < _side(right)
    verdict = logic.before(left, right)
    if verdict is None:
        raise _Unordered
    return verdict


def _same(left: object, right: object) -> bool:
    return not _less(left, right) and not _less(right, left)


def as_range(value: object) -> Range:
    """Give a point as the range that holds nothing else, and an end where an operator leaves one open."""
    if not isinstance(value, Range):
        return Range(value, value, low_closed=True, high_closed=True)
    match value.operator:
        case "<" | "<=":
            return replace(value, low=_Endless(-1))
        case ">" | ">=":
            return replace(value, high=_Endless(1))
        case "!=":
            raise _Unordered
    return value


def _ends_before(left: Range, right: Range) -> bool:
    """Tell whether all of `left` lies before all of `right`."""
    if _less(left.high, right.low):
        return True
    return _same(left.high, right.low) and not (left.high_closed and right.low_closed)


def _starts_no_later(outer: Range, inner: Range) -> bool:
    if _less(outer.low, inner.low):
        return True
    return _same(outer.low, inner.low) and (outer.low_closed or not inner.low_closed)


def _ends_no_earlier(outer: Range, inner: Range) -> bool:
    if _less(inner.high, outer.high):
        return True
    return _same(outer.high, inner.high) and (outer.high_closed or not inner.high_closed)


def _includes(outer: Range, inner: Range) -> bool:
    return _starts_no_later(outer, inner) and _ends_no_earlier(outer, inner)


def _overlaps(left: Range, right: Range) -> bool:
    return not _ends_before(left, right) and not _ends_before(right, left)


def _overlaps_before(left: Range, right: Range) -> bool:
    starts_first = _less(left.low, right.low) or (
        _same(left.low, right.low) and left.low_closed and not right.low_closed
    )
    return starts_first and _overlaps(left, right) and _ends_no_earlier(right, left)


def _meets(left: Range, right: Range) -> bool:
    return left.high_closed and right.low_closed and _same(left.high, right.low)


def _starts(inner: Range, outer: Range) -> bool:
    return _same(inner.low, outer.low) and inner.low_closed == outer.low_closed and _ends_no_earlier(outer, inner)


def _finishes(inner: Range, outer: Range) -> bool:
    return _same(inner.high, outer.high) and inner.high_closed == outer.high_closed and _starts_no_later(outer, inner)


def _coincides(left: Range, right: Range) -> bool:
    closed = (left.low_closed, left.high_closed) == (right.low_closed, right.high_closed)
    return closed and _same(left.low, right.low) and _same(left.high, right.high)


_POINTS = "point1:ordered, point2:ordered"
_RANGES = "range1:range, range2:range"
_POINT_RANGE = "point:ordered, range:range"
_RANGE_POINT = "range:range, point:ordered"


def _relation(name: str, relation: _Relation, *signatures: str) -> None:
    def call(_: Run, left: object, right: object) -> object:
        try:
            return relation(as_range(left), as_range(right))
        except _Unordered:
            return MISSING

    for signature in signatures:
        builtin(name, signature)(call)


def _register() -> None:
    _relation("before", _ends_before, _POINTS, _POINT_RANGE, _RANGE_POINT, _RANGES)
    _relation("after", lambda a, b: _ends_before(b, a), _POINTS, _POINT_RANGE, _RANGE_POINT, _RANGES)
    _relation("meets", _meets, _RANGES)
    _relation("met by", lambda a, b: _meets(b, a), _RANGES)
    _relation("overlaps", _overlaps, _RANGES)
    _relation("overlaps before", _overlaps_before, _RANGES)
    _relation("overlaps after", lambda a, b: _overlaps_before(b, a), _RANGES)
    _relation("finishes", _finishes, _POINT_RANGE, _RANGES)
    _relation("finished by", lambda a, b: _finishes(b, a), _RANGE_POINT, _RANGES)
    _relation("includes", _includes, _RANGE_POINT, _RANGES)
    _relation("during", lambda a, b: _includes(b, a), _POINT_RANGE, _RANGES)
    _relation("starts", _starts, _POINT_RANGE, _RANGES)
    _relation("started by", lambda a, b: _starts(b, a), _RANGE_POINT, _RANGES)
    _relation("coincides", _coincides, _POINTS, _RANGES)


_register()


@builtin("range", "from:string")
def range_from_text(_: Run, text: str) -> object:
    """Read a range whose ends are literals or made from literals; it must be bounded and ascending."""
    ends = range_text.read_range(text)
    if ends is None or ends.low is None or ends.high is None:
        return MISSING
    return ends if logic.before_or_same(ends.low, ends.high) is True else MISSING
