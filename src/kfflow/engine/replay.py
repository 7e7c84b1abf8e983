"""The history of an instance, read back: what was active, what the variables were, whether it had ended.

Version 1 of the lines says which elements were entered and left; since version 2 each command also says what it
made of the variables (`VARIABLES_CHANGED`). Lines of an unknown version are refused (docs/adr/0002).
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from kfflow.engine.outcome import InstanceState
from kfflow.engine.snapshot import Place
from kfflow.errors import EngineFailure

HISTORY_VERSION = 2
_COUNTED = {"ELEMENT_ACTIVATED": 1, "ELEMENT_COMPLETED": -1, "ELEMENT_CANCELED": -1, "ELEMENT_RETRIED": -1}
_MIGRATED = ("INSTANCE_MIGRATED", "MIGRATION_UNDONE")
_ENDED = {"INSTANCE_COMPLETED": InstanceState.COMPLETED, "INSTANCE_TERMINATED": InstanceState.TERMINATED}


class Line(Protocol):
    """One line of history, as it is stored."""

    @property
    def kind(self) -> str: ...
    @property
    def element_id(self) -> str: ...
    @property
    def element_type(self) -> str: ...
    @property
    def data(self) -> Mapping[str, object]: ...


@dataclass(slots=True)
class Replayed:
    """An instance as its history tells it: how often each element is active, the variables, the state."""

    active: Counter[Place] = field(default_factory=Counter)
    variables: dict[str, object] = field(default_factory=dict)
    state: InstanceState = InstanceState.ACTIVE

    def take(self, line: Line, version: int = HISTORY_VERSION) -> None:
        """Go on by one line; raises EngineFailure when it is of a version that nobody here can read."""
        if not 1 <= version <= HISTORY_VERSION:
            raise EngineFailure(
                f"Historikken er gemt i et ukendt format ({version}).",
                f"The history is stored in an unknown format ({version}).",
                kind="UNKNOWN_HISTORY_VERSION",
            )
        if line.kind in _COUNTED:
            self._count((line.element_id, line.element_type), _COUNTED[line.kind])
        elif line.kind in _MIGRATED:
            self._rename(line.data["elements"])
        elif line.kind == "VARIABLES_CHANGED":
            changed = line.data["variables"]
            assert isinstance(changed, Mapping)
            self.variables |= changed
        self.state = _ENDED.get(line.kind, self.state)

    def _rename(self, elements: object) -> None:
        """Let what is active have the ids of the version that the instance was moved to."""
        assert isinstance(elements, Mapping)
        renamed: Counter[Place] = Counter()
        for (element_id, kind), count in self.active.items():
            renamed[elements.get(element_id, element_id), kind] += count
        self.active = renamed

    def _count(self, place: Place, change: int) -> None:
        self.active[place] += change
        if not self.active[place]:
            del self.active[place]


def replay(lines: Iterable[Line]) -> Replayed:
    """Read the lines of one instance, in the order written, up to wherever they end.

    Lines that carry no version of their own are taken to be of this one.
    """
    replayed = Replayed()
    for line in lines:
        replayed.take(line, getattr(line, "version", HISTORY_VERSION))
    return replayed
