"""Diagrams for engine tests, written as a few lines of text instead of XML."""

from datetime import UTC, datetime
from itertools import pairwise

from kfflow import engine
from kfflow.engine.outcome import Decided, Environment

AT = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:kf="urn:kfflow:bpmn:1" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="urn:test" id="Defs">'
)


def no_decisions(decision_id, variables):
    return Decided({"called": decision_id, **variables}, {"rules": [1]})


def environment(at=AT, **changes):
    return Environment(at, changes.pop("decide", no_decisions), **changes)


def diagram(body, before="", process_id="P"):
    process = f'<bpmn:process id="{process_id}" isExecutable="true">{body}</bpmn:process>'
    return f"{HEAD}{before}{process}</bpmn:definitions>".encode()


def compiled(body, before=""):
    return engine.compile_process(diagram(body, before), "test.bpmn")[0]


def flow(source, target, condition="", identity=None):
    name = identity or f"{source}_{target}"
    inner = f"<bpmn:conditionExpression>{condition}</bpmn:conditionExpression>" if condition else ""
    return f'<bpmn:sequenceFlow id="{name}" sourceRef="{source}" targetRef="{target}">{inner}</bpmn:sequenceFlow>'


def chain(*names):
    return "".join(flow(a, b) for a, b in pairwise(names))


def node(kind, identity, inner="", **attributes):
    text = "".join(f' {k}="{v}"' for k, v in attributes.items())
    return f'<bpmn:{kind} id="{identity}"{text}>{inner}</bpmn:{kind}>'


def extended(*elements):
    return f"<bpmn:extensionElements>{''.join(elements)}</bpmn:extensionElements>"


def start(identity="Begin"):
    return node("startEvent", identity)


def end(identity="Done"):
    return node("endEvent", identity)


def user(identity, *elements):
    return node("userTask", identity, extended(*elements) if elements else "")


def script(identity, expression, variable):
    inner = extended(f'<zeebe:script expression="{expression}" resultVariable="{variable}"/>')
    return node("scriptTask", identity, inner)


def timer(form, text):
    return f"<bpmn:timerEventDefinition><bpmn:{form}>{text}</bpmn:{form}></bpmn:timerEventDefinition>"


class Case:
    """A running instance that reads like the story of a test."""

    def __init__(self, definition, variables=None, at=AT, **changes):
        self.definition, self.at, self.changes = definition, at, changes
        self.take(engine.start(definition, variables or {}, self.env()))

    def env(self):
        return environment(self.at, **self.changes)

    def take(self, outcome):
        self.outcome = outcome
        self.snapshot = outcome.snapshot
        self.variables = engine.read_variables(outcome.snapshot) if outcome.snapshot else dict(outcome.variables)
        return self

    def waits_at(self):
        return sorted(element for _, element, _ in engine.waiting(self.snapshot)) if self.snapshot else []

    def token(self, element):
        return next(token for token, at, _ in engine.waiting(self.snapshot) if at == element)

    def do(self, command, element, *arguments):
        return self.take(command(self.definition, self.snapshot, self.token(element), *arguments, self.env()))

    def complete(self, element, **variables):
        return self.do(engine.complete_task, element, variables)

    def fire(self, element):
        return self.do(engine.fire_timer, element)

    def happened(self, kind):
        return [h.element_id for h in self.outcome.happened if h.kind == kind]
