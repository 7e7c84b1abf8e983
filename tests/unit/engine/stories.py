"""The story of each element: what is open after each thing that happens."""

from tests.unit.engine.drawing import chain, end, flow, node, script, start, user
from tests.unit.engine.fragments import (
    AB,
    ANY_ERROR,
    CALL_OUT,
    CANCEL,
    CANCELLED,
    COMPENSABLE,
    COMPENSATE,
    DATE,
    DAY,
    ERROR,
    ESCALATION,
    HOUR,
    MESSAGE,
    NEXT_DAY,
    OTHER_ERROR,
    PAIR,
    RACE,
    SAY,
    SIGNAL,
    TERMINATE,
    THREE,
    TWICE,
    TWO_SIGNALS,
    TWO_SUFFICE,
    A,
    Story,
    attached,
    boundary,
    catch,
    condition,
    done,
    event_subprocess,
    handled,
    line,
    repeated,
    split,
    throwing,
)

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
