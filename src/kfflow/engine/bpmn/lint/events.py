"""Events: which kinds may stand where, and what each needs (BPMN 2.0 §10.5, tables 10.86-10.93)."""

from collections.abc import Iterator

from lxml import etree

from kfflow.engine.bpmn import extensions as ext
from kfflow.engine.bpmn.links import partners
from kfflow.engine.bpmn.lint.saying import ERROR, WARNING, must, say, title
from kfflow.engine.bpmn.model import EVENTS, Diagram, EventDefinition, Node
from kfflow.engine.bpmn.names import bpmn, local_name
from kfflow.engine.findings import Finding

_TOP_START = frozenset(["message", "timer", "conditional", "signal"])
_EVENT_SUBPROCESS_START = _TOP_START | {"error", "escalation", "compensate"}
_END = frozenset(["message", "escalation", "error", "cancel", "compensate", "signal", "terminate"])
_CATCH = frozenset(["message", "timer", "conditional", "link", "signal"])
_THROW = frozenset(["message", "escalation", "compensate", "link", "signal"])
_BOUNDARY = frozenset(["message", "timer", "escalation", "error", "cancel", "compensate", "conditional", "signal"])
_NON_INTERRUPTING = frozenset(["message", "timer", "escalation", "conditional", "signal"])
_THROWING = ("endEvent", "intermediateThrowEvent")


def check(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.all_nodes():
        if node.type in EVENTS:
            yield from _kinds(diagram, node)
            for definition in node.events:
                yield from _needs(diagram, node, definition)
        if node.type == "boundaryEvent":
            yield from _boundary(diagram, node)
    yield from _links(diagram)
    for reference in diagram.root.iter(bpmn("eventDefinitionRef")):
        yield from _borrowed(diagram, reference)


def _borrowed(diagram: Diagram, reference: etree._Element) -> Iterator[Finding]:
    """A definition written inside a throwing event belongs to that event alone (BPMN 2.0 §10.5.1)."""
    name = (reference.text or "").strip().rpartition(":")[2]
    target = diagram.by_id.get(name)
    owner = None if target is None else target.getparent()
    if owner is not None and local_name(owner.tag) in _THROWING:
        yield say(
            diagram, "definition-shared", WARNING, reference.getparent(),
            f"Hændelsesdefinitionen {name} tilhører {owner.get('id')} og må ikke bruges her.",
            f"The event definition {name} belongs to {owner.get('id')} and must not be used here.",
        )  # fmt: skip


def _kinds(diagram: Diagram, node: Node) -> Iterator[Finding]:
    if node.type == "intermediateCatchEvent" and not node.events:
        yield say(
            diagram, "catch-without-event", ERROR, node,
            f"{title(node)} venter, men ikke på noget.", f"{title(node)} waits, but for nothing.",
        )  # fmt: skip
    allowed = _allowed(node)
    for definition in node.events:
        if definition.kind not in allowed:
            yield say(
                diagram, "event-kind", ERROR, node,
                f"{title(node)} kan ikke være af typen {definition.kind} på dette sted.",
                f"{title(node)} cannot be of kind {definition.kind} in this place.",
            )  # fmt: skip


def _allowed(node: Node) -> frozenset[str]:
    if node.type == "startEvent":
        if node.parent is None or node.parent.type == "process":
            return _TOP_START
        return _EVENT_SUBPROCESS_START if node.parent.is_event_subprocess else frozenset()
    if node.type == "endEvent":
        in_transaction = node.parent is not None and node.parent.type == "transaction"
        return _END if in_transaction else _END - {"cancel"}
    if node.type == "boundaryEvent":
        return _BOUNDARY
    return _CATCH if node.type == "intermediateCatchEvent" else _THROW


def _boundary(diagram: Diagram, node: Node) -> Iterator[Finding]:
    kind, host = node.event_kind, node.attached
    if kind == "none":
        yield say(
            diagram, "boundary-without-event", must(node), node,
            f"{title(node)} sidder på kanten, men venter ikke på noget.",
            f"{title(node)} is attached but waits for nothing.",
        )  # fmt: skip
    if kind == "cancel" and host is not None and host.type != "transaction":
        yield say(
            diagram, "cancel-outside-transaction", ERROR, node,
            f"{title(node)} (annullering) kan kun sidde på en transaktion.",
            f"{title(node)} (cancel) can only be attached to a transaction.",
        )  # fmt: skip
    if not node.is_interrupting and node.events and kind not in _NON_INTERRUPTING | {"multiple"}:
        yield say(
            diagram, "must-interrupt", WARNING, node,
            f"{title(node)} ({kind}) afbryder altid.", f"{title(node)} ({kind}) always interrupts.",
        )  # fmt: skip
    if kind == "compensate" and host is not None and host.compensated_by is None:
        inside = [c for c in host.children if c.is_event_subprocess]
        yield say(
            diagram, "compensation-handler", must(node) if not inside else WARNING, node,
            f"{title(node)} er ikke forbundet med en aktivitet, der fortryder.",
            f"{title(node)} is not associated with an activity that compensates.",
        )  # fmt: skip


def _needs(diagram: Diagram, node: Node, definition: EventDefinition) -> Iterator[Finding]:
    kind = definition.kind
    if kind == "conditional" and not (definition.xml.findtext(bpmn("condition")) or "").strip():
        yield say(
                diagram, "condition-missing", must(node), node,
                f"{title(node)} mangler sin betingelse.", f"{title(node)} has no condition.",
            )  # fmt: skip
    elif kind in ("message", "signal") and definition.target is None:
        if kind == "message" and ext.zeebe_attributes(node.xml, "taskDefinition"):
            return
        severity = must(node) if kind == "signal" or not node.type.endswith(("ThrowEvent", "endEvent")) else WARNING
        yield say(
            diagram, f"{kind}-missing", severity if not definition.xml.get(f"{kind}Ref") else WARNING, node,
            f"{title(node)} siger ikke, hvilken {_danish(kind)} det drejer sig om.",
            f"{title(node)} does not say which {kind} it is about.",
        )  # fmt: skip
    elif kind in ("error", "escalation") and node.type not in _THROWING and definition.code.startswith("="):
        yield say(
            diagram, "code-computed", must(node), node,
            f"{title(node)} griber en kode, der først beregnes: {definition.code}.",
            f"{title(node)} catches a code that is computed first: {definition.code}.",
            "write the code itself; only who throws may compute it",
        )  # fmt: skip
    elif kind in ("error", "escalation") and node.type in _THROWING and not definition.code:
        yield say(
                diagram, f"{kind}-code-missing", WARNING, node,
                f"{title(node)} kaster uden en kode.", f"{title(node)} throws without a code.",
            )  # fmt: skip


def _danish(kind: str) -> str:
    return "meddelelse" if kind == "message" else "signal"


def _links(diagram: Diagram) -> Iterator[Finding]:
    nodes = [n for n in diagram.all_nodes() if n.event_kind == "link"]
    for node in nodes:
        throws = node.type == "intermediateThrowEvent"
        others = partners(node)
        if not others:
            da = "har intet mål" if throws else "har ingen kilde"
            en = "has no target" if throws else "has no source"
            yield say(
                diagram, "link-alone", ERROR, node,
                f"Linket {node.events[0].name!r} {da} på samme niveau.",
                f"The link {node.events[0].name!r} {en} on the same level.",
            )  # fmt: skip
        if throws and len(others) > 1:
            yield say(
                diagram, "link-ambiguous", ERROR, node,
                f"Linket {node.events[0].name!r} har flere mål.",
                f"The link {node.events[0].name!r} has several targets.",
            )  # fmt: skip
