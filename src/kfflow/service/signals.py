"""Signals: broadcast to everybody who waits, each delivery a command of its own. They pass suspended cases by."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, true

from kfflow import engine
from kfflow.domain.authorization import Permission
from kfflow.domain.lifecycle import MessageState, SignalSubscriptionState
from kfflow.engine.outcome import Environment, Outcome
from kfflow.persistence.suspensions import is_going
from kfflow.persistence.tables import Message, SignalSubscription
from kfflow.service import access, audit, definitions, execution, instances
from kfflow.service.context import Bell, Context


@dataclass(frozen=True, slots=True)
class Receiver:
    """One subscription that a broadcast still has to reach."""

    signal_key: int
    subscription_key: int


def broadcast(ctx: Context, *, name: str, variables: dict[str, Any]) -> Message:
    """Leave a signal for the workers to deliver to all who wait for it at this instant."""
    access.require(ctx, Permission.PUBLISH_MESSAGE)
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
    ctx.session.flush()
    audit.record(ctx, "service:signal:broadcast", name)
    ctx.bells.add(Bell("signal", row.key))
    return row


def next_receiver(ctx: Context, signal_key: int) -> Receiver | None:
    """Give the next subscription a signal has to reach; closes the signal, giving None, when there is none left."""
    buffered = (
        select(Message)
        .where(Message.key == signal_key, Message.state == MessageState.BUFFERED)
        .with_for_update(skip_locked=True)
    )
    signal = ctx.session.scalars(buffered).first()
    if signal is None:
        return None
    waiting = (
        select(SignalSubscription.key)
        .where(
            SignalSubscription.signal_name == signal.name,
            SignalSubscription.state == SignalSubscriptionState.OPEN,
            SignalSubscription.key > (signal.reached_key or 0),
            SignalSubscription.created_at <= signal.published_at,
            is_going(SignalSubscription.root_key),
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


def deliver(ctx: Context, receiver: Receiver) -> None:
    """Deliver a signal to one subscription and note how far the broadcast has come."""
    signal = ctx.session.get_one(Message, receiver.signal_key)
    subscription = ctx.session.get_one(SignalSubscription, receiver.subscription_key)
    if subscription.instance_key is None:
        _start(ctx, subscription, signal.variables)
    else:
        _run(ctx, subscription, signal.variables)
    signal.reached_key = subscription.key


def _start(ctx: Context, subscription: SignalSubscription, variables: dict[str, Any]) -> None:
    assert subscription.definition_key is not None
    definition = definitions.get(ctx, subscription.definition_key)
    instances.start(ctx, definition, variables, start_element=subscription.element_id)


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
