"""Ringing beside the work: whoever has committed goes on at once, and a thread of its own sends the bells.

An absent broker costs a caller nothing. What was not sent is forgotten, because the sweeper finds the work anyway.
"""

import queue
import threading
import time
from collections.abc import Callable

import structlog

from kfflow.service.context import Bell

log = structlog.get_logger(__name__)
Send = Callable[[frozenset[Bell]], None]

MOST_WAITING = 1000
MOST_AT_ONCE = 100
SILENT_FOR = 5.0
"""Seconds without ringing after the broker did not answer."""


class Ringer:
    """Sends bells in order of arrival, many in one message when they come fast."""

    def __init__(self, send: Send, *, silent_for: float = SILENT_FOR) -> None:
        self._send = send
        self._silent_for = silent_for
        self._waiting: queue.Queue[frozenset[Bell]] = queue.Queue(MOST_WAITING)
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def ring(self, bells: frozenset[Bell]) -> None:
        """Leave the bells for the thread; returns at once, whatever the broker does."""
        self._ensure_running()
        try:
            self._waiting.put_nowait(bells)
        except queue.Full:
            log.warning("bells_dropped", hints=len(bells))

    def _ensure_running(self) -> None:
        """Start the thread with the first bell: a process that forks before has none yet."""
        with self._starting:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="kfflow-ringer", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            bells = self._waiting.get()
            while len(bells) < MOST_AT_ONCE and not self._waiting.empty():
                bells |= self._waiting.get_nowait()
            try:
                self._send(bells)
            except Exception as problem:  # noqa: BLE001 - a bell is a hint: whatever goes wrong, the sweeper finds the work
                log.warning("bell_not_rung", hints=len(bells), error=str(problem))
                time.sleep(self._silent_for)
                self._forget()

    def _forget(self) -> None:
        """Let go of what came in the meantime: the sweeper has found it."""
        while not self._waiting.empty():
            self._waiting.get_nowait()
