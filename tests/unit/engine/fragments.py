"""Small stories of one element each, to be told on their own and inside every kind of scope."""

from dataclasses import dataclass

from tests.unit.engine.drawing import chain, end, flow, node, script, start, timer, user

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

STORIES = [
    Story("two signals thrown at once", TWO_SIGNALS, ("A", "B2"), ((done("A"), ("B2",)), (done("B2"), ()))),
    Story("user task", line("A", nodes=A), ("A",), ((done("A"), ()),)),
    Story("script", line("Sc", "A", nodes=script("Sc", "=1", "x") + A), ("A",), ((done("A"), ()),)),
    Story("exclusive", split("exclusiveGateway", "n = 1", default="Sp_B2"), ("A",), ((done("A"), ()),)),
    Story("parallel", split("parallelGateway"), ("A", "B2"), ((done("B2"), ("A",)), (done("A"), ()))),
    Story("inclusive", split("inclusiveGateway", "n = 1", "n = 2"), ("A",), ((done("A"), ()),)),
    Story(
        "inclusive, both",
        split("inclusiveGateway", "n = 1", "n &lt; 9"),
        ("A", "B2"),
        ((done("A"), ("B2",)), (done("B2"), ())),
    ),
    Story("complex", split("complexGateway", "n = 1", "n = 2"), ("A",), ((done("A"), ()),)),
    Story(
        "implicit split",
        start("S") + node("task", "T") + AB + end("E") + chain("S", "T", "A", "E") + chain("T", "B2", "E"),
        ("A", "B2"),
        ((done("A"), ("B2",)), (done("B2"), ())),
    ),
    Story(
        "conditional flows",
        start("S")
        + node("task", "T", default="T_B2")
        + AB
        + end("E")
        + flow("S", "T")
        + flow("T", "A", "n = 1")
        + flow("T", "B2")
        + flow("A", "E")
        + flow("B2", "E"),
        ("A",),
        ((done("A"), ()),),
    ),
    Story("message race", RACE, (), ((SAY, ("A",)), (done("A"), ()))),
    Story("timer race", RACE, (), ((NEXT_DAY, ("B2",)), (done("B2"), ()))),
    Story("message", catch(MESSAGE), (), ((SAY, ()),)),
    Story("signal", catch(SIGNAL), (), ((CALL_OUT, ()),)),
    Story("timer", catch(DAY), (), ((NEXT_DAY, ()),)),
    Story("date", catch(DATE), (), ((("advance", 8 * 86_400), ()),)),
    Story("several of which one suffices", catch(MESSAGE + SIGNAL), (), ((CALL_OUT, ()),)),
    Story(
        "link",
        start("S")
        + node("intermediateThrowEvent", "Th", '<bpmn:linkEventDefinition name="l"/>')
        + node("intermediateCatchEvent", "Ca", '<bpmn:linkEventDefinition name="l"/>')
        + A
        + end("E")
        + flow("S", "Th")
        + chain("Ca", "A", "E"),
        ("A",),
        ((done("A"), ()),),
    ),
    boundary("timer", DAY, NEXT_DAY),
    boundary("timer", DAY, NEXT_DAY, cancels=False),
    boundary("message", MESSAGE, SAY),
    boundary("message", MESSAGE, SAY, cancels=False),
    boundary("signal", SIGNAL, CALL_OUT),
    boundary("signal", SIGNAL, CALL_OUT, cancels=False),
    boundary("error", ERROR, ("fail", "A", "r")),
    boundary("any error", ANY_ERROR, ("fail", "A", "whatever")),
    boundary("message or signal", MESSAGE + SIGNAL, SAY),
    boundary("message or signal", SIGNAL + MESSAGE, SAY, cancels=False),
    boundary("error or timer", ERROR + DAY, ("fail", "A", "r")),
    boundary("error or timer", ERROR + DAY, NEXT_DAY),
    Story(
        "cycle boundary",
        line("A", nodes=A) + attached(TWICE, cancels=False),
        ("A",),
        ((HOUR, ("A", "U")), (HOUR, ("A", "U", "U")), (HOUR, ("A", "U", "U")), (done("A"), ("U", "U"))),
    ),
    Story(
        "the error that is named",
        line("A", nodes=A) + attached(OTHER_ERROR) + attached(ERROR, name="B3", target="V"),
        ("A",),
        ((("fail", "A", "r"), ("V",)), (done("V"), ())),
    ),
    Story(
        "error end",
        line("Sub", nodes=throwing(ERROR)) + attached(ERROR, host="Sub"),
        ("A",),
        ((done("A"), ("U",)), (done("U"), ())),
    ),
    Story(
        "escalation end",
        line("Sub", "Z", nodes=throwing(ESCALATION) + user("Z")) + attached(ESCALATION, host="Sub", cancels=False),
        ("A",),
        ((done("A"), ("U", "Z")), (done("U"), ("Z",)), (done("Z"), ())),
    ),
    Story(
        "escalation end that interrupts",
        line("Sub", "Z", nodes=throwing(ESCALATION) + user("Z")) + attached(ESCALATION, host="Sub"),
        ("A",),
        ((done("A"), ("U",)), (done("U"), ())),
    ),
    Story(
        "terminate end",
        PAIR + node("endEvent", "E", TERMINATE) + end("E2") + chain("S", "Sp", "A", "E") + chain("Sp", "B2", "E2"),
        ("A", "B2"),
        ((done("A"), ()),),
    ),
    Story(
        "conditional boundary",
        PAIR
        + end("E")
        + chain("S", "Sp", "A", "E")
        + chain("Sp", "B2", "E")
        + attached(condition("hot = true"), host="A"),
        ("A", "B2"),
        ((done("B2", hot=True), ("U",)), (done("U"), ())),
    ),
    Story(
        "compensation thrown",
        line("A", "Th", nodes=COMPENSABLE + node("intermediateThrowEvent", "Th", COMPENSATE)),
        ("A",),
        ((done("A"), ("U",)), (done("U"), ())),
    ),
    Story(
        "compensation of a subprocess",
        line(
            "Sub",
            "Z",
            "Th",
            nodes=node("subProcess", "Sub", start("IS") + COMPENSABLE + end("IE") + chain("IS", "A", "IE"))
            + user("Z")
            + node("intermediateThrowEvent", "Th", COMPENSATE),
        ),
        ("A",),
        ((done("A"), ("Z",)), (done("Z"), ("U",)), (done("U"), ())),
    ),
    Story(
        "transaction cancelled",
        line("Sub", nodes=CANCELLED) + attached(CANCEL, host="Sub", target="V"),
        ("A",),
        ((done("A"), ("U",)), (done("U"), ("V",)), (done("V"), ())),
    ),
    event_subprocess("message", MESSAGE, SAY),
    event_subprocess("message", MESSAGE, SAY, interrupts=False),
    event_subprocess("signal", SIGNAL, CALL_OUT),
    event_subprocess("signal", SIGNAL, CALL_OUT, interrupts=False),
    event_subprocess("timer", DAY, NEXT_DAY),
    event_subprocess("timer", DAY, NEXT_DAY, interrupts=False),
    event_subprocess("error", ERROR, ("fail", "A", "r")),
    event_subprocess("message or timer", MESSAGE + DAY, NEXT_DAY),
    event_subprocess("message or signal", MESSAGE + SIGNAL, CALL_OUT, interrupts=False),
    Story(
        "event subprocess catches the error of a scope inside",
        line("Sub", nodes=throwing(ERROR)) + handled(ERROR),
        ("A",),
        ((done("A"), ("U",)), (done("U"), ())),
    ),
    Story(
        "event subprocess hears an escalation",
        line("Sub", "Z", nodes=throwing(ESCALATION) + user("Z")) + handled(ESCALATION, interrupts=False),
        ("A",),
        ((done("A"), ("U", "Z")), (done("U"), ("Z",)), (done("Z"), ())),
    ),
    Story(
        "conditional event subprocess",
        PAIR + end("E") + chain("S", "Sp", "A", "E") + chain("Sp", "B2", "E") + handled(condition("hot = true")),
        ("A", "B2"),
        ((done("B2", hot=True), ("U",)), (done("U"), ())),
    ),
    Story(
        "parallel repetition",
        repeated(THREE),
        ("A", "A", "A"),
        ((done("A"), ("A", "A")), (done("A"), ("A",)), (done("A"), ())),
    ),
    Story(
        "sequential repetition",
        repeated(THREE, isSequential="true"),
        ("A",),
        ((done("A"), ("A",)), (done("A"), ("A",)), (done("A"), ())),
    ),
    Story(
        "repetition until enough", repeated(TWO_SUFFICE), ("A", "A", "A"), ((done("A"), ("A", "A")), (done("A"), ()))
    ),
    Story(
        "repetition of none",
        line(
            "A",
            "Z",
            nodes=node(
                "userTask",
                "A",
                "<bpmn:multiInstanceLoopCharacteristics>"
                "<bpmn:loopCardinality>0</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>",
            )
            + user("Z"),
        ),
        ("Z",),
        ((done("Z"), ()),),
    ),
    Story(
        "standard loop",
        line("A", nodes=node("userTask", "A", '<bpmn:standardLoopCharacteristics loopMaximum="2"/>')),
        ("A",),
        ((done("A"), ("A",)), (done("A"), ())),
    ),
    Story(
        "ad hoc",
        line("Sub", nodes=node("adHocSubProcess", "Sub", AB)),
        ("A", "B2"),
        ((done("A"), ("B2",)), (done("B2"), ())),
    ),
    Story(
        "interrupted repetition", repeated(THREE) + attached(MESSAGE), ("A", "A", "A"), ((SAY, ("U",)), (done("U"), ()))
    ),
    Story(
        "one of a repetition fails",
        repeated(THREE) + attached(ERROR),
        ("A", "A", "A"),
        ((("fail", "A", "r"), ("U",)), (done("U"), ())),
    ),
    Story(
        "loop back",
        start("S")
        + node("exclusiveGateway", "Me")
        + A
        + node("exclusiveGateway", "Ag", default="Ag_E")
        + end("E")
        + chain("S", "Me", "A", "Ag", "E")
        + flow("Ag", "Me", "again = true"),
        ("A",),
        ((done("A", again=True), ("A",)), (done("A", again=False), ())),
    ),
]
