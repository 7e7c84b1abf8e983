"""Which elements a token can come from: what inclusive joins must know (BPMN 2.0 §13.4.3)."""

from kfflow.engine.bpmn.links import partners
from kfflow.engine.bpmn.model import Flow, Node


def upstream(flow: Flow, gateway: Node) -> frozenset[str]:
    """Give the ids of the elements from which a token can reach this incoming flow without passing the gateway."""
    seen: set[str] = set()
    pending = [flow.source]
    while pending:
        node = pending.pop()
        if node is gateway or node.id in seen:
            continue
        seen.add(node.id)
        pending += _before(node)
    return frozenset(seen)


def _before(node: Node) -> list[Node]:
    """Give where a token on this node can have come from: flows, the activity it is attached to, its link's throws."""
    sources = [f.source for f in node.incoming]
    if node.attached is not None:
        sources.append(node.attached)
    if node.type == "intermediateCatchEvent":
        sources += partners(node)
    return sources
