"""The legal basis: in our dialect every task, decision and timer says what law it rests on."""

from collections.abc import Iterator

from kfflow.engine.bpmn import extensions as ext
from kfflow.engine.bpmn.lint.saying import INFO, WARNING, say, title
from kfflow.engine.bpmn.model import Diagram, Node
from kfflow.engine.bpmn.names import KF
from kfflow.engine.findings import Finding

_GATEWAYS = ("exclusiveGateway", "inclusiveGateway")
_TASKS = ("userTask", "businessRuleTask")
_EVENTS = frozenset(["timer", "message"])


def check(diagram: Diagram) -> Iterator[Finding]:
    ours = KF in diagram.root.nsmap.values()
    for node in diagram.all_nodes():
        if ours and _needs_basis(node) and not _has_basis(node):
            yield say(
                diagram, "hjemmel-missing", WARNING, node,
                f"{title(node)} mangler hjemmel.", f"{title(node)} has no legal basis (hjemmel).",
                "add kf:hjemmel",
            )  # fmt: skip
        if node.type == "userTask" and node.process.is_executable:
            yield from _assignment(diagram, node)


def _needs_basis(node: Node) -> bool:
    if node.type in _TASKS or node.type == "process":
        return True
    if node.type in _GATEWAYS:
        return len(node.outgoing) > 1
    return bool(_EVENTS & {e.kind for e in node.events}) and node.type != "intermediateThrowEvent"


def _has_basis(node: Node) -> bool:
    deadlines = ext.all_written(node.xml, "deadline")
    return bool(ext.hjemmel(node.xml) or (deadlines and all(one.get("hjemmel") for one in deadlines)))


def _assignment(diagram: Diagram, node: Node) -> Iterator[Finding]:
    if not ext.zeebe_attributes(node.xml, "assignmentDefinition") and node.lane is None:
        yield say(
            diagram, "assignment-missing", INFO, node,
            f"{title(node)} siger ikke, hvem der kan løse den.", f"{title(node)} does not say who can do it.",
        )  # fmt: skip
    if not ext.zeebe_attributes(node.xml, "formDefinition"):
        yield say(
            diagram, "form-missing", INFO, node,
            f"{title(node)} har ingen formular.", f"{title(node)} has no form.",
        )  # fmt: skip
