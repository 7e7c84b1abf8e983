"""Messages: published by outsiders or thrown by instances, delivered once to whoever waits.

A message goes to one subscription of each process that waits for its name and key; one that nobody waits for is
buffered until it expires. One that each instance takes (`receivers`) stays buffered for those who come to wait later.
Every delivery is a command of its own, so no command holds the locks of two cases.
A suspended case takes no messages; what it would have taken is kept for it until it is resumed or the message expires.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    DateTime,
    and_,
    any_,
    bindparam,
    case,
    delete,
    exists,
    func,
    literal_column,
    not_,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from kfflow import engine
from kfflow.domain.authorization import Permission
from kfflow.domain.lifecycle import MessageState, SubscriptionState
from kfflow.engine.outcome import Environment, Outcome
from kfflow.errors import Conflict, NotFound
from kfflow.persistence import validity
from kfflow.persistence.tables import Message, MessageSubscription, MessageTaken
from kfflow.service import access, audit, correlation, execution, instances, receivers, signals
from kfflow.service.attempts import Told, attempt
from kfflow.service.context import Context
from kfflow.service.raising import MESSAGE_FAILED, raise_incident
from kfflow.service.receivers import Subscription

_AT = bindparam("at", type_=DateTime(timezone=True))

# Locks a message that is still to be delivered, unless another worker is at it. Asked for every one, so built once.
_BUFFERED = (
    select(Message).where(Message.key == bindparam("key"), correlation.is_fresh(_AT)).with_for_update(skip_locked=True)
)

KEPT_AFTER_FAILURE = timedelta(days=365)
"""How long a message is kept for a case that could not take it: until a person has seen to it."""
KEPT_FOR = timedelta(days=30)
"""How long a message that is done with stays, and its id is known."""


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


def hand_over(ctx: Context, subscription_key: int, variables: dict[str, Any]) -> None:
    """Deliver a message to one open subscription alone, or keep it there; whoever calls has authorized that."""
    subscription = ctx.session.get_one(MessageSubscription, subscription_key)
    message = _store(ctx, subscription.message_name, subscription.correlation_key, variables)
    message.kept_for = subscription.key
    deliver(ctx, message)


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
    """Deliver a message to those who wait now; gives the keys of the instances that took it, or have it kept for them.

    One that cannot be delivered to a case is kept for it, beside an incident; the other cases get it all the same.
    """
    delivery = _Delivery(ctx, message)
    for of_process in receivers.candidates(ctx, message):
        delivery.to(of_process)
    if delivery.reached or delivery.failed or (delivery.held and message.expires_at <= ctx.at):
        _settle(ctx, message, delivery)
    ctx.session.flush()
    return delivery.reached + [s.instance_key for s in delivery.failed if s.instance_key is not None]


class _Delivery:
    """One message on its way: whom it reached, who could not take it now, and where it failed."""

    def __init__(self, ctx: Context, message: Message) -> None:
        self.ctx = ctx
        self.message = message
        self.reached: list[int] = []
        self.held: list[Subscription] = []
        self.failed: list[Subscription] = []
        self.last_of_every: int | None = None

    def to(self, taker: receivers.Candidates) -> None:
        """Offer it to the subscriptions of a taker until one has it; else it is held for the oldest held up."""
        if not any(self._offer(taker.process_id, subscription) for subscription in taker.going):
            self.held += taker.held_up[:1]

    def _offer(self, process_id: str, offered: Subscription) -> bool:
        if offered.instance_key is None:
            return self._start(process_id, offered)
        running = execution.lock(self.ctx, offered.instance_key, offered.root_key or offered.instance_key)
        found = receivers.still_waits(self.ctx, offered, self.message)
        if found is None:
            return False
        subscription, has_earlier = found
        if running.suspended_at is not None or has_earlier:
            self.held.append(subscription)
            return True
        told = attempt(self.ctx, lambda: execution.run(self.ctx, running, _delivering(subscription, self.message)))
        if subscription.reaches_every:
            self._note_taken(subscription)
        if told is None:
            self.reached.append(running.key)
        else:
            self._fail(subscription, told)
        return True

    def _note_taken(self, subscription: Subscription) -> None:
        assert subscription.instance_key is not None
        self.ctx.session.add(MessageTaken(message_key=self.message.key, instance_key=subscription.instance_key))
        self.last_of_every = subscription.key

    def _fail(self, subscription: Subscription, told: Told) -> None:
        assert subscription.instance_key is not None
        words = f"Beskeden kunne ikke modtages: {told[0]}", f"The message could not be received: {told[1]}"
        raise_incident(self.ctx, MESSAGE_FAILED, subscription.instance_key, subscription.element_id, words)
        self.failed.append(subscription)

    def _start(self, process_id: str, subscription: Subscription) -> bool:
        key = self.message.correlation_key
        if not receivers.claim_start(self.ctx, process_id, key):
            return False
        assert subscription.definition_key is not None
        started = instances.start_by_message(
            self.ctx,
            subscription.definition_key,
            subscription.element_id,
            self.message.variables,
            correlation_key=key,
        )
        self.reached.append(started.key)
        return True


def _delivering(subscription: Subscription, message: Message) -> execution.Step:
    token, variables = subscription.token, message.variables

    def step(definition: engine.Definition, snapshot: bytes, environment: Environment) -> Outcome:
        return engine.deliver_message(definition, snapshot, token, variables, environment)

    return step


def _settle(ctx: Context, message: Message, delivery: _Delivery) -> None:
    """Be done with a message, or let it wait for others of those who each take it, until it expires."""
    spreads = delivery.last_of_every is not None and message.kept_for is None and message.expires_at > ctx.at
    if spreads:
        message.reached_key = delivery.last_of_every
        delivery.held = [subscription for subscription in delivery.held if not subscription.reaches_every]
    else:
        message.state = MessageState.CORRELATED
    _keep_for(ctx, message, delivery)


def _keep_for(ctx: Context, message: Message, delivery: _Delivery) -> None:
    """Keep a copy for each who would have taken it now but could not; after a failure it does not expire."""
    if message.kept_for is not None:
        if not delivery.reached:
            message.state, message.expires_at = MessageState.BUFFERED, ctx.at + KEPT_AFTER_FAILURE
        return
    until = max(message.expires_at, ctx.at + KEPT_AFTER_FAILURE)
    of_held = [(subscription, message.expires_at) for subscription in delivery.held]
    for subscription, expires_at in of_held + [(subscription, until) for subscription in delivery.failed]:
        kept = _store(ctx, message.name, message.correlation_key, message.variables)
        kept.expires_at, kept.thrown_by, kept.kept_for = expires_at, message.thrown_by, subscription.key


def deliver_waiting(ctx: Context, key: int) -> bool:
    """Deliver one buffered message, unless another worker is at it."""
    message = ctx.session.scalars(_BUFFERED, {"key": key, "at": ctx.at}).first()
    return bool(message is not None and deliver(ctx, message))


def give_up(ctx: Context, key: int, told: Told) -> None:
    """Let go of a buffered message that should have started a process and could not; the audit log says why."""
    message = ctx.session.scalars(_BUFFERED, {"key": key, "at": ctx.at}).first()
    if message is not None:
        message.state = MessageState.EXPIRED
        audit.record(ctx, "service:message:failed", message.name, data={"message": str(key), "error": told[1]})
        ctx.session.flush()


@cache
def _early() -> str:
    """Give the statement that finds the early messages; asked after every step, so built once.

    The subscriptions are found by their keys: a bare `state` would offer the index of all that is open, which holds
    thousands of the name.
    """
    is_open = func.coalesce(MessageSubscription.state, literal_column("''")) == literal_column("'OPEN'")
    early = (
        select(Message.key)
        .join(MessageSubscription, MessageSubscription.message_name == Message.name)
        .where(
            MessageSubscription.key == any_(bindparam("waiting", type_=ARRAY(BigInteger))),
            is_open,
            not_(correlation.is_held_up()),
            correlation.is_fresh(_AT),
            correlation.matches(),
        )
        .group_by(Message.key)
        .order_by(Message.published_at, Message.key)
    )
    return f"SELECT ARRAY({validity.as_text(early)})"


def waiting_for(ctx: Context, subscription_keys: Sequence[int]) -> list[int]:
    """Give the buffered messages that came before the subscriptions that now wait for them, oldest first."""
    ctx.transaction.flush()
    row = ctx.transaction.fetch_one(_early(), {"waiting": list(subscription_keys), "at": ctx.at})
    assert row is not None, "an array always answers"
    found: list[int] = row[0]
    return found


def deliverable(ctx: Context, *, limit: int) -> list[tuple[int, str]]:
    """Give the keys and kinds of buffered messages that somebody can take, and of signals that still spread."""
    messages = and_(correlation.is_fresh(ctx.at), correlation.somebody_waits(ctx))
    spreading = and_(Message.kind == "signal", Message.state == MessageState.BUFFERED, not_(signals.is_held_up()))
    waiting = (
        select(Message.key, Message.kind)
        .where(or_(messages, spreading))
        .order_by(Message.published_at, Message.key)
        .limit(limit)
    )
    return [(key, kind) for key, kind in ctx.session.execute(waiting)]


def expire(ctx: Context) -> None:
    """Let go of buffered messages whose time is over, or that were kept for somebody who waits no more."""
    taker = exists().where(
        MessageSubscription.key == Message.kept_for, MessageSubscription.state == SubscriptionState.OPEN
    )
    is_over = or_(Message.expires_at <= ctx.at, and_(Message.kept_for.is_not(None), not_(taker)))
    over = update(Message).where(Message.kind == "message", Message.state == MessageState.BUFFERED, is_over)
    ended = case((Message.reached_key.is_not(None), MessageState.CORRELATED), else_=MessageState.EXPIRED)
    ctx.session.execute(over.values(state=ended))


def forget_old(ctx: Context, *, limit: int = 1000) -> int:
    """Delete, oldest first, messages and signals that are done with and were kept long enough; gives how many."""
    old = (
        select(Message.key)
        .where(Message.state != MessageState.BUFFERED, Message.expires_at < ctx.at - KEPT_FOR)
        .order_by(Message.expires_at)
        .limit(limit)
    )
    gone = delete(Message).where(Message.key.in_(old)).returning(Message.key)
    return len(ctx.session.scalars(gone).all())
