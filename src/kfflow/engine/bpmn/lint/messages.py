"""Messages: what an event says of whom they reach and how long they wait (`kf:message`)."""

from collections.abc import Iterator

from kfflow.engine.bpmn import extensions as ext
from kfflow.engine.bpmn.lint.saying import ERROR, say, title
from kfflow.engine.bpmn.model import Diagram, Node
from kfflow.engine.findings import Finding
from kfflow.engine.timing import is_exact_duration

_CATCHING = ("startEvent", "intermediateCatchEvent", "boundaryEvent", "receiveTask")
_REACHES = ("one", "every")


def check(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.all_nodes():
        said = ext.kf_attributes(node.xml, "message")
        for wrong_da, wrong_en in _wrong(node, said) if said else ():
            yield say(
                diagram, "message-reach", ERROR, node,
                f"{title(node)}: kf:message {wrong_da}", f"{title(node)}: kf:message {wrong_en}",
            )  # fmt: skip


def _wrong(node: Node, said: dict[str, str]) -> Iterator[tuple[str, str]]:
    has_message = node.type in ("receiveTask", "sendTask") or any(d.kind == "message" for d in node.events)
    catches = node.type in _CATCHING
    if not has_message:
        yield "står på et element uden besked.", "stands on an element without a message."
    if said.get("reach", "one") not in _REACHES:
        yield f"reach={said['reach']!r} er ikke one eller every.", f"reach={said['reach']!r} is not one or every."
    if "reach" in said and (not catches or _starts_process(node)):
        yield (
            "reach siges af den, der venter i en sag, ikke af en afsender eller start.",
            "reach is said by who waits in a case, not by a sender or start.",
        )
    if "timeToLive" in said and catches:
        yield "timeToLive siges af den, der sender.", "timeToLive is said by who sends."
    if not is_exact_duration(said.get("timeToLive", "PT0S")):
        yield (
            f"timeToLive={said['timeToLive']!r} er ikke en varighed uden måneder som P14D.",
            f"timeToLive={said['timeToLive']!r} is no duration without months such as P14D.",
        )
    for unknown in sorted(set(said) - {"reach", "timeToLive"}):
        yield f"kender ikke {unknown}.", f"does not know {unknown}."


def _starts_process(node: Node) -> bool:
    return node.type == "startEvent" and node.parent is None
