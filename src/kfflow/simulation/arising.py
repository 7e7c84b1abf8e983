"""What has come up since one last looked: new tasks, new waits for messages, and the next timer."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select

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


def tasks(ctx: Context, *, after: int) -> Sequence[UserTask]:
    """Give the open tasks with a key above `after`, the oldest first."""
    new = select(UserTask).where(UserTask.key > after, UserTask.state == "CREATED").order_by(UserTask.key)
    return ctx.session.scalars(new).all()


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
    row = MessageSubscription
    new = (
        select(row.key, row.instance_key, row.element_id, row.message_name, row.correlation_key)
        .where(row.key > after, row.state == "OPEN", row.instance_key.is_not(None), row.element_id.in_(elements))
        .order_by(row.key)
    )
    found = ctx.session.execute(new).all()
    return [Waiting(w.key, w.instance_key, w.element_id, w.message_name, w.correlation_key) for w in found]


def still_waits(ctx: Context, key: int) -> bool:
    return ctx.session.scalar(select(MessageSubscription.state).where(MessageSubscription.key == key)) == "OPEN"


def next_timer(ctx: Context) -> datetime | None:
    """Give when the next armed timer is due."""
    return ctx.session.scalar(select(func.min(Timer.due_at)).where(Timer.state == "ARMED"))
