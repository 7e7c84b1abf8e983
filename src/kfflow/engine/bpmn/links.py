"""Link events: which catch belongs to which throw, by name or by an explicit target (BPMN 2.0 §10.5.1)."""

from kfflow.engine.bpmn.model import Node
from kfflow.engine.bpmn.names import bpmn


def partners(node: Node) -> list[Node]:
    """Give the other ends of a link on the same level: the catches of a throw, the throws of a catch."""
    if node.event_kind != "link" or node.parent is None:
        return []
    others = [n for n in node.parent.children if n.event_kind == "link" and n.type != node.type]
    return [n for n in others if _belong(node, n) or _belong(n, node)]


def _belong(one: Node, other: Node) -> bool:
    link, partner = one.events[0], other.events[0]
    named = {(e.text or "").strip() for tag in ("target", "source") for e in link.xml.iterchildren(bpmn(tag))}
    named = {name.rpartition(":")[2] for name in named}
    return partner.xml.get("id") in named or bool(link.name and link.name == partner.name)
