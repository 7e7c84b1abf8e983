"""The duties of an installation's workers, done in a thread of their own so that what takes long delays no timer."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, time

import structlog

from kfflow.errors import KfflowError
from kfflow.jobs import client_system
from kfflow.service import duties
from kfflow.service.accounts import SYSTEM
from kfflow.service.attempts import words_of
from kfflow.service.context import Service

log = structlog.get_logger(__name__)

LOOK_EVERY = 10.0
"""Seconds between two looks at what is owed."""


@dataclass(frozen=True, slots=True)
class Duty:
    """One thing to do every day from a time of day on; `act` is told when the worker stops."""

    name: str
    at: time
    act: Callable[[threading.Event], object]


def of(service: Service) -> list[Duty]:
    """Give what the workers of this installation owe."""
    client = service.client_system
    if client is None:
        return []

    def compare(stopped: threading.Event) -> object:
        return client_system.reconcile(service, client, stopped=stopped)

    return [Duty(client_system.RECONCILIATION, service.reconcile_at, compare)]


def perform_due(service: Service, stopped: threading.Event | None = None) -> int:
    """Do what is owed and nobody else is doing; gives how many duties were done."""
    return sum(_perform(service, duty, stopped or threading.Event()) for duty in of(service))


def _perform(service: Service, duty: Duty, stopped: threading.Event) -> bool:
    with service.command(SYSTEM) as ctx:
        begun_at = duties.take(ctx, duty.name, duty.at)
    if begun_at is None:
        return False
    try:
        with _kept(service, duty.name, begun_at, stopped) as halt:
            duty.act(halt)
    except KfflowError as problem:
        log.warning("duty_postponed", duty=duty.name, code=problem.code, error=problem.message_en)
        with service.command(SYSTEM) as ctx:
            duties.give_back(ctx, duty.name, begun_at, words_of(problem))
        return False
    with service.command(SYSTEM) as ctx:
        duties.settle(ctx, duty.name, begun_at)
    return True


class _Halt(threading.Event):
    """Set when the worker stops, or when its duty was taken by another."""

    def __init__(self, worker: threading.Event) -> None:
        super().__init__()
        self._worker = worker

    def is_set(self) -> bool:
        return super().is_set() or self._worker.is_set()


@contextmanager
def _kept(service: Service, name: str, begun_at: datetime, stopped: threading.Event) -> Iterator[threading.Event]:
    """Renew a duty's lease from a thread of its own while it is being done; gives what tells it to end early."""
    halt, over = _Halt(stopped), threading.Event()
    keeper = threading.Thread(
        target=_keep, args=[service, name, begun_at, halt, over], name="kfflow-duty-lease", daemon=True
    )
    keeper.start()
    try:
        yield halt
    finally:
        over.set()
        keeper.join()


def _keep(service: Service, name: str, begun_at: datetime, halt: threading.Event, over: threading.Event) -> None:
    """Renew until it is over; what could not be renewed is tried again, and one that another has taken is halted."""
    while not over.wait(duties.RENEW_EVERY.total_seconds()):
        try:
            with service.command(SYSTEM) as ctx:
                is_held = duties.renew(ctx, name, begun_at)
        except Exception:
            log.exception("duty_lease_not_renewed", duty=name)
            continue
        if not is_held:
            log.warning("duty_lost", duty=name)
            halt.set()
            return


def run(service: Service, stopped: threading.Event) -> None:
    """Do what is owed until told to stop."""
    while not stopped.wait(LOOK_EVERY):
        try:
            perform_due(service, stopped)
        except Exception:
            log.exception("duties_failed")
