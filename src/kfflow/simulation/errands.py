"""What is done by commands of its own: here in turn, or in processes beside the people at work.

In turn, a seed always lives the same. In processes the errands of a round are run at once, on all cores, and are all
done before time moves on; which of two came first within a round is then left to chance, and with it what is drawn for
them.
"""

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self, TypeVar

from kfflow.errors import KfflowError, Unavailable
from kfflow.jobs import handlers
from kfflow.jobs.worker import Worker
from kfflow.persistence.database import Database
from kfflow.persistence.keys import Keys
from kfflow.service.context import Bell, Service, SettableClock

R = TypeVar("R")
TRIES = 3
"""How often a command is run that the database cannot take at this moment."""


@dataclass(frozen=True, slots=True)
class Here:
    """The installation as one process has it; `clock` is what its commands read."""

    service: Service
    clock: SettableClock
    worker: Worker


@dataclass(frozen=True, slots=True)
class Went:
    """How a command went: done, or refused in these words; neither when there was no call for it any more."""

    done: bool
    refused: str = ""


class Errands:
    """The errands of one simulation; `processes` is how many run them beside it, 0 for in turn.

    An errand is a function of a module that is given `Here` first; what else it is given, and what it gives, is sent
    from process to process.
    """

    def __init__(self, here: Here, processes: int) -> None:
        self.here = here
        self.most = max(processes, 1)
        """How many are run at once."""
        self._beside = _processes(here.service, processes) if processes else None
        self._rung: list[Bell] = []
        self._begun: deque[tuple[Future[Any], Callable[[Any], None] | None]] = deque()
        self._round = 0
        here.service.ring = self._ring

    def run(self, errand: Callable[..., R], *args: object, then: Callable[[R], None] | None = None) -> None:
        """Run an errand now, in turn or beside; `then` is told its result."""
        if self._beside is None:
            _tell(then, errand(self.here, *args))
        else:
            given = self._round, self.here.clock.at
            self._begun.append((self._beside.submit(_run, given, errand, *args), then))

    def settle(self) -> None:
        """Return when every errand is done, and everything that they have rung for."""
        while self._rung or self._begun:
            rung, self._rung = self._rung, []
            if rung:
                self.here.worker.answer(rung)
            if self._begun:
                beside, then = self._begun.popleft()
                _tell(then, beside.result())

    def next_round(self) -> None:
        """Let every key drawn from now on be above those drawn until now, whichever process draws it."""
        self._round += 1
        self.here.service.keys = Keys()

    def _ring(self, bells: frozenset[Bell]) -> None:
        rung = in_order(bells)
        if self._beside is None:
            self._rung += rung
        else:
            self.run(answer, rung)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, raised: type[BaseException] | None, *_where: object) -> None:
        """Let the processes go when everything is done; what has failed is raised, and what waits then is left."""
        try:
            if raised is None:
                self.settle()
        finally:
            if self._beside is not None:
                self._beside.shutdown(cancel_futures=True)


def answer(here: Here, rung: Sequence[Bell]) -> None:
    """Work off what bells name."""
    here.worker.answer(rung)


def fire_due(here: Here) -> None:
    """Fire the timers that are due, at most a batch."""
    here.worker.fire_due()


def tried(command: Callable[[], R]) -> R:
    """Run a command, and again when the database says so: others were at the same rows. At last it raises that."""
    for _ in range(TRIES - 1):
        try:
            return command()
        except Unavailable:
            continue
    return command()


def words_of(problem: KfflowError) -> str:
    """Give why a command was refused: code, message and fields."""
    told = "; ".join(f"{one.field}: {one.message_en}" for one in getattr(problem, "fields", ()))
    return f"{problem.code} {problem.message('en')} {told}".strip()


def in_order(bells: frozenset[Bell]) -> list[Bell]:
    return sorted(bells, key=lambda bell: (bell.key, bell.kind))


def _tell(then: Callable[[R], None] | None, result: R) -> None:
    if then is not None:
        then(result)


# ------------------------------------------------------------------ in a process beside


class _Beside:
    """A process that runs errands: its installation, what has rung in it, and the round of its keys."""

    def __init__(self, here: Here) -> None:
        self.here = here
        self.round = 0
        self._rung: deque[Bell] = deque()
        here.service.ring = lambda bells: self._rung.extend(in_order(bells))

    def run(self, errand: Callable[..., R], *args: object) -> R:
        """Run an errand, and work off what it rings for."""
        result = errand(self.here, *args)
        while self._rung:
            rung = list(self._rung)
            self._rung.clear()
            self.here.worker.answer(rung)
        return result


_beside: list[_Beside] = []
"""This process as one that runs errands; nothing in the process of the simulation itself."""


def _processes(service: Service, how_many: int) -> ProcessPoolExecutor:
    given = service.database.url, service.zone, handlers.folders()
    return ProcessPoolExecutor(how_many, multiprocessing.get_context("spawn"), initializer=_begin, initargs=given)


def _begin(url: str, zone: str, folders: Sequence[Path]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who is interrupted is the simulation; it sends no more errands
    threading.Thread(target=_end_with_simulation, daemon=True).start()
    for folder in folders:
        handlers.load(folder)
    clock = SettableClock(datetime.min.replace(tzinfo=UTC))  # each errand says when it is
    service = Service(Database(url, pool_size=2), clock=clock, zone=zone)
    _beside[:] = [_Beside(Here(service, clock, Worker(service)))]


def _end_with_simulation() -> None:
    """End this process when the simulation is killed, which leaves nobody to send it home."""
    simulation = multiprocessing.parent_process()
    assert simulation is not None, "this process was started by the simulation"
    simulation.join()
    os._exit(1)


def _run(given: tuple[int, datetime], errand: Callable[..., R], *args: object) -> R:
    (beside,) = _beside
    number, beside.here.clock.at = given
    if number != beside.round:
        beside.round, beside.here.service.keys = number, Keys()
    return beside.run(errand, *args)
