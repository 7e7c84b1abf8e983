"""A diagram or table as plain words, element by element, so that two versions can be told apart (`domain.diagrams`)."""

from collections.abc import Iterator

from lxml import etree

from kfflow.domain.diagrams import COLUMN
from kfflow.engine.bpmn.read import Unreadable, read_xml
from kfflow.engine.dmn import document

Described = dict[str, dict[str, str]]

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
ENTRIES = frozenset({"inputEntry", "outputEntry"})
"""Told as columns of their rule."""
ANY = "-"
UNTOLD = frozenset({"extensionElements", "incoming", "outgoing", "laneSet", "lane", "flowNodeRef", "documentation"})
DRAWING = (
    "BPMNDiagram",
    "BPMNPlane",
    "BPMNShape",
    "BPMNEdge",
    "BPMNLabel",
    "DMNDI",
    "DMNDiagram",
    "DMNShape",
    "DMNEdge",
)
EVENTS = {
    "timerEventDefinition": "timer",
    "messageEventDefinition": "message",
    "signalEventDefinition": "signal",
    "errorEventDefinition": "error",
    "escalationEventDefinition": "escalation",
}
EXTENSIONS = {
    "assignmentDefinition": "assignment",
    "formDefinition": "form",
    "calledDecision": "decision",
    "calledElement": "calledProcess",
    "taskDefinition": "jobType",
    "taskHeaders": "headers",
    "taskSchedule": "dueDate",
    "priorityDefinition": "priority",
    "loopCharacteristics": "loop",
    "subscription": "correlationKey",
}
LEADING = {
    "deadline": "rule",
    "hjemmel": "text",
    "fourEyes": "differentFrom",
    "access": "class",
    "letter": "element",
    "place": "institution",
    "milestone": "name",
}
"""The attribute that an extension of ours is named by; its others are told as properties of their own."""

DEFAULTS = {"propagateAllParentVariables": "true", "propagateAllChildVariables": "true", "bindingType": "legalDate"}
"""What a tool may write or leave out without changing anything."""

RENAMED = {
    "sourceRef": "source",
    "targetRef": "target",
    "attachedToRef": "attachedTo",
    "cancelActivity": "interrupting",
}


def describe(source: bytes, resource: str) -> Described:
    """Give every element with an id as property → text; nothing for what is no XML."""
    try:
        root = document.parse(source, resource) if resource.endswith(".dmn") else read_xml(source, resource)
    except (Unreadable, document.UnreadableError):
        return {}
    lanes = dict(_lanes(root))
    found: Described = {}
    for element in root.iter(etree.Element):
        identifier, kind = element.get("id"), _local(element)
        if identifier is None or element is root or kind in UNTOLD or kind.startswith(DRAWING):
            continue
        if kind in EVENTS or kind in ENTRIES or kind == "multiInstanceLoopCharacteristics":
            continue
        found[identifier] = dict(_told(element, kind, lanes.get(identifier)))
    return found


def _local(element: etree._Element) -> str:
    return etree.QName(element).localname


def _lanes(root: etree._Element) -> Iterator[tuple[str, str]]:
    for lane in root.iter(f"{BPMN}lane"):
        for node in lane.findall(f"{BPMN}flowNodeRef"):
            yield (node.text or "").strip(), lane.get("name") or lane.get("id") or ""


def _told(element: etree._Element, kind: str, lane: str | None) -> Iterator[tuple[str, str]]:
    return _rule(element) if kind == "rule" else _properties(element, kind, lane)


def _rule(rule: etree._Element) -> Iterator[tuple[str, str]]:
    """Tell a table's rule as a reader sees it: what it asks for, and what stands in each column after that."""
    yield "type", "rule"
    asked = zip(_columns(rule, "input"), _entries(rule, "inputEntry"), strict=False)
    yield "conditions", ", ".join(f"{label} {text}" for label, text in asked if text != ANY)
    for column, entry in (("output", "outputEntry"), ("annotation", "annotationEntry")):
        for label, text in zip(_columns(rule, column), _entries(rule, entry), strict=False):
            yield f"{COLUMN}{label}", text
    if description := " ".join(_entries(rule, "description")):
        yield "documentation", description


def _columns(rule: etree._Element, kind: str) -> Iterator[str]:
    """Give the headings of a rule's table."""
    table = rule.getparent()
    assert table is not None, "a rule stands in a table"
    for number, column in enumerate(_children(table, kind), start=1):
        expression = next(_entries(column, "inputExpression"), "")
        yield column.get("label") or column.get("name") or expression or f"{number}"


def _entries(element: etree._Element, kind: str) -> Iterator[str]:
    return (_text(child) for child in _children(element, kind))


def _children(element: etree._Element, kind: str) -> Iterator[etree._Element]:
    return (child for child in element if isinstance(child.tag, str) and _local(child) == kind)


def _properties(element: etree._Element, kind: str, lane: str | None) -> Iterator[tuple[str, str]]:
    yield "type", kind
    if lane:
        yield "lane", lane
    for name, value in element.attrib.items():
        local = etree.QName(name).localname
        if local != "id":
            yield RENAMED.get(local, local), str(value)
    for child in element:
        if isinstance(child.tag, str):
            yield from _child(child)


def _child(child: etree._Element) -> Iterator[tuple[str, str]]:
    kind = _local(child)
    if kind == "extensionElements":
        yield from _extensions([extension for extension in child if isinstance(extension.tag, str)])
    elif kind == "conditionExpression":
        yield "condition", _text(child)
    elif kind == "documentation":
        yield "documentation", _text(child)
    elif kind in EVENTS:
        yield EVENTS[kind], _text(child) or " ".join(str(v) for n, v in child.attrib.items() if n != "id")
    elif kind == "multiInstanceLoopCharacteristics":
        yield "loop", _written(child)
    elif child.get("id") is None and kind not in UNTOLD:
        yield kind, _text(child) or _written(child)


def _extensions(extensions: list[etree._Element]) -> Iterator[tuple[str, str]]:
    """Tell each extension; a deadline's rules by date are one property."""
    by_date = [one for one in extensions if _local(one) == "deadline"]
    told_apart = by_date if len(by_date) > 1 else []
    for extension in extensions:
        if extension not in told_apart:
            yield from _extension(extension)
    if told_apart:
        yield "deadline", "; ".join(_written(one) for one in told_apart)


def _extension(extension: etree._Element) -> Iterator[tuple[str, str]]:
    kind = _local(extension)
    if kind == "ioMapping":
        for way, name in (("input", "inputs"), ("output", "outputs")):
            mapped = [_pairs(one) for one in extension if isinstance(one.tag, str) and _local(one) == way]
            if mapped:
                yield name, "; ".join(mapped)
    elif kind == "assignmentDefinition":
        yield from ((str(name), str(value)) for name, value in extension.attrib.items())
    elif kind in LEADING:
        yield from _of_ours(extension, kind)
    elif kind != "userTask":
        yield EXTENSIONS.get(kind, kind), _written(extension)


def _of_ours(extension: etree._Element, kind: str) -> Iterator[tuple[str, str]]:
    for name, value in extension.attrib.items():
        yield kind if name == LEADING[kind] else f"{kind}.{name!s}", str(value)


def _pairs(element: etree._Element) -> str:
    attributes = [(str(name), str(value)) for name, value in element.attrib.items()]
    return ", ".join(
        f"{etree.QName(name).localname} {value}" for name, value in attributes if DEFAULTS.get(name) != value
    )


def _written(element: etree._Element) -> str:
    inner = [_written(child) for child in element if isinstance(child.tag, str)]
    parts = [_pairs(element), *inner]
    return "; ".join(part for part in parts if part)


def _text(element: etree._Element) -> str:
    return " ".join("".join(str(text) for text in element.itertext()).split())
