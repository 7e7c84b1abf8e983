"""What the data associations of an element say: from where to where, by which expressions (BPMN 2.0 §10.4.1).

A data object, and a property or input of a process, is a variable; so are the inputs and outputs of an activity or
event, which belong to it alone. Each goes by its name, one without a name by its id.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from lxml import etree

from kfflow.engine.bpmn.model import CONTAINERS, Diagram, Node
from kfflow.engine.bpmn.names import bpmn, local_name

PLACEHOLDER = "__targetRef_placeholder"
"""What bpmn-js writes where somebody drew an association from data to an element that has no data inputs."""

PASSES = frozenset(["task", "manualTask"])
"""Activities that kfflow has nothing to do for: they make no data."""

_PATH = re.compile(r"[^\W\d][\w ]*(\.[^\W\d][\w ]*)*")


class Kind(StrEnum):
    """Whose an item of data is."""

    VARIABLE = "variable"
    INPUT = "input"
    OUTPUT = "output"
    PROPERTY = "property"
    STORE = "store"


@dataclass(frozen=True, slots=True)
class Item:
    """One item of data: the name of its variable, and the id of the process, subprocess or element that it is of."""

    id: str
    name: str
    kind: Kind
    owner: str


@dataclass(frozen=True, slots=True)
class Assignment:
    """One part of a target: `path` within it, and the expression for its value."""

    source: str
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Association:
    """One data association; `obstacle` says, in Danish and English, why it moves nothing."""

    xml: etree._Element
    sources: tuple[Item, ...]
    target: Item | None
    transformation: str | None
    assignments: tuple[Assignment, ...]
    obstacle: tuple[str, str] | None


def associations(diagram: Diagram, node: Node, side: str) -> list[Association]:
    """Give the associations that fill an element's inputs (`side`: `Input`), or carry its outputs on (`Output`)."""
    found = node.xml.iterchildren(bpmn(f"data{side}Association"))
    return [_association(diagram, node, side, xml) for xml in found]


def input_sets(node: Node) -> tuple[frozenset[str], ...]:
    """Give, for each input set of an activity, the ids of the inputs that it cannot begin without (§10.4.2)."""
    return tuple(
        frozenset(_texts(one, "dataInputRefs")) - frozenset(_texts(one, "optionalInputRefs"))
        for one in node.xml.iter(bpmn("inputSet"))
        if _owner(one) is node.xml
    )


def optional_outputs(node: Node) -> frozenset[str]:
    """Give the ids of the outputs that an element may leave out."""
    sets = (one for one in node.xml.iter(bpmn("outputSet")) if _owner(one) is node.xml)
    return frozenset(name for one in sets for name in _texts(one, "optionalOutputRefs"))


def item(diagram: Diagram, reference: str | None) -> Item | None:
    """Give the item of data that a reference names, through a data object reference; None where there is none."""
    element = diagram.by_id.get((reference or "").strip().rpartition(":")[2])
    if element is None:
        return None
    kind = local_name(element.tag)
    if kind == "dataObjectReference":
        return item(diagram, element.get("dataObjectRef"))
    if kind in ("dataStoreReference", "dataStore"):
        return Item(element.get("id", ""), _name(element), Kind.STORE, "")
    if kind == "dataObject":
        return Item(element.get("id", ""), _object_name(diagram, element), Kind.VARIABLE, _id(_owner(element)))
    if kind in ("property", "dataInput", "dataOutput"):
        return Item(element.get("id", ""), _name(element), _kind(kind, _owner(element)), _id(_owner(element)))
    return None


def repeated_over(diagram: Diagram, loop: etree._Element, side: str) -> tuple[str, str | None] | None:
    """Give the list that a multi-instance activity goes through (`Input`) or makes (`Output`), and one item of it."""
    items = item(diagram, loop.findtext(bpmn(f"loopData{side}Ref")))
    if items is None or items.kind is Kind.STORE:
        return None
    one = loop.find(bpmn(f"{side.lower()}DataItem"))
    return items.name, None if one is None else _name(one)


def _kind(kind: str, owner: etree._Element) -> Kind:
    if local_name(owner.tag) in CONTAINERS or local_name(owner.tag).startswith("global"):
        return Kind.VARIABLE
    return Kind(kind.removeprefix("data").lower())


def _owner(element: etree._Element) -> etree._Element:
    """Give the process or element that data stands in, within its `ioSpecification` or not."""
    around = element.getparent()
    assert around is not None
    return _owner(around) if local_name(around.tag) == "ioSpecification" else around


def _id(element: etree._Element) -> str:
    return element.get("id") or ""


def _name(element: etree._Element) -> str:
    return " ".join((element.get("name") or "").split()) or _id(element)


def _object_name(diagram: Diagram, element: etree._Element) -> str:
    """Give the name of a data object; modelers write it at its references, where it is no state of it."""
    if element.get("name"):
        return _name(element)
    references = diagram.root.iter(bpmn("dataObjectReference"))
    own = [r for r in references if r.get("dataObjectRef") == element.get("id") and r.get("name")]
    names = {_name(r) for r in own if r.find(bpmn("dataState")) is None}
    return names.pop() if len(names) == 1 else _id(element)


def _association(diagram: Diagram, node: Node, side: str, xml: etree._Element) -> Association:
    references = _texts(xml, "sourceRef")
    sources = tuple(found for name in references if (found := item(diagram, name)) is not None)
    target = item(diagram, xml.findtext(bpmn("targetRef")))
    assigned = tuple(xml.iterchildren(bpmn("assignment")))
    transformation = xml.find(bpmn("transformation"))
    obstacle = (
        _ends(node, side, sources, target)
        if len(sources) == len(references) and (sources or assigned or transformation is not None)
        else _INCOMPLETE
    )
    expressions = [transformation, *(part for one in assigned for part in one.iterchildren())]
    obstacle = obstacle or _language([one for one in expressions if one is not None])
    if obstacle is None and len(sources) > 1 and transformation is None and not assigned:
        obstacle = _INCOMPLETE
    return Association(
        xml,
        sources,
        target,
        None if transformation is None else (transformation.text or "").strip(),
        tuple(_assignment(one, target) for one in assigned),
        obstacle,
    )


_INCOMPLETE = ("den har ikke både kilde og mål", "it does not have both a source and a target")
_STORE = ("kfflow har ingen datalagre", "kfflow has no data stores")
_DIRECTION = (
    "den fører ikke mellem elementets egne data og data omkring det",
    "it does not lead between the element's own data and data around it",
)
_FOREIGN = ("dens udtryk er ikke FEEL", "its expression is not FEEL")


def _ends(node: Node, side: str, sources: tuple[Item, ...], target: Item | None) -> tuple[str, str] | None:
    if target is None or target.name == PLACEHOLDER:
        return _INCOMPLETE
    if any(one.kind is Kind.STORE for one in (*sources, target)):
        return _STORE
    inner, outer = ((target,), sources) if side == "Input" else (sources, (target,))
    kinds = {Kind.INPUT, Kind.PROPERTY} if side == "Input" else {Kind.OUTPUT, Kind.PROPERTY}
    if all(i.kind in kinds and i.owner == node.id for i in inner) and all(o.kind is Kind.VARIABLE for o in outer):
        return None
    return _DIRECTION


def _language(expressions: list[etree._Element]) -> tuple[str, str] | None:
    languages = {one.get("language") for one in expressions} - {None}
    paths = [one.text or "" for one in expressions if local_name(one.tag) == "to"]
    is_foreign = any("FEEL" not in str(language) for language in languages)
    return _FOREIGN if is_foreign or not all(_PATH.fullmatch(_plain(path)) for path in paths) else None


def _assignment(xml: etree._Element, target: Item | None) -> Assignment:
    """Read an assignment; its path begins at the target, whether the target is named first or not."""
    path = tuple(part.strip() for part in _plain(xml.findtext(bpmn("to")) or "").split("."))
    names = () if target is None else (target.id, target.name)
    return Assignment((xml.findtext(bpmn("from")) or "").strip(), path[1:] if path[0] in names else path)


def _plain(path: str) -> str:
    return path.strip().removeprefix("=").strip()


def _texts(element: etree._Element, tag: str) -> tuple[str, ...]:
    return tuple(text for one in element.iterchildren(bpmn(tag)) if (text := (one.text or "").strip()))


def of_scope(diagram: Diagram, node: Node) -> Iterator[str]:
    """Give the variables that live and end with a subprocess because associations move its data (§10.4.1)."""
    inside = (a for n in node.process.walk() for side in ("Input", "Output") for a in associations(diagram, n, side))
    for one in inside:
        if one.obstacle is None and one.target is not None:
            yield from (i.name for i in (*one.sources, one.target) if i.owner == node.id)
