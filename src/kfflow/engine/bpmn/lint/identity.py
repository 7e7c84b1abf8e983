"""Ids: there, unique, well-formed, not reserved."""

import re
from collections.abc import Iterator

from kfflow.engine.bpmn.lint.saying import ERROR, WARNING, say
from kfflow.engine.bpmn.model import FLOW_NODES, Diagram
from kfflow.engine.bpmn.names import BPMN, BPMNDI, local_name, namespace
from kfflow.engine.findings import Finding

_NCNAME = re.compile(r"[^\W\d][\w.\-]*")
_RESERVED = frozenset(["Start", "End", "Root"])
_NAMED = FLOW_NODES | {"process", "sequenceFlow", "message", "signal", "error", "escalation"}
_MUST_HAVE = _NAMED - {"sequenceFlow"}


def check(diagram: Diagram) -> Iterator[Finding]:
    yield from _missing(diagram)
    yield from _duplicates(diagram)
    yield from _form(diagram)


def _missing(diagram: Diagram) -> Iterator[Finding]:
    for element in diagram.root.iter():
        kind = local_name(element.tag)
        if namespace(element.tag) == BPMN and kind in _MUST_HAVE and not element.get("id"):
            da, en = f"Et element af typen {kind} mangler id.", f"An element of type {kind} has no id."
            yield say(diagram, "id-missing", ERROR, element, da, en, "add an id")
        elif namespace(element.tag) == BPMN and kind == "sequenceFlow" and not element.get("id"):
            da, en = "En sekvensstrøm mangler id.", "A sequence flow has no id."
            yield say(diagram, "id-missing", WARNING, element, da, en, "add an id")


def _duplicates(diagram: Diagram) -> Iterator[Finding]:
    seen: set[str] = set()
    for element in diagram.root.iter():
        identity = element.get("id")
        if not identity or namespace(element.tag) not in (BPMN, BPMNDI):
            continue
        if identity in seen:
            yield say(
                diagram, "id-duplicate", ERROR, element,
                f"Id'et {identity} bruges mere end én gang.", f"The id {identity} is used more than once.",
                "give each element its own id",
            )  # fmt: skip
        seen.add(identity)


def _form(diagram: Diagram) -> Iterator[Finding]:
    for element in diagram.root.iter():
        identity = element.get("id")
        if not identity or namespace(element.tag) != BPMN or local_name(element.tag) not in _NAMED:
            continue
        if not _NCNAME.fullmatch(identity):
            yield say(
                diagram, "id-malformed", ERROR, element,
                f"Id'et {identity!r} må kun have bogstaver, tal, punktum, bindestreg og understreg.",
                f"The id {identity!r} may only have letters, digits, dots, hyphens and underscores.",
            )  # fmt: skip
        elif identity in _RESERVED:
            yield say(
                diagram, "id-reserved", WARNING, element,
                f"Id'et {identity} siger intet om elementet; vælg et læsbart id.",
                f"The id {identity} says nothing of the element; choose a readable one.",
            )  # fmt: skip
