"""Pools and the messages between them (BPMN 2.0 §9)."""

from collections.abc import Iterator

from lxml import etree

from kfflow.engine.bpmn.lint.saying import WARNING, say
from kfflow.engine.bpmn.model import Diagram, Node
from kfflow.engine.bpmn.names import BPMN, bpmn, local_name, namespace
from kfflow.engine.findings import Finding

_ARTIFACTS = frozenset(["textAnnotation", "group", "association"])
_CONVERSATION = frozenset(["conversation", "callConversation", "subConversation"])


def check(diagram: Diagram) -> Iterator[Finding]:
    for kind in ("sequenceFlow", "messageFlow"):
        for flow in diagram.root.iter(bpmn(kind)):
            yield from _artifacts(diagram, flow, kind)
    for flow in diagram.root.iter(bpmn("messageFlow")):
        yield from _message_flow(diagram, flow)
    for multiplicity in diagram.root.iter(bpmn("participantMultiplicity")):
        yield from _multiplicity(diagram, multiplicity)


def _artifacts(diagram: Diagram, flow: etree._Element, kind: str) -> Iterator[Finding]:
    for attribute in ("sourceRef", "targetRef"):
        end = _target(diagram, flow, attribute)
        if end is not None and local_name(end.tag) in _ARTIFACTS:
            yield say(
                diagram, "artifact-in-flow", WARNING, flow,
                f"En {kind} kan ikke forbinde en artefakt ({end.get('id')}).",
                f"A {kind} cannot connect an artifact ({end.get('id')}).",
            )  # fmt: skip


def _target(diagram: Diagram, element: etree._Element, attribute: str) -> etree._Element | None:
    return diagram.by_id.get(element.get(attribute, "").rpartition(":")[2])


def _message_flow(diagram: Diagram, flow: etree._Element) -> Iterator[Finding]:
    source, target = _target(diagram, flow, "sourceRef"), _target(diagram, flow, "targetRef")
    if source is None or target is None:
        yield _say(diagram, flow, "message-flow-end", "har en ende, der ikke findes", "has an end that does not exist")
        return
    pools = [_pool(end) for end in (source, target)]
    if pools[0] is not None and pools[0] == pools[1]:
        yield _say(diagram, flow, "message-flow-inside", "bliver i samme pulje", "stays within one pool")
    yield from _ends(diagram, flow, source, target)


def _ends(diagram: Diagram, flow: etree._Element, source: etree._Element, target: etree._Element) -> Iterator[Finding]:
    start, end = diagram.nodes.get(source.get("id", "")), diagram.nodes.get(target.get("id", ""))
    if start is not None and not _may_send(start):
        yield _say(diagram, flow, "message-flow-source", f"kan ikke udgå fra {start.id}", f"cannot leave {start.id}")
    if end is not None and not _may_receive(end):
        yield _say(diagram, flow, "message-flow-target", f"kan ikke ende i {end.id}", f"cannot end at {end.id}")


def _may_send(node: Node) -> bool:
    if node.type in ("startEvent", "intermediateCatchEvent", "boundaryEvent") or node.type.endswith("Gateway"):
        return False
    return node.type not in ("endEvent", "intermediateThrowEvent") or any(e.kind == "message" for e in node.events)


def _may_receive(node: Node) -> bool:
    if node.type in ("endEvent", "intermediateThrowEvent") or node.type.endswith("Gateway"):
        return False
    catches = ("startEvent", "intermediateCatchEvent", "boundaryEvent")
    return node.type not in catches or any(e.kind == "message" for e in node.events)


def _pool(element: etree._Element) -> str | None:
    """Give the pool an element belongs to: itself, or the one whose process it is in."""
    if local_name(element.tag) == "participant":
        return element.get("processRef") or element.get("id")
    node: etree._Element | None = element
    while node is not None and not (namespace(node.tag) == BPMN and local_name(node.tag) == "process"):
        node = node.getparent()
    return None if node is None else node.get("id")


def _multiplicity(diagram: Diagram, element: etree._Element) -> Iterator[Finding]:
    low, high = _number(element.get("minimum", "0")), _number(element.get("maximum", "1"))
    if low is None or high is None or low < 0 or high < 1 or high < low:
        yield _say(diagram, element, "multiplicity", "har et ugyldigt antal", "has an invalid number")


def _number(text: str) -> int | None:
    try:
        return int(text)
    except ValueError:
        return None


def _say(diagram: Diagram, element: etree._Element, rule: str, da: str, en: str) -> Finding:
    name = element.get("id") or local_name(element.tag)
    return say(diagram, rule, WARNING, element, f"{name} {da}.", f"{name} {en}.")
