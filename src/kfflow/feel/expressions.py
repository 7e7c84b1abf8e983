"""Compiled expressions and unary tests: what the other rooms hold and evaluate."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import TypeVar

from kfflow.feel import builtins, collections_code, comparisons_code, functions_code, unary_tests
from kfflow.feel.builtins.registry import BUILTINS
from kfflow.feel.compiler import Compilation, compile_node
from kfflow.feel.cursor import Cursor, Names
from kfflow.feel.errors import BudgetExceeded, FeelSyntaxError, Problem
from kfflow.feel.grammar import parse_expression
from kfflow.feel.lexer import Kind
from kfflow.feel.properties import PROPERTY_NAMES
from kfflow.feel.runtime import DEFAULT_BUDGET, Budget, Code, Env, Run, WorkingDay
from kfflow.feel.temporal import DateTime
from kfflow.feel.types import BUILTIN_TYPES, Type
from kfflow.feel.values import enter, leave

REGISTERED = (builtins, collections_code, comparisons_code, functions_code)
_BUILTIN_NAMES = frozenset(BUILTINS)
KNOWN_WORDS = Names(_BUILTIN_NAMES | PROPERTY_NAMES | BUILTIN_TYPES.keys())
_CACHED_LENGTH = 2_000  # characters; thousands of longer ones would fill the memory
_Parsed = TypeVar("_Parsed")
_Compiled = TypeVar("_Compiled", "Expression", "UnaryTests")


class Expression:
    """A compiled expression; safe to share between threads.

    `names` are the variables it may read; `certain_names` leaves out those that occur in filters only, where
    a name may be an entry of the items. `faults` are the parts that are null whatever the variables hold.
    """

    __slots__ = ("_code", "certain_names", "faults", "names", "source")

    def __init__(self, source: str, code: Code, found: Compilation, hidden: frozenset[str]) -> None:
        self.source = source
        self.names = frozenset(found.free - hidden)
        self.certain_names = frozenset(found.certain - hidden)
        self.faults = tuple(found.faults)
        self._code = code

    def evaluate(
        self,
        variables: Mapping[str, object],
        *,
        budget: Budget | None = None,
        now: datetime | None = None,
        unlike_differ: bool = False,
        working_day: WorkingDay | None = None,
    ) -> object:
        """Give the value: None, bool, Decimal, str, list, dict, `datetime` types or a type of this package.

        `variables` may hold JSON-like and `datetime` values; `now` is an aware instant, without it `now()` and
        `today()` are null; so is `last working day()` without `working_day`. Values of different kinds are neither
        equal nor unequal, as DMN wants (null), or with `unlike_differ` simply not equal, as diagrams want. Raises
        BudgetExceeded.
        """
        run = Run(budget or DEFAULT_BUDGET, _instant(now) if now is not None else None)
        run.unlike_differ, run.working_day = unlike_differ, working_day
        return leave(self.run(variables, run))

    def evaluate_with_problems(
        self, variables: Mapping[str, object], *, budget: Budget | None = None, now: datetime | None = None
    ) -> tuple[object, list[Problem]]:
        """Give the value and why parts of it became null."""
        run = Run(budget or DEFAULT_BUDGET, _instant(now))
        value = leave(self.run(variables, run))
        return value, run.problems

    def run(self, variables: Mapping[str, object], run: Run) -> object:
        """Evaluate within a run; the value keeps the types of this package."""
        try:
            return self._code(Env(variables, None, run))
        except RecursionError:
            raise BudgetExceeded("functions call each other too deeply") from None


class UnaryTests:
    """The compiled cell of a decision table.

    `match_in(scope, value)` tests in a scope that already holds the value as `?`; tables use it for whole columns.
    """

    __slots__ = ("certain_names", "faults", "match_in", "names", "source")

    def __init__(
        self, source: str, matches: Callable[[Env, object], bool | None], found: Compilation, hidden: frozenset[str]
    ) -> None:
        self.source = source
        self.names = frozenset(found.free - hidden)
        self.certain_names = frozenset(found.certain - hidden)
        self.faults = tuple(found.faults)
        self.match_in = matches

    def matches(
        self,
        value: object,
        variables: Mapping[str, object],
        *,
        budget: Budget | None = None,
        now: datetime | None = None,
    ) -> bool | None:
        """Tell whether `value` passes; None when it cannot be told. Raises BudgetExceeded."""
        return self.run(enter(value), variables, Run(budget or DEFAULT_BUDGET, _instant(now)))

    def run(self, value: object, variables: Mapping[str, object], run: Run) -> bool | None:
        """Test a FEEL value within a run."""
        try:
            return self.match_in(Env({**variables, unary_tests.INPUT: value}, None, run), value)
        except RecursionError:
            raise BudgetExceeded("functions call each other too deeply") from None


def _instant(now: datetime | None) -> DateTime | None:
    value = enter(now) if now is not None else None
    return value if isinstance(value, DateTime) else None


def compile_expression(source: str, *, names: Iterable[str] = ()) -> Expression:
    """Compile an expression; `names` are variables that hold functions or whose names have several words.

    Compiled expressions of usual length are cached. Raises FeelSyntaxError, also for what can never have a value:
    an unknown function, arguments that no built-in of the name takes, `date("2026-02-30")`.
    """
    build = _compiled if len(source) <= _CACHED_LENGTH else _compiled.__wrapped__
    return build(source, frozenset(names))


def compile_unary_tests(source: str, *, names: Iterable[str] = ()) -> UnaryTests:
    """Compile the cell of a decision table. Raises FeelSyntaxError, as `compile_expression` does."""
    build = _compiled_tests if len(source) <= _CACHED_LENGTH else _compiled_tests.__wrapped__
    return build(source, frozenset(names))


@lru_cache(maxsize=4096)
def _compiled(source: str, names: frozenset[str]) -> Expression:
    return _faultless(build_expression(source, names))


@lru_cache(maxsize=4096)
def _compiled_tests(source: str, names: frozenset[str]) -> UnaryTests:
    return _faultless(build_unary_tests(source, names))


def _faultless(compiled: _Compiled) -> _Compiled:
    for fault in compiled.faults:
        raise fault.as_error(compiled.source)
    return compiled


def build_expression(
    source: str, names: Iterable[str], members: Iterable[str] = (), types: Mapping[str, Type] | None = None
) -> Expression:
    """Compile without the cache, faults and all.

    `members` are names of entries behind a dot, `types` the item types by name.
    """
    cursor = _cursor(source, names, members, types or {})
    node = _whole(cursor, parse_expression)
    compilation = Compilation(_BUILTIN_NAMES, frozenset(names), types or {})
    code = _guarded(source, lambda: compile_node(compilation, node))
    return Expression(source, code, compilation, _BUILTIN_NAMES - compilation.declared)


def build_unary_tests(
    source: str, names: Iterable[str], members: Iterable[str] = (), types: Mapping[str, Type] | None = None
) -> UnaryTests:
    """Compile a cell without the cache, faults and all."""
    cursor = _cursor(source, names, members, types or {})
    node = _whole(cursor, unary_tests.parse_unary_tests)
    compilation = Compilation(_BUILTIN_NAMES, frozenset(names), types or {})
    matches = _guarded(source, lambda: unary_tests.compile_tests(compilation, node))
    return UnaryTests(source, matches, compilation, _BUILTIN_NAMES | {unary_tests.INPUT})


def _cursor(source: str, names: Iterable[str], members: Iterable[str], types: Mapping[str, Type]) -> Cursor:
    return Cursor(source, [*names, *types], KNOWN_WORDS, members)


def _whole(cursor: Cursor, parse: Callable[[Cursor], _Parsed]) -> _Parsed:
    """Parse everything; what is left over is an error."""
    node = _guarded(cursor.source, lambda: parse(cursor))
    if cursor.token.kind is not Kind.END:
        raise cursor.fail("unexpected '{}'", cursor.token.text[:40])
    return node


def _guarded(source: str, work: Callable[[], _Parsed]) -> _Parsed:
    try:
        return work()
    except RecursionError:
        raise FeelSyntaxError("nested too deeply", 1, source) from None
