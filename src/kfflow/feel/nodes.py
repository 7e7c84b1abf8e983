"""The syntax tree: one frozen class per construct; `at` is the 1-based column in the source.

Chains that users write long (sums, conjunctions, `else if`) are one node with many parts, so that
neither compiling nor evaluating them recurses.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Node:
    at: int


@dataclass(frozen=True, slots=True)
class Literal(Node):
    value: object


@dataclass(frozen=True, slots=True)
class Unreadable(Node):
    """`@"…"` whose text is no date, time or duration: null."""

    text: str


@dataclass(frozen=True, slots=True)
class Name(Node):
    name: str


@dataclass(frozen=True, slots=True)
class Chain(Node):
    """`first op operand op operand …` of one precedence, left to right."""

    first: Node
    rest: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class Negate(Node):
    operand: Node


@dataclass(frozen=True, slots=True)
class Junction(Node):
    """A conjunction or disjunction of two or more parts."""

    operator: str
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Compare(Node):
    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Between(Node):
    value: Node
    low: Node
    high: Node


@dataclass(frozen=True, slots=True)
class In(Node):
    value: Node
    tests: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class TestList(Node):
    """`(a, < b, [c..d])` at the right of `in`; not a value of its own."""

    tests: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class UnaryComparison(Node):
    """`< 5` without a left side: a test, or a range where a value is wanted."""

    operator: str
    operand: Node


@dataclass(frozen=True, slots=True)
class RangeNode(Node):
    low: Node
    high: Node
    low_closed: bool
    high_closed: bool


@dataclass(frozen=True, slots=True)
class ListNode(Node):
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class ContextNode(Node):
    entries: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class Path(Node):
    value: Node
    name: str


@dataclass(frozen=True, slots=True)
class Filter(Node):
    value: Node
    condition: Node


@dataclass(frozen=True, slots=True)
class Call(Node):
    function: Node
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class NamedCall(Node):
    function: Node
    arguments: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class If(Node):
    branches: tuple[tuple[Node, Node], ...]
    otherwise: Node


@dataclass(frozen=True, slots=True)
class Steps(Node):
    """`low..high` behind `in` of a loop: counts up or down from the one to the other."""

    low: Node
    high: Node


@dataclass(frozen=True, slots=True)
class For(Node):
    iterators: tuple[tuple[str, Node], ...]
    body: Node


@dataclass(frozen=True, slots=True)
class Quantified(Node):
    every: bool
    iterators: tuple[tuple[str, Node], ...]
    condition: Node


@dataclass(frozen=True, slots=True)
class NamedType(Node):
    name: str


@dataclass(frozen=True, slots=True)
class GenericType(Node):
    """`list<T>` or `range<T>`."""

    name: str
    of: Node


@dataclass(frozen=True, slots=True)
class ContextTypeNode(Node):
    fields: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class FunctionTypeNode(Node):
    parameters: tuple[Node, ...]
    result: Node


@dataclass(frozen=True, slots=True)
class InstanceOf(Node):
    value: Node
    type: Node


@dataclass(frozen=True, slots=True)
class FunctionNode(Node):
    parameters: tuple[tuple[str, Node | None], ...]
    body: Node
    external: bool


@dataclass(frozen=True, slots=True)
class UnaryTestsNode(Node):
    """The cell of a decision table: `-` has no tests, `not(…)` is negated."""

    tests: tuple[Node, ...]
    negated: bool
