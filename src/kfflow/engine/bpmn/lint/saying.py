"""How a rule says what it found: the place, both languages, and how grave it is."""

from lxml import etree

from kfflow.engine.bpmn.model import Diagram, Flow, Node
from kfflow.engine.bpmn.names import line_of
from kfflow.engine.findings import Finding, Severity

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
Place = Node | Flow | etree._Element | None  # noqa: SLF001 - lxml names its public type so


def say(  # noqa: PLR0917 - a rule reads as: what, how grave, where, in Danish, in English
    diagram: Diagram, rule: str, severity: Severity, place: Place, da: str, en: str, fix: str = ""
) -> Finding:
    """Make a finding at a node, a flow or any element of the XML."""
    identity, name, line = where(place)
    return Finding(rule, severity, da, en, identity, name, line, fix, diagram.resource)


def where(place: Place) -> tuple[str | None, str | None, int | None]:
    if place is None:
        return None, None, None
    if isinstance(place, (Node, Flow)):
        return place.id, place.name or None, place.line or None
    return place.get("id"), place.get("name"), line_of(place)


def must(node: Node) -> Severity:
    """Give how grave it is that an element cannot be executed: in a process that never runs it is a remark."""
    return ERROR if node.process.is_executable else WARNING


def title(node: Node) -> str:
    """Name an element for a reader: its name when it has one, else its id."""
    return f"»{node.name}«" if node.name else node.id
