"""Paths: every process begins and ends, everything can be reached, every choice has an answer."""

from collections.abc import Iterator

from kfflow.engine.bpmn.links import partners
from kfflow.engine.bpmn.lint.saying import ERROR, INFO, WARNING, must, say, title
from kfflow.engine.bpmn.model import ACTIVITIES, CONTAINERS, EVENTS, Diagram, Flow, Node
from kfflow.engine.bpmn.names import bpmn
from kfflow.engine.findings import Finding


def check(diagram: Diagram) -> Iterator[Finding]:
    for process in diagram.processes:
        for scope in process.walk():
            if scope.type in CONTAINERS and not scope.xml.tag.endswith("Task"):
                yield from _begin_and_end(diagram, scope)
                yield from _reachable(diagram, scope)
    for node in diagram.all_nodes():
        yield from _ends_of_events(diagram, node)
        yield from _choices(diagram, node)
        yield from _loose_ends(diagram, node)


def _begin_and_end(diagram: Diagram, scope: Node) -> Iterator[Finding]:
    if scope.type == "adHocSubProcess":
        return
    starts = [n for n in scope.children if n.type == "startEvent" or n.xml.get("instantiate") == "true"]
    ends = [n for n in scope.children if n.type == "endEvent"]
    if not starts and scope.parent is None and (scope.children or scope.is_executable):
        yield say(
            diagram, "no-start", must(scope), scope,
            "Processen har ingen starthændelse.", "The process has no start event.", "add a start event",
        )  # fmt: skip
    if ends and not starts:
        yield say(
            diagram, "end-without-start", WARNING, scope,
            f"{title(scope)} har en slut-, men ingen starthændelse.", f"{title(scope)} has an end but no start event.",
        )  # fmt: skip
    if any(n.type == "startEvent" for n in starts) and not ends:
        yield say(
            diagram, "no-end", ERROR, scope,
            f"{title(scope)} har ingen sluthændelse.", f"{title(scope)} has no end event.", "add an end event",
        )  # fmt: skip


def _reachable(diagram: Diagram, scope: Node) -> Iterator[Finding]:
    begin = [n for n in scope.children if n.type == "startEvent" or n.xml.get("instantiate") == "true"]
    if not begin or scope.type == "adHocSubProcess":
        return
    reached = _reach(begin)
    for node in scope.children:
        if node in reached or node.is_event_subprocess or node.is_compensation_handler:
            continue
        if not _leads_from_nowhere(node):
            continue
        yield say(
            diagram, "unreachable", WARNING, node,
            f"{title(node)} kan aldrig nås: ingen vej fører dertil.",
            f"{title(node)} can never be reached: no path leads there.",
        )  # fmt: skip


def _leads_from_nowhere(node: Node) -> bool:
    return node.type != "boundaryEvent" or node.attached is not None


def _reach(begin: list[Node]) -> set[Node]:
    reached: set[Node] = set()
    pending = list(begin)
    while pending:
        node = pending.pop()
        if node in reached:
            continue
        reached.add(node)
        pending += [f.target for f in node.outgoing] + node.boundaries
        if node.type == "intermediateThrowEvent":
            pending += partners(node)
    return reached


_WRONG_ENDS = {
    "start-leads-nowhere": ("fører ingen steder hen", "leads nowhere"),
    "start-entered": ("må ikke have indgående veje", "must not have incoming flows"),
    "end-not-entered": ("har ingen indgående vej", "has no incoming flow"),
    "end-left": ("må ikke have udgående veje", "must not have outgoing flows"),
    "boundary-entered": ("må ikke have indgående veje", "must not have incoming flows"),
    "boundary-leads-nowhere": ("fører ingen steder hen", "leads nowhere"),
    "compensation-left": ("må ikke have udgående veje", "must not have outgoing flows"),
    "event-not-entered": ("har ingen indgående vej", "has no incoming flow"),
    "event-leads-nowhere": ("fører ingen steder hen", "leads nowhere"),
    "link-both-ways": (
        "er et link og må ikke have begge slags veje",
        "is a link and must not have both kinds of flows",
    ),
}


def _ends_of_events(diagram: Diagram, node: Node) -> Iterator[Finding]:
    for rule in _wrong_ends(node):
        da, en = _WRONG_ENDS[rule]
        yield say(diagram, rule, ERROR, node, f"{title(node)} {da}.", f"{title(node)} {en}.")


def _wrong_ends(node: Node) -> list[str]:
    """Name the rules on incoming and outgoing flows that an event breaks."""
    entered, left = bool(node.incoming), bool(node.outgoing)
    undoes, is_link = node.event_kind == "compensate", node.event_kind == "link"
    broken = {
        "startEvent": {"start-leads-nowhere": not left, "start-entered": entered},
        "endEvent": {"end-not-entered": not entered, "end-left": left},
        "boundaryEvent": {
            "boundary-entered": entered,
            "boundary-leads-nowhere": not left and not undoes,
            "compensation-left": left and undoes,
        },
        "intermediateCatchEvent": {
            "event-not-entered": not entered and not is_link,
            "event-leads-nowhere": not left,
            "link-both-ways": is_link and entered,
        },
        "intermediateThrowEvent": {
            "event-not-entered": not entered,
            "event-leads-nowhere": not left and not is_link,
            "link-both-ways": is_link and left,
        },
    }
    return [rule for rule, holds in broken.get(node.type, {}).items() if holds]


def _choices(diagram: Diagram, node: Node) -> Iterator[Finding]:
    if node.type in ("exclusiveGateway", "inclusiveGateway") and len(node.outgoing) > 1:
        for flow in node.outgoing:
            if not flow.is_default and flow.condition in (None, ""):
                yield _no_condition(diagram, node, flow)
        if not any(f.is_default for f in node.outgoing):
            yield say(
                diagram, "no-default", INFO, node,
                f"{title(node)} har ingen standardvej; passer ingen betingelse, bliver det en hændelse at rydde op i.",
                f"{title(node)} has no default flow; when no condition holds it becomes an incident.",
            )  # fmt: skip
    for flow in node.outgoing:
        if flow.is_default and flow.condition:
            yield say(
                diagram, "default-with-condition", WARNING, flow,
                "Standardvejen har en betingelse, som aldrig spørges.",
                "The default flow has a condition that is never asked.",
            )  # fmt: skip
        if flow.condition and node.type in ("parallelGateway", "eventBasedGateway"):
            yield say(
                diagram, "condition-ignored", WARNING, flow,
                "Betingelsen spørges aldrig efter denne port (BPMN 2.0 §13.4.1).",
                "The condition is never asked behind this gateway (BPMN 2.0 §13.4.1).",
            )  # fmt: skip
    if node.type in ACTIVITIES and len(node.outgoing) == 1 and node.outgoing[0].condition:
        yield say(
            diagram, "single-conditional-flow", WARNING, node,
            f"{title(node)} har kun én vej ud, og den har en betingelse.",
            f"{title(node)} has a single way out, and that has a condition.",
        )  # fmt: skip


def _no_condition(diagram: Diagram, node: Node, flow: Flow) -> Finding:
    return say(
        diagram, "no-condition", must(node), flow,
        f"Vejen {flow.name or flow.id} fra {title(node)} mangler en betingelse.",
        f"The flow {flow.name or flow.id} from {title(node)} has no condition.",
        "add a condition or make it the default flow",
    )  # fmt: skip


def _loose_ends(diagram: Diagram, node: Node) -> Iterator[Finding]:
    scope = node.parent
    if scope is None or node.type in EVENTS or node.is_event_subprocess or node.is_compensation_handler:
        return
    if scope.type == "adHocSubProcess":
        return
    if not node.outgoing and scope.xml.find(bpmn("endEvent")) is not None:
        yield say(
            diagram, "path-ends", WARNING, node,
            f"Efter {title(node)} går det ikke videre, og der er ingen sluthændelse.",
            f"Nothing follows {title(node)}, and it is no end event.",
        )  # fmt: skip
