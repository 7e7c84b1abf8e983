"""Events and what they wait for or throw, from the element model."""

from datetime import timedelta

from lxml import etree

from kfflow.engine.bpmn import extensions as ext
from kfflow.engine.bpmn.links import partners
from kfflow.engine.bpmn.model import EventDefinition, Node
from kfflow.engine.bpmn.names import bpmn, line_of, local_name
from kfflow.engine.build_tasks import build_worker
from kfflow.engine.compiler import Compiler
from kfflow.engine.expressions import Expression
from kfflow.engine.rounds import CatchUp, Policy
from kfflow.engine.spiff import triggers
from kfflow.engine.spiff.compensation import CancelEndEvent, CompensationStart, CompensationThrow
from kfflow.engine.spiff.element import ElementSpec
from kfflow.engine.spiff.events import (
    BoundaryEvent,
    CatchEvent,
    EndEvent,
    ErrorEndEvent,
    EventSpec,
    EventSubprocessStart,
    StartEvent,
    TerminateEndEvent,
    ThrowEvent,
)
from kfflow.engine.spiff.links import LinkCatch, LinkThrow
from kfflow.engine.spiff.multiple import MultipleCatch, MultipleThrow
from kfflow.engine.spiff.process import ProcessSpec
from kfflow.engine.spiff.timers import TimerTrigger
from kfflow.engine.spiff.triggers import Trigger
from kfflow.engine.timing import InvalidTime, parse_duration

_FORMS = {"timeDate": "date", "timeDuration": "duration", "timeCycle": "cycle"}
_MULTIPLE: dict[str, type[EventSpec]] = {
    "intermediateCatchEvent": MultipleCatch,
    "intermediateThrowEvent": MultipleThrow,
    "endEvent": MultipleThrow,
}
_END_KINDS: dict[str, type[EventSpec]] = {
    "error": ErrorEndEvent,
    "terminate": TerminateEndEvent,
    "cancel": CancelEndEvent,
    "compensate": CompensationThrow,
}


def build_event(
    process: ProcessSpec, name: str, node: Node, compiler: Compiler, found: tuple[Trigger, ...]
) -> ElementSpec:
    if node.type in ("endEvent", "intermediateThrowEvent") and ext.zeebe_attributes(node.xml, "taskDefinition"):
        return build_worker(process, name, node, compiler)
    spec = _event_class(node)(process, name, node.type, node.name)
    spec.triggers = found
    if isinstance(spec, MultipleCatch):
        spec.needs_all = node.xml.get("parallelMultiple") == "true"
    spec.is_interrupting = node.is_interrupting
    if isinstance(spec, CompensationThrow):
        spec.activity = node.events[0].name
        spec.waits = node.events[0].xml.get("waitForCompletion") != "false"
    if isinstance(spec, (EventSubprocessStart, CompensationStart)):
        assert node.parent is not None
        spec.subprocess = node.parent.id
    if isinstance(spec, LinkThrow):
        spec.target = partners(node)[0].id
    return spec


def _event_class(node: Node) -> type[EventSpec]:
    kind = node.event_kind
    if kind == "multiple" and node.type in _MULTIPLE:
        return _MULTIPLE[node.type]
    if node.type == "startEvent":
        return _start_class(node, kind)
    if node.type == "endEvent":
        return _END_KINDS.get(kind, EndEvent)
    if node.type == "boundaryEvent":
        return BoundaryEvent
    if node.type == "intermediateThrowEvent":
        return {"link": LinkThrow, "compensate": CompensationThrow}.get(kind, ThrowEvent)
    return LinkCatch if kind == "link" else CatchEvent


def _start_class(node: Node, kind: str) -> type[EventSpec]:
    if node.parent is None or not node.parent.is_event_subprocess:
        return StartEvent
    return CompensationStart if kind == "compensate" else EventSubprocessStart


def build_triggers(node: Node, compiler: Compiler) -> tuple[Trigger, ...]:
    """Compile what an event waits for or throws."""
    return tuple(build_trigger(definition, node, compiler) for definition in node.events)


def build_trigger(  # noqa: PLR0911 - one line a kind
    definition: EventDefinition, node: Node, compiler: Compiler
) -> Trigger:
    """Compile one event definition of a node."""
    match definition.kind:
        case "timer":
            return timer_trigger(definition, node, compiler)
        case "message":
            return message_trigger(definition.target, node, compiler) or Trigger()
        case "signal":
            return triggers.SignalTrigger(compiler.text(definition.name, node))
        case "conditional":
            text = definition.xml.findtext(bpmn("condition")) or ""
            return triggers.ConditionTrigger(compiler.feel(text, node))
        case "error":
            return triggers.ErrorTrigger(_code(definition), _computed(definition, node, compiler))
        case "escalation":
            return triggers.EscalationTrigger(_code(definition), _computed(definition, node, compiler))
        case _:
            return triggers.PassiveTrigger(definition.kind, definition.name)


def _code(definition: EventDefinition) -> str:
    """Give the code; an error without one is named by its id, so that it is still told from others."""
    if definition.target is None:
        return ""
    return definition.code or definition.target.get("id") or ""


def _computed(definition: EventDefinition, node: Node, compiler: Compiler) -> Expression | None:
    return compiler.text(definition.code, node) if definition.code.startswith("=") else None


def timer_trigger(definition: EventDefinition, node: Node, compiler: Compiler) -> TimerTrigger:
    for child in definition.xml.iterchildren():
        form, text = _FORMS.get(local_name(child.tag)), (child.text or "").strip()
        if form is not None and text:
            return TimerTrigger(form, compiler.text(text, node, line_of(child)), catch_up(node))
    return TimerTrigger("duration", Expression(""))


def catch_up(node: Node) -> CatchUp:
    """Give what the `kf:timer` of an event says; what it says wrongly was found by lint."""
    said, usual = ext.kf_attributes(node.xml, "timer"), CatchUp()
    late = said.get("lateAfter")
    try:
        late_after = parse_duration(late).exact() if late else usual.late_after
        return CatchUp(Policy(said.get("catchUp", usual.policy)), late_after)
    except ValueError:
        return usual


def message_trigger(message: etree._Element | None, node: Node, compiler: Compiler) -> triggers.MessageTrigger | None:
    if message is None:
        return None
    name = compiler.text(message.get("name") or message.get("id") or "", node)
    key = ext.zeebe_attributes(message, "subscription").get("correlationKey", "").strip()
    own = ext.zeebe_attributes(node.xml, "subscription").get("correlationKey", "").strip()
    text = own or key
    said = ext.kf_attributes(node.xml, "message")
    return triggers.MessageTrigger(
        name, compiler.feel(text, node) if text else None, said.get("reach") == "every", _time_to_live(said)
    )


def _time_to_live(said: dict[str, str]) -> timedelta | None:
    """Give how long a thrown message waits; what is written wrongly was found by lint."""
    text = said.get("timeToLive")
    try:
        return parse_duration(text).exact() if text else None
    except InvalidTime:
        return None
