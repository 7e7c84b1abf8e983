"""Subprocesses of all kinds: what must and must not be inside (BPMN 2.0 §10.3.5)."""

from collections.abc import Iterator

from kfflow.engine.bpmn.lint.saying import ERROR, WARNING, say, title
from kfflow.engine.bpmn.model import ACTIVITIES, CONTAINERS, Diagram, Node
from kfflow.engine.bpmn.names import BPMN, bpmn, local_name, namespace
from kfflow.engine.findings import Finding

_CHOREOGRAPHY = frozenset(["choreographyTask", "subChoreography", "callChoreography"])
_NOT_AD_HOC = _CHOREOGRAPHY | {
    "startEvent",
    "endEvent",
    "conversation",
    "conversationLink",
    "callConversation",
    "subConversation",
}


def check(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.all_nodes():
        if node.type in CONTAINERS and not node.xml.tag.endswith("Task"):
            yield from _choreography(diagram, node)
        if node.type in CONTAINERS and node.parent is not None:
            yield from _subprocess(diagram, node)
        if node.type == "callActivity":
            yield from _called(diagram, node)


def _choreography(diagram: Diagram, node: Node) -> Iterator[Finding]:
    for child in node.xml.iterchildren():
        if namespace(child.tag) == BPMN and local_name(child.tag) in _CHOREOGRAPHY:
            yield say(
                diagram, "choreography-inside", WARNING, child,
                f"{title(node)} må ikke indeholde koreografi.", f"{title(node)} must not contain choreography.",
            )  # fmt: skip


def _subprocess(diagram: Diagram, node: Node) -> Iterator[Finding]:
    starts = [c for c in node.children if c.type == "startEvent"]
    if node.is_event_subprocess:
        yield from _event_subprocess(diagram, node, starts)
    elif node.type == "adHocSubProcess":
        yield from _ad_hoc(diagram, node)
    elif not starts and _has_no_way_in(node):
        yield say(
            diagram, "no-way-in", ERROR, node,
            f"I {title(node)} begynder ingen vej.", f"No path begins in {title(node)}.", "add a start event",
        )  # fmt: skip
    elif len(starts) > 1:
        yield say(
            diagram, "several-starts", WARNING, node,
            f"{title(node)} har flere starthændelser; alle begynder.",
            f"{title(node)} has several start events; all begin.",
        )  # fmt: skip
    if node.xml.find(bpmn("ioSpecification")) is not None:
        yield say(
            diagram, "subprocess-data", WARNING, node,
            f"{title(node)} må ikke have en ioSpecification.", f"{title(node)} must not have an ioSpecification.",
        )  # fmt: skip


def _has_no_way_in(node: Node) -> bool:
    """Tell whether a subprocess holds elements but none of them is one where a path begins."""
    inside = [c for c in node.children if not (c.is_event_subprocess or c.is_compensation_handler)]
    places = [c for c in inside if c.type != "boundaryEvent"]
    return bool(places) and all(place.incoming for place in places)


def _event_subprocess(diagram: Diagram, node: Node, starts: list[Node]) -> Iterator[Finding]:
    if len(starts) != 1:
        yield say(
            diagram, "event-subprocess-start", ERROR, node,
            f"{title(node)} skal have præcis én starthændelse.", f"{title(node)} must have exactly one start event.",
        )  # fmt: skip
    for start in starts:
        if not start.is_interrupting and start.event_kind in ("error", "compensate"):
            yield say(
                diagram, "must-interrupt", WARNING, start,
                f"{title(start)} ({start.event_kind}) afbryder altid.",
                f"{title(start)} ({start.event_kind}) always interrupts.",
            )  # fmt: skip
        if not start.events:
            yield say(
                diagram, "event-subprocess-none", ERROR, start,
                f"Starten i {title(node)} venter ikke på noget.", f"The start of {title(node)} waits for nothing.",
            )  # fmt: skip
    if node.incoming or node.outgoing:
        yield say(
            diagram, "event-subprocess-flows", ERROR, node,
            f"{title(node)} startes af en hændelse og må ikke have veje.",
            f"{title(node)} is started by an event and must not have flows.",
        )  # fmt: skip


def _ad_hoc(diagram: Diagram, node: Node) -> Iterator[Finding]:
    if not any(child.type in ACTIVITIES for child in node.children):
        yield say(
            diagram, "ad-hoc-empty", ERROR, node,
            f"{title(node)} skal indeholde mindst én aktivitet.", f"{title(node)} must contain at least one activity.",
        )  # fmt: skip
    for child in node.xml.iterchildren():
        if namespace(child.tag) == BPMN and local_name(child.tag) in _NOT_AD_HOC:
            yield say(
                diagram, "ad-hoc-content", ERROR, child,
                f"{local_name(child.tag)} kan ikke stå i en ad hoc-delproces.",
                f"{local_name(child.tag)} cannot stand in an ad-hoc subprocess.",
            )  # fmt: skip


def _called(diagram: Diagram, node: Node) -> Iterator[Finding]:
    name = node.xml.get("calledElement", "").rpartition(":")[2]
    called = next((p for p in diagram.processes if p.id == name), None)
    if called is None or not called.children or called.xml.tag.endswith("Task"):
        return
    starts = [c for c in called.children if c.type == "startEvent"]
    if starts and all(s.events for s in starts):
        yield say(
            diagram, "called-start", ERROR, node,
            f"{title(node)} kalder en proces uden en almindelig start.",
            f"{title(node)} calls a process without a none start event.",
        )  # fmt: skip
