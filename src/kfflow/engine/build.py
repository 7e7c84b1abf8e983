"""The element model becomes task specs: which class runs which element, and what it knows."""

from collections.abc import Callable, Iterator

from kfflow.engine.bpmn import extensions as ext
from kfflow.engine.bpmn.data import of_scope
from kfflow.engine.bpmn.model import ACTIVITIES, CONTAINERS, Diagram, Node
from kfflow.engine.bpmn.names import bpmn
from kfflow.engine.build_data import build_moves
from kfflow.engine.build_deadlines import build_deadlines
from kfflow.engine.build_events import build_event, build_triggers, message_trigger
from kfflow.engine.build_loops import build_repetition
from kfflow.engine.build_tasks import build_user_task, build_worker
from kfflow.engine.compiler import Compiler
from kfflow.engine.deadlines import DeadlineRules
from kfflow.engine.reach import upstream
from kfflow.engine.spiff.activity import ActivitySpec, MappingSpec
from kfflow.engine.spiff.complex_gateway import ComplexGateway
from kfflow.engine.spiff.element import ElementSpec, FlowSpec
from kfflow.engine.spiff.events import CatchEvent
from kfflow.engine.spiff.gateways import EventBasedGateway, ExclusiveGateway, InclusiveGateway, JoiningGateway
from kfflow.engine.spiff.gateways import ParallelGateway as Parallel
from kfflow.engine.spiff.loops import MultiInstance
from kfflow.engine.spiff.process import ProcessSpec
from kfflow.engine.spiff.scopes import (
    AdHocSubprocess,
    EventSubprocess,
    ProcessScope,
    ScopeParts,
    Subprocess,
    Transaction,
)
from kfflow.engine.spiff.tasks import BusinessRuleTask, CallActivity, PassingTask, ScriptTask, SendTask, UserTask

ROOT = "#process"


def build_process(diagram: Diagram, process: Node, compiler: Compiler) -> ProcessSpec:
    """Build the specs of a process; expressions that fail are reported to the compiler."""
    spec = ProcessSpec(process.id)
    root = ProcessScope(spec, ROOT, "process", process.name)
    root.element_id = process.id
    root.hjemmel = ext.hjemmel(process.xml)
    _fill_scope(root, process)
    for node in process.walk():
        if node is not process:
            _build_node(diagram, spec, node, compiler)
    _connect(spec)
    spec.case_deadline = build_deadlines(process, compiler)
    spec.deadline_names = frozenset(name for one in _deadlines(spec) for name in one.reads)
    return spec


def _deadlines(process: ProcessSpec) -> Iterator[DeadlineRules]:
    tasks = (spec for spec in process.task_specs.values() if isinstance(spec, UserTask))
    found = (process.case_deadline, *(task.settings.deadline for task in tasks))
    return (deadline for deadline in found if deadline is not None)


def _build_node(diagram: Diagram, process: ProcessSpec, node: Node, compiler: Compiler) -> None:
    repetition = build_repetition(diagram, process, node, compiler)
    name = node.id if repetition is None else f"{node.id}#"
    element = _ELEMENTS[_kind(node)](diagram, process, name, node, compiler)
    element.hjemmel = ext.hjemmel(node.xml) or ext.deadline_hjemmel(node.xml)
    if isinstance(element, ActivitySpec):
        _map(element, node, compiler)
        element.tokens_in = _quantity(node, "startQuantity")
    if isinstance(element, ScopeParts):
        _fill_scope(element, node)
        element.data_objects = tuple(sorted(set(of_scope(diagram, node))))
    outer = repetition or element
    moving = outer if isinstance(outer, MultiInstance) else element
    if isinstance(moving, ActivitySpec):
        moving.moves = build_moves(diagram, node, compiler)
        process.has_conditions = process.has_conditions or bool(moving.moves.inputs)
    outer.hjemmel = element.hjemmel
    outer.flows = _flows(node, compiler)
    outer.tokens_out = _quantity(node, "completionQuantity")
    if isinstance(outer, ActivitySpec):
        outer.boundaries = tuple(b.id for b in node.boundaries if b.event_kind != "compensate")
        outer.compensated_by = node.compensated_by.id if node.compensated_by is not None else None
        if isinstance(element, ActivitySpec):
            element.compensated_by = outer.compensated_by
    if isinstance(outer, JoiningGateway):
        outer.arrivals = tuple(flow.id for flow in node.incoming)
    if isinstance(outer, InclusiveGateway):
        process.has_inclusive_joins = True
        outer.upstream = {flow.id: upstream(flow, node) for flow in node.incoming}
    process.has_conditions = process.has_conditions or any(e.kind == "conditional" for e in node.events)


def _quantity(node: Node, attribute: str) -> int:
    """Give how many tokens an activity takes or gives (§13.3.2); nothing else has such a number."""
    return int(node.xml.get(attribute, "1")) if node.type in ACTIVITIES else 1


def _kind(node: Node) -> str:
    if node.type in CONTAINERS and node.is_event_subprocess:
        return "eventSubprocess"
    return "event" if node.type.endswith("Event") else node.type


def _connect(process: ProcessSpec) -> None:
    """Tell SpiffWorkflow's graph what follows what."""
    for element in list(process.task_specs.values()):
        for flow in element.flows:
            element.connect(process.element(flow.target))


def _flows(node: Node, compiler: Compiler) -> tuple[FlowSpec, ...]:
    return tuple(
        FlowSpec(
            flow.id,
            flow.name,
            flow.target.id,
            compiler.feel(flow.condition, node, flow.line) if flow.condition and _is_asked(node) else None,
            flow.is_default,
        )
        for flow in node.outgoing
    )


def _is_asked(node: Node) -> bool:
    """Tell whether conditions count here: not behind parallel and event-based gateways (§13.4.1)."""
    return node.type not in ("parallelGateway", "eventBasedGateway")


def _map(element: ActivitySpec, node: Node, compiler: Compiler) -> None:
    element.keeps = ext.kf_attributes(node.xml, "results").get("keep", "")
    for direction in ("input", "output"):
        mapped = tuple(
            MappingSpec(compiler.text(m.source, node, m.line), tuple(m.target.removeprefix("=").strip().split(".")))
            for m in ext.mappings(node.xml, direction)
        )
        setattr(element, f"{direction}_mappings", mapped)


def _fill_scope(scope: ScopeParts, node: Node) -> None:
    inner = [c for c in node.children if not c.is_event_subprocess]
    begin = [c.id for c in inner if c.type == "startEvent"]
    scope.starts = tuple(begin[:1] if node.is_event_subprocess else begin) or tuple(
        c.id for c in inner if not c.incoming and c.type != "boundaryEvent" and not c.is_compensation_handler
    )
    starts = [s for c in node.children if c.is_event_subprocess for s in c.children if s.type == "startEvent"]
    scope.event_starts = tuple(s.id for s in starts if s.event_kind != "compensate")
    scope.compensation_starts = tuple(s.id for s in starts if s.event_kind == "compensate")


def _script(_: Diagram, process: ProcessSpec, name: str, node: Node, compiler: Compiler) -> ElementSpec:
    if ext.zeebe_attributes(node.xml, "taskDefinition"):
        return build_worker(process, name, node, compiler)
    spec = ScriptTask(process, name, node.type, node.name)
    script = ext.zeebe_attributes(node.xml, "script")
    text = script.get("expression") or (node.xml.findtext(bpmn("script")) or "").strip()
    if text:
        spec.script = compiler.feel(text, node)
        spec.result_variable = script.get("resultVariable")
    return spec


def _rule(_: Diagram, process: ProcessSpec, name: str, node: Node, compiler: Compiler) -> ElementSpec:
    called = ext.zeebe_attributes(node.xml, "calledDecision")
    if not called:
        return build_worker(process, name, node, compiler)
    spec = BusinessRuleTask(process, name, node.type, node.name)
    spec.decision_id = compiler.text(called.get("decisionId", ""), node)
    spec.result_variable = called.get("resultVariable") or "result"
    return spec


def _send(diagram: Diagram, process: ProcessSpec, name: str, node: Node, compiler: Compiler) -> ElementSpec:
    if ext.zeebe_attributes(node.xml, "taskDefinition"):
        return build_worker(process, name, node, compiler)
    spec = SendTask(process, name, node.type, node.name)
    spec.trigger = message_trigger(diagram.by_id.get(node.xml.get("messageRef", "").rpartition(":")[2]), node, compiler)
    return spec


def _receive(diagram: Diagram, process: ProcessSpec, name: str, node: Node, compiler: Compiler) -> ElementSpec:
    spec = CatchEvent(process, name, node.type, node.name)
    message = diagram.by_id.get(node.xml.get("messageRef", "").rpartition(":")[2])
    trigger = message_trigger(message, node, compiler)
    if trigger is not None:
        spec.triggers = (trigger,)
    return spec


def _call(_: Diagram, process: ProcessSpec, name: str, node: Node, compiler: Compiler) -> ElementSpec:
    called = ext.zeebe_attributes(node.xml, "calledElement")
    spec = CallActivity(process, name, node.type, node.name)
    spec.process_id = compiler.text(called.get("processId") or node.xml.get("calledElement") or "", node)
    spec.passes_all = called.get("propagateAllParentVariables", "true") != "false"
    spec.returns_all = called.get("propagateAllChildVariables", "true") != "false"
    spec.binding = called.get("bindingType", "legalDate")
    spec.version_tag = called.get("versionTag")
    return spec


def _ad_hoc(_: Diagram, process: ProcessSpec, name: str, node: Node, compiler: Compiler) -> ElementSpec:
    spec = AdHocSubprocess(process, name, node.type, node.name)
    spec.is_sequential = node.xml.get("ordering") == "Sequential"
    spec.cancels_remaining = node.xml.get("cancelRemainingInstances", "true") != "false"
    active = ext.zeebe_attributes(node.xml, "adHoc").get("activeElementsCollection")
    spec.active = compiler.feel(active, node) if active else None
    condition = (node.xml.findtext(bpmn("completionCondition")) or "").strip()
    spec.completion_condition = compiler.feel(condition, node) if condition else None
    return spec


def _complex(_: Diagram, process: ProcessSpec, name: str, node: Node, compiler: Compiler) -> ElementSpec:
    spec = ComplexGateway(process, name, node.type, node.name)
    condition = (node.xml.findtext(bpmn("activationCondition")) or "").strip()
    spec.activation = compiler.feel(condition, node) if condition else None
    return spec


def _plain(kind: type[ElementSpec]) -> Callable[..., ElementSpec]:
    def build(_: Diagram, process: ProcessSpec, name: str, node: Node, __: Compiler) -> ElementSpec:
        return kind(process, name, node.type, node.name)

    return build


_ELEMENTS: dict[str, Callable[[Diagram, ProcessSpec, str, Node, Compiler], ElementSpec]] = {
    "task": _plain(PassingTask),
    "manualTask": _plain(PassingTask),
    "userTask": lambda _, process, name, node, compiler: build_user_task(process, name, node, compiler),
    "serviceTask": lambda _, process, name, node, compiler: build_worker(process, name, node, compiler),
    "scriptTask": _script,
    "businessRuleTask": _rule,
    "sendTask": _send,
    "receiveTask": _receive,
    "callActivity": _call,
    "subProcess": _plain(Subprocess),
    "transaction": _plain(Transaction),
    "adHocSubProcess": _ad_hoc,
    "eventSubprocess": _plain(EventSubprocess),
    "exclusiveGateway": _plain(ExclusiveGateway),
    "parallelGateway": _plain(Parallel),
    "inclusiveGateway": _plain(InclusiveGateway),
    "eventBasedGateway": _plain(EventBasedGateway),
    "complexGateway": _complex,
    "event": lambda _, process, name, node, compiler: build_event(
        process, name, node, compiler, build_triggers(node, compiler)
    ),
}
