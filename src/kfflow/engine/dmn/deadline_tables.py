"""Decision tables that give deadlines: what is wrong with their rows, and for which tasks they have one.

A table is one of them when it has the columns of an interval and its unit (`domain.deadlines.table_rows`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from kfflow.domain.deadlines.table_rows import ASKED, COLUMNS, INTERVAL, UNIT, read_row
from kfflow.engine.dmn.analysis import tables_of
from kfflow.engine.dmn.model import LEGAL_BASIS, DecisionElement, DecisionTable, Element, Rule, Source
from kfflow.engine.findings import Finding, Severity
from kfflow.errors import InvalidInput
from kfflow.feel import BudgetExceeded, FeelSyntaxError, compile_expression, compile_unary_tests, to_json

_PROCESS, _TASK, _ = ASKED
_COMPUTED = object()


@dataclass(frozen=True, slots=True)
class DeadlineUse:
    """An element whose deadline a table gives."""

    table: str
    process_id: str
    element_id: str


def gives_deadlines(source: Source, decision_id: str) -> bool:
    """Tell whether a decision is a table of deadlines."""
    return any(element.id == decision_id for element, _ in _deadline_tables(source))


def row_findings(source: Source, resource: str) -> list[Finding]:
    """Find rows that give no deadline, as far as it can be known before they are evaluated, each at its row."""
    return [
        replace(found, resource=resource)
        for element, table in _deadline_tables(source)
        for number, rule in enumerate(table.rules, 1)
        for found in _judged(element, table, rule, number)
    ]


def has_row(source: Source, use: DeadlineUse) -> bool:
    """Tell whether a row is for the element, of whatever priority; what is no table is asked when it is evaluated."""
    tables = [t for element, t in tables_of(source) if element.id == use.table and isinstance(element, DecisionElement)]
    wanted = {_PROCESS: use.process_id, _TASK: use.element_id}
    return not tables or any(_is_for(table, rule, wanted) for table in tables for rule in table.rules)


def _deadline_tables(source: Source) -> Iterator[tuple[Element, DecisionTable]]:
    for element, table in tables_of(source):
        if {INTERVAL, UNIT} <= {clause.name for clause in table.outputs}:
            yield element, table


def _judged(element: Element, table: DecisionTable, rule: Rule, number: int) -> Iterator[Finding]:
    for da, en in (*_cell_problems(table, rule), *_basis_problems(rule)):
        yield Finding(
            "dmn-deadline-row",
            Severity.ERROR,
            f"Række {number} i {element.id}: {da}",
            f"Row {number} of {element.id}: {en}",
            rule.element_id or element.id,
            element.name,
            rule.line,
        )


def _basis_problems(rule: Rule) -> Iterator[tuple[str, str]]:
    if not rule.annotations.get(LEGAL_BASIS, "").strip():
        yield "en frist skal have en hjemmel.", "a deadline must have a legal basis (hjemmel)."


def _cell_problems(table: DecisionTable, rule: Rule) -> Iterator[tuple[str, str]]:
    names = [clause.name for clause in table.outputs]
    said = {name: _constant(text) for name, text in zip(names, rule.outputs, strict=False)}
    computed = {name for name, value in said.items() if value is _COMPUTED}
    try:
        read_row({**said, **{name: _FITTING[name] for name in computed & _FITTING.keys()}})
    except InvalidInput as problem:
        yield from ((wrong.message_da, wrong.message_en) for wrong in problem.fields)


_FITTING: Mapping[str, object] = {INTERVAL: 1, UNIT: "AD"} | dict.fromkeys(
    [column for column in COLUMNS if column not in {INTERVAL, UNIT}]
)
"""What stands for a cell whose value shows only when it is evaluated."""


def _constant(text: str) -> object:
    """Give the value of a cell that reads nothing; None of an empty one or one that cannot be read at all."""
    try:
        expression = compile_expression(text) if text.strip() else None
        if expression is None:
            return None
        return _COMPUTED if expression.names else to_json(expression.evaluate({}))
    except (FeelSyntaxError, BudgetExceeded):
        return _COMPUTED


def _is_for(table: DecisionTable, rule: Rule, wanted: Mapping[str, str]) -> bool:
    cells = zip(table.inputs, rule.inputs, strict=False)
    return all(_accepts(text, wanted[clause.text]) for clause, text in cells if clause.text in wanted)


def _accepts(text: str, value: str) -> bool:
    try:
        return text.strip() in {"", "-"} or compile_unary_tests(text).matches(value, {}) is True
    except (FeelSyntaxError, BudgetExceeded):
        return False
