"""What goes in and out of called elements and operations agrees on both sides (BPMN 2.0 §8.4.3, §10.3.3, §10.3.6)."""

from collections.abc import Iterator

from lxml import etree

from kfflow.engine.bpmn.lint.items import data_of, item_of, same_item, target
from kfflow.engine.bpmn.lint.saying import WARNING, say
from kfflow.engine.bpmn.model import Diagram
from kfflow.engine.bpmn.names import bpmn, local_name
from kfflow.engine.findings import Finding

_SIDES = (("Input", "in"), ("Output", "out"))


def check(diagram: Diagram) -> Iterator[Finding]:
    for task in diagram.root.iter(bpmn("serviceTask")):
        operation = target(diagram, task.get("operationRef"))
        if operation is not None and local_name(operation.tag) == "operation":
            yield from _service(diagram, task, operation)
    for call in diagram.root.iter(bpmn("callActivity")):
        called = target(diagram, call.get("calledElement"))
        if called is not None:
            yield from _call(diagram, call, called)
    for element in diagram.root.iterchildren():
        if local_name(element.tag) == "process" or local_name(element.tag).startswith("global"):
            yield from _offers(diagram, element)


def _service(diagram: Diagram, task: etree._Element, operation: etree._Element) -> Iterator[Finding]:
    specification = task.find(bpmn("ioSpecification"))
    sets = [] if specification is None else list(specification)
    ins, outs = (sum(local_name(e.tag) == f"{side}Set" for e in sets) for side in ("input", "output"))
    if ins != 1 or outs > 1:
        yield _say(
            diagram, "operation-data", task,
            "kalder en operation og skal have ét inputSet og højst ét outputSet",
            "calls an operation and must have one inputSet and at most one outputSet",
        )  # fmt: skip
        return
    for side, direction in _SIDES:
        item = _carried(diagram, operation, direction)
        if item is not None and not any(same_item(diagram, item, d.get("itemSubjectRef")) for d in data_of(task, side)):
            yield _say(
                diagram, "operation-data", task,
                f"har ikke de data, som operationens {direction}-meddelelse bærer",
                f"does not have the data that the {direction} message of its operation carries",
            )  # fmt: skip


def _carried(diagram: Diagram, operation: etree._Element, direction: str) -> str | None:
    message = target(diagram, operation.findtext(bpmn(f"{direction}MessageRef")))
    return None if message is None else message.get("itemRef")


def _call(diagram: Diagram, call: etree._Element, called: etree._Element) -> Iterator[Finding]:
    for side, _ in _SIDES:
        given = [d.get("itemSubjectRef") for d in data_of(call, side)]
        wanted = [d.get("itemSubjectRef") for d in data_of(called, side)]
        pairs = zip(given, wanted, strict=False)
        if len(given) != len(wanted) or not all(same_item(diagram, one, other) for one, other in pairs):
            yield _say(
                diagram, "called-data", call,
                f"har ikke de samme data{side} som {called.get('id')}, der kaldes",
                f"does not have the same data{side}s as {called.get('id')}, which it calls",
            )  # fmt: skip


def _offers(diagram: Diagram, element: etree._Element) -> Iterator[Finding]:
    """An offered operation must be bound to data of what its messages carry."""
    bindings = {(b.get("operationRef") or "").rpartition(":")[2]: b for b in element.iterchildren(bpmn("ioBinding"))}
    for reference in element.iterchildren(bpmn("supportedInterfaceRef")):
        interface = target(diagram, reference.text)
        for operation in interface.iterchildren(bpmn("operation")) if interface is not None else ():
            binding = bindings.get(operation.get("id", ""))
            if binding is None:
                yield _say(
                    diagram, "operation-unbound", element,
                    f"tilbyder operationen {operation.get('id')}, men binder den ikke til data (ioBinding)",
                    f"offers the operation {operation.get('id')} but binds it to no data (ioBinding)",
                )  # fmt: skip
            else:
                yield from _binding(diagram, element, binding, operation)


def _binding(
    diagram: Diagram, element: etree._Element, binding: etree._Element, operation: etree._Element
) -> Iterator[Finding]:
    for side, direction in _SIDES:
        bound = target(diagram, binding.get(f"{side.lower()}DataRef"))
        item = _carried(diagram, operation, direction)
        if bound is None or item is None or local_name(bound.tag) != f"data{side}":
            continue
        if not same_item(diagram, item, item_of(diagram, bound)):
            yield _say(
                diagram, "operation-binding", element,
                f"binder {bound.get('id')} til en operation, hvis meddelelse bærer noget andet",
                f"binds {bound.get('id')} to an operation whose message carries something else",
            )  # fmt: skip


def _say(diagram: Diagram, rule: str, element: etree._Element, da: str, en: str) -> Finding:
    name = element.get("id") or local_name(element.tag)
    return say(diagram, rule, WARNING, element, f"{name} {da}.", f"{name} {en}.")
