"""An XML tree becomes the element model. What is missing or dangling is left out here and found by lint."""

from lxml import etree

from kfflow.engine.bpmn.model import CONTAINERS, FLOW_NODES, Diagram, EventDefinition, Flow, Node
from kfflow.engine.bpmn.names import BPMN, bpmn, line_of, local_name, namespace

_REFERENCES = {
    "message": ("messageRef", "name"),
    "signal": ("signalRef", "name"),
    "error": ("errorRef", "errorCode"),
    "escalation": ("escalationRef", "escalationCode"),
}


_GLOBAL_TASKS = {
    "globalTask": "task",
    "globalScriptTask": "scriptTask",
    "globalUserTask": "userTask",
    "globalManualTask": "manualTask",
    "globalBusinessRuleTask": "businessRuleTask",
}


def build_model(root: etree._Element, resource: str) -> Diagram:
    """Read every process of a `definitions` element."""
    diagram = Diagram(resource, root)
    for element in root.iter():
        if (identity := element.get("id")) and namespace(element.tag) == BPMN:
            diagram.by_id.setdefault(identity, element)
    for element in root.iterchildren(bpmn("process")):
        process = _node(diagram, element, None)
        diagram.processes.append(process)
        _fill(diagram, process)
    for element in root.iterchildren():
        if local_name(element.tag) in _GLOBAL_TASKS and namespace(element.tag) == BPMN:
            diagram.processes.append(_global_task(diagram, element))
    for process in diagram.processes:
        _lead(diagram, process)
        _attach(diagram, process)
        _assign_lanes(diagram, process)
    return diagram


def _global_task(diagram: Diagram, element: etree._Element) -> Node:
    """Read a global task as a process of that one task (BPMN 2.0 §10.3.5): call activities call it by its id."""
    process = _node(diagram, element, None)
    process.type = "process"
    task = _node(diagram, element, process)
    task.type = _GLOBAL_TASKS[local_name(element.tag)]
    process.children.append(task)
    return process


def _node(diagram: Diagram, element: etree._Element, parent: Node | None) -> Node:
    identity = element.get("id") or f"{local_name(element.tag)}_line{line_of(element)}"
    node = Node(
        identity, local_name(element.tag), (element.get("name") or "").strip(), line_of(element), element, parent
    )
    node.events = list(_event_definitions(diagram, element))
    diagram.nodes.setdefault(identity, node)
    return node


def _fill(diagram: Diagram, container: Node) -> None:
    for element in container.xml.iterchildren():
        if namespace(element.tag) == BPMN and local_name(element.tag) in FLOW_NODES:
            child = _node(diagram, element, container)
            container.children.append(child)
            if child.type in CONTAINERS:
                _fill(diagram, child)


def _event_definitions(diagram: Diagram, element: etree._Element) -> list[EventDefinition]:
    found = []
    for child in element.iterchildren():
        name = local_name(child.tag)
        if name.endswith("EventDefinition"):
            found.append(event_definition(diagram, child))
        elif name == "eventDefinitionRef":
            target = diagram.by_id.get(_plain((child.text or "").strip()))
            if target is not None and local_name(target.tag).endswith("EventDefinition"):
                found.append(event_definition(diagram, target))
    return found


def event_definition(diagram: Diagram, element: etree._Element) -> EventDefinition:
    """Read what an event is about, with what it refers to."""
    kind = local_name(element.tag).removesuffix("EventDefinition")
    definition = EventDefinition(kind, element)
    if kind in _REFERENCES:
        attribute, key = _REFERENCES[kind]
        target = diagram.by_id.get(_plain(element.get(attribute, "")))
        if target is not None:
            definition.target = target
            definition.name = target.get("name") or target.get("id") or ""
            definition.code = target.get(key) or ("" if key.endswith("Code") else definition.name)
    elif kind == "link":
        definition.name = element.get("name") or ""
    elif kind == "compensate":
        definition.name = _plain(element.get("activityRef", ""))
    return definition


def _plain(reference: str) -> str:
    """Give the local part of a QName reference."""
    return reference.rpartition(":")[2]


def _lead(diagram: Diagram, process: Node) -> None:
    """Draw the sequence flows between elements of one scope; some tools write all of them in the process."""
    for order, element in enumerate(process.xml.iter(bpmn("sequenceFlow"))):
        source, target = (diagram.nodes.get(element.get(end, "")) for end in ("sourceRef", "targetRef"))
        if source is not None and target is not None and source.parent is target.parent is not None:
            _add_flow(source, target, element, order)


def _attach(diagram: Diagram, container: Node) -> None:
    """Attach the events of a scope to their activities, and what undoes those."""
    local = {child.id: child for child in container.children}
    for child in container.children:
        host = local.get(child.xml.get("attachedToRef", ""))
        if child.type == "boundaryEvent" and host is not None:
            child.attached = host
            host.boundaries.append(child)
    _associate_compensation(diagram, local)
    for child in container.children:
        if child.type in CONTAINERS:
            _attach(diagram, child)


def _add_flow(source: Node, target: Node, element: etree._Element, order: int) -> None:
    identity = element.get("id") or f"Flow_{source.id}_{target.id}_{order}"
    condition = element.find(bpmn("conditionExpression"))
    flow = Flow(
        identity,
        (element.get("name") or "").strip(),
        line_of(element),
        source,
        target,
        None if condition is None else (condition.text or "").strip(),
        source.xml.get("default") == identity,
        order,
    )
    source.outgoing.append(flow)
    target.incoming.append(flow)


def _associate_compensation(diagram: Diagram, local: dict[str, Node]) -> None:
    """Find the handler of each compensation boundary event: the other end of its association (BPMN 2.0 §13.5.4)."""
    for element in diagram.root.iter(bpmn("association")):
        source, target = local.get(element.get("sourceRef", "")), local.get(element.get("targetRef", ""))
        for boundary, handler in ((source, target), (target, source)):
            if boundary is None or handler is None or boundary.type != "boundaryEvent":
                continue
            if (
                handler.is_compensation_handler
                and boundary.attached is not None
                and boundary.event_kind == "compensate"
            ):
                boundary.attached.compensated_by = handler


def _assign_lanes(diagram: Diagram, process: Node) -> None:
    for lane in process.xml.iter(bpmn("lane")):
        for reference in lane.iterchildren(bpmn("flowNodeRef")):
            node = diagram.nodes.get((reference.text or "").strip())
            if node is not None:
                node.lane = (lane.get("name") or lane.get("id") or "").strip()
    for node in process.walk():
        if node.lane is None and node.parent is not None:
            node.lane = node.parent.lane
