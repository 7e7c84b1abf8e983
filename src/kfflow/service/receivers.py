"""Who takes a message: one open subscription of each process, the oldest that can; else the start of that process.

Where the event says so (`kf:message reach="every"`), each instance that ran when the message was published takes it,
once, but for those of the case that threw it: it tells the others. Camunda's rule for starts: while an instance runs
that a message with this correlation key started, no second one of the process is started by the same name and key.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    DateTime,
    Select,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import InstrumentedAttribute

from kfflow.persistence import validity
from kfflow.persistence.tables import Message, MessageSubscription, ProcessDefinition, ProcessInstance
from kfflow.service import correlation, definitions
from kfflow.service.context import Context


@dataclass(frozen=True, slots=True)
class Subscription:
    """An open subscription, of an instance or of the start of a definition; a copy, not bound to a session."""

    key: int
    instance_key: int | None
    root_key: int | None
    definition_key: int | None
    token: str
    element_id: str
    reaches_every: bool


_COLUMNS = tuple(getattr(MessageSubscription, column.name) for column in fields(Subscription))


@dataclass(slots=True)
class Candidates:
    """The subscriptions, one of which takes the message, oldest first: those that can take it, and those held up.

    They are of one process, or of one instance where each takes it. Held up is who is suspended, or waits for a person
    after a message could not be delivered.
    """

    process_id: str
    going: list[Subscription] = field(default_factory=list)
    held_up: list[Subscription] = field(default_factory=list)


def candidates(ctx: Context, message: Message) -> Sequence[Candidates]:
    """Give who may take a message, a process or an instance each, ordered by root for locking."""
    ctx.transaction.flush()
    found: dict[tuple[str, int | None], Candidates] = {}
    for process_id, is_held_up, *columns in _rows(ctx, _waiting(), {"name": message.name, "message": message.key}):
        subscription = Subscription(*columns)
        taker = process_id, subscription.instance_key if subscription.reaches_every else None
        of_taker = found.setdefault(taker, Candidates(process_id))
        (of_taker.held_up if is_held_up else of_taker.going).append(subscription)
    if message.kept_for is None and message.reached_key is None:
        waiting = {process_id for process_id, _ in found}
        asked = {"name": message.name, "today": definitions.today(ctx).today}
        for process_id, *columns in _rows(ctx, _starting(), asked):
            if process_id not in waiting:
                found.setdefault((process_id, None), Candidates(process_id, [Subscription(*columns)]))
    return sorted(found.values(), key=_in_order_of_locks)


def _rows(ctx: Context, statement: str, asked: Mapping[str, object]) -> list[list[Any]]:
    row = ctx.transaction.fetch_one(statement, dict(asked))
    assert row is not None, "an aggregate always answers"
    return row[0] or []


def _as_one_row(
    order: InstrumentedAttribute[Any], *columns: ColumnElement[Any] | InstrumentedAttribute[Any]
) -> Select[Any]:
    """Select rows as one list, for the wire, which gives the first row alone."""
    return select(func.json_agg(aggregate_order_by(func.json_build_array(*columns), order)))


def _in_order_of_locks(of_process: Candidates) -> tuple[int, str]:
    first = of_process.going[0].root_key if of_process.going else None
    return first or 0, of_process.process_id


@cache
def _waiting() -> str:
    """Give the statement that finds who waits in an instance for a message; asked for every message, so built once."""
    return validity.as_text(
        _as_one_row(MessageSubscription.key, ProcessInstance.process_id, correlation.is_held_up(), *_COLUMNS)
        .select_from(MessageSubscription)
        .join(ProcessInstance, ProcessInstance.key == MessageSubscription.instance_key)
        .join(Message, Message.key == bindparam("message"))
        .where(
            MessageSubscription.message_name == bindparam("name"),
            correlation.IS_OPEN,
            correlation.matches(),
        )
    )


@cache
def _starting() -> str:
    """Give the statement that finds the processes that a message begins, in the version of the day."""
    return validity.as_text(
        _as_one_row(ProcessDefinition.process_id, ProcessDefinition.process_id, *_COLUMNS)
        .select_from(MessageSubscription)
        .join(ProcessDefinition, ProcessDefinition.key == MessageSubscription.definition_key)
        .where(
            MessageSubscription.message_name == bindparam("name"),
            correlation.IS_OPEN,
            MessageSubscription.instance_key.is_(None),
            validity.of_the_day(bindparam("today", type_=Date)),
        )
    )


@cache
def _still_waits() -> str:
    """Give the statement that reads an open subscription, and whether it has earlier messages; asked for every one."""
    at, published_at = (bindparam(name, type_=DateTime(timezone=True)) for name in ("at", "published_at"))
    key = bindparam("message", type_=BigInteger)
    earlier = exists().where(
        Message.name == MessageSubscription.message_name,
        correlation.is_fresh(at),
        correlation.matches(),
        or_(Message.published_at < published_at, and_(Message.published_at == published_at, Message.key < key)),
    )
    of_key = MessageSubscription.key == bindparam("subscription", type_=BigInteger)
    token, element_id = MessageSubscription.token, MessageSubscription.element_id
    return validity.as_text(
        select(token, element_id, earlier.correlate(MessageSubscription)).where(of_key, correlation.IS_OPEN)
    )


def still_waits(ctx: Context, subscription: Subscription, message: Message) -> tuple[Subscription, bool] | None:
    """Read a subscription anew under the lock of its instance; None when it is not open any more.

    With it comes whether a message that came before this one still is to be delivered to it.
    """
    ctx.transaction.flush()
    asked = {
        "subscription": subscription.key,
        "message": message.key,
        "at": ctx.at,
        "published_at": message.published_at,
    }
    row = ctx.transaction.fetch_one(_still_waits(), asked)
    return None if row is None else (replace(subscription, token=row[0], element_id=row[1]), row[2])


_CLAIM = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
# Tells whether an instance runs that a message with this correlation key started.
_RUNS = """
SELECT 1 FROM process_instance WHERE process_id = %s AND correlation_key = %s AND state = 'ACTIVE' LIMIT 1
"""


def claim_start(ctx: Context, process_id: str, correlation_key: str | None) -> bool:
    """Claim the right to start an instance by a message until the command ends; False when one runs already."""
    if correlation_key is None:
        return True
    ctx.transaction.flush()
    ctx.transaction.fetch_one(_CLAIM, [f"kfflow/start/{process_id}/{correlation_key}"])
    return ctx.transaction.fetch_one(_RUNS, [process_id, correlation_key]) is None
