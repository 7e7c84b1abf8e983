"""What has come up since one last looked: new tasks, new waits for messages, and the next timer."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, func, select

from kfflow.persistence.tables import MessageSubscription, Timer, UserTask
from kfflow.service.context import Context
from kfflow.simulation.queues import NEVER, Open, Place


class Waiting(NamedTuple):
    """An element that waits for a message."""

    key: int
    instance_key: int | None
    element_id: str
    message_name: str
    correlation_key: str | None


# Finds what has come up since a key was drawn, and the next timer. Asked at every instant, so built once.
_TASKS = select(UserTask).where(UserTask.key > bindparam("after"), UserTask.state == "CREATED").order_by(UserTask.key)
_WAITS = (
    select(
        MessageSubscription.key,
        MessageSubscription.instance_key,
        MessageSubscription.element_id,
        MessageSubscription.message_name,
        MessageSubscription.correlation_key,
    )
    .where(
        MessageSubscription.key > bindparam("after"),
        MessageSubscription.state == "OPEN",
        MessageSubscription.instance_key.is_not(None),
    )
    .order_by(MessageSubscription.key)
)
_STATE = select(MessageSubscription.state).where(MessageSubscription.key == bindparam("key"))
_NEXT_TIMER = select(func.min(Timer.due_at)).where(Timer.state == "ARMED")


def tasks(ctx: Context, *, after: int) -> Sequence[UserTask]:
    """Give the open tasks with a key above `after`, the oldest first."""
    return ctx.session.scalars(_TASKS, {"after": after}).all()


def as_open(task: UserTask) -> Open:
    """Give a task as it stands in a queue."""
    return Open(
        due_at=task.due_at or NEVER,
        key=task.key,
        element_id=task.element_id,
        form_id=task.form_id,
        case_key=task.case_key,
        four_eyes=tuple(task.four_eyes),
        place=Place(frozenset(task.candidate_groups), task.institution_code, task.area, task.access_class),
    )


def waits(ctx: Context, *, after: int, elements: frozenset[str]) -> list[Waiting]:
    """Give the open waits of some elements with a key above `after`, the oldest first."""
    found = ctx.session.execute(_WAITS, {"after": after}).all()
    return [
        Waiting(w.key, w.instance_key, w.element_id, w.message_name, w.correlation_key)
        for w in found
        if w.element_id in elements
    ]


def still_waits(ctx: Context, key: int) -> bool:
    return ctx.session.scalar(_STATE, {"key": key}) == "OPEN"


def next_timer(ctx: Context) -> datetime | None:
    """Give when the next armed timer is due."""
    return ctx.session.scalar(_NEXT_TIMER)
