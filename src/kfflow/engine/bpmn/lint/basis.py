"""What a case process under law must say: of every step whose it is, by when, how urgent, and on which legal basis.

A diagram is under law when it names a legal basis anywhere (`kf:hjemmel`), or when its caller knows that it is. There,
what is missing is an error; elsewhere in our dialect it is a remark, and of foreign diagrams nothing is asked.
"""

from collections.abc import Iterator

from lxml import etree

from kfflow.engine.bpmn import extensions as ext
from kfflow.engine.bpmn.lint.saying import INFO, WARNING, must, say, title
from kfflow.engine.bpmn.model import Diagram, Node
from kfflow.engine.bpmn.names import KF, kf
from kfflow.engine.findings import Finding, Severity

_GATEWAYS = frozenset(["exclusiveGateway", "inclusiveGateway", "complexGateway", "eventBasedGateway"])
"""Where a case goes one way and not another; a parallel gateway takes all of its ways."""
_TASKS = frozenset(["userTask", "businessRuleTask", "receiveTask"])
_EVENTS = frozenset(["timer", "message", "conditional", "signal"])
_COMPUTED = ("rule", "start", "until")
_ROLES = frozenset(["assignee", "candidateGroups", "candidateUsers"])


def names_basis(root: etree._Element) -> bool:
    """Tell whether a diagram itself names a legal basis; an empty one asks to be filled in."""
    return next(root.iter(kf("hjemmel")), None) is not None


def check(diagram: Diagram, *, under_law: bool = False) -> Iterator[Finding]:
    """Give what is missing; `under_law` when it is known that the diagram is, whatever it says itself."""
    held = under_law or names_basis(diagram.root)
    ours = KF in diagram.root.nsmap.values()
    for node in diagram.all_nodes():
        if (held or ours) and _needs_basis(node) and not ext.hjemmel(node.xml):
            yield _basis_missing(diagram, node, must(node) if held else WARNING)
        if held:
            yield from _unsaid(diagram, node)
        if node.type == "userTask" and node.process.is_executable:
            yield from _task(diagram, node, held=held)


def _needs_basis(node: Node) -> bool:
    if node.type in _TASKS or node.type == "process":
        return True
    if node.type in _GATEWAYS:
        return len(node.outgoing) > 1
    return bool(_EVENTS & {e.kind for e in node.events}) and node.type != "intermediateThrowEvent"


def _basis_missing(diagram: Diagram, node: Node, severity: Severity) -> Finding:
    return say(
        diagram, "hjemmel-missing", severity, node,
        f"{title(node)} mangler hjemmel.", f"{title(node)} has no legal basis (hjemmel).",
        "Skriv loven under Hjemmel. / Add kf:hjemmel.",
    )  # fmt: skip


def _unsaid(diagram: Diagram, node: Node) -> Iterator[Finding]:
    """Ask of what a deadline computes what it is: its explanation can show no more than the date that came out."""
    for written in ext.all_written(node.xml, "deadline"):
        computed = [name for name in _COMPUTED if (written.get(name) or "").startswith("=")]
        if computed and not (written.get("da") and written.get("en")):
            names = ", ".join(computed)
            yield say(
                diagram, "deadline-words", WARNING, node,
                f"{title(node)}: fristen beregner {names} og siger ikke med ord, hvad det er.",
                f"{title(node)}: the deadline computes {names} and does not say in words what that is.",
                "Skriv det under Frist, på dansk og engelsk. / Add da and en to kf:deadline.",
            )  # fmt: skip


def _task(diagram: Diagram, node: Node, *, held: bool) -> Iterator[Finding]:
    """Ask a task of people for its role and form, and under law for its deadline and priority, too.

    A lane is where a task is drawn; who may work it is the assignment alone, and without one everybody may.
    """
    severity = must(node) if held else INFO
    if not _ROLES & ext.zeebe_attributes(node.xml, "assignmentDefinition").keys() and (held or node.lane is None):
        yield say(
            diagram, "assignment-missing", severity, node,
            f"{title(node)} siger ikke, hvem der kan løse den.", f"{title(node)} does not say who can do it.",
            "Vælg en rolle. / Choose a role (candidate groups).",
        )  # fmt: skip
    if not ext.zeebe_attributes(node.xml, "formDefinition"):
        yield say(
            diagram, "form-missing", severity, node,
            f"{title(node)} har ingen formular.", f"{title(node)} has no form.",
            "Vælg en formular. / Choose a form.",
        )  # fmt: skip
    if held:
        yield from _urgency(diagram, node)


def _urgency(diagram: Diagram, node: Node) -> Iterator[Finding]:
    if not ext.all_written(node.xml, "deadline"):
        yield say(
            diagram, "deadline-missing", must(node), node,
            f"{title(node)} har ingen fristregel.", f"{title(node)} has no deadline rule.",
            "Skriv fristen under Frist. / Add kf:deadline.",
        )  # fmt: skip
    if not ext.zeebe_attributes(node.xml, "priorityDefinition").get("priority"):
        yield say(
            diagram, "priority-missing", must(node), node,
            f"{title(node)} har ingen prioritet.", f"{title(node)} has no priority.",
            "Skriv et tal fra 0 til 100. / Give a number from 0 to 100.",
        )  # fmt: skip
