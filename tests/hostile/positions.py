"""The nine places where people write FEEL, each as a function that deploys a text there and runs it.

A function answers by doing what the product does, through the engine's own commands, and may only raise
KfflowError.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from xml.sax.saxutils import escape, quoteattr

from kfflow import engine
from kfflow.domain import forms as domain_forms
from kfflow.engine import dmn
from kfflow.errors import EngineFailure, InvalidInput
from kfflow.feel import BudgetExceeded
from kfflow.service import form_findings
from kfflow.service.forms import evaluator_at
from tests.unit.dmn.building import NAMESPACE
from tests.unit.engine.drawing import HEAD, Case, chain, end, extended, flow, node, start, timer, user

AT = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
VARIABLES = {"host": {"a": 1}, "x": 1, "a": [1, 2]}
MESSAGE = (
    '<bpmn:message id="M" name="answer"><bpmn:extensionElements><zeebe:subscription correlationKey={key}/>'
    "</bpmn:extensionElements></bpmn:message>"
)


def attribute(text: str) -> str:
    return quoteattr("=" + text)


def deployed(body: str, before: str = "") -> engine.Definition:
    inside = f'<bpmn:process id="P" isExecutable="true">{body}</bpmn:process>'
    source = f"{HEAD}{before}{inside}</bpmn:definitions>".encode("utf-8", "surrogatepass")
    return engine.compile_process(source, "test.bpmn")[0]


def run(*pieces: tuple[str, str], before: str = "") -> Case:
    names = [name for _, name in pieces]
    body = start() + "".join(xml for xml, _ in pieces) + end() + chain("Begin", *names, "Done")
    return Case(deployed(body, before), VARIABLES)


def sequence_flow(text: str) -> None:
    gateway = node("exclusiveGateway", "Choose", default="Choose_No")
    flows = flow("Begin", "Choose") + flow("Choose", "Yes", "=" + escape(text)) + flow("Choose", "No")
    ends = user("Yes") + user("No") + end() + flow("Yes", "Done") + flow("No", "Done")
    Case(deployed(start() + gateway + ends + flows), VARIABLES)


def timer_event(text: str) -> None:
    body = start() + user("Wait") + end() + chain("Begin", "Wait", "Done")
    for form in ("timeDuration", "timeDate", "timeCycle"):
        late = node(
            "boundaryEvent", form, timer(form, "=" + escape(text)), attachedToRef="Wait", cancelActivity="false"
        )
        body += late + end(f"End_{form}") + flow(form, f"End_{form}")
    Case(deployed(body), VARIABLES)


def loop(text: str) -> None:
    attributes = f'inputCollection={attribute(text)} inputElement="item"'
    many = f"<bpmn:multiInstanceLoopCharacteristics>{extended(f'<zeebe:loopCharacteristics {attributes}/>')}"
    run((node("userTask", "Each", many + "</bpmn:multiInstanceLoopCharacteristics>"), "Each"))
    many = (
        '<bpmn:multiInstanceLoopCharacteristics isSequential="true">'
        + extended('<zeebe:loopCharacteristics inputCollection="=[1, 2]" inputElement="item"/>')
        + f"<bpmn:completionCondition>={escape(text)}</bpmn:completionCondition>"
        + "</bpmn:multiInstanceLoopCharacteristics>"
    )
    case = run((node("userTask", "Each", many), "Each"))
    case.complete(case.waits_at()[0])


def mapping(text: str) -> None:
    kinds = "".join(f'<zeebe:{kind} source={attribute(text)} target="t"/>' for kind in ("input", "output"))
    case = run((user("Map", f"<zeebe:ioMapping>{kinds}</zeebe:ioMapping>"), "Map"))
    for element in case.waits_at():
        case.complete(element)


def correlation_key(text: str) -> None:
    event = '<bpmn:messageEventDefinition messageRef="M"/>'
    run((node("intermediateCatchEvent", "Answer", event), "Answer"), before=MESSAGE.format(key=attribute(text)))


def user_task(text: str) -> None:
    assignment = f"<zeebe:assignmentDefinition assignee={attribute(text)} candidateGroups={attribute(text)}/>"
    schedule = f"<zeebe:taskSchedule dueDate={attribute(text)} followUpDate={attribute(text)}/>"
    run((user("Decide", "<zeebe:userTask/>", assignment, schedule), "Decide"))


def script_task(text: str) -> None:
    inner = extended(f'<zeebe:script expression={attribute(text)} resultVariable="r"/>')
    run((node("scriptTask", "Compute", inner), "Compute"), (user("Look"), "Look"))


def decision(text: str) -> None:
    written = f"<text>{escape(text)}</text>"
    literal = f"<literalExpression>{written}</literalExpression>"
    cell = f"<rule><inputEntry>{written}</inputEntry><outputEntry><text>1</text></outputEntry></rule>"
    result = f"<rule><inputEntry><text>-</text></inputEntry><outputEntry>{written}</outputEntry></rule>"
    columns = "<input><inputExpression><text>x</text></inputExpression></input><output name='r'/>"
    table = f"<decisionTable hitPolicy='COLLECT'>{columns}{cell}{result}</decisionTable>"
    decisions = f'<decision id="d" name="d">{literal}</decision><decision id="t" name="t">{table}</decision>'
    source = f'<definitions xmlns="{NAMESPACE}" id="m" name="m">{decisions}</definitions>'
    model = dmn.compile_decisions(source.encode("utf-8", "surrogatepass"), "m.dmn")
    for decision_id in ("d", "t"):
        try:
            model.evaluate(decision_id, VARIABLES, now=AT)
        except BudgetExceeded as problem:
            raise EngineFailure("for dyrt", str(problem)) from None


def form_logic(text: str) -> None:
    components = [
        {"type": "textfield", "key": "t", "id": "t", "label": "T", "conditional": {"hide": "=" + text}},
        {"type": "expression", "key": "e", "id": "e", "expression": "=" + text},
    ]
    source = json.dumps({"type": "default", "schemaVersion": 19, "components": components})
    findings = form_findings.of_form("f.form", source.encode())
    if findings:
        raise InvalidInput(findings[0].message_da, findings[0].message_en)
    form = domain_forms.parse_form(source, "f")
    domain_forms.validate(form, {"t": "a"}, evaluator_at(AT, VARIABLES), context=VARIABLES, today=AT.date())


POSITIONS: dict[str, Callable[[str], None]] = {
    "condition of a sequence flow": sequence_flow,
    "timer": timer_event,
    "collection and completion condition of a loop": loop,
    "input and output mapping": mapping,
    "correlation key": correlation_key,
    "assignee and due date of a user task": user_task,
    "script task": script_task,
    "literal expression, cell and result of a decision": decision,
    "form logic": form_logic,
}
