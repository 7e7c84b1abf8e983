"""Ranges from text: `[1..5]`, `(@"2026-01-01"..date("2026-02-01")]`, with nothing to calculate in them."""

from kfflow.feel import temporal_text
from kfflow.feel.arithmetic import minus
from kfflow.feel.cursor import Cursor, Names
from kfflow.feel.errors import FeelSyntaxError
from kfflow.feel.grammar import parse_expression
from kfflow.feel.lexer import Kind
from kfflow.feel.nodes import Call, Literal, Name, Negate, Node, RangeNode
from kfflow.feel.runtime import MISSING
from kfflow.feel.values import Range

_READERS = {
    "date": temporal_text.read_date,
    "time": temporal_text.read_time,
    "date and time": temporal_text.read_date_time,
    "duration": temporal_text.read_duration,
}
_WORDS = Names(_READERS)


def read_range(text: str) -> Range | None:
    """Give the range that a text writes, None when it writes none."""
    try:
        cursor = Cursor(text, (), _WORDS)
        node = parse_expression(cursor)
    except FeelSyntaxError:
        return None
    if cursor.token.kind is not Kind.END or not isinstance(node, RangeNode):
        return None
    low, high = constant(node.low), constant(node.high)
    if low is MISSING or high is MISSING:
        return None
    return Range(low, high, node.low_closed, node.high_closed)


def constant(node: Node) -> object:
    """Give the value of a literal or of a date, time or duration made from one; MISSING for anything else."""
    match node:
        case Literal(_, value):
            return value
        case Negate(_, Literal(_, value)):
            return minus(value)
        case Call(_, Name(_, name), (Literal(_, str(text)),)) if name in _READERS:
            return _READERS[name](text)
    return MISSING
