"""One small process for each element of BPMN 2.0, to see what kfflow makes of it."""

from dataclasses import dataclass

from kfflow import engine
from tests.unit.engine.drawing import HEAD, chain, end, extended, flow, node, start, timer

DEFINITIONS = (
    '<bpmn:message id="Message" name="message"/><bpmn:signal id="Signal" name="signal"/>'
    '<bpmn:error id="Error" errorCode="error"/><bpmn:escalation id="Escalation" escalationCode="escalation"/>'
)
KINDS = {
    "message": '<bpmn:messageEventDefinition messageRef="Message"/>',
    "timer (date)": timer("timeDate", "2026-01-01T08:00:00Z"),
    "timer (duration)": timer("timeDuration", "P1D"),
    "timer (cycle)": timer("timeCycle", "R3/PT1H"),
    "timer (cron)": timer("timeCycle", "0 0 8 * * MON-FRI"),
    "signal": '<bpmn:signalEventDefinition signalRef="Signal"/>',
    "conditional": (
        "<bpmn:conditionalEventDefinition>"
        '<bpmn:condition xsi:type="bpmn:tFormalExpression">a = 1</bpmn:condition></bpmn:conditionalEventDefinition>'
    ),
    "error": '<bpmn:errorEventDefinition errorRef="Error"/>',
    "escalation": '<bpmn:escalationEventDefinition escalationRef="Escalation"/>',
    "compensate": "<bpmn:compensateEventDefinition/>",
    "cancel": "<bpmn:cancelEventDefinition/>",
    "terminate": "<bpmn:terminateEventDefinition/>",
    "link": '<bpmn:linkEventDefinition name="on"/>',
}
MULTIPLE = KINDS["message"] + KINDS["signal"]
JOB = extended('<zeebe:taskDefinition type="work"/>')
DECISION = extended('<zeebe:calledDecision decisionId="rule" resultVariable="r"/>')
SCRIPT = extended('<zeebe:script expression="=1" resultVariable="x"/>')
TASKS = {
    "task": "",
    "manualTask": "",
    "userTask": "",
    "serviceTask": JOB,
    "sendTask": JOB,
    "receiveTask": "",
    "scriptTask": SCRIPT,
    "businessRuleTask": DECISION,
}
INNER = start("S") + node("task", "W") + end("E") + chain("S", "W", "E")
CONTENT = {"subProcess": INNER, "transaction": INNER, "adHocSubProcess": node("task", "W")}
LOOPS = {
    "multi-instance, parallel": "<bpmn:multiInstanceLoopCharacteristics>{}</bpmn:multiInstanceLoopCharacteristics>",
    "multi-instance, sequential": (
        '<bpmn:multiInstanceLoopCharacteristics isSequential="true">{}</bpmn:multiInstanceLoopCharacteristics>'
    ),
    "multi-instance, behavior One": (
        '<bpmn:multiInstanceLoopCharacteristics behavior="One" oneBehaviorEventRef="Once">{}'
        "</bpmn:multiInstanceLoopCharacteristics>"
    ),
    "multi-instance over loopDataInputRef": (
        "<bpmn:ioSpecification><bpmn:dataInput id='D' isCollection='true'/><bpmn:inputSet><bpmn:dataInputRefs>D"
        "</bpmn:dataInputRefs></bpmn:inputSet><bpmn:outputSet/></bpmn:ioSpecification>"
        "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopDataInputRef>D</bpmn:loopDataInputRef>"
        "</bpmn:multiInstanceLoopCharacteristics>"
    ),
    "standard loop": '<bpmn:standardLoopCharacteristics loopMaximum="3"/>',
}
COUNT = '<bpmn:loopCardinality xsi:type="bpmn:tFormalExpression">3</bpmn:loopCardinality>'


@dataclass(frozen=True, slots=True)
class Sample:
    """One element in the smallest process that has it."""

    group: str
    name: str
    body: str

    def judged(self) -> engine.Judgement:
        once = '<bpmn:signalEventDefinition id="Once" signalRef="Signal"/>'
        process = f'<bpmn:process id="P" isExecutable="true">{self.body}</bpmn:process>'
        return engine.judge(f"{HEAD}{DEFINITIONS}{once}{process}</bpmn:definitions>".encode(), "sample.bpmn")


def samples() -> list[Sample]:
    """Give all samples, group by group."""
    return [*_activities(), *_gateways(), *_events(), *_event_subprocesses(), *_data()]


def _line(middle: str) -> str:
    return start() + middle + end() + chain("Begin", "X", "Done")


def _activities() -> list[Sample]:
    tasks = {kind: node(kind, "X", inner, **_message(kind)) for kind, inner in TASKS.items()}
    scopes = {kind: node(kind, "X", inner) for kind, inner in CONTENT.items()}
    calls = {"callActivity": node("callActivity", "X", calledElement="Other")}
    loops = {name: node("task", "X", inner.format(COUNT)) for name, inner in LOOPS.items()}
    other = {
        "startQuantity, completionQuantity": node("task", "X", startQuantity="2", completionQuantity="2"),
    }
    begun = node("receiveTask", "X", messageRef="Message", instantiate="true") + end() + flow("X", "Done")
    drawn = [Sample("Activities", name, _line(xml)) for name, xml in (tasks | scopes | calls | loops | other).items()]
    return [*drawn, Sample("Activities", "receiveTask that instantiates", begun)]


def _message(kind: str) -> dict[str, str]:
    return {"messageRef": "Message"} if kind == "receiveTask" else {}


def _gateways() -> list[Sample]:
    def split(kind: str, *, asks: bool = True, **attributes: str) -> str:
        condition = "a = 1" if asks else ""
        ways = flow("X", "A", condition) + flow("X", "B") + chain("A", "J", "Done") + flow("B", "J")
        gateways = node(kind, "X", default="X_B", **attributes) if asks else node(kind, "X", **attributes)
        return start() + gateways + _branches(kind) + end() + flow("Begin", "X") + ways

    found = {
        "exclusiveGateway": split("exclusiveGateway"),
        "inclusiveGateway": split("inclusiveGateway"),
        "parallelGateway": split("parallelGateway", asks=False),
        "complexGateway": split("complexGateway"),
        "eventBasedGateway": split("eventBasedGateway", asks=False),
        "eventBasedGateway that instantiates": _instantiating(),
        "eventBasedGateway that instantiates by all (parallel)": _instantiating(eventGatewayType="Parallel"),
    }
    return [Sample("Gateways", name, body) for name, body in found.items()]


def _instantiating(**attributes: str) -> str:
    waiting = node("intermediateCatchEvent", "A", KINDS["message"]) + node(
        "intermediateCatchEvent", "B", KINDS["signal"]
    )
    ways = chain("X", "A", "Done") + chain("X", "B", "Done")
    return node("eventBasedGateway", "X", instantiate="true", **attributes) + waiting + end() + ways


def _branches(kind: str) -> str:
    if kind == "eventBasedGateway":
        events = (KINDS["message"], KINDS["timer (duration)"])
        waiting = "".join(node("intermediateCatchEvent", name, xml) for name, xml in zip("AB", events, strict=True))
        return waiting + node("exclusiveGateway", "J")
    return node("task", "A") + node("task", "B") + node(kind, "J")


def _events() -> list[Sample]:
    found = [Sample("Start events", "none", _line(node("task", "X")))]
    for kind, xml in (KINDS | {"multiple": MULTIPLE}).items():
        begin = node("startEvent", "Begin", xml) + node("task", "X") + end() + chain("Begin", "X", "Done")
        found.append(Sample("Start events", kind, begin))
        found += [Sample(group, kind, body) for group, body in _placed(kind, xml).items()]
    found.append(
        Sample("Boundary events, interrupting", "parallel multiple", _attached(MULTIPLE, parallelMultiple="true"))
    )
    found.append(Sample("Intermediate throw events", "none", _line(node("intermediateThrowEvent", "X"))))
    return sorted(found, key=lambda s: s.group)


def _placed(kind: str, xml: str) -> dict[str, str]:
    """Draw an event of one kind in each place but the start."""
    throw = node("intermediateThrowEvent", "X", xml)
    link = node("intermediateThrowEvent", "X", xml) + node("intermediateCatchEvent", "L", xml)
    jump = start() + link + end() + flow("Begin", "X") + flow("L", "Done")
    return {
        "Intermediate catch events": jump if kind == "link" else _line(node("intermediateCatchEvent", "X", xml)),
        "Intermediate throw events": jump if kind == "link" else _line(throw),
        "Boundary events, interrupting": _attached(xml, kind),
        "Boundary events, non-interrupting": _attached(xml, kind, cancelActivity="false"),
        "End events": _ended(kind, xml),
    }


def _attached(xml: str, kind: str = "", **attributes: str) -> str:
    host = node("transaction", "X", INNER) if kind == "cancel" else node("userTask", "X")
    boundary = node("boundaryEvent", "B", xml, attachedToRef="X", **attributes)
    if kind == "compensate":
        undo = node("task", "U", isForCompensation="true") + node("association", "AS", sourceRef="B", targetRef="U")
        return _line(host + boundary + undo)
    return _line(host + boundary + node("task", "T") + end("Other")) + chain("B", "T", "Other")


def _ended(kind: str, xml: str) -> str:
    if kind != "cancel":
        return start() + node("endEvent", "X", xml) + flow("Begin", "X")
    inner = start("S") + node("endEvent", "X2", xml) + flow("S", "X2")
    return _line(node("transaction", "X", inner))


def _event_subprocesses() -> list[Sample]:
    found = []
    for kind, xml in (KINDS | {"multiple": MULTIPLE}).items():
        for interrupts in ("true", "false"):
            begin = node("startEvent", "S", xml, isInterrupting=interrupts)
            inner = begin + node("task", "W") + end("E") + chain("S", "W", "E")
            body = _line(node("userTask", "X")) + node("subProcess", "ES", inner, triggeredByEvent="true")
            name = f"{kind}{'' if interrupts == 'true' else ', non-interrupting'}"
            found.append(Sample("Event subprocess starts", name, body))
    return found


def _data() -> list[Sample]:
    lanes = node("laneSet", "LS", node("lane", "L", "<bpmn:flowNodeRef>X</bpmn:flowNodeRef>", name="L"))
    thing = node("dataObject", "DO") + node("dataObjectReference", "DR", dataObjectRef="DO")
    default = node("task", "X", default="X_Done") + node("task", "Y") + start() + end()
    ways = flow("Begin", "X") + flow("X", "Done") + flow("X", "Y", "a = 1") + flow("Y", "Done")
    return [
        Sample("Lanes, data and flows", "lanes", lanes + _line(node("task", "X"))),
        Sample("Lanes, data and flows", "data objects", _line(node("task", "X")) + thing),
        Sample("Lanes, data and flows", "data associations", _line(node("userTask", "X", _fed())) + thing),
        Sample("Lanes, data and flows", "conditional and default flows of an activity", default + ways),
        Sample(
            "Lanes, data and flows",
            "implicit split",
            default.replace(' default="X_Done"', "") + ways.replace("a = 1", "true"),
        ),
    ]


def _fed() -> str:
    """Give the inside of a task that takes a data object in and gives it back."""
    data = node("ioSpecification", "IO", node("dataInput", "DI") + node("dataOutput", "DU"))
    taken = "<bpmn:sourceRef>DR</bpmn:sourceRef><bpmn:targetRef>DI</bpmn:targetRef>"
    given = "<bpmn:sourceRef>DU</bpmn:sourceRef><bpmn:targetRef>DR</bpmn:targetRef>"
    return data + node("dataInputAssociation", "A1", taken) + node("dataOutputAssociation", "A2", given)
