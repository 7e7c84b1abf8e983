"""Operators and their precedence (DMN 1.5 §10.3.1.2, rules 1-25).

Loosest first: or, and, comparison (with between and in), + -, * /, **, unary minus, instance of,
then paths, filters and invocations. All binary operators group to the left.
"""

from kfflow.feel import primaries, type_grammar
from kfflow.feel.cursor import DEPTH_LIMIT, Cursor
from kfflow.feel.errors import FeelSyntaxError
from kfflow.feel.lexer import Kind
from kfflow.feel.nodes import (
    Between,
    Chain,
    Compare,
    In,
    InstanceOf,
    Junction,
    Negate,
    Node,
    Path,
    TestList,
    UnaryComparison,
)

OR, AND, COMPARISON, ADDITION, MULTIPLICATION, POWER, UNARY = range(1, 8)
_ARITHMETIC = {"+": ADDITION, "-": ADDITION, "*": MULTIPLICATION, "/": MULTIPLICATION, "**": POWER}
_COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">="})
_MEANT = {"==": "=", "<>": "!=", "!==": "!="}


def parse_expression(cursor: Cursor, loosest: int = OR) -> Node:
    """Read an expression whose operators bind at least as tight as `loosest`."""
    with cursor.nested():
        return parse_operators(cursor, _unary(cursor), loosest)


def parse_operators(cursor: Cursor, left: Node, loosest: int) -> Node:
    """Go on behind `left` with every operator that binds at least as tight as `loosest`."""
    chained = 0
    while True:
        precedence = _precedence(cursor)
        if precedence < loosest:
            return left
        chained += 1
        if chained > DEPTH_LIMIT:
            raise cursor.fail("more than {} operators in a row", DEPTH_LIMIT)
        left = _operator(cursor, left, precedence)


def _precedence(cursor: Cursor) -> int:
    token = cursor.token
    if token.kind is Kind.SYMBOL:
        return _ARITHMETIC.get(token.text) or (COMPARISON if token.text in _COMPARISONS else 0)
    if token.kind is Kind.NAME:
        return {"or": OR, "and": AND, "between": COMPARISON, "in": COMPARISON}.get(token.text, 0)
    return 0


def _operator(cursor: Cursor, left: Node, precedence: int) -> Node:
    if precedence >= ADDITION:
        return _chain(cursor, left, precedence)
    if precedence != COMPARISON:
        return _junction(cursor, left, precedence)
    at, operator = cursor.column, cursor.advance().text
    if operator == "between":
        return _between(cursor, left, at)
    if operator == "in":
        return In(at, left, _in_tests(cursor))
    return Compare(at, operator, left, _operand(cursor, ADDITION))


def _operand(cursor: Cursor, loosest: int) -> Node:
    """Read a right operand; the end of a range stays the end of a range, and `< 5` is a value in brackets only."""
    if cursor.token.kind is Kind.SYMBOL and cursor.token.text in _COMPARISONS:
        raise _two_operators(cursor)
    return parse_operators(cursor, _unary(cursor), loosest)


def _two_operators(cursor: Cursor) -> FeelSyntaxError:
    """Say what is wrong with an operator behind an operator; most often it is one of another language."""
    text = cursor.token.text
    pair = cursor.peek(-1).text + text
    return (
        cursor.fail("write {} for '{}'", _MEANT[pair], pair) if pair in _MEANT else cursor.fail("unexpected '{}'", text)
    )


def _chain(cursor: Cursor, left: Node, precedence: int) -> Node:
    at, rest = cursor.column, []
    while _precedence(cursor) == precedence:
        operator = cursor.advance().text
        rest.append((operator, _operand(cursor, precedence + 1)))
    return Chain(at, left, tuple(rest))


def _junction(cursor: Cursor, left: Node, precedence: int) -> Node:
    at, operator, parts = cursor.column, cursor.token.text, [left]
    while _precedence(cursor) == precedence:
        cursor.advance()
        parts.append(_operand(cursor, precedence + 1))
    return Junction(at, operator, tuple(parts))


def _between(cursor: Cursor, value: Node, at: int) -> Node:
    low = _operand(cursor, ADDITION)
    cursor.expect("and")
    return Between(at, value, low, _operand(cursor, ADDITION))


def _in_tests(cursor: Cursor) -> tuple[Node, ...]:
    if not cursor.is_symbol("("):
        return (parse_test(cursor, ADDITION),)
    group = primaries.parse_group(cursor)
    if isinstance(group, TestList):
        return group.tests
    with cursor.nested():
        return (parse_operators(cursor, _after_primary(cursor, group), ADDITION),)


def parse_test(cursor: Cursor, loosest: int = OR) -> Node:
    """Read a positive unary test: `< 5` or any expression, ranges among them."""
    if cursor.token.kind is Kind.SYMBOL and cursor.token.text in _COMPARISONS:
        at, operator = cursor.column, cursor.advance().text
        return UnaryComparison(at, operator, parse_expression(cursor, ADDITION))
    return parse_expression(cursor, loosest)


def parse_range_end(cursor: Cursor) -> Node:
    """Read the end of a range, where `[` closes the range instead of opening a filter."""
    with cursor.nested():
        cursor.in_range_end = True
        return parse_operators(cursor, _unary(cursor), ADDITION)


def _unary(cursor: Cursor) -> Node:
    minuses: list[int] = []
    while cursor.is_symbol("-"):
        minuses.append(cursor.column)
        cursor.advance()
    if len(minuses) > DEPTH_LIMIT:
        raise cursor.fail("more than {} signs in a row", DEPTH_LIMIT)
    node = _after_primary(cursor, primaries.parse_primary(cursor))
    for at in reversed(minuses):
        node = Negate(at, node)
    return node


def _after_primary(cursor: Cursor, node: Node) -> Node:
    """Read paths, filters, invocations and `instance of` behind a primary."""
    for _ in range(DEPTH_LIMIT):
        at = cursor.column
        if cursor.take_symbol("."):
            node = Path(at, node, cursor.read_member())
        elif cursor.is_symbol("[") and not cursor.in_range_end:
            node = primaries.parse_filter(cursor, node)
        elif cursor.is_symbol("("):
            node = primaries.parse_call(cursor, node)
        elif cursor.is_word("instance"):
            cursor.advance()
            cursor.expect("of")
            node = InstanceOf(at, node, type_grammar.parse_type(cursor))
        else:
            return node
    raise cursor.fail("more than {} steps in a row", DEPTH_LIMIT)
