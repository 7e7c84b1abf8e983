"""Data inputs, outputs and associations, where a diagram has them (BPMN 2.0 §10.4)."""

from collections.abc import Iterator

from lxml import etree

from kfflow.engine.bpmn.data import PASSES, associations
from kfflow.engine.bpmn.lint.items import item_of, target
from kfflow.engine.bpmn.lint.saying import WARNING, say, title
from kfflow.engine.bpmn.model import Diagram, Node
from kfflow.engine.bpmn.names import bpmn, local_name
from kfflow.engine.findings import Finding

_SIDES = (
    ("input", ("dataInputRefs", "optionalInputRefs", "whileExecutingInputRefs")),
    ("output", ("dataOutputRefs", "optionalOutputRefs", "whileExecutingOutputRefs")),
)


_GIVES_NOTHING = ("elementet laver ingen data", "the element makes no data")


def check(diagram: Diagram) -> Iterator[Finding]:
    for specification in diagram.root.iter(bpmn("ioSpecification")):
        for side, tags in _SIDES:
            yield from _sets(diagram, specification, side, tags)
        yield from _pairs(diagram, specification)
    for kind in ("dataInputAssociation", "dataOutputAssociation"):
        for association in diagram.root.iter(bpmn(kind)):
            yield from _association(diagram, association)
    for node in diagram.all_nodes():
        if node.process.is_executable:
            yield from _not_run(diagram, node)
    for kind in ("dataObject", "dataInput", "dataOutput", "property", "dataStore"):
        for item in diagram.root.iter(bpmn(kind)):
            yield from _collection(diagram, item)
    for reference in diagram.root.iter(bpmn("dataObjectReference")):
        yield from _state(diagram, reference)


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
    sink = (association.findtext(bpmn("targetRef")) or "").strip()
    transforms = association.find(bpmn("transformation")) is not None
    assigns = association.find(bpmn("assignment")) is not None
    for end, kind in ((sink, "dataInput"), *((s, "dataOutput") for s in sources)):
        if _belongs_to_process(diagram, end, kind):
            yield _say(
                diagram,
                association,
                "data-direction",
                f"går den forkerte vej gennem {end}",
                f"goes the wrong way through {end}",
            )
    if len(sources) > 1 and not transforms:
        yield _say(diagram, association, "data-sources", "har flere kilder", "has several sources")
    ends = [diagram.by_id.get(name.rpartition(":")[2]) for name in (*sources, sink) if name]
    if any(end is None for end in ends):
        yield _say(diagram, association, "data-reference", "peger på noget, der ikke findes", "refers to nothing")
    kinds = {item_of(diagram, end) for end in ends if end is not None}
    if len(kinds - {None}) > 1 and not transforms and not assigns:
        yield _say(diagram, association, "data-types", "forbinder forskellige typer", "connects different types")


def _not_run(diagram: Diagram, node: Node) -> Iterator[Finding]:
    """Say which associations are only shown; variables move all the same, by the mappings of the element."""
    for side in ("Input", "Output"):
        for one in associations(diagram, node, side):
            obstacle = one.obstacle or (_GIVES_NOTHING if side == "Output" and node.type in PASSES else None)
            if obstacle is not None:
                place = one.xml if one.xml.get("id") else node
                yield say(
                    diagram, "data-association", WARNING, place,
                    f"Datastrømmen ved {title(node)} vises, men flytter ingen værdi: {obstacle[0]}.",
                    f"The data association of {title(node)} is shown but moves no value: {obstacle[1]}.",
                )  # fmt: skip


def _belongs_to_process(diagram: Diagram, name: str, kind: str) -> bool:
    """Tell whether data is an input (nothing may write it) or output (nothing may read it) of a whole process."""
    element = target(diagram, name)
    if element is None or local_name(element.tag) != kind:
        return False
    specification = element.getparent()
    owner = None if specification is None else specification.getparent()
    return owner is not None and local_name(owner.tag) == "process"


def _pairs(diagram: Diagram, specification: etree._Element) -> Iterator[Finding]:
    """An input set and an output set that belong together must both say so (BPMN 2.0 §10.4.1)."""
    inner = _named_pairs(specification, "inputSet", "outputSetRefs")
    outer = {(i, o) for o, i in _named_pairs(specification, "outputSet", "inputSetRefs")}
    for pair in sorted(inner ^ outer):
        text = " og ".join(pair), " and ".join(pair)
        yield _say(
            diagram, specification, "data-set-pair",
            f"{text[0]} henviser ikke begge til hinanden", f"{text[1]} do not both refer to each other",
        )  # fmt: skip


def _named_pairs(specification: etree._Element, kind: str, tag: str) -> set[tuple[str, str]]:
    return {
        (one.get("id", ""), (reference.text or "").strip())
        for one in specification.iterchildren(bpmn(kind))
        for reference in one.iterchildren(bpmn(tag))
    }


def _state(diagram: Diagram, reference: etree._Element) -> Iterator[Finding]:
    """A data object in a state is named with it: `Application [approved]` (BPMN 2.0 §10.4.1)."""
    state, data = reference.find(bpmn("dataState")), target(diagram, reference.get("dataObjectRef"))
    if state is None or data is None or not data.get("name") or not reference.get("name"):
        return
    expected = f"{data.get('name')} [{state.get('name', '')}]"
    if reference.get("name") != expected:
        yield _say(diagram, reference, "data-state-name", f"burde hedde {expected!r}", f"should be named {expected!r}")


def _collection(diagram: Diagram, item: etree._Element) -> Iterator[Finding]:
    reference = item.get("itemSubjectRef", "").rpartition(":")[2]
    definition = diagram.by_id.get(reference)
    if definition is None:
        return
    if item.get("isCollection", "false") != definition.get("isCollection", "false"):
        yield _say(diagram, item, "data-collection", "passer ikke med sin type", "does not agree with its type")


def _say(diagram: Diagram, element: etree._Element, rule: str, da: str, en: str) -> Finding:
    name = element.get("id") or local_name(element.tag)
    return say(diagram, rule, WARNING, element, f"{name}: {da}.", f"{name}: {en}.")
