"""Gaps, overlaps and rules that can never fire in decision tables, each with an example; rules without legal basis.

What `grid` finds becomes findings: `dmn-gap`, `dmn-overlap`, `dmn-unreachable`, and `dmn-analysis-incomplete` where
a table was too large to be looked at in full. Days on which no rule counts are `dmn-days`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING

from kfflow.domain.law import days_words
from kfflow.engine.dmn import grid as grids
from kfflow.engine.dmn import periods
from kfflow.engine.dmn.cell_sets import Test, read_cell
from kfflow.engine.dmn.cell_types import contradictions
from kfflow.engine.dmn.grid import Allowance, Grid, OverLimitError, Row
from kfflow.engine.dmn.model import LEGAL_BASIS, Boxed, DecisionElement, DecisionTable, Element, Knowledge, Rule, Source
from kfflow.engine.dmn.periods import Span
from kfflow.engine.findings import Finding, Severity
from kfflow.feel import FeelSyntaxError
from kfflow.feel.expressions import build_expression
from kfflow.feel.types import Type

if TYPE_CHECKING:
    from kfflow.engine.dmn.decisions import DecisionModel

REPORT_LIMIT = 5


@dataclass(frozen=True, slots=True)
class Analysed:
    """A table with its sets."""

    element: Element
    table: DecisionTable
    grid: Grid

    def finding(self, rule: str, severity: Severity, danish: str, english: str, fix: str = "") -> Finding:
        return Finding(rule, severity, danish, english, self.element.id, self.element.name, self.table.line, fix)

    def at_rule(self, finding: Finding, rule: Rule) -> Finding:
        return replace(finding, element_id=rule.element_id or self.element.id, line=rule.line)


def table_analysis(model: "DecisionModel", *, under_law: bool = False) -> list[Finding]:
    """Find gaps, overlaps in UNIQUE and ANY tables and rules that never fire, a few of each per table.

    `under_law`: the tables must name their legal basis, also those that have no column for it yet.
    """
    findings: list[Finding] = []
    types = model.linked().types
    for element, table in tables_of(model.source):
        findings += _without_basis(element, table, under_law=under_law)
        findings += islice(_contradictions(element, table, types), REPORT_LIMIT)
        findings += islice(_empty_days(element, table), REPORT_LIMIT)
        grid = grids.build(model.source, table)
        if grid is not None:
            findings += _analysis(Analysed(element, table, grid))
    return [replace(f, resource=model.resource) for f in findings]


def _analysis(analysed: Analysed) -> Iterator[Finding]:
    is_whole = True
    for look in (_gaps, _overlaps, _unreachable):
        found = look(analysed, Allowance())
        try:
            yield from islice(found, REPORT_LIMIT)
            is_whole &= next(found, None) is None
        except OverLimitError:
            is_whole = False
    if not is_whole:
        yield analysed.finding(
            "dmn-analysis-incomplete",
            Severity.INFO,
            "Tabellen er ikke gennemgået helt; der kan være flere fund end de viste.",
            "The table was not looked at in full; there may be more findings than those shown.",
        )


def _contradictions(element: Element, table: DecisionTable, types: Mapping[str, Type]) -> Iterator[Finding]:
    """Find cells whose constant cannot be what their column declares."""
    for rule, danish, english in contradictions(table, types):
        place = (rule.element_id or element.id, element.name, rule.line)
        yield Finding("dmn-cell-type", Severity.WARNING, danish, english, *place)


def _without_basis(element: Element, table: DecisionTable, *, under_law: bool) -> Iterator[Finding]:
    """Find rules that do not say which law they rest on: an error where there is a column for it, or must be."""
    severity = Severity.ERROR
    missing = [str(n) for n, r in enumerate(table.rules, 1) if not r.annotations.get(LEGAL_BASIS, "").strip()]
    if not _has_column(table):
        danish, english = "Tabellen har ingen kolonne hjemmel.", "The table has no column hjemmel (legal basis)."
        severity = Severity.ERROR if under_law else Severity.INFO
    elif missing:
        numbers = ", ".join(missing)
        danish = f"Hjemmel mangler i regel {numbers}; skriv i kolonnen hjemmel, hvilken lov reglen hviler på."
        english = f"The legal basis is missing in rule {numbers}; say in the column hjemmel which law it rests on."
    else:
        return
    yield Finding(
        "dmn-legal-basis",
        severity,
        danish,
        english,
        element.id,
        element.name,
        table.line,
        "Udfyld kolonnen hjemmel. / Fill in the column hjemmel.",
    )


def _has_column(table: DecisionTable) -> bool:
    return LEGAL_BASIS in table.annotations


def has_basis_column(source: Source) -> bool:
    """Tell whether a table of the file has a column for the legal basis: then it is a table under law."""
    return any(_has_column(table) for _, table in tables_of(source))


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


def _must_answer(table: DecisionTable) -> bool:
    """Tell whether a case that no rule takes is left without an answer."""
    return table.hit_policy != "COLLECT" and not any(o.default for o in table.outputs)


def _empty_days(element: Element, table: DecisionTable) -> Iterator[Finding]:
    """Find the days on which none of the rules counts."""
    if not _must_answer(table):
        return
    counted = [period for r in table.rules if not (period := periods.read(r.annotations)).problems()]
    empty = (era for era in periods.eras(counted) if counted and not any(one.covers(era[0]) for one in counted))
    for span in periods.joined(empty):
        da, en = days_words(*span)
        yield Finding(
            "dmn-days",
            Severity.WARNING,
            f"Ingen regel i tabellen gælder {da}.",
            f"No rule of the table is in force {en}.",
            element.id,
            element.name,
            table.line,
            "Ret gyldig_fra eller gyldig_til. / Mend gyldig_fra or gyldig_til.",
        )


def _gaps(analysed: Analysed, allowance: Allowance) -> Iterator[Finding]:
    """Find parts that no rule covers, with the days where they are not parts of every day."""
    if not _must_answer(analysed.table):
        return
    found: dict[tuple[int, ...], list[Span]] = {}
    over: OverLimitError | None = None
    try:
        for atoms, era in _uncovered(analysed, allowance):
            found.setdefault(atoms, []).append(era)
    except OverLimitError as limit:
        over = limit
    for atoms, spans in found.items():
        for span in periods.joined(spans):
            da, en = _within(span)
            shown = analysed.grid.example(atoms)
            yield analysed.finding(
                "dmn-gap",
                Severity.WARNING,
                f"Ingen regel dækker {shown}{da}.",
                f"No rule covers {shown}{en}.",
                "Tilføj en regel eller en standardværdi. / Add a rule or a default output.",
            )
    if over is not None:
        raise over


def _uncovered(analysed: Analysed, allowance: Allowance) -> Iterator[tuple[tuple[int, ...], Span]]:
    """Yield what the rules of each time leave uncovered, a few parts a time; days without any rule are left out."""
    grid = analysed.grid
    counted = {row.number: periods.read(row.rule.annotations) for row in grid.rows}
    for era in periods.eras(list(counted.values())):
        allowance.spend(len(grid.rows))
        rows = grid.bits(row for row in grid.rows if counted[row.number].covers(era[0]))
        if rows or not grid.rows:
            for atoms in islice(grid.uncovered(rows, grid.everything, allowance), REPORT_LIMIT + 1):
                yield atoms, era


def _within(span: Span) -> tuple[str, str]:
    """Give the days in words after a blank, nothing for all days."""
    if span == (date.min, date.max):
        return "", ""
    da, en = days_words(*span)
    return f" {da}", f" {en}"


def _overlaps(analysed: Analysed, allowance: Allowance) -> Iterator[Finding]:
    if analysed.table.hit_policy not in {"UNIQUE", "ANY"}:
        return
    grid = analysed.grid
    later = grid.bits(r for r in grid.rows if r.is_exact)
    certain = _are_independent(analysed.table)
    for first in grid.rows:
        later &= ~(1 << (first.number - 1))
        if not first.is_exact:
            continue
        for second in grid.rows_of(grid.meeting(first, later, allowance)):
            days = _clash(analysed.table, first.rule, second.rule)
            if days is not None:
                yield _overlap(analysed, (first, second), days, is_certain=certain)


def _are_independent(table: DecisionTable) -> bool:
    """Tell whether each input may have any value beside the others: none is calculated from what another reads."""
    read: set[str] = set()
    for clause in table.inputs:
        try:
            names = build_expression(clause.text, ()).names if clause.text else frozenset()
        except FeelSyntaxError:
            return False
        if names & read:
            return False
        read |= names
    return True


def _clash(table: DecisionTable, first: Rule, second: Rule) -> Span | None:
    """Give the days on which two matching rules are in force together and, in an ANY table, differ."""
    if table.hit_policy == "ANY" and first.outputs == second.outputs:
        return None
    return periods.shared(periods.read(first.annotations), periods.read(second.annotations))


def _overlap(analysed: Analysed, rows: tuple[Row, Row], days: Span, *, is_certain: bool) -> Finding:
    """Report two rules for one case: an error where the table cannot give a result for it."""
    first, second = rows
    da, en = _within(days)
    shown = analysed.grid.example([a & b for a, b in zip(first.sets, second.sets, strict=True)])
    fails = is_certain and analysed.table.hit_policy == "UNIQUE"
    found = analysed.finding(
        "dmn-overlap",
        Severity.ERROR if fails else Severity.WARNING,
        f"Regel {first.number} og {second.number} gælder begge for {shown}{da}.",
        f"Rules {first.number} and {second.number} both match {shown}{en}.",
        "Gør betingelserne gensidigt udelukkende. / Make the conditions exclude each other.",
    )
    return analysed.at_rule(found, second.rule)


def _unreachable(analysed: Analysed, allowance: Allowance) -> Iterator[Finding]:
    for row in analysed.grid.rows:
        if not row.is_exact:
            continue
        reason = _impossible(analysed, row) or _hidden(analysed, row, allowance)
        if reason is not None:
            danish, english = reason
            found = analysed.finding(
                "dmn-unreachable",
                Severity.WARNING,
                f"Regel {row.number} kan aldrig blive brugt: {danish}.",
                f"Rule {row.number} can never fire: {english}.",
                "Flyt reglen op, eller slet den. / Move the rule up or delete it.",
            )
            yield analysed.at_rule(found, row.rule)


def _impossible(analysed: Analysed, row: Row) -> tuple[str, str] | None:
    """Tell which cell accepts no value that is allowed."""
    for column, atoms, text in zip(analysed.grid.columns, row.sets, row.rule.inputs, strict=True):
        if not atoms:
            return f"{column.label} kan ikke opfylde »{text}«", f"{column.label} cannot meet “{text}”"
    return None


def _hidden(analysed: Analysed, row: Row, allowance: Allowance) -> tuple[str, str] | None:
    """Tell by an example who takes all that a rule matches, at any date: rules above it, or of higher priority."""
    grid = analysed.grid
    stronger = [r for r in _stronger(analysed, row) if r.is_exact and not _set_notes(r.rule)]
    if not stronger or next(grid.uncovered(grid.bits(iter(stronger)), row.sets, allowance), None) is not None:
        return None
    point = tuple(atoms & -atoms for atoms in row.sets)
    taken_by = next(r.number for r in stronger if all(a & p for a, p in zip(r.sets, point, strict=True)))
    shown = grid.example(point)
    return f"{shown} tages af regel {taken_by}", f"{shown} is taken by rule {taken_by}"


def _stronger(analysed: Analysed, row: Row) -> Iterable[Row]:
    """Give the rules that decide where this one matches, too."""
    rows = analysed.grid.rows
    if analysed.table.hit_policy == "FIRST":
        return rows[: row.number - 1]
    if analysed.table.hit_policy != "PRIORITY":
        return ()
    orders = [_constants(o.allowed) for o in analysed.table.outputs]
    own = _places(row.rule, orders)
    places = {r.number: _places(r.rule, orders) for r in rows}
    return (r for r in rows if own and places[r.number] and (places[r.number], r.number) < (own, row.number))


def _places(rule: Rule, orders: list[list[object]]) -> list[int]:
    """Give the place of each output among the allowed ones; empty when an output is no constant among them."""
    places = []
    for text, order in zip(rule.outputs, orders, strict=True):
        value = _constants(text)
        if len(value) != 1 or value[0] not in order:
            return []
        places.append(order.index(value[0]))
    return places


def _constants(text: str) -> list[object]:
    test: Test | None = read_cell(text) if text else None
    return list(test.accepted) if test is not None and not test.negated else []


def _set_notes(rule: Rule) -> set[str]:
    return {periods.VALID_FROM, periods.VALID_TO} & {name for name, text in rule.annotations.items() if text}
