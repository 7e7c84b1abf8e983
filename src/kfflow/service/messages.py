"""Messages: published by outsiders or thrown by instances, delivered once to whoever waits.

A message goes to one subscription of each process that waits for its name and key; one that nobody waits for is
buffered until it expires. Every delivery is a command of its own, so no command holds the locks of two cases.
A suspended case takes no messages; what it would have taken is kept for it until it is resumed or the message expires.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import exists, or_, select, true, update
from sqlalchemy.dialects.postgresql import insert

from kfflow import engine
from kfflow.domain.authorization import Permission
from kfflow.domain.lifecycle import MessageState, SubscriptionState
from kfflow.engine.outcome import Environment, Outcome
from kfflow.errors import Conflict, NotFound
from kfflow.persistence.suspensions import is_going, is_suspended
from kfflow.persistence.tables import Case, Message, MessageSubscription, ProcessInstance
from kfflow.service import access, audit, cases, definitions, execution, instances
from kfflow.service.context import Context


@dataclass(frozen=True, slots=True)
class Correlated:
    """Where a correlated message went."""

    message_key: int
    instance_key: int


def publish(
    ctx: Context,
    *,
    name: str,
    correlation_key: str | None,
    variables: dict[str, Any],
    ttl: timedelta = timedelta(0),
    message_id: str | None = None,
) -> Message:
    """Publish a message; delivered now if somebody waits, else kept for `ttl`.

    Raises Conflict when a message with this name, key and id was published before.
    """
    access.require(ctx, Permission.PUBLISH_MESSAGE)
    message = _store(ctx, name, correlation_key, variables, ttl=ttl, message_id=message_id)
    audit.record(ctx, "service:message:publish", name, data={"correlation_key": correlation_key})
    deliver(ctx, message)
    return message


def _store(
    ctx: Context,
    name: str,
    key: str | None,
    variables: dict[str, Any],
    *,
    ttl: timedelta = timedelta(0),
    message_id: str | None = None,
) -> Message:
    values = {
        "key": ctx.new_key(),
        "name": name,
        "correlation_key": key,
        "message_id": message_id,
        "variables": variables,
        "state": MessageState.BUFFERED,
        "published_at": ctx.at,
        "expires_at": ctx.at + ttl,
    }
    stored = insert(Message).values(values).on_conflict_do_nothing().returning(Message.key)
    if ctx.session.scalar(stored) is None:
        raise Conflict(
            f"Beskeden {name} med id {message_id} er allerede modtaget.",
            f"Message {name} with id {message_id} was already published.",
        )
    return ctx.session.get_one(Message, values["key"])


def correlate(ctx: Context, *, name: str, correlation_key: str | None, variables: dict[str, Any]) -> Correlated:
    """Deliver a message to exactly one waiting instance or start; raises NotFound when nobody waits."""
    access.require(ctx, Permission.PUBLISH_MESSAGE)
    message = _store(ctx, name, correlation_key, variables)
    audit.record(ctx, "service:message:correlate", name, data={"correlation_key": correlation_key})
    reached = deliver(ctx, message)
    if not reached:
        raise NotFound(
            f"Ingen venter på beskeden {name} med nøglen {correlation_key}.",
            f"Nobody waits for message {name} with key {correlation_key}.",
        )
    return Correlated(message.key, reached[0])


def deliver(ctx: Context, message: Message) -> list[int]:
    """Deliver a buffered message to those who wait now; gives the keys of the instances reached."""
    takers, standing = _takers(ctx, message)
    if not takers and not standing and message.kept_for is None:
        takers = _starts(ctx, message)
    taken = [_take(ctx, subscription, message) for subscription in takers]
    reached = [key for key in taken if key is not None]
    if reached:
        message.state = MessageState.CORRELATED
        _keep_for(ctx, message, standing)
    ctx.session.flush()
    return reached


def _keep_for(ctx: Context, message: Message, standing: Sequence[MessageSubscription]) -> None:
    """Keep a copy of a message that others took for each suspended case that would have taken it."""
    for subscription in standing:
        kept = _store(ctx, message.name, message.correlation_key, message.variables)
        kept.expires_at, kept.thrown_by, kept.kept_for = message.expires_at, message.thrown_by, subscription.key


def _takers(ctx: Context, message: Message) -> tuple[list[MessageSubscription], list[MessageSubscription]]:
    """Give one open subscription of each process, the oldest that can take it, ordered by root for locking.

    Of a process that waits in suspended cases alone the oldest stands in the second list.
    """
    waiting = (
        select(MessageSubscription, ProcessInstance.process_id, is_suspended(MessageSubscription.root_key))
        .join(ProcessInstance, ProcessInstance.key == MessageSubscription.instance_key)
        .join(Case, Case.key == ProcessInstance.case_key)
        .where(
            MessageSubscription.message_name == message.name,
            MessageSubscription.state == SubscriptionState.OPEN,
            or_(
                MessageSubscription.correlation_key.is_(None),
                MessageSubscription.correlation_key == message.correlation_key,
            ),
        )
        .where(true() if message.kept_for is None else MessageSubscription.key == message.kept_for)
        .order_by(MessageSubscription.key)
    )
    going: dict[str, MessageSubscription] = {}
    standing: dict[str, MessageSubscription] = {}
    for subscription, process_id, stands in ctx.session.execute(waiting):
        (standing if stands else going).setdefault(process_id, subscription)
    alone = [subscription for process_id, subscription in standing.items() if process_id not in going]
    return sorted(going.values(), key=lambda s: (s.root_key or 0, s.key)), alone


def _starts(ctx: Context, message: Message) -> list[MessageSubscription]:
    starts = select(MessageSubscription).where(
        MessageSubscription.message_name == message.name,
        MessageSubscription.state == SubscriptionState.OPEN,
        MessageSubscription.definition_key.is_not(None),
    )
    return list(ctx.session.scalars(starts))


def _take(ctx: Context, subscription: MessageSubscription, message: Message) -> int | None:
    if subscription.instance_key is None:
        return _start(ctx, subscription, message)
    running = execution.lock(ctx, subscription.instance_key, subscription.root_key or subscription.instance_key)
    ctx.session.refresh(subscription)
    if subscription.state != SubscriptionState.OPEN or running.suspended_at is not None:
        return None
    token, variables = subscription.token, message.variables

    def step(definition: engine.Definition, snapshot: bytes, environment: Environment) -> Outcome:
        return engine.deliver_message(definition, snapshot, token, variables, environment)

    execution.run(ctx, running, step)
    ctx.flush()
    return running.key


def _start(ctx: Context, subscription: MessageSubscription, message: Message) -> int:
    assert subscription.definition_key is not None
    definition = definitions.get(ctx, subscription.definition_key)
    joined = cases.find_by_number(ctx, message.correlation_key)
    started = instances.start(
        ctx,
        definition,
        message.variables,
        business_key=joined.number if joined else None,
        start_element=subscription.element_id,
    )
    return started.key


def deliver_waiting(ctx: Context, key: int) -> bool:
    """Deliver one buffered message, unless another worker is at it."""
    buffered = (
        select(Message)
        .where(Message.key == key, Message.kind == "message", Message.state == MessageState.BUFFERED)
        .with_for_update(skip_locked=True)
    )
    message = ctx.session.scalars(buffered).first()
    return bool(message is not None and deliver(ctx, message))


def waiting_for(ctx: Context, subscription_key: int) -> list[int]:
    """Give the buffered messages that came before the subscription that now waits for them, oldest first."""
    matches = (
        select(Message.key)
        .join(MessageSubscription, MessageSubscription.message_name == Message.name)
        .where(
            MessageSubscription.key == subscription_key,
            MessageSubscription.state == SubscriptionState.OPEN,
            is_going(MessageSubscription.root_key),
            or_(Message.kept_for.is_(None), Message.kept_for == MessageSubscription.key),
            Message.kind == "message",
            Message.state == MessageState.BUFFERED,
            or_(
                MessageSubscription.correlation_key.is_(None),
                MessageSubscription.correlation_key == Message.correlation_key,
            ),
        )
        .order_by(Message.key)
    )
    return list(ctx.session.scalars(matches))


def deliverable(ctx: Context, *, limit: int) -> list[tuple[int, str]]:
    """Give the keys and kinds of buffered messages that somebody waits for, and of all waiting signals."""
    someone = exists().where(
        MessageSubscription.message_name == Message.name,
        MessageSubscription.state == SubscriptionState.OPEN,
        is_going(MessageSubscription.root_key),
        or_(Message.kept_for.is_(None), Message.kept_for == MessageSubscription.key),
        or_(
            MessageSubscription.correlation_key.is_(None),
            MessageSubscription.correlation_key == Message.correlation_key,
        ),
    )
    waiting = (
        select(Message.key, Message.kind)
        .where(Message.state == MessageState.BUFFERED, or_(Message.kind == "signal", someone))
        .order_by(Message.key)
        .limit(limit)
    )
    return [(key, kind) for key, kind in ctx.session.execute(waiting)]


def expire(ctx: Context) -> None:
    """Let go of buffered messages whose time is over."""
    over = update(Message).where(Message.state == MessageState.BUFFERED, Message.expires_at < ctx.at)
    ctx.session.execute(over.where(Message.kind == "message").values(state=MessageState.EXPIRED))
