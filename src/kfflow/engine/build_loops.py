"""Multi-instance and standard loops, from the element model."""

from kfflow.engine.bpmn import extensions as ext
from kfflow.engine.bpmn.behaviors import announcements, behavior
from kfflow.engine.bpmn.data import repeated_over
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
    spec.counts_from = 0 if ext.kf_attributes(xml, "loop").get("countsFrom") == "0" else 1
    if collection := loop.get("inputCollection", "").strip():
        spec.collection = compiler.feel(collection, node)
    elif cardinality := (xml.findtext(bpmn("loopCardinality")) or "").strip():
        spec.cardinality = compiler.feel(cardinality, node)
    spec.input_element = loop.get("inputElement")
    spec.output_collection = loop.get("outputCollection")
    if output := loop.get("outputElement", "").strip():
        spec.output_element = compiler.feel(output, node)
    _over_data(diagram, spec, node, compiler)
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


def _over_data(diagram: Diagram, spec: MultiInstance, node: Node, compiler: Compiler) -> None:
    """Repeat over data (§10.3.8), where the extension names no collection of its own."""
    xml = node.xml.find(bpmn("multiInstanceLoopCharacteristics"))
    assert xml is not None
    taken, given = (repeated_over(diagram, xml, side) for side in ("Input", "Output"))
    if taken is not None and spec.collection is None and spec.cardinality is None:
        spec.collection, spec.input_element = compiler.feel(taken[0], node), spec.input_element or taken[1]
    if given is not None and spec.output_collection is None:
        spec.output_collection, spec.output_item = given
        spec.output_element = compiler.feel(given[1], node) if given[1] else None


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
