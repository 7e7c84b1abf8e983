"""A worker's pulse: it says that it lives, gives back what the dead had leased, and looks for orphans.

It beats in a thread of its own, so that a handler that takes long does not look like a death.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import structlog

from kfflow.service import accounts, idempotency, messages, orphans, workers
from kfflow.service.accounts import SYSTEM
from kfflow.service.context import Service

log = structlog.get_logger(__name__)

BEAT_EVERY = 3.0
"""Seconds between two beats; well below `workers.LOST_AFTER`."""
KEEP_HOUSE_EVERY = 30.0
"""Seconds between two looks for orphans and for what was kept long enough."""


class Pulse:
    """One worker's sign of life."""

    def __init__(self, service: Service, name: str, *, elapsed: Callable[[], float] = time.monotonic) -> None:
        """Begin to beat; `elapsed` gives the seconds by which the looks are timed, from any beginning."""
        self.service = service
        self.name = name
        self._elapsed = elapsed
        self._lookout = orphans.Lookout()
        self.rung = 0
        self.swept = 0
        self.swept_at: datetime | None = None
        self._started_at: datetime | None = None
        self._looked = float("-inf")
        self._held: Counter[int] = Counter()
        self._counting = threading.Lock()

    def beat(self) -> None:
        """Say that this worker lives, and do what the dead left undone."""
        with self.service.command(SYSTEM) as ctx:
            self._started_at = workers.beat(
                ctx,
                self.name,
                started_at=self._started_at,
                swept_at=self.swept_at,
                rung=self.rung,
                swept=self.swept,
            )
        with self.service.command(SYSTEM) as ctx:
            workers.give_back_dropped(ctx, self.name, self._held_now)
            lost = workers.bury(ctx)
        if lost:
            log.warning("workers_lost", names=lost)
        if self._elapsed() - self._looked >= KEEP_HOUSE_EVERY:
            self._keep_house()

    def _keep_house(self) -> None:
        """Look for orphans, and let go of what was kept for a time."""
        self._looked = self._elapsed()
        with self.service.command(SYSTEM) as ctx:
            found = orphans.report(ctx, self._lookout)
            idempotency.forget_old(ctx)
            messages.forget_old(ctx)
            accounts.end_old_sessions(ctx.session, at=ctx.at)
        if found:
            log.error("orphans_found", instances=found)

    @contextmanager
    def holding(self, job_key: int) -> Iterator[None]:
        """Say that a job is being worked on, from before it is leased until it is done with."""
        with self._counting:
            self._held[job_key] += 1
        try:
            yield
        finally:
            with self._counting:
                self._held[job_key] -= 1
                self._held += Counter()  # drops what is at zero

    def _held_now(self) -> frozenset[int]:
        with self._counting:
            return frozenset(self._held)

    def run(self, stopped: threading.Event) -> None:
        """Beat until told to stop, then take leave."""
        while True:
            try:
                self.beat()
            except Exception:
                log.exception("beat_failed")
            if stopped.wait(BEAT_EVERY):
                return

    def leave(self) -> None:
        """Strike this worker from the list of the living."""
        try:
            with self.service.command(SYSTEM) as ctx:
                workers.leave(ctx, self.name)
        except Exception:
            log.exception("leave_failed")
