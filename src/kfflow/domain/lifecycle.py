"""Which states things have, which may follow which, and the refusals when a command comes at the wrong time.

State names are those of Camunda 8 where it has them, so that clients of its API read them without translation.
"""

from collections.abc import Mapping
from enum import StrEnum

from kfflow.errors import Conflict


class UserTaskState(StrEnum):
    CREATED = "CREATED"
    COMPLETED = "COMPLETED"
    CANCELED = "CANCELED"


class InstanceState(StrEnum):
    """Of a process instance, and of the case it belongs to."""

    ACTIVE = "ACTIVE"
    COMPLETED = "COMPLETED"
    TERMINATED = "TERMINATED"


class JobState(StrEnum):
    """`CREATED` may be leased to a worker; `FAILED` has no retries left and waits for its incident's resolution."""

    CREATED = "CREATED"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    ERROR_THROWN = "ERROR_THROWN"
    CANCELED = "CANCELED"


class TimerState(StrEnum):
    """`FAILED` is a round of a process start that could not be carried out; it may be armed again."""

    ARMED = "ARMED"
    FIRED = "FIRED"
    CANCELED = "CANCELED"
    FAILED = "FAILED"


class SubscriptionState(StrEnum):
    """Of a message subscription."""

    OPEN = "OPEN"
    CORRELATED = "CORRELATED"
    CANCELED = "CANCELED"


class SignalSubscriptionState(StrEnum):
    OPEN = "OPEN"
    RECEIVED = "RECEIVED"
    CANCELED = "CANCELED"


class MessageState(StrEnum):
    BUFFERED = "BUFFERED"
    CORRELATED = "CORRELATED"
    EXPIRED = "EXPIRED"


class IncidentState(StrEnum):
    ACTIVE = "ACTIVE"
    RESOLVED = "RESOLVED"


class DeadlineState(StrEnum):
    RUNNING = "RUNNING"
    PAUSED = "PAUSED"
    MET = "MET"
    BREACHED = "BREACHED"
    CANCELED = "CANCELED"


class BatchState(StrEnum):
    """Of a batch operation; it is complete when no item is pending, however the items fared."""

    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    CANCELED = "CANCELED"
    COMPLETED = "COMPLETED"


class ItemState(StrEnum):
    """Of one item of a batch."""

    PENDING = "PENDING"
    DONE = "DONE"
    SKIPPED = "SKIPPED"
    FAILED = "FAILED"


_TRANSITIONS: Mapping[tuple[type[StrEnum], str], tuple[StrEnum, ...]] = {
    (type(state), state.value): following
    for state, following in (
        (UserTaskState.CREATED, (UserTaskState.COMPLETED, UserTaskState.CANCELED)),
        (InstanceState.ACTIVE, (InstanceState.COMPLETED, InstanceState.TERMINATED)),
        (JobState.CREATED, (JobState.COMPLETED, JobState.FAILED, JobState.ERROR_THROWN, JobState.CANCELED)),
        (JobState.FAILED, (JobState.CANCELED,)),
        (TimerState.ARMED, (TimerState.FIRED, TimerState.CANCELED, TimerState.FAILED)),
        (TimerState.FAILED, (TimerState.ARMED,)),
        (SubscriptionState.OPEN, (SubscriptionState.CORRELATED, SubscriptionState.CANCELED)),
        (SignalSubscriptionState.OPEN, (SignalSubscriptionState.RECEIVED, SignalSubscriptionState.CANCELED)),
        (MessageState.BUFFERED, (MessageState.CORRELATED, MessageState.EXPIRED)),
        (IncidentState.ACTIVE, (IncidentState.RESOLVED,)),
        (
            DeadlineState.RUNNING,
            (DeadlineState.PAUSED, DeadlineState.MET, DeadlineState.BREACHED, DeadlineState.CANCELED),
        ),
        (DeadlineState.PAUSED, (DeadlineState.RUNNING, DeadlineState.MET, DeadlineState.CANCELED)),
        (DeadlineState.BREACHED, (DeadlineState.RUNNING,)),
        (BatchState.ACTIVE, (BatchState.SUSPENDED, BatchState.CANCELED, BatchState.COMPLETED)),
        (BatchState.SUSPENDED, (BatchState.ACTIVE, BatchState.CANCELED)),
        (BatchState.COMPLETED, (BatchState.ACTIVE,)),
        (ItemState.FAILED, (ItemState.PENDING,)),
        (ItemState.PENDING, (ItemState.DONE, ItemState.SKIPPED, ItemState.FAILED)),
    )
}
"""Keyed by enum and value: members of different enums with one value are equal as strings."""

_STATE_WORDS: Mapping[str, tuple[str, str]] = {
    "CREATED": ("åben", "open"),
    "ACTIVE": ("i gang", "active"),
    "COMPLETED": ("afsluttet", "completed"),
    "CANCELED": ("annulleret", "canceled"),
    "TERMINATED": ("afbrudt", "terminated"),
    "FAILED": ("fejlet", "failed"),
    "ERROR_THROWN": ("afsluttet med en fejl", "ended by an error"),
    "ARMED": ("afventer", "armed"),
    "FIRED": ("udløst", "fired"),
    "OPEN": ("åben", "open"),
    "CORRELATED": ("modtaget", "correlated"),
    "RECEIVED": ("modtaget", "received"),
    "BUFFERED": ("afventer", "buffered"),
    "EXPIRED": ("udløbet", "expired"),
    "RESOLVED": ("løst", "resolved"),
    "RUNNING": ("løber", "running"),
    "PAUSED": ("sat på pause", "paused"),
    "MET": ("overholdt", "met"),
    "SUSPENDED": ("sat i bero", "suspended"),
    "PENDING": ("venter", "pending"),
    "DONE": ("udført", "done"),
    "SKIPPED": ("sprunget over", "skipped"),
    "BREACHED": ("overskredet", "breached"),
}


def may_follow(state: StrEnum, following: StrEnum) -> bool:
    """Tell whether the second state may come directly after the first."""
    return any(following is allowed for allowed in _following(state))


def is_ended(state: StrEnum) -> bool:
    return not _following(state)


def _following(state: StrEnum) -> tuple[StrEnum, ...]:
    return _TRANSITIONS.get((type(state), state.value), ())


def state_words(state: str) -> tuple[str, str]:
    """Give a state in Danish and English."""
    return _STATE_WORDS.get(state, (state, state))


def require_open_task(state: str, name: str) -> None:
    """Raise Conflict unless the user task still waits for somebody."""
    _require(state == UserTaskState.CREATED, f"Opgaven »{name}«", f'The task "{name}"', state)


def require_active_instance(state: str, key: int) -> None:
    """Raise Conflict unless the process instance is still running."""
    _require(state == InstanceState.ACTIVE, f"Processen {key}", f"Process instance {key}", state)


def require_active_case(state: str, number: str) -> None:
    """Raise Conflict unless the case is still open."""
    _require(state == InstanceState.ACTIVE, f"Sagen {number}", f"Case {number}", state)


def require_open_job(state: str, key: int) -> None:
    """Raise Conflict unless the job can still be worked."""
    _require(state == JobState.CREATED, f"Jobbet {key}", f"Job {key}", state)


def require_waiting_timer(state: str, key: int) -> None:
    """Raise Conflict unless the timer is still to fire, or failed to."""
    _require(state in (TimerState.ARMED, TimerState.FAILED), f"Timeren {key}", f"Timer {key}", state)


def require_active_incident(state: str, key: int) -> None:
    """Raise Conflict unless the incident still waits for a resolution."""
    _require(state == IncidentState.ACTIVE, f"Driftshændelsen {key}", f"Incident {key}", state)


def require_transition(state: StrEnum, following: StrEnum, what_da: str, what_en: str) -> None:
    """Raise Conflict unless the thing named may go from the first state to the second."""
    _require(may_follow(state, following), what_da, what_en, state)


def _require(holds: bool, what_da: str, what_en: str, state: str) -> None:  # noqa: FBT001 - read as a sentence above
    if not holds:
        da, en = state_words(state)
        raise Conflict(f"{what_da} er {da}.", f"{what_en} is {en}.")
