"""Gaps, overlaps and rules that can never fire in decision tables, each with an example; rules without legal basis.

Exact for tables whose cells are constants, comparisons and ranges. A cell that calculates may accept
anything, so its rule is never part of an overlap and closes every gap it might close.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from kfflow.engine.dmn.cell_sets import ANYTHING, Column, Test, covered, cut, read_cell
from kfflow.engine.dmn.model import Boxed, DecisionElement, DecisionTable, Element, InputData, Knowledge, Rule, Source
from kfflow.engine.findings import Finding, Severity
from kfflow.feel.values import text_of

if TYPE_CHECKING:
    from kfflow.engine.dmn.decisions import DecisionModel

REPORT_LIMIT = 5
_STEP_LIMIT = 50_000


@dataclass(frozen=True, slots=True)
class Row:
    """A rule as one set of atoms a column; `is_exact` when every cell could be read."""

    number: int
    rule: Rule
    sets: tuple[int, ...]
    is_exact: bool


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as sets."""

    element: Element
    table: DecisionTable
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


def table_analysis(model: "DecisionModel") -> list[Finding]:
    """Find gaps (warning), overlaps in UNIQUE and ANY tables and rules that never fire, a few of each per table."""
    findings: list[Finding] = []
    for element, table in tables_of(model.source):
        findings += [_located(f, model.resource) for f in _without_basis(element, table)]
        grid = _grid(model.source, element, table)
        if grid is None:
            continue
        for found in (_gaps(grid), _overlaps(grid), _unreachable(grid)):
            findings += [_located(f, model.resource) for f in found]
    return findings


def _without_basis(element: Element, table: DecisionTable) -> Iterator[Finding]:
    """Find rules that do not say which law they rest on."""
    missing = [str(n) for n, r in enumerate(table.rules, 1) if not r.annotations.get("hjemmel", "").strip()]
    if missing and len(missing) == len(table.rules):
        danish, english = "Ingen regel i tabellen angiver hjemmel.", "No rule of the table names its legal basis."
    elif missing:
        numbers = ", ".join(missing)
        danish, english = f"Hjemmel mangler i regel {numbers}.", f"The legal basis is missing in rule {numbers}."
    else:
        return
    yield Finding(
        "dmn-legal-basis",
        Severity.INFO,
        danish,
        english,
        element.id,
        element.name,
        table.line,
        "Udfyld kolonnen hjemmel. / Fill in the column hjemmel.",
    )


def _located(finding: Finding, resource: str) -> Finding:
    values = {f.name: getattr(finding, f.name) for f in fields(finding)}
    return Finding(**{**values, "resource": resource})


def tables_of(source: Source) -> Iterator[tuple[Element, DecisionTable]]:
    """Yield every decision table with the element it stands in, also inside boxed expressions."""
    for element in source.elements.values():
        if not isinstance(element, (DecisionElement, Knowledge)):
            continue
        pending: list[object] = [element.logic]
        while pending:
            part = pending.pop()
            if isinstance(part, DecisionTable):
                yield element, part
            elif isinstance(part, (tuple, list)):
                pending.extend(part)
            elif isinstance(part, Boxed) or hasattr(part, "value"):
                pending.extend(getattr(part, f.name) for f in fields(part))  # type: ignore[arg-type]  # all are dataclasses


def _grid(source: Source, element: Element, table: DecisionTable) -> Grid | None:
    width = len(table.inputs)
    if not width or any(len(r.inputs) != width for r in table.rules):
        return None
    cells = [[ANYTHING if c in {"", "-"} else read_cell(c) for c in r.inputs] for r in table.rules]
    columns = [
        cut(clause.label, [row[n] for row in cells], _allowed(source, clause.text, clause.type_ref, clause.allowed))
        for n, clause in enumerate(table.inputs)
    ]
    known = [c for c in columns if c is not None]
    if len(known) < width:
        return None
    return Grid(element, table, tuple(known), tuple(_rows(table.rules, cells, known)))


def _rows(rules: Sequence[Rule], cells: Sequence[Sequence[Test | None]], columns: Sequence[Column]) -> Iterator[Row]:
    for number, (rule, tests) in enumerate(zip(rules, cells, strict=True), 1):
        sets = tuple(covered(t, c) if t else c.everything for t, c in zip(tests, columns, strict=True))
        is_exact = None not in tests and not _is_about_null(tests)
        yield Row(number, rule, sets, is_exact)


def _is_about_null(tests: Iterable[Test | None]) -> bool:
    return any(t is not None and None in t.accepted for t in tests)


def _allowed(source: Source, text: str, type_ref: str, allowed: str) -> Test | None:
    """Give the allowed values of an input: its own, those of its type, or those of the input data it names."""
    if allowed:
        return read_cell(allowed)
    inputs = {e.name: e.type_ref for e in source.elements.values() if isinstance(e, InputData)}
    items = {i.name: i.allowed for i in source.items if i.allowed and not i.is_list}
    found = items.get(type_ref) or items.get(inputs.get(text, ""))
    return read_cell(found) if found else None


def _example(grid: Grid, atoms: Sequence[int]) -> str:
    """Write one value for each column, in FEEL."""
    values = [
        f"{c.label} = {text_of(c.atoms[(a & -a).bit_length() - 1], quoted=True)}"
        for c, a in zip(grid.columns, atoms, strict=True)
        if a != c.everything
    ]
    return ", ".join(values) or "—"


class _OverLimitError(Exception):
    """The table is too large to be analysed in full."""


def _uncovered(rows: Sequence[Row], box: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Yield the parts of a box that no row covers, column by column; equal rests are looked at once."""
    seen: set[tuple[int, frozenset[int]]] = set()
    steps = 0

    def parts(column: int, active: Sequence[Row], chosen: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        nonlocal steps
        steps += 1
        if steps > _STEP_LIMIT:
            raise _OverLimitError
        if any(all(box[n] & ~r.sets[n] == 0 for n in range(column, len(box))) for r in active):
            return
        key = (column, frozenset(r.number for r in active))
        if key in seen:
            return
        seen.add(key)
        if column == len(box) or not active:
            yield (*chosen, *box[column:])
            return
        for atoms, remaining in _slices(box[column], column, active):
            yield from parts(column + 1, remaining, (*chosen, atoms))

    yield from parts(0, rows, ())


def _slices(atoms: int, column: int, active: Sequence[Row]) -> list[tuple[int, list[Row]]]:
    """Group the atoms of a column by the rows that accept them."""
    groups: dict[tuple[int, ...], tuple[int, list[Row]]] = {}
    while atoms:
        atom = atoms & -atoms
        atoms ^= atom
        remaining = [r for r in active if r.sets[column] & atom]
        key = tuple(r.number for r in remaining)
        groups[key] = (groups.get(key, (0, remaining))[0] | atom, remaining)
    return list(groups.values())


def _gaps(grid: Grid) -> Iterator[Finding]:
    if any(o.default for o in grid.table.outputs) or grid.table.hit_policy == "COLLECT":
        return
    everything = [c.everything for c in grid.columns]
    found = _uncovered(grid.rows, everything)
    for number, atoms in enumerate(_limited(found)):
        if number == REPORT_LIMIT:
            return
        shown = _example(grid, atoms)
        yield Finding(
            "dmn-gap",
            Severity.WARNING,
            f"Ingen regel dækker {shown}.",
            f"No rule covers {shown}.",
            grid.element.id,
            grid.element.name,
            grid.table.line,
            "Tilføj en regel eller en standardværdi. / Add a rule or a default output.",
        )


def _limited(found: Iterator[tuple[int, ...]]) -> Iterator[tuple[int, ...]]:
    try:
        yield from found
    except _OverLimitError:
        return


def _overlaps(grid: Grid) -> Iterator[Finding]:
    if grid.table.hit_policy not in {"UNIQUE", "ANY"}:
        return
    exact = [r for r in grid.rows if r.is_exact]
    reported = 0
    for index, first in enumerate(exact):
        for second in exact[index + 1 :]:
            common = tuple(a & b for a, b in zip(first.sets, second.sets, strict=True))
            if not all(common) or not _clash(grid, first.rule, second.rule):
                continue
            reported += 1
            if reported > REPORT_LIMIT:
                return
            yield _overlap(grid, first, second, _example(grid, common))


def _clash(grid: Grid, first: Rule, second: Rule) -> bool:
    """Tell whether two matching rules are in force together and, in an ANY table, differ."""
    if grid.table.hit_policy == "ANY" and first.outputs == second.outputs:
        return False
    starts = [r.annotations.get("gyldig_fra", "") for r in (first, second)]
    ends = [r.annotations.get("gyldig_til", "") or "9999-12-31" for r in (first, second)]
    return max(starts) <= min(ends)


def _overlap(grid: Grid, first: Row, second: Row, shown: str) -> Finding:
    return Finding(
        "dmn-overlap",
        Severity.WARNING,
        f"Regel {first.number} og {second.number} gælder begge for {shown}.",
        f"Rules {first.number} and {second.number} both match {shown}.",
        second.rule.element_id or grid.element.id,
        grid.element.name,
        second.rule.line,
        "Gør betingelserne gensidigt udelukkende. / Make the conditions exclude each other.",
    )


def _unreachable(grid: Grid) -> Iterator[Finding]:
    for index, row in enumerate(grid.rows):
        if row.is_exact and (not all(row.sets) or _is_hidden(grid, row, grid.rows[:index])):
            yield Finding(
                "dmn-unreachable",
                Severity.WARNING,
                f"Regel {row.number} kan aldrig blive brugt.",
                f"Rule {row.number} can never fire.",
                row.rule.element_id or grid.element.id,
                grid.element.name,
                row.rule.line,
                "Flyt reglen op, eller slet den. / Move the rule up or delete it.",
            )


def _is_hidden(grid: Grid, row: Row, earlier: Sequence[Row]) -> bool:
    """Tell whether rules above a rule of a FIRST table take all that it matches, at any date."""
    if grid.table.hit_policy != "FIRST":
        return False
    always = [r for r in earlier if r.is_exact and not {"gyldig_fra", "gyldig_til"} & _set_notes(r.rule)]
    try:
        return next(_uncovered(always, row.sets), None) is None
    except _OverLimitError:
        return False


def _set_notes(rule: Rule) -> set[str]:
    return {name for name, text in rule.annotations.items() if text}
