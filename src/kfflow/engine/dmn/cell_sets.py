"""Cells of a decision table as sets, so that gaps and overlaps can be calculated.

A column is cut into atoms at every value its cells mention: the points themselves and what lies between
them. A cell is then the set of atoms it accepts, as the bits of an integer; a cell that calculates is None.
"""

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from itertools import accumulate
from operator import xor

from kfflow.feel import logic
from kfflow.feel.cursor import Cursor
from kfflow.feel.errors import FeelSyntaxError
from kfflow.feel.expressions import KNOWN_WORDS
from kfflow.feel.nodes import ListNode, Node, RangeNode, UnaryComparison, UnaryTestsNode
from kfflow.feel.range_text import constant
from kfflow.feel.runtime import MISSING
from kfflow.feel.temporal import DAY, Date, DaysTime, YearsMonths, date_from_epoch, days_from_epoch
from kfflow.feel.unary_tests import parse_unary_tests
from kfflow.feel.values import Range

ELSE_TEXT = "…"
_WIDE = Context(prec=80)  # more than twice the digits of a number, so that what lies between two stays there


@dataclass(frozen=True, slots=True)
class Column:
    """The atoms of one column: a value that stands for each (None where none fits), and where a value lies.

    `everything` has the atoms that exist and are allowed. A column that cannot be cut has one atom, `kind` None.
    """

    label: str
    kind: type | None
    atoms: tuple[object, ...]
    everything: int
    place: Callable[[object], int]

    def covered(self, test: "Test") -> int:
        """Give the atoms that a cell accepts as bits."""
        bits = 0
        for accepted in test.accepted:
            bits |= self._bits(accepted)
        return self.everything & (~bits if test.negated else bits)

    def _bits(self, accepted: object) -> int:
        if accepted is None:
            return 0
        if not isinstance(accepted, Range):
            return 1 << self.place(accepted)
        if self.kind in SCALES:
            return self._between(accepted)
        return sum(1 << n for n, atom in enumerate(self.atoms) if logic.satisfies(atom, accepted) is True)

    def _between(self, interval: Range) -> int:
        low, high = 0, len(self.atoms) - 1
        if interval.low is not None:
            low = self.place(interval.low) + (not interval.low_closed)
        if interval.high is not None:
            high = self.place(interval.high) - (not interval.high_closed)
        return ((1 << (high + 1)) - 1) >> low << low if low <= high else 0


@dataclass(frozen=True, slots=True)
class Test:
    """A cell read as constants: values and ranges it accepts, or (negated) refuses."""

    accepted: tuple[object, ...]
    negated: bool

    def accepts(self, value: object) -> bool:
        return any(logic.satisfies(value, a) is True for a in self.accepted) is not self.negated


ANYTHING = Test((), negated=True)


def read_cell(text: str) -> Test | None:
    """Read a cell; None when it is more than constants."""
    try:
        node = parse_unary_tests(Cursor(text, (), KNOWN_WORDS))
    except FeelSyntaxError:
        return None
    values = [v for t in _flat(node) for v in [_constant_test(t)]]
    return None if MISSING in values else Test(tuple(values), node.negated)


def _flat(node: UnaryTestsNode) -> Iterable[Node]:
    for test in node.tests:
        yield from test.items if isinstance(test, ListNode) else (test,)


def _constant_test(node: Node) -> object:
    if isinstance(node, UnaryComparison):
        end = constant(node.operand)
        return MISSING if end is MISSING or end is None else _open_range(node.operator, end)
    if isinstance(node, RangeNode):
        low, high = constant(node.low), constant(node.high)
        if {low, high} & {MISSING, None}:
            return MISSING
        return Range(low, high, node.low_closed, node.high_closed)
    return constant(node)


def _open_range(operator: str, end: object) -> object:
    match operator:
        case "<" | "<=":
            return Range(None, end, low_closed=False, high_closed=operator == "<=", operator=operator)
        case ">" | ">=":
            return Range(end, None, low_closed=operator == ">=", high_closed=False, operator=operator)
        case "=":
            return end
    return MISSING


def cut(label: str, tests: Iterable[Test | None], allowed: Test | None = None) -> Column:
    """Cut a column into atoms; into one when its cells mention values of several kinds or of a kind without steps."""
    cells = [*tests, allowed]
    kind, points = kind_of(cells), points_of(cells)
    if kind is None or kind not in {str, bool, *SCALES}:
        return Column(label, None, (None,), 1, lambda _: 0)
    atoms, place = _ordered(kind, points) if kind in SCALES else _hashed(kind, points)
    everything = sum(
        1 << n for n, atom in enumerate(atoms) if atom is not None and (allowed is None or allowed.accepts(atom))
    )
    return Column(label, kind, tuple(atoms), everything, place)


def kind_of(cells: Iterable[Test | None]) -> type | None:
    """Give the one class of all values that cells mention, text when they mention none.

    None for several classes, and for ranges of text, between whose ends a text can always be found.
    """
    known = [t for t in cells if t is not None]
    kinds = {type(p) for p in points_of(known)}
    kind = None if len(kinds) > 1 else next(iter(kinds), str)
    has_ranges = any(isinstance(a, Range) for t in known for a in t.accepted)
    return None if kind is str and has_ranges else kind


def points_of(cells: Iterable[Test | None]) -> list[object]:
    """Give every value that cells mention, null apart."""
    return [v for t in cells if t is not None for a in t.accepted for v in _ends(a) if v is not None]


def _ends(accepted: object) -> tuple[object, ...]:
    return (accepted.low, accepted.high) if isinstance(accepted, Range) else (accepted,)


def _hashed(kind: type, mentioned: Iterable[object]) -> tuple[list[object], Callable[[object], int]]:
    """Cut text into those that cells mention and any other, truth values into two."""
    texts = sorted({m for m in mentioned if isinstance(m, str)})
    atoms: list[object] = [True, False] if kind is bool else [*texts, other_than(texts)]
    places = {atom: n for n, atom in enumerate(atoms)}
    return atoms, lambda value: places.get(value, len(atoms) - 1)


def _ordered(kind: type, mentioned: Iterable[object]) -> tuple[list[object], Callable[[object], int]]:
    """Cut an ordered kind into points and the spaces around them: the point of number n is atom 2n + 1."""
    to_number, from_number, step = SCALES[kind]
    points = sorted({to_number(m) for m in mentioned})
    atoms = [None if n is None else from_number(n) for n in spaces(points, step)]

    def place(value: object) -> int:
        number = to_number(value)
        found = bisect_left(points, number)
        return 2 * found + 1 if found < len(points) and points[found] == number else 2 * found

    return atoms, place


def other_than(texts: Collection[object]) -> str:
    """Give a text that is none of these."""
    other = ELSE_TEXT
    while other in texts:
        other += ELSE_TEXT
    return other


def spaces(points: Sequence[Decimal], step: Decimal) -> list[Decimal | None]:
    """Give a number before the first point, each point, and a number behind it; None where no number fits between.

    `step` is the least distance of two values, 0 when there is none.
    """
    found: list[Decimal | None] = [_beside(points[0], -1)]
    for point, following in zip(points, [*points[1:], None], strict=True):
        found.append(point)
        if following is None:
            found.append(_beside(point, 1))
        elif step:
            found.append(point + step if following - point > step else None)
        else:
            found.append(_between(point, following))
    return found


def _beside(point: Decimal, direction: int) -> Decimal:
    """Give the next whole number, or one far off where numbers are too large for that."""
    near = _WIDE.add(point, Decimal(direction))
    return near if near != point else _WIDE.add(point, abs(point) * direction)


def _between(low: Decimal, high: Decimal) -> Decimal:
    whole = low.to_integral_value() + 1
    return whole if low < whole < high else _WIDE.divide(_WIDE.add(low, high), Decimal(2))


_Scale = tuple[Callable[..., Decimal], Callable[[Decimal], object], Decimal]
SCALES: dict[type, _Scale] = {
    Decimal: (lambda v: v, lambda n: n, Decimal(0)),
    Date: (lambda v: Decimal(days_from_epoch(v)), lambda n: date_from_epoch(int(n)), Decimal(1)),
    YearsMonths: (lambda v: Decimal(v.months), lambda n: YearsMonths(int(n)), Decimal(1)),
    DaysTime: (lambda v: Decimal(v.nanos), lambda n: DaysTime(int(n)), Decimal(DAY // 86_400)),
}


def runs(bits: int) -> Iterator[tuple[int, int]]:
    """Yield the runs of ones in `bits`, each as its first place and the one behind its last."""
    while bits:
        first = (bits & -bits).bit_length() - 1
        rest = bits >> first
        length = (~rest & (rest + 1)).bit_length() - 1
        yield first, first + length
        bits = rest >> length << (first + length)


def transposed(sets: Sequence[int], width: int) -> list[int]:
    """Give for each of `width` places the members of `sets` that hold it, as bits (the first set is bit 0)."""
    turns = [0] * (width + 1)
    for number, bits in enumerate(sets):
        for first, behind in runs(bits):
            turns[first] ^= 1 << number
            turns[behind] ^= 1 << number
    return list(accumulate(turns[:-1], xor))
