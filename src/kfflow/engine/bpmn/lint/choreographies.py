"""Choreographies and conversations, which kfflow keeps in a file but never runs (BPMN 2.0 §9, §11)."""

from collections.abc import Iterator

from lxml import etree

from kfflow.engine.bpmn.lint.items import target
from kfflow.engine.bpmn.lint.saying import WARNING, say
from kfflow.engine.bpmn.model import Diagram
from kfflow.engine.bpmn.names import bpmn, local_name
from kfflow.engine.findings import Finding

_IN_GLOBAL_CONVERSATION = frozenset(
    ["participant", "messageFlow", "correlationKey", "choreographyRef", "documentation", "extensionElements"]
)


def check(diagram: Diagram) -> Iterator[Finding]:
    for reference in diagram.root.iter(bpmn("choreographyRef")):
        yield from _referring(diagram, reference)
    for conversation in diagram.root.iter(bpmn("globalConversation")):
        yield from _global(diagram, conversation)


def _referring(diagram: Diagram, reference: etree._Element) -> Iterator[Finding]:
    owner, choreography = reference.getparent(), target(diagram, reference.text)
    if owner is None:
        return
    if local_name(owner.tag) != "collaboration":
        yield _say(
            diagram, "choreography-reference", owner,
            "må ikke henvise til en koreografi; det må kun et samarbejde",
            "must not refer to a choreography; only a collaboration may",
        )  # fmt: skip
    elif choreography is not None and choreography.get("isClosed") == "true":
        yield from _into_closed(diagram, owner, choreography)


def _into_closed(diagram: Diagram, collaboration: etree._Element, choreography: etree._Element) -> Iterator[Finding]:
    """A closed choreography takes no messages but those it shows (BPMN 2.0 §11.1)."""
    inside = {e.get("id") for e in choreography.iter()}
    for flow in collaboration.iterchildren(bpmn("messageFlow")):
        ends = {flow.get(end, "") for end in ("sourceRef", "targetRef")}
        if len(ends & inside) == 1:
            yield _say(
                diagram, "choreography-closed", flow,
                "fører ind i eller ud af en lukket koreografi", "leads into or out of a closed choreography",
            )  # fmt: skip


def _global(diagram: Diagram, conversation: etree._Element) -> Iterator[Finding]:
    for child in conversation.iterchildren():
        if local_name(child.tag) not in _IN_GLOBAL_CONVERSATION:
            yield _say(
                diagram, "conversation-content", child,
                "kan ikke stå i en global samtale", "cannot stand in a global conversation",
            )  # fmt: skip


def _say(diagram: Diagram, rule: str, element: etree._Element, da: str, en: str) -> Finding:
    name = element.get("id") or local_name(element.tag)
    return say(diagram, rule, WARNING, element, f"{name} {da}.", f"{name} {en}.")
