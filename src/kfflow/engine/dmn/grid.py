"""A decision table as sets of atoms: the parts of its input space that no rule covers, the rules that meet.

Exact for cells that are constants, comparisons and ranges. A cell that calculates may accept anything: its rule
closes every gap it might close, and is never one of two that meet.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kfflow.engine.dmn.cell_sets import ANYTHING, Column, Test, cut, read_cell, runs, transposed
from kfflow.engine.dmn.model import DecisionTable, InputData, Rule, Source
from kfflow.feel.values import text_of

WORK_LIMIT = 2_000_000


class OverLimitError(Exception):
    """The table is too large to be analysed in full."""


@dataclass(slots=True)
class Allowance:
    """How much an analysis may still do, in atoms looked at; counted, so that every machine finds the same."""

    left: int = WORK_LIMIT

    def spend(self, work: int) -> None:
        self.left -= work
        if self.left < 0:
            raise OverLimitError


@dataclass(frozen=True, slots=True)
class Row:
    """A rule as one set of atoms a column; `is_exact` when every cell could be read."""

    number: int
    rule: Rule
    sets: tuple[int, ...]
    is_exact: bool


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as sets; `accepting[column][atom]` are the rows that accept it, as bits (rule 1 is bit 0)."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    accepting: tuple[Sequence[int], ...]

    @property
    def everything(self) -> tuple[int, ...]:
        return tuple(c.everything for c in self.columns)

    def rows_of(self, bits: int) -> Iterator[Row]:
        for first, behind in runs(bits):
            yield from self.rows[first:behind]

    def bits(self, rows: Iterator[Row]) -> int:
        return sum(1 << (r.number - 1) for r in rows)

    def example(self, atoms: Sequence[int]) -> str:
        """Write one value for each column that is limited, in FEEL."""
        values = [
            f"{c.label} = {text_of(c.atoms[(a & -a).bit_length() - 1], quoted=True)}"
            for c, a in zip(self.columns, atoms, strict=True)
            if a != c.everything
        ]
        return ", ".join(values) or "—"

    def uncovered(self, rows: int, box: Sequence[int], allowance: Allowance) -> Iterator[tuple[int, ...]]:
        """Yield the parts of a box that none of the rows covers, column by column; equal rests are looked at once.

        Raises OverLimitError.
        """
        width = len(box)
        closing = self._closing(box)
        seen: set[tuple[int, int]] = set()

        def parts(column: int, active: int, chosen: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
            if active & closing[column] or (column, active) in seen:
                return
            seen.add((column, active))
            if column == width or not active:
                yield (*chosen, *box[column:])
                return
            for remaining, atoms in self._slices(column, box[column], active, allowance).items():
                yield from parts(column + 1, remaining, (*chosen, atoms))

        yield from parts(0, rows, ())

    def _closing(self, box: Sequence[int]) -> list[int]:
        """Give for each column the rows that accept all of the box from there on."""
        closing = [(1 << len(self.rows)) - 1]
        for column in reversed(range(len(box))):
            accepting = sum(1 << (r.number - 1) for r in self.rows if not box[column] & ~r.sets[column])
            closing.append(closing[-1] & accepting)
        return closing[::-1]

    def _slices(self, column: int, atoms: int, active: int, allowance: Allowance) -> dict[int, int]:
        """Group the atoms of a column by the active rows that accept them."""
        groups: dict[int, int] = {}
        for first, behind in runs(atoms):
            allowance.spend(behind - first)
            for place in range(first, behind):
                remaining = self.accepting[column][place] & active
                groups[remaining] = groups.get(remaining, 0) | 1 << place
        return groups

    def meeting(self, row: Row, among: int, allowance: Allowance) -> int:
        """Give the rows `among` that accept something `row` accepts, too; raises OverLimitError."""
        for column, atoms in enumerate(row.sets):
            touching = 0
            for first, behind in runs(atoms):
                allowance.spend(behind - first)
                for accepting in self.accepting[column][first:behind]:
                    touching |= accepting
            among &= touching
        return among


def build(source: Source, table: DecisionTable) -> Grid | None:
    """Cut a table into sets; None when it has no inputs or its rules are not as wide as it is."""
    width = len(table.inputs)
    if not width or any(len(r.inputs) != width for r in table.rules):
        return None
    cells = [[ANYTHING if c in {"", "-"} else read_cell(c) for c in r.inputs] for r in table.rules]
    columns = tuple(
        cut(clause.label, [row[n] for row in cells], _allowed(source, clause.text, clause.type_ref, clause.allowed))
        for n, clause in enumerate(table.inputs)
    )
    rows = tuple(_rows(table.rules, cells, columns))
    accepting = tuple(transposed([r.sets[n] for r in rows], len(c.atoms)) for n, c in enumerate(columns))
    return Grid(columns, rows, accepting)


def _rows(rules: Sequence[Rule], cells: Sequence[Sequence[Test | None]], columns: Sequence[Column]) -> Iterator[Row]:
    for number, (rule, tests) in enumerate(zip(rules, cells, strict=True), 1):
        pairs = list(zip(tests, columns, strict=True))
        sets = tuple(c.everything if t is None or c.kind is None else c.covered(t) for t, c in pairs)
        yield Row(number, rule, sets, all(_is_exact(t, c) for t, c in pairs))


def _is_exact(test: Test | None, column: Column) -> bool:
    return test is not None and None not in test.accepted and (column.kind is not None or test == ANYTHING)


def _allowed(source: Source, text: str, type_ref: str, allowed: str) -> Test | None:
    """Give the allowed values of an input: its own, those of its type, or those of the input data it names."""
    if allowed:
        return read_cell(allowed)
    inputs = {e.name: e.type_ref for e in source.elements.values() if isinstance(e, InputData)}
    items = {i.name: i.allowed for i in source.items if i.allowed and not i.is_list}
    found = items.get(type_ref) or items.get(inputs.get(text, ""))
    return read_cell(found) if found else None
