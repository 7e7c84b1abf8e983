"""Cells that contradict their column: a constant of another type, a result that is not among the allowed ones."""

from collections.abc import Iterator, Mapping

from kfflow.engine.dmn.cell_sets import Test, read_cell
from kfflow.engine.dmn.model import DecisionTable, InputClause, OutputClause, Rule
from kfflow.engine.dmn.scope import find_type
from kfflow.feel.types import ANY, ListType, Type, coerce, unrestricted
from kfflow.feel.values import Range, text_of

Contradiction = tuple[Rule, str, str]


def contradictions(table: DecisionTable, types: Mapping[str, Type]) -> Iterator[Contradiction]:
    """Give each rule with such a cell, and what is wrong with it in Danish and English."""
    for number, rule in enumerate(table.rules, 1):
        for clause, text in zip(table.inputs, rule.inputs, strict=False):
            yield from _of_input(clause, text, rule, number, types)
        for output, text in zip(table.outputs, rule.outputs, strict=False):
            yield from _of_output(output, text, rule, number, types)


def _of_input(
    clause: InputClause, text: str, rule: Rule, number: int, types: Mapping[str, Type]
) -> Iterator[Contradiction]:
    wanted = _element_type(types, clause.type_ref)
    for value in _constants(text):
        ends = (value.low, value.high) if isinstance(value, Range) else (value,)
        if not all(coerce(end, wanted)[1] for end in ends):
            yield _not_of_type(rule, number, clause.label, value, clause.type_ref)


def _of_output(
    clause: OutputClause, text: str, rule: Rule, number: int, types: Mapping[str, Type]
) -> Iterator[Contradiction]:
    values = _constants(text)
    if len(values) != 1:
        return
    allowed = read_cell(clause.allowed) if clause.allowed else None
    if not coerce(values[0], _element_type(types, clause.type_ref))[1]:
        yield _not_of_type(rule, number, clause.label, values[0], clause.type_ref)
    elif allowed is not None and not allowed.accepts(values[0]):
        shown = text_of(values[0], quoted=True)
        yield (
            rule,
            f"Regel {number}, {clause.label}: {shown} er ikke blandt de tilladte resultater.",
            f"Rule {number}, {clause.label}: {shown} is not among the allowed results.",
        )


def _not_of_type(rule: Rule, number: int, label: str, value: object, type_ref: str) -> Contradiction:
    shown = text_of(value, quoted=True)
    return (
        rule,
        f"Regel {number}, {label}: {shown} har ikke typen {type_ref}.",
        f"Rule {number}, {label}: {shown} is not of type {type_ref}.",
    )


def _element_type(types: Mapping[str, Type], type_ref: str) -> Type:
    """Give the type of one value of a column; a cell for a list names items of it."""
    found = unrestricted(find_type(types, type_ref) or ANY)
    return unrestricted(found.of) if isinstance(found, ListType) else found


def _constants(text: str) -> tuple[object, ...]:
    test: Test | None = read_cell(text) if text and text != "-" else None
    return test.accepted if test is not None else ()
