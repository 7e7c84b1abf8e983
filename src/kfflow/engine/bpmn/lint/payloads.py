"""What messages, signals, errors and escalations carry must be what the element takes in or gives out (§10.4.1)."""

from collections.abc import Iterator

from lxml import etree

from kfflow.engine.bpmn.lint.items import same_item
from kfflow.engine.bpmn.lint.saying import WARNING, say, title
from kfflow.engine.bpmn.model import EVENTS, Diagram, Node
from kfflow.engine.bpmn.names import bpmn
from kfflow.engine.findings import Finding

_CARRIES = {"message": "itemRef", "signal": "structureRef", "error": "structureRef", "escalation": "structureRef"}


def check(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.all_nodes():
        if node.type in ("sendTask", "receiveTask") and node.xml.get("messageRef"):
            yield from _task(diagram, node)
        elif node.type in EVENTS:
            yield from _event(diagram, node)


def _task(diagram: Diagram, node: Node) -> Iterator[Finding]:
    specification = node.xml.find(bpmn("ioSpecification"))
    if specification is None:
        return
    side = "Input" if node.type == "sendTask" else "Output"
    data = list(specification.iterchildren(bpmn(f"data{side}")))
    sets = list(specification.iterchildren(bpmn(f"{side.lower()}Set")))
    if len(data) > 1 or len(sets) > 1:
        yield _say(diagram, node, "har flere data, end meddelelsen bærer", "has more data than its message carries")
    message = diagram.by_id.get(node.xml.get("messageRef", "").rpartition(":")[2])
    item = None if message is None else message.get("itemRef")
    if item is not None and not any(same_item(diagram, item, d.get("itemSubjectRef")) for d in data):
        yield _say(diagram, node, "har ikke de data, meddelelsen bærer", "does not have the data its message carries")


def _event(diagram: Diagram, node: Node) -> Iterator[Finding]:
    data = [*node.xml.iterchildren(bpmn("dataInput")), *node.xml.iterchildren(bpmn("dataOutput"))]
    carrying = any(_carried(definition.kind, definition.target) for definition in node.events)
    if not data and not carrying:
        return
    if len(data) < len(node.events):
        yield _say(diagram, node, "mangler data til en hændelse", "lacks data for an event definition")
        return
    for definition, one in zip(node.events, data, strict=False):
        carried = _carried(definition.kind, definition.target)
        if carried is not None and not same_item(diagram, carried, one.get("itemSubjectRef")):
            yield _say(diagram, node, "har andre data, end hændelsen bærer", "has other data than its event carries")


def _carried(kind: str, target: etree._Element | None) -> str | None:
    return None if target is None or kind not in _CARRIES else target.get(_CARRIES[kind])


def _say(diagram: Diagram, node: Node, da: str, en: str) -> Finding:
    return say(diagram, "payload", WARNING, node, f"{title(node)} {da}.", f"{title(node)} {en}.")
