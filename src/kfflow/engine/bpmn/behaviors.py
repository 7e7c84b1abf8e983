"""The events that a multi-instance activity throws when its instances complete (BPMN 2.0 §10.3.8, §13.3.7)."""

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from kfflow.engine.bpmn.build_model import event_definition
from kfflow.engine.bpmn.model import Diagram, EventDefinition
from kfflow.engine.bpmn.names import bpmn, local_name

THROWN = frozenset(["signal", "message", "escalation", "error"])


@dataclass(frozen=True, slots=True)
class Announcement:
    """One event to throw: the text of its condition where it has one, and what is thrown (None: not said)."""

    condition: str | None
    definition: EventDefinition | None


def behavior(loop: etree._Element) -> str:
    return str(loop.get("behavior", "All"))


def announcements(diagram: Diagram, loop: etree._Element) -> list[Announcement]:
    """Give what is thrown as instances complete; nothing with the behavior `All`."""
    kind = behavior(loop)
    if kind in ("None", "One"):
        name = loop.get(f"{kind.lower()}BehaviorEventRef", "").rpartition(":")[2]
        target = diagram.by_id.get(name)
        return [Announcement(None, None if target is None else event_definition(diagram, target))]
    return list(_complex(diagram, loop)) if kind == "Complex" else []


def _complex(diagram: Diagram, loop: etree._Element) -> Iterator[Announcement]:
    for element in loop.iterchildren(bpmn("complexBehaviorDefinition")):
        condition = (element.findtext(bpmn("condition")) or "").strip()
        event = element.find(bpmn("event"))
        if event is None:
            continue
        thrown = [e for e in event.iterchildren() if local_name(e.tag).endswith("EventDefinition")]
        if not thrown:
            yield Announcement(condition, None)
        for definition in thrown:
            yield Announcement(condition, event_definition(diagram, definition))
