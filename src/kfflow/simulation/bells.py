"""What bells have named, worked by the installation's own worker: in turn, or on threads beside the people at work.

In turn, a seed always lives the same. On threads the work of a minute is done at once, also by those who wait for the
database or make a letter, and is all done before time moves on; which of two cases came first within a minute is then
left to chance, and with it what is drawn for them.
"""

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Self

from kfflow.jobs.worker import Worker
from kfflow.service.context import Bell


class Bells:
    """The bells that have rung; `threads` is how many answer them beside whoever rings, 0 for in turn."""

    def __init__(self, worker: Worker, threads: int) -> None:
        self._worker = worker
        self._beside = ThreadPoolExecutor(threads, "kfflow-beside") if threads else None
        self._rung: list[Bell] = []
        self._begun: deque[Future[int]] = deque()

    def ring(self, bells: frozenset[Bell]) -> None:
        rung = sorted(bells, key=lambda bell: (bell.key, bell.kind))
        if self._beside is None:
            self._rung += rung
        else:
            self._begun.append(self._beside.submit(self._worker.answer, rung))

    def answer(self) -> None:
        """Return when everything is worked that bells have named, and that the work itself has rung for."""
        while self._rung:
            rung, self._rung = self._rung, []
            self._worker.answer(rung)
        while self._begun:
            self._begun.popleft().result()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        """Do what is rung for last, and let the threads go."""
        if self._beside is not None:
            self._beside.shutdown()
