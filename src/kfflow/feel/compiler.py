"""The syntax tree to closures: each node becomes one function of the scope, made of the functions of its parts.

What is known when compiling is decided then: whether a name is a variable of the caller, of a loop, or a
built-in; what an operator works on; what a loop costs a turn.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, DecimalException
from typing import Any

from kfflow.feel.arithmetic import minus, operate
from kfflow.feel.errors import Problem
from kfflow.feel.nodes import Chain, If, Literal, Name, Negate, Node, Unreadable
from kfflow.feel.numbers import NUMBERS
from kfflow.feel.runtime import MISSING, Code, Env
from kfflow.feel.types import Type
from kfflow.feel.values import BuiltinFunction, enter

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
