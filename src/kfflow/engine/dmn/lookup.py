"""Which rules of a table accept a value of a column, found by one search instead of a test for each rule.

The cells of a column that are constants cut its values into atoms (see `cell_sets`); the rules that accept each
of these are known when the table is compiled, as the bits of an integer (rule 1 is bit 0). A cell that
calculates accepts everything here and is tested when all else in its rule fits.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from kfflow.engine.dmn.cell_sets import ANYTHING, Test, cut, transposed
from kfflow.feel.expressions import UnaryTests
from kfflow.feel.runtime import Env


@dataclass(frozen=True, slots=True)
class ColumnLookup:
    """One column.

    Values of class `kind` find their `rules` by `place`; other values find those of `others` (no test, or one that
    calculates) and are tested by `constants`. `calculated` are the tests that are left to whoever asks, by rule.
    """

    kind: type
    place: Callable[[object], int]
    rules: Sequence[int]
    others: int
    constants: tuple[tuple[int, UnaryTests], ...]
    calculated: Mapping[int, UnaryTests]

    def accepting(self, value: object, scope: Callable[[], Env]) -> int:
        """Give the rules whose cell accepts the value, those with calculated cells among them."""
        if type(value) is self.kind:
            return self.rules[self.place(value)]
        accepted = self.others
        for number, test in self.constants:
            if test.match_in(scope(), value) is True:
                accepted |= 1 << number
        return accepted


def column_lookup(cells: Sequence[Test | None], tests: Sequence[UnaryTests | None]) -> ColumnLookup:
    """Prepare a column from its cells as constants (None: it calculates) and as tests (None: it accepts all)."""
    column = cut("", cells)
    rules = transposed([column.covered(cell or ANYTHING) for cell in cells], len(column.atoms))
    calculated = {n: t for n, (c, t) in enumerate(zip(cells, tests, strict=True)) if c is None and t is not None}
    constants = tuple((n, t) for n, t in enumerate(tests) if t is not None and n not in calculated)
    others = (1 << len(cells)) - 1 - sum(1 << n for n, _ in constants)
    return ColumnLookup(column.kind or _NoValue, column.place, rules, others, constants, calculated)


class _NoValue:
    """The class of no value: for columns in which nothing can be looked up."""
