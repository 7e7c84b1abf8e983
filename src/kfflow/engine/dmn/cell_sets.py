"""Cells of a decision table as sets, so that gaps and overlaps can be calculated.

A column is cut into atoms at every value its cells mention: the points themselves and what lies between
them. A cell is then the set of atoms it accepts, as the bits of an integer; a cell that calculates is None.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal

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
    """The atoms of one column, each with a value that stands for it, and the set of all of them."""

    label: str
    atoms: tuple[object, ...]

    @property
    def everything(self) -> int:
        return (1 << len(self.atoms)) - 1


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


def cut(label: str, tests: Iterable[Test | None], allowed: Test | None) -> Column | None:
    """Cut a column into atoms; None when its cells mention values of several kinds or of a kind without steps."""
    cells = (*tests, allowed)
    kind = kind_of(cells)
    atoms = None if kind is None else _atoms(kind, points_of(cells))
    if atoms is None:
        return None
    return Column(label, tuple(a for a in atoms if allowed is None or allowed.accepts(a)))


def kind_of(cells: Iterable[Test | None]) -> type | None:
    """Give the one class of all values that cells mention, text when they mention none; None for several."""
    kinds = {type(p) for p in points_of(cells)}
    return None if len(kinds) > 1 else next(iter(kinds), str)


def points_of(cells: Iterable[Test | None]) -> list[object]:
    """Give every value that cells mention, null apart."""
    return [v for t in cells if t is not None for a in t.accepted for v in _ends(a) if v is not None]


def _ends(accepted: object) -> tuple[object, ...]:
    return (accepted.low, accepted.high) if isinstance(accepted, Range) else (accepted,)


def _atoms(kind: type, mentioned: Sequence[object]) -> list[object] | None:
    if kind is bool:
        return [True, False]
    if kind is str:
        texts = sorted({m for m in mentioned if isinstance(m, str)})
        return [*texts, other_than(texts)]
    scale = SCALES.get(kind)
    if scale is None:
        return None
    to_number, from_number, step = scale
    points = sorted({to_number(m) for m in mentioned})
    return [from_number(n) for n in spaces(points, step) if n is not None]


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


def covered(test: Test | None, column: Column) -> int:
    """Give the atoms that a cell accepts as bits."""
    if test is None:
        return 0
    return sum(1 << n for n, atom in enumerate(column.atoms) if test.accepts(atom))
