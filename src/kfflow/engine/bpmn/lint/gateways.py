"""Gateways: their direction, and what may stand behind an event-based gateway (BPMN 2.0 §10.6)."""

from collections.abc import Iterator

from kfflow.engine.bpmn.lint.saying import ERROR, WARNING, say, title
from kfflow.engine.bpmn.model import GATEWAYS, Diagram, Node
from kfflow.engine.findings import Finding

_BEHIND_EVENTS = frozenset(["message", "signal", "timer", "conditional", "multiple"])


def check(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.all_nodes():
        if node.type in GATEWAYS:
            yield from _direction(diagram, node)
        if node.type == "eventBasedGateway":
            yield from _behind(diagram, node)
        if node.type in ("eventBasedGateway", "receiveTask"):
            yield from _instantiating(diagram, node)


def _direction(diagram: Diagram, node: Node) -> Iterator[Finding]:
    ins, outs = len(node.incoming), len(node.outgoing)
    wrong = {
        "Converging": outs > 1,
        "Diverging": ins > 1,
        "Mixed": ins < 2 or outs < 2,  # noqa: PLR2004 - more than one, as the standard says
    }.get(node.xml.get("gatewayDirection", ""), False)
    if wrong:
        yield say(
            diagram, "gateway-direction", WARNING, node,
            f"{title(node)} siger en anden retning, end vejene har.",
            f"{title(node)} says another direction than its flows have.",
        )  # fmt: skip
    if ins < 2 and outs < 2:  # noqa: PLR2004 - as above
        yield say(
            diagram, "gateway-alone", WARNING, node,
            f"{title(node)} hverken deler eller samler veje.", f"{title(node)} neither splits nor joins paths.",
        )  # fmt: skip


def _behind(diagram: Diagram, gateway: Node) -> Iterator[Finding]:
    targets = [flow.target for flow in gateway.outgoing]
    for node in targets:
        catches = node.type == "intermediateCatchEvent" and node.event_kind in _BEHIND_EVENTS
        if not catches and node.type != "receiveTask":
            yield say(
                diagram, "event-gateway-target", ERROR, node,
                f"{title(node)} kan ikke stå efter en hændelsesport; kun ventende hændelser kan.",
                f"{title(node)} cannot stand behind an event-based gateway; only catching events can.",
            )  # fmt: skip
        if len(node.incoming) > 1:
            yield say(
                diagram, "event-gateway-target-shared", ERROR, node,
                f"{title(node)} efter en hændelsesport må ikke nås ad andre veje.",
                f"{title(node)} behind an event-based gateway must not have other incoming flows.",
            )  # fmt: skip
        if node.type == "receiveTask" and node.boundaries:
            yield say(
                diagram, "event-gateway-boundary", ERROR, node,
                f"{title(node)} efter en hændelsesport må ikke have hændelser på kanten.",
                f"{title(node)} behind an event-based gateway must not have attached events.",
            )  # fmt: skip
    kinds = {n.type for n in targets if n.type == "receiveTask" or n.event_kind == "message"}
    if len(kinds) > 1:
        yield say(
            diagram, "event-gateway-mixed", WARNING, gateway,
            "Modtageopgaver og meddelelseshændelser må ikke blandes efter en hændelsesport.",
            "Receive tasks and message events must not be mixed behind an event-based gateway.",
        )  # fmt: skip


def _instantiating(diagram: Diagram, gateway: Node) -> Iterator[Finding]:
    if gateway.xml.get("instantiate") == "true" and gateway.incoming:
        yield say(
            diagram, "instantiate-entered", ERROR, gateway,
            f"{title(gateway)} starter processen og må ikke have indgående veje.",
            f"{title(gateway)} instantiates the process and must not have incoming flows.",
        )  # fmt: skip
