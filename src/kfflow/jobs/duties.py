"""The duties of an installation's workers, done in a thread of their own so that what takes long delays no timer."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import time

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
        if not duties.take(ctx, duty.name, duty.at):
            return False
    try:
        duty.act(stopped)
    except KfflowError as problem:
        log.warning("duty_postponed", duty=duty.name, code=problem.code, error=problem.message_en)
        with service.command(SYSTEM) as ctx:
            duties.give_back(ctx, duty.name, words_of(problem))
        return False
    with service.command(SYSTEM) as ctx:
        duties.settle(ctx, duty.name)
    return True


def run(service: Service, stopped: threading.Event) -> None:
    """Do what is owed until told to stop."""
    while not stopped.wait(LOOK_EVERY):
        try:
            perform_due(service, stopped)
        except Exception:
            log.exception("duties_failed")
