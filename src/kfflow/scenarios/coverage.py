"""How much of a process's diagram the scenarios reach: its flow nodes and sequence flows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kfflow import engine


@dataclass(frozen=True, slots=True)
class Coverage:
    """What of one process was reached; `missed` are the ids that no scenario came by, `day` as of a result."""

    process_id: str
    reached: int
    total: int
    missed: tuple[str, ...]
    day: date | None = None

    @property
    def percent(self) -> float:
        return 100 * self.reached / self.total if self.total else 100.0


def of_process(definition: engine.Definition, passed: Iterable[tuple[str, str]]) -> Coverage:
    """Compare the diagram with what was passed, given as pairs of process and element or flow id."""
    nodes = [e for e in definition.elements.values() if e.incoming or e.outgoing or e.attached_to]
    drawn = {e.id for e in nodes} | {flow for e in nodes for flow in e.outgoing}
    reached = {element for process, element in passed if process == definition.process_id} & drawn
    return Coverage(definition.process_id, len(reached), len(drawn), tuple(sorted(drawn - reached)))
