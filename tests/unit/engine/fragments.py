"""Pieces of diagrams, and what a story is: the content of a scope with what happens in it."""

from dataclasses import dataclass

from tests.unit.engine.drawing import chain, end, flow, node, start, timer, user

DEFINITIONS = (
    '<bpmn:message id="M" name="m"/><bpmn:signal id="G" name="g"/><bpmn:signal id="G2" name="g2"/>'
    '<bpmn:error id="R" errorCode="r"/>'
    '<bpmn:error id="R2" errorCode="other"/><bpmn:escalation id="X" escalationCode="x"/>'
)
MESSAGE = '<bpmn:messageEventDefinition messageRef="M"/>'
SIGNAL = '<bpmn:signalEventDefinition signalRef="G"/>'
SECOND_SIGNAL = '<bpmn:signalEventDefinition signalRef="G2"/>'
ERROR = '<bpmn:errorEventDefinition errorRef="R"/>'
OTHER_ERROR = '<bpmn:errorEventDefinition errorRef="R2"/>'
ANY_ERROR = "<bpmn:errorEventDefinition/>"
ESCALATION = '<bpmn:escalationEventDefinition escalationRef="X"/>'
COMPENSATE = "<bpmn:compensateEventDefinition/>"
CANCEL = "<bpmn:cancelEventDefinition/>"
TERMINATE = "<bpmn:terminateEventDefinition/>"
DAY = timer("timeDuration", "P1D")
TWICE = timer("timeCycle", "R2/PT1H")
DATE = timer("timeDate", "2026-03-10T08:00:00Z")


def condition(text):
    formal = f'<bpmn:condition xsi:type="bpmn:tFormalExpression">{text}</bpmn:condition>'
    return f"<bpmn:conditionalEventDefinition>{formal}</bpmn:conditionalEventDefinition>"


def attached(definition, *, cancels=True, host="A", name="B", target="U"):
    boundary = node("boundaryEvent", name, definition, attachedToRef=host, cancelActivity=str(cancels).lower())
    return boundary + user(target) + end(f"{target}End") + chain(name, target, f"{target}End")


def handled(definition, *, interrupts=True, inside=None):
    """Draw an event subprocess that leads to the task U."""
    begin = node("startEvent", "ES", definition, isInterrupting=str(interrupts).lower())
    content = begin + user("U") + (inside or "") + end("EE") + chain("ES", "U", "EE")
    return node("subProcess", "Handler", content, triggeredByEvent="true")


def line(*names, nodes):
    return start("S") + nodes + end("E") + chain("S", *names, "E")


A, AB = user("A"), user("A") + user("B2")


def throwing(definition, kind="subProcess"):
    """Draw a scope in which a task leads to an end that throws."""
    return node(kind, "Sub", start("IS") + user("A") + node("endEvent", "IE", definition) + chain("IS", "A", "IE"))


@dataclass(frozen=True)
class Story:
    """The content of a scope, and what is open after each thing that happens in it; nothing when it has ended."""

    name: str
    body: str
    opens: tuple[str, ...]
    steps: tuple[tuple[tuple[object, ...], tuple[str, ...]], ...]


def done(name, **variables):
    return ("complete", name, variables)


HOUR = ("advance", 3_600)
NEXT_DAY = ("advance", 86_400)
SAY, CALL_OUT = ("message", "m"), ("signal", "g")


def catch(definition):
    return line("C", nodes=node("intermediateCatchEvent", "C", definition))


def boundary(name, definition, what, *, cancels=True):
    body = line("A", nodes=A) + attached(definition, cancels=cancels)
    return Story(
        f"{name} boundary, {'interrupting' if cancels else 'non-interrupting'}", body, ("A",),
        ((what, ("U",) if cancels else ("A", "U")), (done("U"), () if cancels else ("A",)))
        + (() if cancels else ((done("A"), ()),)),
    )  # fmt: skip


def event_subprocess(name, definition, what, *, interrupts=True):
    body = line("A", nodes=A) + handled(definition, interrupts=interrupts)
    opens = ("U",) if interrupts else ("A", "U")
    left = ((done("U"), ()),) if interrupts else ((done("A"), ("U",)), (done("U"), ()))
    return Story(
        f"{name} event subprocess, {'interrupting' if interrupts else 'non-interrupting'}", body, ("A",),
        ((what, opens), *left),
    )  # fmt: skip


def split(kind, first="", second="", **attributes):
    nodes = node(kind, "Sp", **attributes) + AB + node(kind, "Jo")
    return (
        start("S") + nodes + end("E") + flow("S", "Sp") + flow("Sp", "A", first) + flow("Sp", "B2", second)
        + flow("A", "Jo") + flow("B2", "Jo") + flow("Jo", "E")
    )  # fmt: skip


def repeated(inside, **attributes):
    many = node("multiInstanceLoopCharacteristics", "Lp", inside, **attributes)
    return line("A", nodes=node("userTask", "A", many))


THREE = "<bpmn:loopCardinality>3</bpmn:loopCardinality>"
TWO_SUFFICE = f"{THREE}<bpmn:completionCondition>numberOfCompletedInstances = 2</bpmn:completionCondition>"
UNDO = node("userTask", "U", isForCompensation="true") + node("association", "As", sourceRef="CB", targetRef="U")
COMPENSABLE = A + node("boundaryEvent", "CB", COMPENSATE, attachedToRef="A") + UNDO
RACE = (
    start("S") + node("eventBasedGateway", "Ev") + node("intermediateCatchEvent", "C1", MESSAGE)
    + node("intermediateCatchEvent", "C2", DAY) + AB + end("E") + chain("S", "Ev", "C1", "A", "E")
    + chain("Ev", "C2", "B2", "E")
)  # fmt: skip
CANCELLED = node(
    "transaction",
    "Sub",
    start("IS") + COMPENSABLE + node("endEvent", "IE", CANCEL) + chain("IS", "A", "IE"),
)
TWO_SIGNALS = (
    start("S") + node("parallelGateway", "Sp") + node("intermediateCatchEvent", "C1", SIGNAL)
    + node("intermediateCatchEvent", "C2", SECOND_SIGNAL) + node("intermediateThrowEvent", "Th", SIGNAL + SECOND_SIGNAL)
    + AB + end("E") + chain("S", "Sp", "Th", "E") + chain("Sp", "C1", "A", "E") + chain("Sp", "C2", "B2", "E")
)  # fmt: skip
PAIR = start("S") + node("parallelGateway", "Sp") + AB
