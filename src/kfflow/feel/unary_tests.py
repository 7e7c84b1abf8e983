"""Cells of decision tables: parsing and compiling unary tests (DMN 1.5 §10.3.1.2 rules 11-15, §8.3.3)."""

from collections.abc import Callable
from contextlib import suppress

from kfflow.feel import grammar, logic
from kfflow.feel.compiler import Compilation, compile_node
from kfflow.feel.cursor import Cursor
from kfflow.feel.errors import FeelSyntaxError
from kfflow.feel.lexer import Kind
from kfflow.feel.nodes import Literal, Node, UnaryTestsNode
from kfflow.feel.runtime import Code, Env

INPUT = "?"
_Test = Callable[[Env, object], bool | None]


def parse_unary_tests(cursor: Cursor) -> UnaryTestsNode:
    """Read `-`, `a, < b, [c..d]` or `not(…)`; an empty cell is `-`."""
    at = cursor.column
    if cursor.is_symbol("-") and cursor.peek().kind is Kind.END:
        cursor.advance()
    if cursor.token.kind is Kind.END:
        return UnaryTestsNode(at, (), negated=False)
    negated = _negated(cursor)
    if negated is not None:
        return UnaryTestsNode(at, negated, negated=True)
    return UnaryTestsNode(at, _tests(cursor), negated=False)


def _negated(cursor: Cursor) -> tuple[Node, ...] | None:
    """Read `not(…)` that is the whole cell; None, and nothing read, for anything else: `not(a) and b`."""
    start = cursor.position
    if cursor.is_word("not") and cursor.peek().text == "(":
        cursor.advance()
        cursor.advance()
        with suppress(FeelSyntaxError):
            tests = _tests(cursor)
            cursor.expect(")")
            if cursor.token.kind is Kind.END:
                return tests
    cursor.position = start
    return None


def _tests(cursor: Cursor) -> tuple[Node, ...]:
    tests = [grammar.parse_test(cursor)]
    while cursor.take_symbol(","):
        tests.append(grammar.parse_test(cursor))
    return tuple(tests)


def compile_tests(compilation: Compilation, node: UnaryTestsNode) -> Callable[[Env, object], bool | None]:
    """Give a function of the scope (where `?` is the input) and the input value."""
    tests = [_test(compilation, t) for t in node.tests]
    if not tests:
        return lambda _env, _value: True
    if all(isinstance(t, Literal) and isinstance(t.value, str) for t in node.tests):
        return _text_test(frozenset(t.value for t in node.tests if isinstance(t, Literal)), negated=node.negated)
    if len(tests) == 1 and not node.negated:
        return tests[0]

    def matches(env: Env, value: object) -> bool | None:
        verdict: bool | None = False
        for test in tests:
            found = test(env, value)
            if found is True:
                return not node.negated
            verdict = None if found is None else verdict
        return logic.negate(verdict) if node.negated else verdict

    return matches


def _text_test(texts: frozenset[object], *, negated: bool) -> _Test:
    """Test against literal texts by hash: what most cells of a table are."""

    def test(_: Env, value: object) -> bool | None:
        if type(value) is str:
            return (value in texts) is not negated
        return negated if value is None else None

    return test


def _test(compilation: Compilation, node: Node) -> _Test:
    outer, compilation.tests_input = compilation.tests_input, False
    code = compile_node(compilation, node)
    uses_input, compilation.tests_input = compilation.tests_input, outer
    if uses_input:
        return _boolean_test(code)
    return _value_test(code, may_decide=not isinstance(node, Literal))


def _boolean_test(code: Code) -> _Test:
    def test(env: Env, _value: object) -> bool | None:
        found = code(env)
        return found if isinstance(found, bool) else None

    return test


def _value_test(code: Code, *, may_decide: bool) -> _Test:
    """Compare the input with a value; a calculated truth value decides by itself unless the input is one too."""

    def test(env: Env, value: object) -> bool | None:
        found = code(env)
        if may_decide and isinstance(found, bool) and not isinstance(value, (bool, list)):
            return found
        return logic.satisfies(value, found)

    return test
