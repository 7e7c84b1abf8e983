"""The history of an instance as the elements that ran: each with when it was entered, and when and how it was left.

History tells elements by id, not by token. Where one is active several times at once, the one entered first is taken to
be left first.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from kfflow.engine.replay import Line
from kfflow.engine.snapshot import Place

PROCESS = "process"
_LEFT = {"ELEMENT_COMPLETED": "COMPLETED", "ELEMENT_CANCELED": "TERMINATED"}
_ENDED = {"INSTANCE_COMPLETED": "COMPLETED", "INSTANCE_TERMINATED": "TERMINATED"}
_MIGRATED = ("INSTANCE_MIGRATED", "MIGRATION_UNDONE")


class Told(Line, Protocol):
    """One line of history with its key and its instant (UTC)."""

    @property
    def key(self) -> int: ...
    @property
    def at(self) -> datetime: ...
    @property
    def name(self) -> str: ...


@dataclass(slots=True)
class ElementRun:
    """One time that an element ran; `key` is that of the line that tells of its beginning."""

    key: int
    element_id: str
    element_type: str
    name: str
    started_at: datetime
    ended_at: datetime | None = None
    state: str = "ACTIVE"

    def end(self, state: str, at: datetime) -> None:
        self.state, self.ended_at = state, at


@dataclass(slots=True)
class _Folding:
    runs: list[ElementRun] = field(default_factory=list)
    open: dict[Place, deque[ElementRun]] = field(default_factory=lambda: defaultdict(deque))
    again: dict[Place, deque[ElementRun]] = field(default_factory=lambda: defaultdict(deque))
    """What was retried: it goes on as the run it was."""

    def take(self, line: Told) -> None:
        place = (line.element_id, line.element_type)
        if line.kind in {"ELEMENT_ACTIVATED", "INSTANCE_STARTED"}:
            self.open[place].append(self.again[place].popleft() if self.again[place] else self._begin(line))
        elif line.kind == "ELEMENT_RETRIED" and self.open[place]:
            self.again[place].append(self.open[place].popleft())
        elif line.kind in _LEFT:
            left = self.open[place].popleft() if self.open[place] else self._begin(line)
            left.end(_LEFT[line.kind], line.at)
        elif line.kind in _MIGRATED:
            self._rename(line.data["elements"])
        elif line.kind in _ENDED:
            self._end_all(_ENDED[line.kind], line.at)

    def _begin(self, line: Told) -> ElementRun:
        run = ElementRun(line.key, line.element_id, line.element_type, line.name, line.at)
        self.runs.append(run)
        return run

    def _rename(self, elements: object) -> None:
        """Let what is open have the ids of the version that the instance was moved to."""
        assert isinstance(elements, Mapping)
        renamed: dict[Place, deque[ElementRun]] = defaultdict(deque)
        for (former, kind), runs in self.open.items():
            element_id = elements.get(former, former)
            for run in runs:
                run.element_id = element_id
            renamed[element_id, kind].extend(runs)
        self.open = renamed

    def _end_all(self, state: str, at: datetime) -> None:
        """End the process, and with it what nothing was told of any more."""
        for run in (run for runs in (*self.open.values(), *self.again.values()) for run in runs):
            run.end(state if run.element_type == PROCESS else "TERMINATED", at)
        self.open.clear()
        self.again.clear()


def element_runs(lines: Iterable[Told]) -> list[ElementRun]:
    """Give what ran in one instance, in the order in which it began; the lines come in the order written."""
    folding = _Folding()
    for line in lines:
        folding.take(line)
    return folding.runs
