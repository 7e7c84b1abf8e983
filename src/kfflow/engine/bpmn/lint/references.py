"""References: what an attribute names must exist and be of the right kind (BPMN 2.0 §8.3)."""

from collections.abc import Iterator

from lxml import etree

from kfflow.engine.bpmn.lint.reference_table import ATTRIBUTES, CHILDREN, DATA_ENDS, OPTIONAL
from kfflow.engine.bpmn.lint.saying import ERROR, WARNING, say, title
from kfflow.engine.bpmn.model import FLOW_NODES, Diagram
from kfflow.engine.bpmn.names import BPMN, bpmn, local_name, namespace
from kfflow.engine.findings import Finding, Severity


def check(diagram: Diagram) -> Iterator[Finding]:
    for element in diagram.root.iter():
        if namespace(element.tag) == BPMN:
            yield from _attributes(diagram, element)
            yield from _children(diagram, element)
            yield from _default(diagram, element)
    yield from _flows_agree(diagram)
    yield from _flows_stay(diagram)


def _attributes(diagram: Diagram, element: etree._Element) -> Iterator[Finding]:
    kind = local_name(element.tag)
    for (owner, attribute), kinds in ATTRIBUTES.items():
        if owner == kind and (reference := element.get(attribute)) is not None:
            yield from _check(diagram, element, attribute, reference, kinds)
    if kind == "sequenceFlow":
        for attribute in ("sourceRef", "targetRef"):
            if not element.get(attribute):
                yield _dangling(diagram, element, attribute, "")
    if kind == "boundaryEvent" and not element.get("attachedToRef"):
        yield _dangling(diagram, element, "attachedToRef", "")


def _children(diagram: Diagram, element: etree._Element) -> Iterator[Finding]:
    parent = element.getparent()
    if parent is None:
        return
    name = local_name(element.tag)
    in_association = local_name(parent.tag) in ("dataInputAssociation", "dataOutputAssociation")
    kinds = (DATA_ENDS if in_association else CHILDREN).get(name)
    if kinds is not None:
        yield from _check(diagram, _named(parent), name, (element.text or "").strip(), kinds)


def _named(element: etree._Element) -> etree._Element:
    """Give the innermost element with an id, which a designer can find."""
    named: etree._Element | None = element
    while named is not None and not named.get("id"):
        named = named.getparent()
    return element if named is None else named


def _check(
    diagram: Diagram, element: etree._Element, attribute: str, reference: str, kinds: frozenset[str]
) -> Iterator[Finding]:
    prefix, _, local = reference.rpartition(":")
    if prefix and _is_foreign(element, prefix):
        return
    target = diagram.by_id.get(local)
    if target is None or local_name(target.tag) not in kinds:
        severity = WARNING if target is None and attribute in OPTIONAL else ERROR
        yield _dangling(diagram, element, attribute, reference, severity)


def _is_foreign(element: etree._Element, prefix: str) -> bool:
    """Tell whether a qualified name points into another file."""
    known = element.nsmap.get(prefix)
    own = element.getroottree().getroot().get("targetNamespace")
    return known is not None and known != own


def _dangling(
    diagram: Diagram, element: etree._Element, attribute: str, reference: str, severity: Severity = ERROR
) -> Finding:
    shown = reference or "–"
    return say(
        diagram, "reference", severity, element,
        f"{attribute} peger på {shown}, som ikke findes eller er af en forkert type.",
        f"{attribute} refers to {shown}, which does not exist or is of the wrong kind.",
    )  # fmt: skip


def _default(diagram: Diagram, element: etree._Element) -> Iterator[Finding]:
    reference = element.get("default")
    if reference is None or local_name(element.tag) not in FLOW_NODES:
        return
    flow = diagram.by_id.get(reference)
    if flow is None or local_name(flow.tag) != "sequenceFlow":
        yield _dangling(diagram, element, "default", reference)
    elif flow.get("sourceRef") != element.get("id"):
        yield say(
            diagram, "default-flow", ERROR, element,
            f"Standardvejen {reference} udgår ikke fra elementet.",
            f"The default flow {reference} does not leave this element.",
        )  # fmt: skip


def _flows_stay(diagram: Diagram) -> Iterator[Finding]:
    """A sequence flow connects elements of one scope: it crosses no border of a subprocess or pool (§7.6.1)."""
    for flow in diagram.root.iter(bpmn("sequenceFlow")):
        source, target = (diagram.nodes.get(flow.get(end, "")) for end in ("sourceRef", "targetRef"))
        if source is not None and target is not None and source.parent is not target.parent:
            yield say(
                diagram, "flow-crosses", ERROR, flow,
                f"Vejen fra {title(source)} til {title(target)} krydser kanten af en delproces eller pulje.",
                f"The flow from {title(source)} to {title(target)} crosses the border of a subprocess or pool.",
                "use an event or a message",
            )  # fmt: skip


def _flows_agree(diagram: Diagram) -> Iterator[Finding]:
    """A node that lists some of its flows must list all, and only its own (BPMN 2.0 §8.3.13)."""
    for node in diagram.all_nodes():
        for tag, flows in (("incoming", node.incoming), ("outgoing", node.outgoing)):
            listed = {(e.text or "").strip().rpartition(":")[2] for e in node.xml.iterchildren(bpmn(tag))}
            actual = {flow.id for flow in flows}
            foreign = {f for f in listed - actual if f in diagram.by_id}
            if foreign or (_lists_flows(diagram) and actual - listed):
                wrong = ", ".join(sorted(foreign | (actual - listed)))
                yield say(
                    diagram, "flow-lists", ERROR, node,
                    f"Elementets liste over {tag} passer ikke med sekvensstrømmene: {wrong}.",
                    f"The element's list of {tag} does not agree with the sequence flows: {wrong}.",
                )  # fmt: skip


def _lists_flows(diagram: Diagram) -> bool:
    """Tell whether the file lists flows at its nodes at all; some tools leave all of them out."""
    return next(diagram.root.iter(bpmn("incoming"), bpmn("outgoing")), None) is not None
