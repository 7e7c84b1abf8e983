"""What starts a process from outside: its newest version, and no older one, listens for it."""

from typing import Any

from sqlalchemy import select, update

from kfflow import engine
from kfflow.domain.lifecycle import SignalSubscriptionState, SubscriptionState, TimerState
from kfflow.persistence.tables import MessageSubscription, ProcessDefinition, SignalSubscription, Timer
from kfflow.service import definitions, timers
from kfflow.service.context import Context


def listen(ctx: Context, row: ProcessDefinition, process: engine.Definition) -> None:
    """Let a new version take over everything that starts the process."""
    _silence_older(ctx, row.process_id)
    for message in process.start_messages:
        place = _place(ctx, row, message.element_id)
        ctx.session.add(MessageSubscription(**place, message_name=message.message_name, state=SubscriptionState.OPEN))
    for signal in process.start_signals:
        place = _place(ctx, row, signal.element_id)
        ctx.session.add(SignalSubscription(**place, signal_name=signal.signal_name, state=SignalSubscriptionState.OPEN))
    for timer in process.start_timers:
        timers.arm_start(ctx, row.key, timer.element_id, timer.first(definitions.starting_environment(ctx)))


def _place(ctx: Context, row: ProcessDefinition, element_id: str) -> dict[str, Any]:
    return {
        "key": ctx.new_key(),
        "definition_key": row.key,
        "token": element_id,
        "element_id": element_id,
        "created_at": ctx.at,
    }


def _silence_older(ctx: Context, process_id: str) -> None:
    older = select(ProcessDefinition.key).where(ProcessDefinition.process_id == process_id)
    for table, open_state in (
        (MessageSubscription, SubscriptionState.OPEN),
        (SignalSubscription, SignalSubscriptionState.OPEN),
        (Timer, TimerState.ARMED),
    ):
        of_start = table.instance_key.is_(None) & table.definition_key.in_(older)
        waiting = update(table).where(of_start, table.state == open_state)
        ctx.session.execute(waiting.values(state="CANCELED", ended_at=ctx.at))
