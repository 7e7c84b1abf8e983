"""Multi-instance and standard loops, from the element model."""

from kfflow.engine.bpmn import extensions as ext
from kfflow.engine.bpmn.behaviors import announcements, behavior
from kfflow.engine.bpmn.model import ACTIVITIES, Diagram, Node
from kfflow.engine.bpmn.names import bpmn
from kfflow.engine.build_events import build_trigger
from kfflow.engine.compiler import Compiler
from kfflow.engine.spiff.loops import AnnouncementSpec, MultiInstance, RepeatedActivity, StandardLoop
from kfflow.engine.spiff.process import ProcessSpec


def build_repetition(diagram: Diagram, process: ProcessSpec, node: Node, compiler: Compiler) -> RepeatedActivity | None:
    """Build what repeats an activity; None for one that runs once."""
    if node.type not in ACTIVITIES:
        return None
    many, loop = (node.xml.find(bpmn(f"{kind}LoopCharacteristics")) for kind in ("multiInstance", "standard"))
    if many is None and loop is None:
        return None
    spec = _multi_instance(diagram, process, node, compiler) if many is not None else _loop(process, node, compiler)
    spec.inner = f"{node.id}#"
    return spec


def _multi_instance(diagram: Diagram, process: ProcessSpec, node: Node, compiler: Compiler) -> MultiInstance:
    xml = node.xml.find(bpmn("multiInstanceLoopCharacteristics"))
    assert xml is not None
    spec = MultiInstance(process, node.id, "multiInstanceBody", node.name)
    loop = ext.zeebe_attributes(xml, "loopCharacteristics")
    spec.is_sequential = xml.get("isSequential") == "true"
    if collection := loop.get("inputCollection", "").strip():
        spec.collection = compiler.feel(collection, node)
    elif cardinality := (xml.findtext(bpmn("loopCardinality")) or "").strip():
        spec.cardinality = compiler.feel(cardinality, node)
    spec.input_element = loop.get("inputElement")
    spec.output_collection = loop.get("outputCollection")
    if output := loop.get("outputElement", "").strip():
        spec.output_element = compiler.feel(output, node)
    if condition := (xml.findtext(bpmn("completionCondition")) or "").strip():
        spec.completion_condition = compiler.feel(condition, node)
    spec.announces_once = behavior(xml) == "One"
    spec.announcements = tuple(
        AnnouncementSpec(
            compiler.feel(found.condition, node) if found.condition else None,
            build_trigger(found.definition, node, compiler),
        )
        for found in announcements(diagram, xml)
        if found.definition is not None
    )
    return spec


def _loop(process: ProcessSpec, node: Node, compiler: Compiler) -> StandardLoop:
    xml = node.xml.find(bpmn("standardLoopCharacteristics"))
    assert xml is not None
    spec = StandardLoop(process, node.id, "loopBody", node.name)
    spec.tests_before = xml.get("testBefore") == "true"
    if condition := (xml.findtext(bpmn("loopCondition")) or "").strip():
        spec.condition = compiler.feel(condition, node)
    maximum = xml.get("loopMaximum")
    spec.maximum = int(maximum) if maximum and maximum.isdigit() else None
    return spec
