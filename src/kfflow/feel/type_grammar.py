"""Types as they are written: `number`, `list<string>`, `context<a: number>`, `function<number> -> string`."""

from kfflow.feel.cursor import Cursor
from kfflow.feel.nodes import ContextTypeNode, FunctionTypeNode, GenericType, NamedType, Node


def parse_type(cursor: Cursor) -> Node:
    with cursor.nested():
        at = cursor.column
        if cursor.peek().text == "<" and cursor.is_word("list", "range", "context", "function"):
            return _generic(cursor, at)
        return NamedType(at, _type_name(cursor))


def _generic(cursor: Cursor, at: int) -> Node:
    word = cursor.advance().text
    cursor.expect("<")
    if word == "context":
        return ContextTypeNode(at, _fields(cursor))
    if word == "function":
        return FunctionTypeNode(at, _parameters(cursor), _result(cursor))
    of = parse_type(cursor)
    cursor.expect(">")
    return GenericType(at, word, of)


def _fields(cursor: Cursor) -> tuple[tuple[str, Node], ...]:
    fields: list[tuple[str, Node]] = []
    while not cursor.is_symbol(">"):
        if fields:
            cursor.expect(",")
        name = cursor.read_until(":", ">")
        cursor.expect(":")
        fields.append((name, parse_type(cursor)))
    cursor.expect(">")
    return tuple(fields)


def _parameters(cursor: Cursor) -> tuple[Node, ...]:
    parameters: list[Node] = []
    while not cursor.is_symbol(">"):
        if parameters:
            cursor.expect(",")
        parameters.append(parse_type(cursor))
    cursor.expect(">")
    return tuple(parameters)


def _result(cursor: Cursor) -> Node:
    cursor.expect("->")
    return parse_type(cursor)


def _type_name(cursor: Cursor) -> str:
    name = cursor.read_name()
    while cursor.take_symbol("."):
        name += "." + cursor.read_member()
    return name
