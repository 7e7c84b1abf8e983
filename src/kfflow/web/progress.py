"""Where a case is in a diagram and the way it took: as the island draws it, and as steps in words beside it."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row

from kfflow.engine import Definition, Element, replay
from kfflow.persistence import case_view
from kfflow.persistence.tables import HistoryEvent, Incident
from kfflow.service import definitions
from kfflow.service.context import Context
from kfflow.web.wording import say

REPEATED = frozenset({"multiInstanceBody", "loopBody"})
WAITING_TYPES = frozenset({"eventBasedGateway", "intermediateCatchEvent", "receiveTask", "boundaryEvent"})


@dataclass(frozen=True, slots=True)
class Step:
    """One element in words; `status` is done, active, waiting or incident."""

    element_id: str
    name: str
    status: str
    words: str
    at: Any = None


@dataclass(slots=True)
class Way:
    """The way through one diagram."""

    active: dict[str, int] = field(default_factory=dict)
    visited: list[str] = field(default_factory=list)
    flows: list[str] = field(default_factory=list)
    incidents: list[str] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    @property
    def state(self) -> dict[str, Any]:
        """Give what the diagram island reads."""
        return {
            "active": [{"element_id": name, "count": count} for name, count in self.active.items()],
            "visited": self.visited,
            "flows": self.flows,
            "incidents": [{"element_id": name, "count": 1} for name in self.incidents],
        }


def of_instance(ctx: Context, instance: Row[Any], troubles: list[Incident]) -> Way:
    """Read the way that one process of a case took."""
    definition = definitions.compiled(ctx, instance.definition_key)
    events = list(reversed(case_view.events(ctx.session, instance.case_key, instance.key)))
    waiting = set(case_view.waiting_elements(ctx.session, instance.key))
    stuck = [i.element_id for i in troubles if i.instance_key == instance.key and i.state == "ACTIVE"]
    way = Way(active=_active(events) if instance.state == "ACTIVE" else {}, incidents=stuck)
    latest: dict[str, HistoryEvent] = {}
    for event in events:
        _follow(way, event, latest)
    way.steps = [_step(way, definition.elements[n], e, waiting) for n, e in latest.items() if _is_told(definition, n)]
    return way


def _active(events: list[HistoryEvent]) -> dict[str, int]:
    """Count where the process is; of a repeated activity its repetitions, not what holds them together."""
    places = replay(events).active.items()
    return {name: count for (name, kind), count in places if kind not in REPEATED and count > 0}


def _follow(way: Way, event: HistoryEvent, latest: dict[str, HistoryEvent]) -> None:
    match event.kind:
        case "FLOW_TAKEN":
            _once(way.flows, event.element_id)
        case "ELEMENT_ACTIVATED":
            latest.setdefault(event.element_id, event)
        case "ELEMENT_COMPLETED":
            _once(way.visited, event.element_id)
            latest[event.element_id] = event
        case "ELEMENT_CANCELED":
            latest[event.element_id] = event


def _once(names: list[str], name: str) -> None:
    if name not in names:
        names.append(name)


def _is_told(definition: Definition, element_id: str) -> bool:
    element = definition.elements.get(element_id)
    return element is not None and bool(element.name) and element.type != "sequenceFlow"


def _step(way: Way, element: Element, event: HistoryEvent, waiting: set[str]) -> Step:
    status, words = _status(way, element, event, waiting)
    return Step(element.id, element.name, status, words, event.at)


def _status(way: Way, element: Element, event: HistoryEvent, waiting: set[str]) -> tuple[str, str]:
    if element.id in way.incidents:
        return "incident", say("standset af en fejl", "stopped by an error")
    if element.id in way.active:
        if element.id in waiting or element.type in WAITING_TYPES:
            return "waiting", say("venter på tid eller besked", "waits for time or a message")
        return "active", say("sagen er her", "the case is here")
    if event.kind == "ELEMENT_CANCELED":
        return "skipped", say("bortfaldet", "canceled")
    return "done", say("udført", "done")
