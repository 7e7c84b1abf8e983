"""What all parts of a simulation share: the commands, the clock, what is planned, the figures, and the counts."""

import heapq
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

from kfflow.errors import KfflowError
from kfflow.service.context import Service, SettableClock
from kfflow.simulation.answers import Answers
from kfflow.simulation.errands import Errands, words_of
from kfflow.simulation.figures import Profile
from kfflow.simulation.people import People
from kfflow.simulation.setting import UNSETTLED, Pace, Script

Act = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Extent:
    """How long is lived through, from when, at which share of the service's size, and with which lots."""

    start: datetime
    days: int
    seed: int
    scale: float

    @property
    def end(self) -> datetime:
        return self.start + timedelta(days=self.days)


@dataclass(slots=True, order=True)
class Event:
    """Something that happens at an instant; `order` keeps events of one instant in line."""

    at: datetime
    order: int
    act: Act = field(compare=False)


ORIGIN = datetime(2000, 1, 1, tzinfo=UTC)


class Agenda:
    """What is planned, the earliest first, by whole grains of time; nothing is planned into the past."""

    def __init__(self, clock: SettableClock, grain: timedelta) -> None:
        self.clock = clock
        self.grain = grain
        self._events: list[Event] = []
        self._order = count()

    @property
    def next_at(self) -> datetime | None:
        return self._events[0].at if self._events else None

    def whole(self, at: datetime) -> datetime:
        """Give when something happens that falls due at an instant: then, or when the next grain of time begins."""
        return at + (ORIGIN - at) % self.grain

    def plan(self, at: datetime, act: Act) -> None:
        heapq.heappush(self._events, Event(self.whole(max(at, self.clock.at)), next(self._order), act))

    def due(self) -> Iterator[Act]:
        """Give what is due, also what is planned for now meanwhile."""
        while self._events and self._events[0].at <= self.clock.at:
            yield heapq.heappop(self._events).act


@dataclass(slots=True)
class Lived:
    """What has been counted: arrivals, messages from outside, tasks done, and troubles in the words of the error."""

    arrived: Counter[str] = field(default_factory=Counter)
    told: Counter[str] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    troubles: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    cpu_seconds: float = 0.0

    @contextmanager
    def troubled(self, what: str) -> Iterator[None]:
        """Count a command that was refused, and go on."""
        try:
            yield
        except KfflowError as problem:
            self.trouble(what, words_of(problem))

    def trouble(self, what: str, words: str) -> None:
        self.troubles[f"{what}: {words}"] += 1


@dataclass(slots=True)
class World:
    """One simulation's parts."""

    service: Service
    clock: SettableClock
    agenda: Agenda
    profile: Profile
    answers: Answers
    people: People
    extent: Extent
    errands: Errands
    pace: Pace | None = None
    scripts: dict[int, Script] = field(default_factory=dict)
    """The scripts of staged cases by the case's key."""
    lived: Lived = field(default_factory=Lived)

    def script(self, case_key: int) -> Script:
        """Give what is settled of a case."""
        return self.scripts.get(case_key, UNSETTLED)
