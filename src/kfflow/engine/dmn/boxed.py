"""Boxed expressions to functions of the variables in scope (DMN 1.5 §10.2.1, §10.3.2.13)."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from kfflow.engine.dmn import tables
from kfflow.engine.dmn.model import (
    Boxed,
    Conditional,
    ContextExpression,
    DecisionTable,
    FilterExpression,
    FunctionDefinition,
    Invocation,
    Iteration,
    ListExpression,
    LiteralExpression,
    Relation,
)
from kfflow.engine.dmn.scope import Evaluation, Logic, Scope, Variables, broken, find_type, typed
from kfflow.feel import invocation
from kfflow.feel.runtime import Run
from kfflow.feel.steps import count_between
from kfflow.feel.types import ANY, Type
from kfflow.feel.values import Function, Range

_Compiler = Callable[[Scope, Any], Logic]


def compile_boxed(scope: Scope, boxed: Boxed) -> Logic:
    """Compile any boxed expression; what cannot be compiled is reported and evaluates to null."""
    logic = _COMPILERS[type(boxed)](scope, boxed)
    wanted = find_type(scope.types, boxed.type_ref) or ANY
    return logic if isinstance(boxed, FunctionDefinition) else typed(logic, wanted, "the expression")


def _literal(scope: Scope, boxed: LiteralExpression) -> Logic:
    if not boxed.text:
        return lambda _variables, _evaluation: None
    expression = scope.expression(boxed.text, boxed.line, "Udtryk")
    return expression.run if expression is not None else broken


def _table(scope: Scope, boxed: DecisionTable) -> Logic:
    return tables.compile_table(scope, boxed)


def _context(scope: Scope, boxed: ContextExpression) -> Logic:
    entries: list[tuple[str, Logic]] = []
    for entry in boxed.entries:
        value = compile_boxed(scope, entry.value)
        wanted = scope.type_of(entry.type_ref, boxed.line) if entry.type_ref else ANY
        entries.append((entry.name, typed(value, wanted, entry.name)))
        scope = scope.plus(entry.name)

    def context(variables: Variables, evaluation: Evaluation) -> object:
        inner, made = dict(variables), {}
        for name, logic in entries:
            value = logic(inner, evaluation)
            if not name:
                return value
            made[name] = inner[name] = value
        return evaluation.built(made)

    return context


def _invocation(scope: Scope, boxed: Invocation) -> Logic:
    function = compile_boxed(scope, boxed.function)
    bindings = [(name, compile_boxed(scope, value)) for name, value in boxed.bindings]

    def invoked(variables: Variables, evaluation: Evaluation) -> object:
        arguments = {name: value(variables, evaluation) for name, value in bindings}
        return invocation.call_named(evaluation, function(variables, evaluation), arguments)

    return invoked


def _list(scope: Scope, boxed: ListExpression) -> Logic:
    items = [compile_boxed(scope, i) for i in boxed.items]
    return lambda variables, evaluation: evaluation.built([i(variables, evaluation) for i in items])


def _relation(scope: Scope, boxed: Relation) -> Logic:
    columns = [(c.name, scope.type_of(c.type_ref, boxed.line)) for c in boxed.columns]
    rows = [_cells(scope, columns, row) for row in boxed.rows]

    def relation(variables: Variables, evaluation: Evaluation) -> object:
        return [{name: cell(variables, evaluation) for name, cell in row} for row in rows]

    return relation


def _cells(scope: Scope, columns: Sequence[tuple[str, Type]], row: Sequence[Boxed]) -> list[tuple[str, Logic]]:
    cells = zip(columns, row, strict=False)
    return [(name, typed(compile_boxed(scope, cell), wanted, name)) for (name, wanted), cell in cells]


def _function(scope: Scope, boxed: FunctionDefinition) -> Logic:
    make = compile_function(scope, boxed, "", ANY)
    return lambda variables, _evaluation: make(lambda: variables)


def compile_function(
    scope: Scope, boxed: FunctionDefinition, name: str, result: Type
) -> Callable[[Callable[[], Variables]], Function]:
    """Compile a function definition to a maker of function values, given what yields the variables around it."""
    names = tuple(p.name for p in boxed.parameters)
    types = tuple(scope.type_of(p.type_ref, boxed.line) if p.type_ref else None for p in boxed.parameters)
    inner = scope.plus(*names)
    if boxed.kind != "FEEL":
        scope.report(
            "dmn-external",
            f"En funktion i {boxed.kind} kan ikke udføres; kun FEEL kan.",
            f"A function in {boxed.kind} cannot be executed; only FEEL can.",
            boxed.line,
        )
        body: Logic = _external
    else:
        body = compile_boxed(inner, boxed.body) if boxed.body is not None else broken

    def make(around: Callable[[], Variables]) -> Function:
        def call(run: Run, arguments: Sequence[object]) -> object:
            assert isinstance(run, Evaluation)
            run.charge(10)
            return body({**around(), **dict(zip(names, arguments, strict=True))}, run)

        return Function(name, names, types, None if result == ANY else result, call)

    return make


def _external(_variables: Variables, evaluation: Evaluation) -> object:
    evaluation.problem("functions in Java or PMML are not available")
    return None


def _conditional(scope: Scope, boxed: Conditional) -> Logic:
    condition, then, otherwise = (compile_boxed(scope, b) for b in (boxed.condition, boxed.then, boxed.otherwise))

    def conditional(variables: Variables, evaluation: Evaluation) -> object:
        verdict = condition(variables, evaluation)
        if verdict is not None and not isinstance(verdict, bool):
            evaluation.problem("the condition is not true or false")
            return None
        return (then if verdict else otherwise)(variables, evaluation)

    return conditional


def _filter(scope: Scope, boxed: FilterExpression) -> Logic:
    source, match = compile_boxed(scope, boxed.source), compile_boxed(scope.plus("item"), boxed.match)

    def filtered(variables: Variables, evaluation: Evaluation) -> object:
        found = source(variables, evaluation)
        items = found if isinstance(found, list) else [] if found is None else [found]
        kept = []
        for item in items:
            evaluation.charge(10)
            own = item if isinstance(item, dict) else {}
            verdict = match({**variables, "item": item, **own}, evaluation)
            if isinstance(verdict, Decimal):
                return _at(items, verdict)
            if verdict is True:
                kept.append(item)
            elif verdict is not False and verdict is not None:
                evaluation.problem("the match of a filter is not true or false")
                return None
        return kept

    return filtered


def _at(items: list[object], index: Decimal) -> object:
    place = int(index)
    return items[place - 1 if place > 0 else place] if 1 <= abs(place) <= len(items) else None


def _items(value: object) -> list[object] | None:
    if isinstance(value, Range):
        steps = count_between(value.low, value.high, value)
        return None if steps is None else list(steps)
    return value if isinstance(value, list) else None if value is None else [value]


def _iteration(scope: Scope, boxed: Iteration) -> Logic:
    source = compile_boxed(scope, boxed.source)
    body = compile_boxed(scope.plus(boxed.variable, "partial"), boxed.body)
    finish = {"for": _collected, "some": _some, "every": _every}[boxed.kind]

    def iteration(variables: Variables, evaluation: Evaluation) -> object:
        items = _items(source(variables, evaluation))
        if items is None:
            evaluation.problem("there is nothing to iterate over")
            return None
        results: list[object] = []
        for item in items:
            evaluation.charge(10 + len(results) // 10)
            results.append(body({**variables, boxed.variable: item, "partial": list(results)}, evaluation))
        return evaluation.built(finish(results))

    return iteration


def _collected(results: list[object]) -> object:
    return results


def _some(results: list[object]) -> object:
    return _quantified(results, decisive=True)


def _every(results: list[object]) -> object:
    return _quantified(results, decisive=False)


def _quantified(results: list[object], *, decisive: bool) -> bool | None:
    """Join verdicts: the decisive one wins over null, null over the other; anything else makes the whole null."""
    if not all(r is None or isinstance(r, bool) for r in results):
        return None
    return decisive if decisive in results else None if None in results else not decisive


_COMPILERS: dict[type[Boxed], _Compiler] = {
    LiteralExpression: _literal,
    DecisionTable: _table,
    ContextExpression: _context,
    Invocation: _invocation,
    ListExpression: _list,
    Relation: _relation,
    FunctionDefinition: _function,
    Conditional: _conditional,
    FilterExpression: _filter,
    Iteration: _iteration,
}
