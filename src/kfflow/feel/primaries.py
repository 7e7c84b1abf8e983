"""What operators work on: literals, names, lists, ranges, contexts, functions, `if`, `for`, `some` and `every`."""

from decimal import Decimal, InvalidOperation, Overflow

from kfflow.feel import grammar, temporal_text, type_grammar
from kfflow.feel.cursor import DEPTH_LIMIT, Cursor
from kfflow.feel.lexer import Kind
from kfflow.feel.nodes import (
    Call,
    ContextNode,
    Filter,
    For,
    FunctionNode,
    If,
    ListNode,
    Literal,
    Name,
    NamedCall,
    Node,
    Quantified,
    RangeNode,
    Steps,
    TestList,
    Unreadable,
)
from kfflow.feel.numbers import NUMBERS

_CONSTANTS = {"null": None, "true": True, "false": False}


def parse_primary(cursor: Cursor) -> Node:
    token, at = cursor.token, cursor.column
    match token.kind:
        case Kind.NUMBER:
            return Literal(at, _number(cursor))
        case Kind.STRING:
            return Literal(at, cursor.advance().text)
        case Kind.AT:
            return _temporal(cursor)
        case Kind.SYMBOL:
            return _bracketed(cursor)
        case Kind.NAME | Kind.QUOTED_NAME:
            return _worded(cursor)
    raise cursor.fail("the expression ends too early")


def _number(cursor: Cursor) -> Decimal:
    try:
        value = NUMBERS.create_decimal(cursor.token.text)
    except (InvalidOperation, Overflow):
        raise cursor.fail("the number is too large") from None
    cursor.advance()
    return value


def _temporal(cursor: Cursor) -> Node:
    at, text = cursor.column, cursor.advance().text
    value = temporal_text.read_any(text)
    return Unreadable(at, text) if value is None else Literal(at, value)


def _bracketed(cursor: Cursor) -> Node:
    match cursor.token.text:
        case "(":
            group = parse_group(cursor)
            if isinstance(group, TestList):
                raise cursor.fail("a list of tests is only possible after 'in'")
            return group
        case "[":
            return _list_or_range(cursor)
        case "]":
            return _open_range(cursor)
        case "{":
            return _context(cursor)
        case "<" | "<=" | ">" | ">=" | "=" | "!=":
            return grammar.parse_test(cursor)
        case "'" | "\u2019":
            raise cursor.fail("text stands between double quotes")
    raise cursor.fail("unexpected '{}'", cursor.token.text)


def _worded(cursor: Cursor) -> Node:
    if cursor.token.kind is Kind.NAME and not cursor.scope.longest(cursor.tokens, cursor.position)[0]:
        match cursor.token.text:
            case "if":
                return _if(cursor)
            case "for":
                return _for(cursor)
            case "some" | "every":
                return _quantified(cursor)
            case "function" if cursor.peek().text == "(":
                return _function(cursor)
            case "null" | "true" | "false" as word:
                at = cursor.column
                cursor.advance()
                return Literal(at, _CONSTANTS[word])
            case "and" | "or" | "in" | "between" | "then" | "else" | "return" | "satisfies" | "instance" as word:
                raise cursor.fail("unexpected '{}'", word)
    at = cursor.column
    return Name(at, cursor.read_name())


def parse_group(cursor: Cursor) -> Node:
    """Read `( … )`: an expression, a range open at its start, a test as a value, or the tests of `in`."""
    at = cursor.column
    cursor.expect("(")
    tests = [grammar.parse_test(cursor)]
    if cursor.is_symbol(".."):
        return _range_from(cursor, tests[0], at, low_closed=False)
    while cursor.take_symbol(","):
        tests.append(grammar.parse_test(cursor))
    cursor.expect(")")
    return TestList(at, tuple(tests)) if len(tests) > 1 else tests[0]


def _open_range(cursor: Cursor) -> Node:
    at = cursor.column
    cursor.expect("]")
    return _range_from(cursor, grammar.parse_expression(cursor, grammar.ADDITION), at, low_closed=False)


def _list_or_range(cursor: Cursor) -> Node:
    at = cursor.column
    cursor.expect("[")
    if cursor.take_symbol("]"):
        return ListNode(at, ())
    items = [grammar.parse_test(cursor)]
    if cursor.is_symbol(".."):
        return _range_from(cursor, items[0], at, low_closed=True)
    while cursor.take_symbol(","):
        items.append(grammar.parse_test(cursor))
    cursor.expect("]")
    return ListNode(at, tuple(items))


def _range_from(cursor: Cursor, low: Node, at: int, *, low_closed: bool) -> Node:
    cursor.expect("..")
    high = grammar.parse_range_end(cursor)
    if not cursor.is_symbol("]", ")", "["):
        raise cursor.fail("expected the end of a range: ']', ')' or '['")
    return RangeNode(at, low, high, low_closed, cursor.advance().text == "]")


def _context(cursor: Cursor) -> Node:
    at = cursor.column
    cursor.expect("{")
    entries: list[tuple[str, Node]] = []
    with cursor.scoped() as declared:
        while not cursor.is_symbol("}"):
            if entries:
                cursor.expect(",")
            key = cursor.read_until(":")
            cursor.expect(":")
            entries.append((key, grammar.parse_expression(cursor)))
            cursor.declare(key, declared)
            cursor.members.add(key)
    cursor.expect("}")
    return ContextNode(at, tuple(entries))


def parse_filter(cursor: Cursor, value: Node) -> Node:
    at = cursor.column
    cursor.expect("[")
    with cursor.scoped() as declared:
        cursor.declare("item", declared)
        condition = grammar.parse_test(cursor)
    cursor.expect("]")
    return Filter(at, value, condition)


def parse_call(cursor: Cursor, function: Node) -> Node:
    at = cursor.column
    cursor.expect("(")
    if cursor.take_symbol(")"):
        return Call(at, function, ())
    if _is_named(cursor):
        return NamedCall(at, function, _named_arguments(cursor))
    arguments = [grammar.parse_test(cursor)]
    while cursor.take_symbol(","):
        arguments.append(grammar.parse_test(cursor))
    cursor.expect(")")
    return Call(at, function, tuple(arguments))


def _is_named(cursor: Cursor) -> bool:
    ahead = 0
    while cursor.peek(ahead).kind is Kind.NAME:
        ahead += 1
    return ahead > 0 and cursor.peek(ahead).text == ":"


def _named_arguments(cursor: Cursor) -> tuple[tuple[str, Node], ...]:
    arguments: list[tuple[str, Node]] = []
    while not arguments or cursor.take_symbol(","):
        name = cursor.read_until(":", ")")
        cursor.expect(":")
        arguments.append((name, grammar.parse_test(cursor)))
    cursor.expect(")")
    return tuple(arguments)


def _if(cursor: Cursor) -> Node:
    at, branches = cursor.column, []
    while cursor.take_word("if"):
        condition = grammar.parse_expression(cursor)
        cursor.expect("then")
        branches.append((condition, grammar.parse_expression(cursor)))
        cursor.expect("else")
    return If(at, tuple(branches), grammar.parse_expression(cursor))


def _for(cursor: Cursor) -> Node:
    at = cursor.column
    cursor.expect("for")
    with cursor.scoped() as declared:
        iterators = _iterators(cursor, declared)
        cursor.expect("return")
        cursor.declare("partial", declared)
        return For(at, iterators, grammar.parse_expression(cursor))


def _quantified(cursor: Cursor) -> Node:
    at, every = cursor.column, cursor.advance().text == "every"
    with cursor.scoped() as declared:
        iterators = _iterators(cursor, declared)
        cursor.expect("satisfies")
        return Quantified(at, every, iterators, grammar.parse_expression(cursor))


def _iterators(cursor: Cursor, declared: list[str]) -> tuple[tuple[str, Node], ...]:
    iterators: list[tuple[str, Node]] = []
    while not iterators or cursor.take_symbol(","):
        if len(iterators) >= DEPTH_LIMIT:
            raise cursor.fail("more than {} iterators", DEPTH_LIMIT)
        name = cursor.read_until("in")
        cursor.expect("in")
        iterators.append((name, _iterated(cursor)))
        cursor.declare(name, declared)
    return tuple(iterators)


def _iterated(cursor: Cursor) -> Node:
    low = grammar.parse_expression(cursor)
    at = cursor.column
    if not cursor.take_symbol(".."):
        return low
    return Steps(at, low, grammar.parse_expression(cursor, grammar.ADDITION))


def _function(cursor: Cursor) -> Node:
    at = cursor.column
    cursor.expect("function")
    cursor.expect("(")
    parameters: list[tuple[str, Node | None]] = []
    while not cursor.is_symbol(")"):
        if parameters:
            cursor.expect(",")
        name = cursor.read_until(":", ",", ")")
        parameters.append((name, type_grammar.parse_type(cursor) if cursor.take_symbol(":") else None))
    cursor.expect(")")
    external = cursor.take_word("external")
    with cursor.scoped() as declared:
        for name, _ in parameters:
            cursor.declare(name, declared)
        return FunctionNode(at, tuple(parameters), grammar.parse_expression(cursor), external)
