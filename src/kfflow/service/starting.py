"""What starts a process from outside: every version listens, and the one in force on the day is heard.

A version that is in force from now on without an end silences the older ones for good. Beside one that comes into
force later, or only for a time, they listen on, and whatever comes is for the version in force that day
(`persistence.validity.of_the_day`).
"""

from dataclasses import replace
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select, update

from kfflow import engine
from kfflow.domain.lifecycle import SignalSubscriptionState, SubscriptionState, TimerState
from kfflow.engine import StartTimer
from kfflow.engine.outcome import Environment
from kfflow.engine.rounds import Round
from kfflow.persistence.tables import MessageSubscription, ProcessDefinition, SignalSubscription, Timer
from kfflow.service import definitions, timers
from kfflow.service.context import Context


def listen(ctx: Context, row: ProcessDefinition, process: engine.Definition) -> None:
    """Let a new version listen for everything that starts the process."""
    rounds = [(timer.element_id, _next_round(ctx, row, timer)) for timer in process.start_timers]
    if _is_for_good(ctx, row):
        _silence_older(ctx, row)
    for message in process.start_messages:
        place = _place(ctx, row, message.element_id)
        ctx.session.add(MessageSubscription(**place, message_name=message.message_name, state=SubscriptionState.OPEN))
    for signal in process.start_signals:
        place = _place(ctx, row, signal.element_id)
        ctx.session.add(SignalSubscription(**place, signal_name=signal.signal_name, state=SignalSubscriptionState.OPEN))
    for element_id, due in rounds:
        if due is not None:
            timers.arm_start(ctx, row.key, element_id, due)


def _place(ctx: Context, row: ProcessDefinition, element_id: str) -> dict[str, Any]:
    return {
        "key": ctx.new_key(),
        "definition_key": row.key,
        "token": element_id,
        "element_id": element_id,
        "created_at": ctx.at,
    }


def _is_for_good(ctx: Context, row: ProcessDefinition) -> bool:
    """Tell whether a version is in force for every case that is opened from now on."""
    has_begun = row.gyldig_fra is None or row.gyldig_fra <= definitions.today(ctx).today
    return has_begun and row.gyldig_til is None


def _silence_older(ctx: Context, row: ProcessDefinition) -> None:
    older = select(ProcessDefinition.key).where(ProcessDefinition.process_id == row.process_id)
    for table, open_state in (
        (MessageSubscription, SubscriptionState.OPEN),
        (SignalSubscription, SignalSubscriptionState.OPEN),
        (Timer, TimerState.ARMED),
    ):
        of_start = table.instance_key.is_(None) & table.definition_key.in_(older)
        waiting = update(table).where(of_start, table.state == open_state)
        ctx.session.execute(waiting.values(state="CANCELED", ended_at=ctx.at))


# ------------------------------------------------------------------ timers


def _next_round(ctx: Context, row: ProcessDefinition, timer: StartTimer) -> Round | None:
    """Give the round that a start timer of a new version waits for, None when it has none left.

    One that an older version has, too, goes on where it is; a date that passed under an older version is over.
    """
    first = timer.first(_environment(ctx, row))
    if row.version == 1:
        return first
    former = _former(ctx, row, timer)
    if former is None:
        return first if first.due >= ctx.at else first.late(ctx.at)[1].following()
    if former.state != TimerState.ARMED:
        return None
    return timer.round(former.due_at, former.rounds_left, former.counted_from, _environment(ctx, row))


def _environment(ctx: Context, row: ProcessDefinition) -> Environment:
    """Give the instant from which a version's timers count: now, or when it comes into force."""
    environment = definitions.starting_environment(ctx)
    if row.gyldig_fra is None:
        return environment
    begins = datetime.combine(row.gyldig_fra, time.min, ZoneInfo(ctx.zone))
    return replace(environment, at=max(environment.at, begins))


def _former(ctx: Context, row: ProcessDefinition, timer: StartTimer) -> Timer | None:
    """Give the last round of the same timer, written alike, of an older version; none that was silenced on its way."""
    before = (
        select(Timer)
        .join(ProcessDefinition, ProcessDefinition.key == Timer.definition_key)
        .where(
            ProcessDefinition.process_id == row.process_id,
            ProcessDefinition.version < row.version,
            Timer.instance_key.is_(None),
            Timer.element_id == timer.element_id,
        )
        .order_by(Timer.key.desc())
    )
    last = ctx.session.scalars(before).first()
    if last is None or last.definition_key is None or (last.ended_at and last.ended_at < last.due_at):
        return None
    older = definitions.compiled(ctx, last.definition_key).start_timers
    alike = any(one.element_id == timer.element_id and one.text == timer.text for one in older)
    return last if alike else None
