"""What the engine can run: an element it cannot execute faithfully is refused by its id."""

from collections.abc import Iterator

from kfflow.engine.bpmn import extensions as ext
from kfflow.engine.bpmn.behaviors import THROWN, announcements
from kfflow.engine.bpmn.data import repeated_over
from kfflow.engine.bpmn.lint.saying import ERROR, INFO, WARNING, must, say, title
from kfflow.engine.bpmn.model import ACTIVITIES, CONTAINERS, Diagram, Node
from kfflow.engine.bpmn.names import bpmn
from kfflow.engine.findings import Finding

MOST_TOKENS = 100
MOST_JOINS = 100


def check(diagram: Diagram) -> Iterator[Finding]:
    if not diagram.processes:
        yield say(
            diagram, "no-process", INFO, None, "Filen indeholder ingen proces.", "The file contains no process."
        )  # fmt: skip
    elif not any(p.is_executable for p in diagram.processes):
        yield say(
            diagram, "not-executable", INFO, diagram.processes[0],
            "Ingen proces i filen er markeret som kørbar (isExecutable).",
            "No process in the file is marked as executable (isExecutable).",
        )  # fmt: skip
    for process in diagram.processes:
        yield from _public(diagram, process)
    for node in diagram.all_nodes():
        yield from _unknown(diagram, node)
        yield from _tasks(diagram, node)
        yield from _quantities(diagram, node)
        yield from _loops(diagram, node)
    yield from _parallel_cycles(diagram)
    yield from _joins(diagram)


def _public(diagram: Diagram, process: Node) -> Iterator[Finding]:
    if process.is_executable and process.xml.get("processType") == "Public":
        yield say(
            diagram, "public-executable", WARNING, process,
            f"{title(process)} er offentlig og kan derfor ikke være kørbar.",
            f"{title(process)} is public and so cannot be executable.",
        )  # fmt: skip


def _unknown(diagram: Diagram, node: Node) -> Iterator[Finding]:
    what = None
    if len(node.events) > 1 and not _runs_several(node):
        what = ("dette sæt af hændelsesdefinitioner her", "this set of event definitions in this place")
    elif not _announces_known(diagram, node):
        what = ("den hændelse, som gentagelserne kaster", "the event that its repetitions throw (behavior)")
    elif node.type == "startEvent" and node.event_kind == "conditional" and node.parent is node.process:
        what = ("en betingelse, der starter processen", "a condition that starts the process")
    elif node.xml.get("ordering") == "Sequential" and ext.zeebe_attributes(node.xml, "adHoc"):
        what = ("et udvalg af aktiviteter, der kører en ad gangen", "a choice of activities that run one by one")
    elif node.xml.get("instantiate") == "true" and not _instantiates(node):
        what = ("denne måde at starte processen på", "this way of instantiating the process")
    if what is not None:
        yield say(
            diagram, "not-supported", must(node), node,
            f"{title(node)}: kfflow kan ikke køre {what[0]}.", f"{title(node)}: kfflow cannot execute {what[1]}.",
        )  # fmt: skip


def _instantiates(node: Node) -> bool:
    """Tell whether a receiving element begins an instance by one event that comes from outside."""
    if node.parent is None or node.parent.type != "process" or node.xml.get("eventGatewayType") == "Parallel":
        return False
    waiting = [f.target for f in node.outgoing] if node.type == "eventBasedGateway" else [node]
    return all(n.type == "receiveTask" or n.event_kind in ("message", "signal") for n in waiting)


def _announces_known(diagram: Diagram, node: Node) -> bool:
    many = node.xml.find(bpmn("multiInstanceLoopCharacteristics"))
    if many is None or node.type not in ACTIVITIES:
        return True
    found = [a.definition for a in announcements(diagram, many)]
    return all(d is not None and d.kind in THROWN and (d.kind == "error" or d.target is not None) for d in found)


_ATTACHED = frozenset(["signal", "message", "timer", "conditional", "error", "escalation"])
_STARTING = frozenset(["signal", "message", "timer"])
_SEVERAL = {
    "boundaryEvent": _ATTACHED,
    "intermediateThrowEvent": frozenset(["signal", "message"]),
    "endEvent": frozenset(["signal", "message"]),
    "intermediateCatchEvent": frozenset(["signal", "message", "timer", "conditional"]),
}


def _runs_several(node: Node) -> bool:
    kinds = [e.kind for e in node.events]
    if node.type != "intermediateCatchEvent" and node.xml.get("parallelMultiple") == "true":
        return False
    if node.type == "startEvent":
        return _starts_by_several(node, kinds)
    behind_gateway = any(flow.source.type == "eventBasedGateway" for flow in node.incoming)
    return not behind_gateway and set(kinds) <= _SEVERAL.get(node.type, frozenset())


def _starts_by_several(node: Node, kinds: list[str]) -> bool:
    """Tell whether any of several events can begin here; a process waits for one of each kind at most."""
    if node.parent is not None and node.parent.is_event_subprocess:
        return set(kinds) <= _ATTACHED
    return set(kinds) <= _STARTING and len(kinds) == len(set(kinds))


def _tasks(diagram: Diagram, node: Node) -> Iterator[Finding]:
    missing = _missing(node)
    if missing is not None:
        yield say(
            diagram, "task-incomplete", must(node), node,
            f"{title(node)} mangler {missing[0]}.", f"{title(node)} has no {missing[1]}.",
        )  # fmt: skip
    if node.type == "receiveTask" and not node.xml.get("messageRef"):
        yield say(
            diagram, "message-missing", must(node), node,
            f"{title(node)} siger ikke, hvilken meddelelse den venter på.",
            f"{title(node)} does not say which message it waits for.",
        )  # fmt: skip


def _missing(node: Node) -> tuple[str, str] | None:
    has_type = ext.zeebe_attributes(node.xml, "taskDefinition").get("type")
    if node.type == "serviceTask" and not has_type:
        return "en jobtype (zeebe:taskDefinition)", "job type (zeebe:taskDefinition)"
    if node.type == "businessRuleTask":
        decision = ext.zeebe_attributes(node.xml, "calledDecision").get("decisionId")
        if not has_type and not decision:
            return "en beslutning (zeebe:calledDecision)", "decision (zeebe:calledDecision)"
    called = ext.zeebe_attributes(node.xml, "calledElement").get("processId") or node.xml.get("calledElement")
    if node.type == "callActivity" and not called:
        return "den proces, den kalder", "process that it calls"
    return None


def _quantities(diagram: Diagram, node: Node) -> Iterator[Finding]:
    for attribute in ("startQuantity", "completionQuantity"):
        text = node.xml.get(attribute, "1")
        if node.type in ACTIVITIES and not (text.isdecimal() and 0 < int(text) <= MOST_TOKENS):
            yield say(
                diagram, "quantity", ERROR, node,
                f"{attribute} på {title(node)} skal være fra 1 til {MOST_TOKENS}.",
                f"{attribute} of {title(node)} must be from 1 to {MOST_TOKENS}.",
            )  # fmt: skip


def _loops(diagram: Diagram, node: Node) -> Iterator[Finding]:
    many = node.xml.find(bpmn("multiInstanceLoopCharacteristics"))
    loop = node.xml.find(bpmn("standardLoopCharacteristics"))
    if many is not None and loop is not None:
        yield say(
            diagram, "two-loops", ERROR, node,
            f"{title(node)} kan ikke gentages på to måder.", f"{title(node)} cannot be repeated in two ways.",
        )  # fmt: skip
    if many is not None and node.type in ACTIVITIES:
        collection = ext.zeebe_attributes(many, "loopCharacteristics").get("inputCollection")
        cardinality = (many.findtext(bpmn("loopCardinality")) or "").strip()
        if not collection and not cardinality and repeated_over(diagram, many, "Input") is None:
            yield say(
                diagram, "loop-without-items", must(node), node,
                f"{title(node)} siger ikke, hvad den gentages for.", f"{title(node)} does not say what it repeats for.",
            )  # fmt: skip
    if loop is not None and not (loop.findtext(bpmn("loopCondition")) or "").strip() and not loop.get("loopMaximum"):
        yield say(
            diagram, "loop-without-end", must(node), node,
            f"{title(node)} gentages uden betingelse og uden grænse.",
            f"{title(node)} repeats without a condition and without a limit.",
        )  # fmt: skip


def _joins(diagram: Diagram) -> Iterator[Finding]:
    """Inclusive joins look at everything before them; more than a diagram for people has would cost too much."""
    for process in diagram.processes:
        joins = [n for n in process.walk() if n.type in ("inclusiveGateway", "complexGateway") and len(n.incoming) > 1]
        if len(joins) > MOST_JOINS:
            yield say(
                diagram, "too-many-joins", ERROR, joins[MOST_JOINS],
                f"{title(process)} har flere end {MOST_JOINS} inklusive sammenløb.",
                f"{title(process)} has more than {MOST_JOINS} inclusive joins.",
            )  # fmt: skip


def _parallel_cycles(diagram: Diagram) -> Iterator[Finding]:
    """A cycle of parallel gateways and passing elements alone makes tokens without end."""
    for scope in diagram.all_nodes():
        if scope.type in CONTAINERS:
            for node in scope.children:
                if node.type == "parallelGateway" and len(node.outgoing) > 1 and _returns(node):
                    yield say(
                        diagram, "parallel-cycle", must(node), node,
                        f"{title(node)} fører tilbage til sig selv uden et valg undervejs; det ender aldrig.",
                        f"{title(node)} leads back to itself with no choice on the way; that never ends.",
                    )  # fmt: skip


def _returns(gateway: Node) -> bool:
    seen: set[Node] = set()
    pending = [f.target for f in gateway.outgoing]
    while pending:
        node = pending.pop()
        if node is gateway:
            return True
        if node in seen or _decides(node):
            continue
        seen.add(node)
        pending += [f.target for f in node.outgoing]
    return False


def _decides(node: Node) -> bool:
    return node.type in ("exclusiveGateway", "inclusiveGateway", "eventBasedGateway", "complexGateway") or any(
        flow.condition for flow in node.outgoing
    )
