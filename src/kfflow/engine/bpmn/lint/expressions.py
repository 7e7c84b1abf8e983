"""Expressions: formal where a process is executable, and where they may be at all (BPMN 2.0 §8.3.7)."""

import re
from collections.abc import Iterator

from lxml import etree

from kfflow.engine.bpmn.extensions import extension
from kfflow.engine.bpmn.lint.saying import ERROR, WARNING, say, title
from kfflow.engine.bpmn.model import Diagram, Node
from kfflow.engine.bpmn.names import BPMN, ZEEBE, bpmn, local_name, namespace, zeebe
from kfflow.engine.findings import Finding

_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_FORMAL = frozenset(
    [
        "conditionExpression", "timeDate", "timeDuration", "timeCycle", "completionCondition", "loopCondition",
        "loopCardinality", "from", "to", "condition", "activationCondition", "transformation",
    ]
)  # fmt: skip
_CONDITIONS = frozenset(
    ["completionCondition", "loopCondition", "condition", "activationCondition", "conditionExpression"]
)
_MUST_SAY = ("transformation", "messagePath", "dataPath", "from", "to", "condition", "completionCondition")
_NO_BOOLEAN = re.compile(r'=?\s*(-?\d+(\.\d+)?|"[^"]*")')
_ASSIGNS = re.compile(r"\s*[^\W\d]\w*\s*=(?!=)")
_MIME = re.compile(r"[\w.+-]+/[\w.+-]+")
_ENGINES = {
    ZEEBE: "zeebe",
    "http://www.jboss.org/drools": "drools",
    "http://spiffworkflow.org/bpmn/schema/1.0/core": "spiffworkflow",
}
_USED = frozenset(
    [
        "metaData",
        "adHoc",
        "userTask",
        "assignmentDefinition",
        "taskSchedule",
        "priorityDefinition",
        "formDefinition",
        "calledDecision",
        "calledElement",
        "taskDefinition",
        "taskHeaders",
        "ioMapping",
        "script",
        "loopCharacteristics",
        "properties",
        "versionTag",
        "subscription",
        "userTaskForm",
    ]
)
"""What kfflow acts on, and `drools:metaData`, which changes nothing of what a process does."""


def check(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.all_nodes():
        if node.process.is_executable:
            yield from _informal(diagram, node)
            yield from _ignored(diagram, node)
            yield from _script(diagram, node)
    if any(process.is_executable for process in diagram.processes):
        yield from _empty(diagram)
    for element in diagram.root.iter(bpmn("documentation"), bpmn("textAnnotation")):
        yield from _text_format(diagram, element)
    for flow in diagram.root.iter(bpmn("sequenceFlow")):
        if flow.get("isImmediate") == "false":
            yield say(
                diagram, "not-immediate", WARNING, flow,
                "isImmediate må ikke være falsk i en kørbar proces.",
                "isImmediate must not be false in an executable process.",
            )  # fmt: skip


def _informal(diagram: Diagram, node: Node) -> Iterator[Finding]:
    for element in _own(diagram, node):
        kind = local_name(element.tag)
        if kind in _CONDITIONS and _NO_BOOLEAN.fullmatch((element.text or "").strip()):
            yield say(
                diagram, "condition-constant", WARNING, node,
                f"{kind} på {title(node)} er en værdi, der hverken er sand eller falsk.",
                f"{kind} of {title(node)} is a value that is neither true nor false.",
            )  # fmt: skip
        if (
            kind not in _FORMAL
            or not (element.text or "").strip()
            or element.get(_TYPE, "").endswith("tFormalExpression")
        ):
            continue
        severity = ERROR if kind == "condition" and node.event_kind == "conditional" else WARNING
        yield say(
            diagram, "informal-expression", severity, node,
            f"{kind} på {title(node)} er ikke markeret som et formelt udtryk (xsi:type).",
            f"{kind} of {title(node)} is not marked as a formal expression (xsi:type).",
        )  # fmt: skip


def _empty(diagram: Diagram) -> Iterator[Finding]:
    for element in diagram.root.iter(*map(bpmn, _MUST_SAY)):
        if not (element.text or "").strip():
            kind, owner = local_name(element.tag), element.getparent()
            yield say(
                diagram, "expression-empty", WARNING, element if owner is None else owner,
                f"{kind} er tom.", f"{kind} is empty.",
            )  # fmt: skip


def _own(diagram: Diagram, node: Node) -> Iterator[etree._Element]:
    """Give the elements that belong to a node itself: not those of nodes inside it, but those of its outgoing flows."""
    inner = {child.xml for child in node.children}
    for child in node.xml.iterchildren():
        if child not in inner and namespace(child.tag) == BPMN and local_name(child.tag) != "sequenceFlow":
            yield from child.iter()
    for flow in node.outgoing:
        element = diagram.by_id.get(flow.id)
        if element is not None:
            yield from element.iterchildren(bpmn("conditionExpression"))


def _ignored(diagram: Diagram, node: Node) -> Iterator[Finding]:
    """Name extension elements by which other engines would do something that kfflow does not."""
    container = node.xml.find(bpmn("extensionElements"))
    for element in container if container is not None else ():
        engine, name = _ENGINES.get(namespace(element.tag)), local_name(element.tag)
        if engine is not None and name not in _USED:
            yield say(
                diagram, "extension-ignored", WARNING, node,
                f"{engine}:{name} på {title(node)} bruges ikke af kfflow.",
                f"{engine}:{name} of {title(node)} is not used by kfflow.",
            )  # fmt: skip


def _script(diagram: Diagram, node: Node) -> Iterator[Finding]:
    text = node.xml.findtext(bpmn("script")) or ""
    if node.type != "scriptTask" or not text.strip() or extension(node.xml, zeebe("taskDefinition")) is not None:
        return
    language = node.xml.get("scriptFormat", "")
    if not language and _ASSIGNS.match(text):
        yield say(
            diagram, "script-language", ERROR, node,
            f"Scriptet på {title(node)} tildeler en variabel og er derfor ikke FEEL, som er alt, kfflow kører.",
            f"The script of {title(node)} assigns to a variable, so it is not FEEL, which is all that kfflow runs.",
            "write the value, and name the variable as its result",
        )  # fmt: skip
    elif not language:
        yield say(
            diagram, "script-format", WARNING, node,
            f"Scriptet på {title(node)} siger ikke sit sprog; det læses som FEEL.",
            f"The script of {title(node)} does not name its language; it is read as FEEL.",
        )  # fmt: skip
    elif "feel" not in language.lower():
        yield say(
            diagram, "script-language", ERROR, node,
            f"Scriptet på {title(node)} er skrevet i {language}; kfflow kører kun FEEL.",
            f"The script of {title(node)} is written in {language}; kfflow runs FEEL only.",
        )  # fmt: skip


def _text_format(diagram: Diagram, element: etree._Element) -> Iterator[Finding]:
    given = element.get("textFormat")
    if given is not None and not _MIME.fullmatch(given):
        yield say(
            diagram, "text-format", WARNING, element,
            f"{given!r} er ikke en MIME-type.", f"{given!r} is no MIME type.",
        )  # fmt: skip
