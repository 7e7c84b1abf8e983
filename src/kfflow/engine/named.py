"""What a diagram names that stands in other files: its forms, tables and letters, and the processes that it calls."""

from collections.abc import Mapping

from lxml import etree

from kfflow.engine.bpmn.names import zeebe
from kfflow.engine.bpmn.read import Unreadable, read_xml

LETTER_HEADER = "skabelon"
"""The header of a service task that says by which template a letter is made."""


def named(source: bytes, resource: str) -> Mapping[str, frozenset[str]]:
    """Give the ids that a diagram names, by kind: process, decision, form, letter; nothing of one that is unreadable.

    What an expression names is known only when the case is there, and is not among them.
    """
    try:
        root = read_xml(source, resource)
    except Unreadable:
        return {}
    return {
        "process": _values(root, "calledElement", "processId"),
        "decision": _values(root, "calledDecision", "decisionId"),
        "form": _values(root, "formDefinition", "formId"),
        "letter": frozenset(h.get("value", "") for h in root.iter(zeebe("header")) if h.get("key") == LETTER_HEADER),
    }


def _values(root: etree._Element, tag: str, attribute: str) -> frozenset[str]:
    found = (element.get(attribute) for element in root.iter(zeebe(tag)))
    return frozenset(value for value in found if value and not value.startswith("="))
