"""Timers: due when the database's clock says so, fired once, in the command that claims them."""

from sqlalchemy import exists, select

from kfflow import engine
from kfflow.domain.lifecycle import IncidentState, TimerState
from kfflow.engine.outcome import Environment, Outcome
from kfflow.persistence.suspensions import is_going
from kfflow.persistence.tables import Incident, ProcessInstance, Timer
from kfflow.service import definitions, execution, instances
from kfflow.service.context import Context

FAILED = "TIMER_FAILED"


def due_keys(ctx: Context, *, limit: int) -> list[int]:
    """Give the timers that are due, earliest first.

    Those of suspended cases wait for resume, one that failed until its incident is resolved.
    """
    waits_for_a_person = exists().where(
        Incident.instance_key == Timer.instance_key,
        Incident.element_id == Timer.element_id,
        Incident.kind == FAILED,
        Incident.state == IncidentState.ACTIVE,
    )
    due = (
        select(Timer.key)
        .where(Timer.state == TimerState.ARMED, Timer.due_at <= ctx.at, ~waits_for_a_person, is_going(Timer.root_key))
        .order_by(Timer.due_at, Timer.key)
        .limit(limit)
    )
    return list(ctx.session.scalars(due))


def fire(ctx: Context, key: int) -> bool:
    """Fire a due timer; False when it was fired, canceled or suspended meanwhile, or another worker is at it."""
    known = ctx.session.get(Timer, key)
    if known is None or known.state != TimerState.ARMED:
        return False
    if known.instance_key is None:
        return _fire_start(ctx, key)
    running = execution.lock(ctx, known.instance_key, known.root_key or known.instance_key)
    timer = _claim(ctx, key) if running.suspended_at is None else None
    if timer is None:
        return False
    token = timer.token

    def step(definition: engine.Definition, snapshot: bytes, environment: Environment) -> Outcome:
        return engine.fire_timer(definition, snapshot, token, environment)

    execution.run(ctx, running, step)
    return True


def report_failed(ctx: Context, key: int, told: str) -> None:
    """Raise an incident on a timer that could not fire; resolving it lets the timer be tried again."""
    timer = _claim(ctx, key)
    if timer is None or timer.instance_key is None:
        return
    instance = ctx.session.get_one(ProcessInstance, timer.instance_key)
    ctx.session.add(
        Incident(
            key=ctx.new_key(),
            instance_key=instance.key,
            root_key=instance.root_key,
            case_key=instance.case_key,
            definition_key=instance.definition_key,
            process_id=instance.process_id,
            element_id=timer.element_id,
            kind=FAILED,
            message_da=f"Timeren kunne ikke udløses: {told}",
            message_en=f"The timer could not fire: {told}",
            state=IncidentState.ACTIVE,
            created_at=ctx.at,
        )
    )
    ctx.session.flush()


def _claim(ctx: Context, key: int) -> Timer | None:
    claimed = (
        select(Timer)
        .where(Timer.key == key, Timer.state == TimerState.ARMED, Timer.due_at <= ctx.at)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return ctx.session.scalars(claimed).first()


def _fire_start(ctx: Context, key: int) -> bool:
    timer = _claim(ctx, key)
    if timer is None or timer.definition_key is None:
        return False
    timer.state, timer.ended_at = TimerState.FIRED, ctx.at
    definition = definitions.get(ctx, timer.definition_key)
    _arm_next(ctx, timer)
    instances.start(ctx, definition, {}, start_element=timer.element_id)
    return True


def _arm_next(ctx: Context, fired: Timer) -> None:
    assert fired.definition_key is not None
    starts = definitions.compiled(ctx, fired.definition_key).start_timers
    start = next(t for t in starts if t.element_id == fired.element_id)
    due_at = start.next_due(fired.due_at, definitions.starting_environment(ctx))
    if due_at is None:
        return
    ctx.session.add(
        Timer(
            key=ctx.new_key(),
            definition_key=fired.definition_key,
            token=fired.token,
            element_id=fired.element_id,
            due_at=due_at,
            state=TimerState.ARMED,
            created_at=ctx.at,
        )
    )
