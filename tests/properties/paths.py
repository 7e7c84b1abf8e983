"""Random paths through random processes: at each step one of the waiting places is chosen, and what happens there."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from kfflow.engine.outcome import WaitingKind

ERROR, ESCALATION = "FEJL", "ESK"
LARGEST = 11
THROWERS = (WaitingKind.USER_TASK, WaitingKind.JOB, WaitingKind.CALL)
HARMLESS = 2
"""An answer with which loops end and nothing fails."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One step of a path: which of the places, in order, and with which answer."""

    choice: int
    answer: int

    def pick(self, places: list) -> object:
        return places[self.choice % len(places)]

    def throws(self, kind: str) -> str | None:
        """Give what comes instead of a result: an error, of a call also an escalation, or nothing."""
        if kind not in THROWERS or self.choice % 7:
            return None
        return "escalation" if kind == WaitingKind.CALL and self.answer % 2 else "error"

    def variables(self) -> dict[str, object]:
        return {"answer": self.answer, f"by_{self.choice % 3}": [self.answer]}


@dataclass(frozen=True, slots=True)
class Crowding(Turn):
    """A step that lets an event happen that waits beside others, so that one more branch begins; else any step."""

    def pick(self, places: list) -> object:
        events = [place for place in places if place[2] == WaitingKind.MESSAGE]
        return Turn.pick(self, events or places)


def crowded(path: tuple[Turn, ...], many: int) -> tuple[Turn, ...]:
    """Give a path that begins with so many branches, and begins one more before each of its steps."""
    first = tuple(Crowding(0, number) for number in range(many))
    return first + tuple(one for turn in path for one in (turn, Crowding(0, turn.answer)))


def wandered(random: Random, most: int = 14) -> tuple[Turn, ...]:
    """Give a path of some steps."""
    return tuple(Turn(random.randint(0, 50), random.randint(0, LARGEST)) for _ in range(random.randint(2, most)))


def homeward(random: Random, most: int = 400) -> Iterator[Turn]:
    """Give steps that let every loop end and nothing fail: with enough of them every process comes to its end."""
    for _ in range(most):
        yield Turn(random.randint(1, 6) + 7 * random.randint(0, 20), HARMLESS)


def shorter(path: tuple[Turn, ...]) -> Iterator[tuple[Turn, ...]]:
    """Give paths with less in them."""
    if path:
        yield path[: len(path) // 2]
        yield path[:-1]
    yield from (path[:place] + path[place + 1 :] for place in range(len(path)))
