"""Signals: broadcast to everybody who waits, each delivery a command of its own. They pass suspended cases by."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, not_, or_, select, true

from kfflow import engine
from kfflow.domain.authorization import Permission
from kfflow.domain.lifecycle import MessageState, SignalSubscriptionState
from kfflow.engine.outcome import Environment, Outcome
from kfflow.persistence import validity
from kfflow.persistence.suspensions import is_going
from kfflow.persistence.tables import Message, ProcessDefinition, SignalSubscription
from kfflow.service import access, audit, definitions, execution, instances
from kfflow.service.attempts import Told, attempt
from kfflow.service.context import Bell, Context
from kfflow.service.raising import SIGNAL_FAILED, raise_incident, waits_for_a_person


@dataclass(frozen=True, slots=True)
class Receiver:
    """One subscription that a broadcast still has to reach."""

    signal_key: int
    subscription_key: int


def broadcast(ctx: Context, *, name: str, variables: dict[str, Any]) -> Message:
    """Leave a signal for the workers to deliver to all who wait for it at this instant."""
    access.require(ctx, Permission.PUBLISH_MESSAGE)
    row = _row(ctx, name, variables)
    ctx.session.flush()
    audit.record(ctx, "service:signal:broadcast", name)
    ctx.bells.add(Bell("signal", row.key))
    return row


def _row(ctx: Context, name: str, variables: dict[str, Any]) -> Message:
    row = Message(
        key=ctx.new_key(),
        kind="signal",
        name=name,
        variables=variables,
        state=MessageState.BUFFERED,
        published_at=ctx.at,
        expires_at=ctx.at,
    )
    ctx.session.add(row)
    return row


def next_receiver(ctx: Context, signal_key: int) -> Receiver | None:
    """Give the next subscription a signal has to reach; closes the signal, giving None, when there is none left."""
    buffered = (
        select(Message)
        .where(Message.key == signal_key, Message.state == MessageState.BUFFERED)
        .where(not_(is_held_up()))
        .with_for_update(skip_locked=True)
    )
    signal = ctx.session.scalars(buffered).first()
    if signal is None:
        return None
    waiting = (
        select(SignalSubscription.key)
        .where(
            true() if signal.kept_for is None else SignalSubscription.key == signal.kept_for,
            SignalSubscription.signal_name == signal.name,
            SignalSubscription.state == SignalSubscriptionState.OPEN,
            SignalSubscription.key > (signal.reached_key or 0),
            SignalSubscription.created_at <= signal.published_at,
            is_going(SignalSubscription.root_key),
            or_(SignalSubscription.instance_key.is_not(None), SignalSubscription.definition_key.in_(_heard(ctx))),
            SignalSubscription.instance_key.is_distinct_from(signal.thrown_by) if signal.thrown_by else true(),
        )
        .order_by(SignalSubscription.key)
        .limit(1)
    )
    subscription = ctx.session.scalar(waiting)
    if subscription is None:
        signal.state = MessageState.CORRELATED
        return None
    return Receiver(signal_key, subscription)


def _heard(ctx: Context) -> Select[int]:
    return select(ProcessDefinition.key).where(validity.of_the_day(definitions.today(ctx).today))


def deliver(ctx: Context, receiver: Receiver) -> None:
    """Deliver a signal to one subscription and note how far the broadcast has come.

    A case that cannot take it gets an incident and the signal kept for it; the broadcast goes on.
    """
    signal = ctx.session.get_one(Message, receiver.signal_key)
    subscription = ctx.session.get_one(SignalSubscription, receiver.subscription_key)
    act = _start if subscription.instance_key is None else _run
    told = attempt(ctx, lambda: act(ctx, subscription, signal.variables))
    if told is not None:
        _fail(ctx, signal, subscription, told)
    signal.reached_key = subscription.key
    ctx.session.flush()


def _fail(ctx: Context, signal: Message, subscription: SignalSubscription, told: Told) -> None:
    """Keep the signal for one who could not take it; a process start has no case to raise an incident on."""
    if subscription.instance_key is None:
        data = {"element_id": subscription.element_id, "error": told[1]}
        audit.record(ctx, "service:signal:failed", signal.name, data=data)
        return
    words = f"Signalet kunne ikke modtages: {told[0]}", f"The signal could not be received: {told[1]}"
    raise_incident(ctx, SIGNAL_FAILED, subscription.instance_key, subscription.element_id, words)
    kept = _row(ctx, signal.name, signal.variables)
    kept.kept_for, kept.published_at = subscription.key, max(signal.published_at, subscription.created_at)


def is_held_up() -> ColumnElement[bool]:
    """Give the condition that a signal is kept for a case that waits for a person."""
    return exists().where(
        SignalSubscription.key == Message.kept_for,
        waits_for_a_person(SIGNAL_FAILED, SignalSubscription.instance_key, SignalSubscription.element_id),
    )


def _start(ctx: Context, subscription: SignalSubscription, variables: dict[str, Any]) -> None:
    assert subscription.definition_key is not None
    instances.start_by_event(ctx, subscription.definition_key, subscription.element_id, variables)


def _run(ctx: Context, subscription: SignalSubscription, variables: dict[str, Any]) -> None:
    assert subscription.instance_key is not None
    running = execution.lock(ctx, subscription.instance_key, subscription.root_key or subscription.instance_key)
    ctx.session.refresh(subscription)
    if subscription.state != SignalSubscriptionState.OPEN or running.suspended_at is not None:
        return
    token = subscription.token

    def step(definition: engine.Definition, snapshot: bytes, environment: Environment) -> Outcome:
        return engine.deliver_signal(definition, snapshot, token, variables, environment)

    execution.run(ctx, running, step)
    ctx.flush()
