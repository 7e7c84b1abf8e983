"""The data of multi-instance activities: the list that goes in and the one that comes out (BPMN 2.0 §10.3.8)."""

from collections.abc import Iterator

from lxml import etree

from kfflow.engine.bpmn.lint.items import is_collection, item_of, structure_of, target
from kfflow.engine.bpmn.lint.saying import WARNING, say, title
from kfflow.engine.bpmn.model import ACTIVITIES, Diagram, Node
from kfflow.engine.bpmn.names import bpmn, local_name
from kfflow.engine.findings import Finding

_LISTS = {
    "Input": frozenset(["dataInput", "dataObject", "dataObjectReference", "property"]),
    "Output": frozenset(["dataOutput", "dataObject", "dataObjectReference", "property"]),
}


def check(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.all_nodes():
        loop = node.xml.find(bpmn("multiInstanceLoopCharacteristics"))
        if loop is not None and node.type in ACTIVITIES:
            for side, kinds in _LISTS.items():
                yield from _list(diagram, node, loop, side, kinds)
            if loop.find(bpmn("loopCardinality")) is not None and loop.find(bpmn("loopDataInputRef")) is not None:
                yield _say(
                    diagram, node, "gentages både et antal gange og for en liste",
                    "repeats both a number of times and for a list",
                )  # fmt: skip


def _list(diagram: Diagram, node: Node, loop: etree._Element, side: str, kinds: frozenset[str]) -> Iterator[Finding]:
    reference = loop.find(bpmn(f"loopData{side}Ref"))
    if reference is None:
        return
    items = target(diagram, reference.text)
    if items is None or local_name(items.tag) not in kinds:
        yield _say(
            diagram, node, f"har en loopData{side}Ref, der ikke peger på data{side}",
            f"has a loopData{side}Ref that refers to no data{side}",
        )  # fmt: skip
        return
    one = loop.find(bpmn(f"{side.lower()}DataItem"))
    if one is not None and not _is_one_of(diagram, one.get("itemSubjectRef"), item_of(diagram, items)):
        yield _say(
            diagram, node, f"har en {side.lower()}DataItem, der ikke er ét element af listen",
            f"has an {side.lower()}DataItem that is not one item of the list",
        )  # fmt: skip


def _is_one_of(diagram: Diagram, item: str | None, items: str | None) -> bool:
    if item is None or items is None:
        return True
    return not is_collection(diagram, item) and structure_of(diagram, item) == structure_of(diagram, items)


def _say(diagram: Diagram, node: Node, da: str, en: str) -> Finding:
    return say(diagram, "repetition-data", WARNING, node, f"{title(node)} {da}.", f"{title(node)} {en}.")
