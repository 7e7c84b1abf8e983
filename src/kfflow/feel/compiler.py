"""The syntax tree to closures: each node becomes one function of the scope, made of the functions of its parts.

What is known when compiling is decided then: whether a name is a variable of the caller, of a loop, or a
built-in; what an operator works on; what a loop costs a turn.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, DecimalException
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from kfflow.feel import logic
from kfflow.feel.arithmetic import minus, operate
from kfflow.feel.errors import Problem
from kfflow.feel.nodes import (
    Between,
    Chain,
    Compare,
    If,
    In,
    Junction,
    Literal,
    Name,
    Negate,
    Node,
    RangeNode,
    TestList,
    UnaryComparison,
    Unreadable,
)
from kfflow.feel.numbers import NUMBERS
from kfflow.feel.runtime import MISSING, Code, Env
from kfflow.feel.types import Type
from kfflow.feel.values import BuiltinFunction, Range, enter

_AS_IS = frozenset({str, bool, type(None), Decimal})
_EXACT = 10**15


@dataclass(slots=True)
class Compilation:
    """What one compilation knows: builtin names, item types, local scopes, and what it found out."""

    builtins: frozenset[str]
    declared: frozenset[str]
    types: Mapping[str, Type]
    locals: list[frozenset[str]] = field(default_factory=list)
    free: set[str] = field(default_factory=set)
    certain: set[str] = field(default_factory=set)
    faults: list[Problem] = field(default_factory=list)
    filters: int = 0
    nodes: int = 0
    tests_input: bool = False
    uses_partial: bool = False

    def uses(self, name: str) -> None:
        """Note a variable; inside a filter it may as well be an entry of the items."""
        self.free.add(name)
        if not self.filters:
            self.certain.add(name)

    def fault(self, template: str, at: int, *parts: object) -> None:
        """Note a part that is null whatever the variables hold; `template` is one of those that `danish` translates."""
        self.faults.append(Problem(template, at, parts))

    def is_local(self, name: str) -> bool:
        return any(name in scope for scope in self.locals)


_COMPILERS: dict[type[Node], Callable[[Compilation, Any], Code]] = {}


def compiles(kind: type[Node]) -> Callable[[Callable[[Compilation, Any], Code]], Callable[[Compilation, Any], Code]]:
    """Register the function that compiles one class of node."""

    def register(function: Callable[[Compilation, Any], Code]) -> Callable[[Compilation, Any], Code]:
        _COMPILERS[kind] = function
        return function

    return register


def compile_node(compilation: Compilation, node: Node) -> Code:
    compilation.nodes += 1
    return _COMPILERS[type(node)](compilation, node)


@compiles(Literal)
def _literal(_: Compilation, node: Literal) -> Code:
    value = node.value
    return lambda _env: value


@compiles(Unreadable)
def _unreadable(compilation: Compilation, node: Unreadable) -> Code:
    text, at = node.text[:40], node.at
    compilation.fault("'{}' is no date, time or duration", at, text)
    return lambda env: env.run.problem("'{}' is no date, time or duration", at, text)


@compiles(Name)
def _name(compilation: Compilation, node: Name) -> Code:
    name, at = node.name, node.at
    compilation.tests_input |= name == "?"
    compilation.uses_partial |= name == "partial"
    if compilation.locals:
        if not compilation.is_local(name):
            compilation.uses(name)
        return _scoped_variable(name, at, is_builtin=name in compilation.builtins)
    compilation.uses(name)
    return _outer_variable(name, at, is_builtin=name in compilation.builtins)


def _outer_variable(name: str, at: int, *, is_builtin: bool) -> Code:
    def variable(env: Env) -> object:
        value = env.vars.get(name, MISSING)
        kind = type(value)
        if kind in _AS_IS:
            return value
        if kind is int and -_EXACT < value < _EXACT:  # type: ignore[operator]  # its type was just looked at
            return Decimal(value)  # type: ignore[arg-type]  # as above
        return entered(env, name, value, at, is_builtin=is_builtin)

    return variable


def _scoped_variable(name: str, at: int, *, is_builtin: bool) -> Code:
    def variable(env: Env) -> object:
        while env.outer is not None:
            value = env.vars.get(name, MISSING)
            if value is not MISSING:
                return value
            env = env.outer
        return entered(env, name, env.vars.get(name, MISSING), at, is_builtin=is_builtin)

    return variable


def entered(env: Env, name: str, value: object, at: int, *, is_builtin: bool) -> object:
    """Give a caller's variable as a FEEL value, converted once a run; missing ones are null with a problem."""
    if value is MISSING:
        if is_builtin:
            return BuiltinFunction(name)
        env.run.problem("there is no variable {}", at, name)
        return None
    if env.run.trusted:
        return value
    cache = env.run.entered
    if name not in cache:
        cache[name] = enter(value)
        if cache[name] is None and value is not None:
            env.run.problem("variable {} holds a value that is not FEEL", at, name)
    return cache[name]


@compiles(Junction)
def _junction(compilation: Compilation, node: Junction) -> Code:
    parts = [compile_node(compilation, p) for p in node.parts]
    decisive = node.operator == "or"
    if len(parts) == 2:  # noqa: PLR2004 - the frequent case, without a loop
        return _junction_of_two(parts[0], parts[1], decisive=decisive)

    def junction(env: Env) -> object:
        verdict: bool | None = not decisive
        for part in parts:
            value = part(env)
            if value is decisive:
                return decisive
            if value is not (not decisive):
                verdict = None
        return verdict

    return junction


def _junction_of_two(left: Code, right: Code, *, decisive: bool) -> Code:
    other = not decisive

    def junction(env: Env) -> object:
        first = left(env)
        if first is decisive:
            return decisive
        second = right(env)
        if second is decisive:
            return decisive
        return other if first is other and second is other else None

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


_FAST_KINDS = frozenset({Decimal, str})
_FAST: dict[str, Callable[[Any, Any], bool]] = {
    "=": eq,
    "!=": ne,
    "<": lt,
    "<=": le,
    ">": gt,
    ">=": ge,
}


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


@compiles(Chain)
def _chain(compilation: Compilation, node: Chain) -> Code:
    first = compile_node(compilation, node.first)
    rest = [(operator, _numbers(operator), compile_node(compilation, n)) for operator, n in node.rest]
    at = node.at

    def chain(env: Env) -> object:
        value = first(env)
        for operator, on_numbers, operand in rest:
            other = operand(env)
            if type(value) is Decimal and type(other) is Decimal:
                try:
                    value = on_numbers(value, other)
                except DecimalException:
                    env.run.problem("the calculation has no result", at)
                    value = None
            else:
                value = _calculated(env, operator, value, other, at)
        return value

    return chain


def _numbers(operator: str) -> Callable[[Decimal, Decimal], Decimal]:
    return {
        "+": NUMBERS.add,
        "-": NUMBERS.subtract,
        "*": NUMBERS.multiply,
        "/": NUMBERS.divide,
        "**": NUMBERS.power,
    }[operator]


def _calculated(env: Env, operator: str, value: object, other: object, at: int) -> object:
    if isinstance(value, str) and isinstance(other, str):
        env.run.grow(len(value) + len(other))
    result = operate(operator, value, other)
    if result is None:
        env.run.problem("{} has no meaning for these values", at, operator)
    return result


@compiles(Negate)
def _negate(compilation: Compilation, node: Negate) -> Code:
    operand, at = compile_node(compilation, node.operand), node.at

    def negated(env: Env) -> object:
        result = minus(operand(env))
        if result is None:
            env.run.problem("only numbers and durations have a sign", at)
        return result

    return negated


@compiles(If)
def _if(compilation: Compilation, node: If) -> Code:
    branches = [(compile_node(compilation, c), compile_node(compilation, t)) for c, t in node.branches]
    otherwise = compile_node(compilation, node.otherwise)

    def chosen(env: Env) -> object:
        for condition, then in branches:
            if condition(env) is True:
                return then(env)
        return otherwise(env)

    return chosen
