"""Who takes a message: one open subscription of each process, the oldest that can; else the start of that process.

Where the event says so (`kf:message reach="every"`), each instance that ran when the message was published takes it,
once, but for those of the case that threw it: it tells the others. Camunda's rule for starts: while an instance runs
that a message with this correlation key started, no second one of the process is started by the same name and key.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
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
    literal_column,
    not_,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import InstrumentedAttribute, aliased

from kfflow.domain.lifecycle import InstanceState, MessageState, SubscriptionState
from kfflow.persistence import validity
from kfflow.persistence.suspensions import is_suspended
from kfflow.persistence.tables import (
    Message,
    MessageSubscription,
    MessageTaken,
    ProcessDefinition,
    ProcessInstance,
)
from kfflow.service import definitions
from kfflow.service.context import Context
from kfflow.service.raising import MESSAGE_FAILED, waits_for_a_person

# As constants of the text they let a statement that is planned once use the partial indexes.
_IS_OPEN = MessageSubscription.state == literal_column(f"'{SubscriptionState.OPEN}'")
_IS_BUFFERED = and_(
    Message.kind == literal_column("'message'"), Message.state == literal_column(f"'{MessageState.BUFFERED}'")
)


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
        _as_one_row(MessageSubscription.key, ProcessInstance.process_id, is_held_up(), *_COLUMNS)
        .select_from(MessageSubscription)
        .join(ProcessInstance, ProcessInstance.key == MessageSubscription.instance_key)
        .join(Message, Message.key == bindparam("message"))
        .where(
            MessageSubscription.message_name == bindparam("name"),
            _IS_OPEN,
            matches(),
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
            _IS_OPEN,
            MessageSubscription.instance_key.is_(None),
            validity.of_the_day(bindparam("today", type_=Date)),
        )
    )


def is_held_up() -> ColumnElement[bool]:
    """Give the condition that a subscription's case is suspended, or waits for a person at this element."""
    failed = waits_for_a_person(MESSAGE_FAILED, MessageSubscription.instance_key, MessageSubscription.element_id)
    return or_(is_suspended(MessageSubscription.root_key), failed)


def somebody_waits(ctx: Context) -> ColumnElement[bool]:
    """Give the condition on messages that somebody can take them now."""
    is_started = (
        exists()
        .where(
            ProcessDefinition.key == MessageSubscription.definition_key,
            ProcessInstance.process_id == ProcessDefinition.process_id,
            ProcessInstance.correlation_key == Message.correlation_key,
            ProcessInstance.state == InstanceState.ACTIVE,
        )
        .correlate(Message, MessageSubscription)
    )
    is_heard = (
        exists()
        .where(
            ProcessDefinition.key == MessageSubscription.definition_key,
            validity.of_the_day(definitions.today(ctx).today),
        )
        .correlate(MessageSubscription)
    )
    begins = MessageSubscription.instance_key.is_(None)
    may_start = and_(begins, Message.kept_for.is_(None), Message.reached_key.is_(None), is_heard, not_(is_started))
    may_take = and_(MessageSubscription.instance_key.is_not(None), not_(is_held_up()), matches())
    of_its_name = exists().where(
        MessageSubscription.message_name == Message.name,
        _IS_OPEN,
        or_(may_start, may_take),
    )
    return of_its_name.correlate(Message)


def matches() -> ColumnElement[bool]:
    """Give the condition that a message of the subscription's name is for it."""
    return and_(
        or_(Message.kept_for.is_(None), Message.kept_for == MessageSubscription.key),
        or_(
            MessageSubscription.correlation_key.is_(None),
            MessageSubscription.correlation_key == Message.correlation_key,
        ),
        or_(
            and_(not_(MessageSubscription.reaches_every), Message.reached_key.is_(None)),
            and_(MessageSubscription.reaches_every, _ran_then(), not_(_has_taken()), not_(_threw_it())),
        ),
    )


def _ran_then() -> ColumnElement[bool]:
    taker = aliased(ProcessInstance)
    ran = exists().where(taker.key == MessageSubscription.instance_key, taker.started_at <= Message.published_at)
    return ran.correlate(Message, MessageSubscription)


def _has_taken() -> ColumnElement[bool]:
    taken = exists().where(
        MessageTaken.message_key == Message.key, MessageTaken.instance_key == MessageSubscription.instance_key
    )
    return taken.correlate(Message, MessageSubscription)


def _threw_it() -> ColumnElement[bool]:
    thrower = aliased(ProcessInstance)
    threw = exists().where(thrower.key == Message.thrown_by, thrower.root_key == MessageSubscription.root_key)
    return threw.correlate(Message, MessageSubscription)


def is_fresh(at: datetime | ColumnElement[datetime]) -> ColumnElement[bool]:
    """Give the condition that a message is still to be delivered and has not expired at an instant."""
    return and_(_IS_BUFFERED, Message.expires_at > at)


@cache
def _still_waits() -> str:
    """Give the statement that reads an open subscription, and whether it has earlier messages; asked for every one."""
    at, published_at = (bindparam(name, type_=DateTime(timezone=True)) for name in ("at", "published_at"))
    key = bindparam("message", type_=BigInteger)
    earlier = exists().where(
        Message.name == MessageSubscription.message_name,
        is_fresh(at),
        matches(),
        or_(Message.published_at < published_at, and_(Message.published_at == published_at, Message.key < key)),
    )
    of_key = MessageSubscription.key == bindparam("subscription", type_=BigInteger)
    token, element_id = MessageSubscription.token, MessageSubscription.element_id
    return validity.as_text(select(token, element_id, earlier.correlate(MessageSubscription)).where(of_key, _IS_OPEN))


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
