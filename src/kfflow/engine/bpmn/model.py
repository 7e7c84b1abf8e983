"""The element model: what a diagram says, in the words of BPMN, with ids resolved and lines kept."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

ACTIVITIES = frozenset(
    [
        "task", "userTask", "manualTask", "serviceTask", "sendTask", "receiveTask", "scriptTask", "businessRuleTask",
        "callActivity", "subProcess", "transaction", "adHocSubProcess",
    ]
)  # fmt: skip
CONTAINERS = frozenset(["process", "subProcess", "transaction", "adHocSubProcess"])
GATEWAYS = frozenset(["exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway", "complexGateway"])
EVENTS = frozenset(["startEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent", "endEvent"])
FLOW_NODES = ACTIVITIES | GATEWAYS | EVENTS


@dataclass(eq=False, slots=True)
class EventDefinition:
    """One event definition: its `kind` (`timer`, `message`, …), what it refers to, and its XML."""

    kind: str
    xml: etree._Element
    name: str = ""
    code: str = ""
    target: "etree._Element | None" = None


@dataclass(eq=False, slots=True)
class Flow:
    """A sequence flow between two nodes of the same scope."""

    id: str
    name: str
    line: int
    source: "Node"
    target: "Node"
    condition: str | None = None
    is_default: bool = False
    order: int = 0


@dataclass(eq=False, slots=True)
class Node:
    """A flow node or process, with its flows, its children, and the events attached to it."""

    id: str
    type: str
    name: str
    line: int
    xml: etree._Element
    parent: "Node | None" = None
    lane: str | None = None
    incoming: list[Flow] = field(default_factory=list)
    outgoing: list[Flow] = field(default_factory=list)
    children: list["Node"] = field(default_factory=list)
    events: list[EventDefinition] = field(default_factory=list)
    attached: "Node | None" = None
    boundaries: list["Node"] = field(default_factory=list)
    compensated_by: "Node | None" = None

    @property
    def is_event_subprocess(self) -> bool:
        return self.type in CONTAINERS and self.xml.get("triggeredByEvent") == "true"

    @property
    def is_executable(self) -> bool:
        return self.xml.get("isExecutable") == "true" or self.xml.tag.rpartition("}")[2].startswith("global")

    @property
    def is_compensation_handler(self) -> bool:
        return self.xml.get("isForCompensation") == "true"

    @property
    def is_interrupting(self) -> bool:
        attribute = "isInterrupting" if self.type == "startEvent" else "cancelActivity"
        return self.xml.get(attribute) != "false"

    @property
    def event_kind(self) -> str:
        """Give the kind of its event: `none` without a definition, `multiple` with several."""
        if not self.events:
            return "none"
        return self.events[0].kind if len(self.events) == 1 else "multiple"

    def walk(self) -> Iterator["Node"]:
        """Give this node and everything inside it."""
        yield self
        for child in self.children:
            yield from child.walk()

    @property
    def process(self) -> "Node":
        node = self
        while node.parent is not None:
            node = node.parent
        return node


@dataclass(eq=False, slots=True)
class Diagram:
    """A whole file: its processes and what they refer to by id."""

    resource: str
    root: etree._Element
    processes: list[Node] = field(default_factory=list)
    by_id: dict[str, etree._Element] = field(default_factory=dict)
    nodes: dict[str, Node] = field(default_factory=dict)

    def all_nodes(self) -> Iterator[Node]:
        for process in self.processes:
            yield from process.walk()
