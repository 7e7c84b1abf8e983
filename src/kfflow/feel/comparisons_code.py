"""Closures for what is true, false or neither: `and`, `or`, comparisons, `between`, `in`, unary tests and ranges."""

from collections.abc import Callable
from decimal import Decimal
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from kfflow.feel import logic
from kfflow.feel.compiler import Compilation, compile_node, compiles
from kfflow.feel.nodes import Between, Compare, In, Junction, Literal, RangeNode, TestList, UnaryComparison
from kfflow.feel.runtime import Code, Env
from kfflow.feel.values import Range

_FAST_KINDS = frozenset({Decimal, str})
_FAST: dict[str, Callable[[Any, Any], bool]] = {
    "=": eq,
    "!=": ne,
    "<": lt,
    "<=": le,
    ">": gt,
    ">=": ge,
}


@compiles(Junction)
def _junction(compilation: Compilation, node: Junction) -> Code:
    parts = [compile_node(compilation, p) for p in node.parts]
    decisive = node.operator == "or"
    if len(parts) == 2:  # noqa: PLR2004 - the frequent case, without a loop
        return _junction_of_two(parts[0], parts[1], node)
    operator, at = node.operator, node.at

    def junction(env: Env) -> object:
        verdict: bool | None = not decisive
        for part in parts:
            value = part(env)
            if value is decisive:
                return decisive
            if value is not (not decisive):
                _report_undecided(env, operator, value, at)
                verdict = None
        return verdict

    return junction


def _report_undecided(env: Env, operator: str, value: object, at: int) -> None:
    """Say that a part is neither true nor false; why one is null was said where it became that."""
    if value is not None and not isinstance(value, bool):
        env.run.problem("{} has no meaning for these values", at, operator)


def _junction_of_two(left: Code, right: Code, node: Junction) -> Code:
    operator, at, decisive = node.operator, node.at, node.operator == "or"
    other = not decisive

    def junction(env: Env) -> object:
        first = left(env)
        if first is decisive:
            return decisive
        second = right(env)
        if second is decisive:
            return decisive
        if first is other and second is other:
            return other
        for part in (first, second):
            _report_undecided(env, operator, part, at)
        return None

    return junction


@compiles(Compare)
def _compare(compilation: Compilation, node: Compare) -> Code:
    left, right = compile_node(compilation, node.left), compile_node(compilation, node.right)
    symbol, at, fast = node.operator, node.at, _FAST[node.operator]
    if isinstance(node.right, Literal) and type(node.right.value) in _FAST_KINDS:
        return _compare_with(left, node.right.value, symbol, at)

    def comparison(env: Env) -> object:
        a, b = left(env), right(env)
        kind = type(a)
        if kind is type(b) and kind in _FAST_KINDS:
            return fast(a, b)
        return _compared(env, symbol, a, b, at)

    return comparison


def _compare_with(left: Code, b: object, symbol: str, at: int) -> Code:
    """Compare with a number or text that the expression writes: the frequent case, with nothing to look up."""
    kind, fast = type(b), _FAST[symbol]

    def comparison(env: Env) -> object:
        a = left(env)
        return fast(a, b) if type(a) is kind else _compared(env, symbol, a, b, at)

    return comparison


def _compared(env: Env, symbol: str, a: object, b: object, at: int) -> object:
    env.run.charge_for(a)
    verdict = logic.compare(symbol, a, b)
    if verdict is None:
        env.run.problem("values of these kinds cannot be compared with {}", at, symbol)
        if env.run.unlike_differ and symbol in {"=", "!="} and type(a) is not type(b):
            return symbol == "!="
    return verdict


@compiles(Between)
def _between(compilation: Compilation, node: Between) -> Code:
    value, low, high = (compile_node(compilation, n) for n in (node.value, node.low, node.high))

    def between(env: Env) -> object:
        found = value(env)
        return logic.conjunction(logic.before_or_same(low(env), found), logic.before_or_same(found, high(env)))

    return between


@compiles(In)
def _in(compilation: Compilation, node: In) -> Code:
    value = compile_node(compilation, node.value)
    tests = [compile_node(compilation, t) for t in node.tests]

    def is_in(env: Env) -> object:
        found = value(env)
        verdict: bool | None = False
        for test in tests:
            wanted = test(env)
            env.run.charge_for(wanted)
            matched = logic.satisfies(found, wanted)
            if matched is True:
                return True
            verdict = None if matched is None else verdict
        return verdict

    return is_in


@compiles(TestList)
def _test_list(compilation: Compilation, node: TestList) -> Code:
    tests = [compile_node(compilation, t) for t in node.tests]
    return lambda env: [t(env) for t in tests]


@compiles(UnaryComparison)
def _unary_comparison(compilation: Compilation, node: UnaryComparison) -> Code:
    operand, operator = compile_node(compilation, node.operand), node.operator

    def interval(env: Env) -> object:
        end = operand(env)
        match operator:
            case "<" | "<=":
                return Range(None, end, low_closed=False, high_closed=operator == "<=", operator=operator)
            case ">" | ">=":
                return Range(end, None, low_closed=operator == ">=", high_closed=False, operator=operator)
        return Range(end, end, low_closed=True, high_closed=True, operator=operator)

    return interval


@compiles(RangeNode)
def _range(compilation: Compilation, node: RangeNode) -> Code:
    low, high = compile_node(compilation, node.low), compile_node(compilation, node.high)
    low_closed, high_closed, at = node.low_closed, node.high_closed, node.at

    def interval(env: Env) -> object:
        ends = low(env), high(env)
        if None not in ends and logic.before_or_same(*ends) is None:
            env.run.problem("the ends of the range cannot be compared", at)
            return None
        return Range(*ends, low_closed, high_closed)

    return interval
