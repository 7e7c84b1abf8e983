"""Which rules of a table accept a value of a column, found by one search instead of a test for each rule.

The cells of a column that are constants cut its values into points and the spaces between them; for each of
these the rules that accept it are known when the table is compiled, as the bits of an integer (rule 1 is bit
0). A cell that calculates accepts everything here and is tested when all else in its rule fits.
"""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kfflow.engine.dmn.cell_sets import SCALES, Test, kind_of, other_than, points_of, spaces
from kfflow.feel.expressions import UnaryTests
from kfflow.feel.runtime import Env

Search = Callable[[object], int]
_WORK_LIMIT = 250_000  # cells times points; a column beyond, half a second to prepare, is tested cell by cell


@dataclass(frozen=True, slots=True)
class ColumnLookup:
    """One column: `search` for values of class `kind`, `tests` for any other value."""

    kind: type
    search: Search
    tests: tuple[UnaryTests | None, ...]
    tested: int

    def accepting(self, value: object, scope: Callable[[], Env]) -> int:
        """Give the rules whose cell accepts the value, those of `tested` cells among them."""
        if type(value) is self.kind:
            return self.search(value)
        env = scope()
        accepted = 0
        for number, test in enumerate(self.tests):
            if test is None or test.match_in(env, value) is True:
                accepted |= 1 << number
        return accepted | self.tested


def column_lookup(cells: Sequence[Test | None], tests: Sequence[UnaryTests | None]) -> ColumnLookup:
    """Prepare a column from its cells as constants (None: it calculates) and as tests (None: it accepts all)."""
    tested = sum(1 << n for n, (cell, test) in enumerate(zip(cells, tests, strict=True)) if cell is None and test)
    kind = kind_of(cells) if len(cells) * len(set(points_of(cells))) <= _WORK_LIMIT else None
    search = None if kind is None else _search(kind, cells)
    if kind is None or search is None:
        every = (1 << len(cells)) - 1
        return ColumnLookup(object, lambda _: every, tuple(tests), every & ~_dashes(tests))
    return ColumnLookup(kind, search, tuple(tests), tested)


def _dashes(tests: Sequence[UnaryTests | None]) -> int:
    return sum(1 << n for n, test in enumerate(tests) if test is None)


def _accepting(cells: Sequence[Test | None], value: object) -> int:
    return sum(1 << n for n, cell in enumerate(cells) if cell is None or cell.accepts(value))


def _by_hash(kind: type, cells: Sequence[Test | None]) -> Search:
    mentioned = {True, False} if kind is bool else set(points_of(cells))
    known = {value: _accepting(cells, value) for value in mentioned}
    other = 0 if kind is bool else _accepting(cells, other_than(mentioned))
    return lambda value: known.get(value, other)


def _search(kind: type, cells: Sequence[Test | None]) -> Search | None:
    if kind in {str, bool}:
        return _by_hash(kind, cells)
    if kind not in SCALES:
        return None
    to_number, from_number, step = SCALES[kind]
    points = sorted({to_number(p) for p in points_of(cells)})
    by_place = [0 if s is None else _accepting(cells, from_number(s)) for s in spaces(points, step)]

    def search(value: object) -> int:
        key = to_number(value)
        place = bisect_left(points, key)
        is_point = place < len(points) and points[place] == key
        return by_place[2 * place + 1 if is_point else 2 * place]

    return search
