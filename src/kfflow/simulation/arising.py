"""What has come up since one last looked: new tasks, waits for messages, outcomes to send, and the next timer."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, select

from kfflow.jobs import client_system
from kfflow.persistence.tables import MessageSubscription, ProcessInstance, UserTask
from kfflow.service.context import Context
from kfflow.simulation.queues import Open
from kfflow.simulation.sheets import COLUMNS, as_open


class Waiting(NamedTuple):
    """An element that waits for a message."""

    key: int
    instance_key: int | None
    element_id: str
    message_name: str
    correlation_key: str | None


class Ahead(NamedTuple):
    """When the next armed timer is due, and whether an outcome waits for the client system."""

    timer_at: datetime | None
    sends: bool


# Finds what has come up between two keys, and the next timer. Asked at every minute, so built once. With one bound
# alone PostgreSQL would expect a third of the table, and read all of it.
_TASKS = (
    select(*COLUMNS)
    .where(UserTask.key.between(bindparam("first"), bindparam("last")), UserTask.state == "CREATED")
    .order_by(UserTask.key)
)
_WAITS = (
    select(
        MessageSubscription.key,
        MessageSubscription.instance_key,
        MessageSubscription.element_id,
        MessageSubscription.message_name,
        MessageSubscription.correlation_key,
    )
    .where(
        MessageSubscription.key.between(bindparam("first"), bindparam("last")),
        MessageSubscription.state == "OPEN",
        MessageSubscription.instance_key.is_not(None),
    )
    .order_by(MessageSubscription.key)
)
_STATE = select(MessageSubscription.state).where(MessageSubscription.key == bindparam("key"))
_CASE = select(ProcessInstance.case_key).where(ProcessInstance.key == bindparam("key"))
_AHEAD = """
SELECT (SELECT min(due_at) FROM timer WHERE state = 'ARMED'),
       EXISTS (SELECT FROM outbox WHERE system = %s AND sent_at IS NULL AND refused_at IS NULL)
"""


def tasks(ctx: Context, keys: range) -> list[Open]:
    """Give the open tasks with such a key, the oldest first."""
    return [as_open(row) for row in ctx.session.execute(_TASKS, {"first": keys[0], "last": keys[-1]})]


def waits(ctx: Context, keys: range, elements: frozenset[str]) -> list[Waiting]:
    """Give the open waits of some elements with such a key, the oldest first."""
    found = ctx.session.execute(_WAITS, {"first": keys[0], "last": keys[-1]}).all()
    return [
        Waiting(w.key, w.instance_key, w.element_id, w.message_name, w.correlation_key)
        for w in found
        if w.element_id in elements
    ]


def still_waits(ctx: Context, key: int) -> bool:
    return ctx.session.scalar(_STATE, {"key": key}) == "OPEN"


def case_of(ctx: Context, instance_key: int | None) -> int | None:
    """Give the key of the case that an instance belongs to."""
    return ctx.session.scalar(_CASE, {"key": instance_key})


def ahead(ctx: Context) -> Ahead:
    """Give what is to be done next."""
    row = ctx.transaction.fetch_one(_AHEAD, [client_system.NAME])
    assert row is not None, "a SELECT without FROM always answers"
    return Ahead(*row)
