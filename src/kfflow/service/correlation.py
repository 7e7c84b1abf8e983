"""Correlation: which messages are for which subscriptions, as conditions in SQL.

They are asked both ways: of a message, who may take it, and of who waits, what came before.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, literal_column, not_, or_
from sqlalchemy.orm import aliased

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
IS_OPEN = MessageSubscription.state == literal_column(f"'{SubscriptionState.OPEN}'")
_IS_BUFFERED = and_(
    Message.kind == literal_column("'message'"), Message.state == literal_column(f"'{MessageState.BUFFERED}'")
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
        IS_OPEN,
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
