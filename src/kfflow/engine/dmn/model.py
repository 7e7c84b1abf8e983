"""A decision model as it was read: requirements graph, boxed expressions and item definitions, nothing compiled yet."""

from dataclasses import dataclass, field
from enum import StrEnum

LEGAL_BASIS = "hjemmel"
"""The annotation of a rule that says which law it rests on."""


class HitPolicy(StrEnum):
    UNIQUE = "UNIQUE"
    ANY = "ANY"
    FIRST = "FIRST"
    PRIORITY = "PRIORITY"
    RULE_ORDER = "RULE ORDER"
    OUTPUT_ORDER = "OUTPUT ORDER"
    COLLECT = "COLLECT"


@dataclass(frozen=True, slots=True)
class Boxed:
    """Any boxed expression: where it stands and the type its value must have."""

    element_id: str
    line: int
    type_ref: str


@dataclass(frozen=True, slots=True)
class LiteralExpression(Boxed):
    text: str


@dataclass(frozen=True, slots=True)
class ContextEntry:
    name: str
    type_ref: str
    value: Boxed


@dataclass(frozen=True, slots=True)
class ContextExpression(Boxed):
    """Entries in order; an entry without a name is the result."""

    entries: tuple[ContextEntry, ...]


@dataclass(frozen=True, slots=True)
class Invocation(Boxed):
    function: Boxed
    bindings: tuple[tuple[str, Boxed], ...]


@dataclass(frozen=True, slots=True)
class ListExpression(Boxed):
    items: tuple[Boxed, ...]


@dataclass(frozen=True, slots=True)
class Parameter:
    """What is named and typed in front of its values: the parameter of a function, the column of a relation."""

    name: str
    type_ref: str


@dataclass(frozen=True, slots=True)
class Relation(Boxed):
    columns: tuple[Parameter, ...]
    rows: tuple[tuple[Boxed, ...], ...]


@dataclass(frozen=True, slots=True)
class FunctionDefinition(Boxed):
    parameters: tuple[Parameter, ...]
    body: Boxed | None
    kind: str


@dataclass(frozen=True, slots=True)
class Conditional(Boxed):
    condition: Boxed
    then: Boxed
    otherwise: Boxed


@dataclass(frozen=True, slots=True)
class FilterExpression(Boxed):
    source: Boxed
    match: Boxed


@dataclass(frozen=True, slots=True)
class Iteration(Boxed):
    """Boxed `for`, `some` or `every`."""

    kind: str
    variable: str
    source: Boxed
    body: Boxed


@dataclass(frozen=True, slots=True)
class InputClause:
    label: str
    text: str
    type_ref: str
    allowed: str
    element_id: str
    line: int


@dataclass(frozen=True, slots=True)
class OutputClause:
    name: str
    label: str
    type_ref: str
    allowed: str
    default: str
    element_id: str
    line: int


@dataclass(frozen=True, slots=True)
class Rule:
    """A row: texts of its cells, and its annotations by name."""

    element_id: str
    line: int
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    annotations: dict[str, str]
    description: str = ""


@dataclass(frozen=True, slots=True)
class DecisionTable(Boxed):
    hit_policy: str
    aggregation: str
    inputs: tuple[InputClause, ...]
    outputs: tuple[OutputClause, ...]
    rules: tuple[Rule, ...]
    annotations: tuple[str, ...]
    """The names of the annotation columns."""


@dataclass(frozen=True, slots=True)
class Element:
    """A named node of the requirements graph; `type_ref` is that of its variable."""

    id: str
    name: str
    line: int
    type_ref: str = ""


@dataclass(frozen=True, slots=True)
class InputData(Element):
    pass


@dataclass(frozen=True, slots=True)
class DecisionElement(Element):
    requires: tuple[str, ...] = ()
    logic: Boxed | None = None
    question: str = ""


@dataclass(frozen=True, slots=True)
class Knowledge(Element):
    """A business knowledge model."""

    requires: tuple[str, ...] = ()
    logic: FunctionDefinition | None = None


@dataclass(frozen=True, slots=True)
class Service(Element):
    """A decision service; all lists hold hrefs."""

    outputs: tuple[str, ...] = ()
    encapsulated: tuple[str, ...] = ()
    input_decisions: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Import:
    name: str
    namespace: str
    line: int


@dataclass(frozen=True, slots=True)
class ItemDefinition:
    """A type of the model; with components it is a context, else it refers to `type_ref`."""

    name: str
    type_ref: str
    is_list: bool
    components: "tuple[ItemDefinition, ...]"
    allowed: str
    constraint: str
    function: "tuple[tuple[str, ...], str] | None"
    line: int


@dataclass(frozen=True, slots=True)
class Source:
    """Everything read from one document."""

    id: str
    name: str
    namespace: str
    imports: tuple[Import, ...]
    items: tuple[ItemDefinition, ...]
    elements: dict[str, Element] = field(default_factory=dict)
