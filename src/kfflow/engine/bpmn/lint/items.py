"""Item definitions: what data and messages are made of, and when two of them are the same (BPMN 2.0 §8.3.12)."""

from lxml import etree

from kfflow.engine.bpmn.model import Diagram
from kfflow.engine.bpmn.names import bpmn, local_name


def target(diagram: Diagram, reference: str | None) -> etree._Element | None:
    """Give the element that a qualified name refers to; None for none, and for one of another file."""
    return None if not reference else diagram.by_id.get(reference.strip().rpartition(":")[2])


def item_of(diagram: Diagram, element: etree._Element) -> str | None:
    """Give the item definition of a data element, through a reference where it is one."""
    if local_name(element.tag) == "dataObjectReference":
        data = target(diagram, element.get("dataObjectRef"))
        return None if data is None else data.get("itemSubjectRef")
    return element.get("itemSubjectRef")


def same_item(diagram: Diagram, one: str | None, other: str | None) -> bool:
    """Tell whether two item definitions are the same, or of the same structure."""
    if one is None or other is None or one == other:
        return one == other
    structures = [structure_of(diagram, name) for name in (one, other)]
    return structures[0] is not None and structures[0] == structures[1]


def structure_of(diagram: Diagram, item: str | None) -> str | None:
    definition = target(diagram, item)
    return None if definition is None else definition.get("structureRef")


def is_collection(diagram: Diagram, item: str | None) -> bool:
    definition = target(diagram, item)
    return definition is not None and definition.get("isCollection") == "true"


def data_of(element: etree._Element, side: str) -> list[etree._Element]:
    """Give the data inputs or outputs (`side`: `Input`, `Output`) of an activity or a callable element."""
    specification = element.find(bpmn("ioSpecification"))
    return [] if specification is None else list(specification.iterchildren(bpmn(f"data{side}")))
