"""Data inputs, outputs and associations, where a diagram has them (BPMN 2.0 §10.4). kfflow does not run them."""

from collections.abc import Iterator

from lxml import etree

from kfflow.engine.bpmn.lint.saying import WARNING, say
from kfflow.engine.bpmn.model import Diagram
from kfflow.engine.bpmn.names import bpmn, local_name
from kfflow.engine.findings import Finding

_SIDES = (
    ("input", ("dataInputRefs", "optionalInputRefs", "whileExecutingInputRefs")),
    ("output", ("dataOutputRefs", "optionalOutputRefs", "whileExecutingOutputRefs")),
)


def check(diagram: Diagram) -> Iterator[Finding]:
    for specification in diagram.root.iter(bpmn("ioSpecification")):
        for side, tags in _SIDES:
            yield from _sets(diagram, specification, side, tags)
    for kind in ("dataInputAssociation", "dataOutputAssociation"):
        for association in diagram.root.iter(bpmn(kind)):
            yield from _association(diagram, association)
    for kind in ("dataObject", "dataInput", "dataOutput", "property", "dataStore"):
        for item in diagram.root.iter(bpmn(kind)):
            yield from _collection(diagram, item)


def _sets(diagram: Diagram, specification: etree._Element, side: str, tags: tuple[str, ...]) -> Iterator[Finding]:
    items = {e.get("id") for e in specification.iterchildren(bpmn(f"data{side.capitalize()}"))}
    sets = list(specification.iterchildren(bpmn(f"{side}Set")))
    listed = {(e.text or "").strip() for s in sets for e in s.iterchildren(bpmn(tags[0]))}
    for item in sorted(str(i) for i in items - listed):
        yield _say(diagram, specification, "data-not-in-set", f"{item} står ikke i noget sæt", f"{item} is in no set")
    for one in sets:
        own = {(e.text or "").strip() for e in one.iterchildren(bpmn(tags[0]))}
        for tag in tags[1:]:
            for reference in one.iterchildren(bpmn(tag)):
                if (reference.text or "").strip() not in own:
                    name = (reference.text or "").strip()
                    yield _say(diagram, one, "data-set", f"{name} mangler i sættet", f"{name} is not in its set")


def _association(diagram: Diagram, association: etree._Element) -> Iterator[Finding]:
    sources = [(e.text or "").strip() for e in association.iterchildren(bpmn("sourceRef"))]
    target = (association.findtext(bpmn("targetRef")) or "").strip()
    transforms = association.find(bpmn("transformation")) is not None
    assigns = association.find(bpmn("assignment")) is not None
    if len(sources) > 1 and not transforms:
        yield _say(diagram, association, "data-sources", "har flere kilder", "has several sources")
    ends = [diagram.by_id.get(name.rpartition(":")[2]) for name in (*sources, target) if name]
    if any(end is None for end in ends):
        yield _say(diagram, association, "data-reference", "peger på noget, der ikke findes", "refers to nothing")
    kinds = {_item(diagram, end) for end in ends if end is not None}
    if len(kinds - {None}) > 1 and not transforms and not assigns:
        yield _say(diagram, association, "data-types", "forbinder forskellige typer", "connects different types")


def _item(diagram: Diagram, element: etree._Element) -> str | None:
    """Give the item definition of a data element, through a reference where it is one."""
    if local_name(element.tag) == "dataObjectReference":
        target = diagram.by_id.get(element.get("dataObjectRef", "").rpartition(":")[2])
        return None if target is None else target.get("itemSubjectRef")
    return element.get("itemSubjectRef")


def _collection(diagram: Diagram, item: etree._Element) -> Iterator[Finding]:
    reference = item.get("itemSubjectRef", "").rpartition(":")[2]
    definition = diagram.by_id.get(reference)
    if definition is None or item.get("isCollection") is None:
        return
    if item.get("isCollection") != definition.get("isCollection", "false"):
        yield _say(diagram, item, "data-collection", "passer ikke med sin type", "does not agree with its type")


def _say(diagram: Diagram, element: etree._Element, rule: str, da: str, en: str) -> Finding:
    name = element.get("id") or local_name(element.tag)
    return say(diagram, rule, WARNING, element, f"{name}: {da}.", f"{name}: {en}.")
