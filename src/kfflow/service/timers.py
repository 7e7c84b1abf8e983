"""Timers: due when the database's clock says so, fired once, in the command that claims them.

A worker claims the earliest due timer together with the lock on its case, passing over what others hold: any number of
them share the work, none waits for another, and one firing is one transaction.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select

from kfflow import engine
from kfflow.domain import instants, lifecycle
from kfflow.domain.authorization import Permission
from kfflow.domain.lifecycle import TimerState
from kfflow.engine.outcome import Environment, Outcome
from kfflow.engine.rounds import Round
from kfflow.errors import FieldProblem, InvalidInput
from kfflow.persistence import due_timers
from kfflow.persistence.due_timers import Due
from kfflow.persistence.steps import Running
from kfflow.persistence.tables import Case, Timer
from kfflow.service import access, audit, definitions, execution, instances
from kfflow.service.attempts import Told
from kfflow.service.context import Context
from kfflow.service.raising import TIMER_FAILED, raise_incident


def claim_next(ctx: Context) -> Due | None:
    """Claim the earliest timer that is due, locked with its instance; None when others hold all that are due.

    One that failed waits until its incident is resolved, one of a suspended case until it is resumed.
    """
    return due_timers.claim_earliest(ctx.transaction, ctx.at)


def _is_due(ctx: Context) -> tuple[ColumnElement[bool], ...]:
    return Timer.state == TimerState.ARMED, Timer.due_at <= ctx.at


def fire_claimed(ctx: Context, due: Due) -> None:
    """Let a claimed timer fire, or drop what was missed, as its catch-up policy says."""
    if due.instance_key is None:
        _fire_start(ctx, ctx.session.get_one(Timer, due.key, populate_existing=True))
        return
    running = execution.lock(ctx, due.instance_key, due.root_key or due.instance_key)
    execution.run(ctx, running, _firing(due.token))


def _firing(token: str) -> execution.Step:
    def step(definition: engine.Definition, snapshot: bytes, environment: Environment) -> Outcome:
        return engine.fire_timer(definition, snapshot, token, environment)

    return step


def fire(ctx: Context, key: int) -> bool:
    """Fire one timer by key; False when it is not due, fired, canceled or suspended, or another worker is at it."""
    known = ctx.session.get(Timer, key)
    if known is None or known.state != TimerState.ARMED:
        return False
    if known.instance_key is not None:
        running = execution.lock(ctx, known.instance_key, known.root_key or known.instance_key)
        if running.suspended_at is not None:
            return False
    claimed = select(Timer.key).where(Timer.key == key, *_is_due(ctx)).with_for_update(skip_locked=True)
    if ctx.session.scalar(claimed) is None:
        return False
    fire_claimed(ctx, Due(key, known.instance_key, known.root_key, known.token))
    return True


def report_failed(ctx: Context, key: int, told: Told) -> None:
    """Raise an incident on a timer that could not fire; resolving it lets the timer be tried again.

    A timer that starts a process has no case to raise one on: its round is given up, and the audit log says why.
    """
    still_due = select(Timer).where(Timer.key == key, *_is_due(ctx)).with_for_update(skip_locked=True)
    timer = ctx.session.scalars(still_due.execution_options(populate_existing=True)).first()
    if timer is None:
        return
    if timer.instance_key is None:
        _give_up_start(ctx, timer, told[1])
        return
    words = f"Timeren kunne ikke udløses: {told[0]}", f"The timer could not fire: {told[1]}"
    raise_incident(ctx, TIMER_FAILED, timer.instance_key, timer.element_id, words)


def reschedule(ctx: Context, key: int, due_at: datetime, reason: str) -> Timer:
    """Let a waiting timer be due at another instant; the rounds of a cycle after this one are counted from there.

    Raises InvalidInput without a reason or for an instant that has passed, Conflict when the timer no longer waits or
    its instance does not run. A round of a process start that was given up comes back by this.
    """
    access.require(ctx, Permission.RESCHEDULE_TIMER)
    timer, running = _lock(ctx, key)
    _require_possible(ctx, timer, due_at, reason)
    changes = {"from": timer.due_at.isoformat(), "to": due_at.isoformat(), "element_id": timer.element_id}
    case_key = running.case_key if running else None
    audit.record(ctx, "service:timer:reschedule", str(key), case_key=case_key, reason=reason, data=changes)
    if running is None:
        timer.counted_from = due_at if timer.rounds_left != 1 else None
        timer.state, timer.ended_at = TimerState.ARMED, None
    else:
        lifecycle.require_active_instance(running.state, running.key)
        execution.run(ctx, running, _moving(timer.token, due_at, reason))
    timer.due_at = due_at
    ctx.session.flush()
    ctx.flush()
    return timer


def _lock(ctx: Context, key: int) -> tuple[Timer, Running | None]:
    """Lock a timer the actor may see, after its instance; raises NotFound otherwise."""
    known = ctx.session.get(Timer, key)
    if known is None:
        raise access.not_found(f"Timer {key}")
    running = None
    if known.instance_key is not None:
        running = execution.lock(ctx, known.instance_key, known.root_key or known.instance_key)
        case = ctx.session.get_one(Case, running.case_key)
        access.require_sight(ctx, case.institution_code, case.area, f"Timer {key}")
    locked = select(Timer).where(Timer.key == key).with_for_update().execution_options(populate_existing=True)
    return ctx.session.scalars(locked).one(), running


def _require_possible(ctx: Context, timer: Timer, due_at: datetime, reason: str) -> None:
    lifecycle.require_waiting_timer(timer.state, timer.key)
    problems = []
    if instants.in_utc(due_at, ctx.zone) is None:
        problems.append(FieldProblem("dueDate", *instants.BEYOND))
    if due_at < ctx.at:
        problems.append(FieldProblem("dueDate", "Tidspunktet er passeret.", "The instant has passed."))
    if not reason.strip():
        problems.append(FieldProblem("reason", "Skriv hvorfor.", "Say why."))
    if problems:
        raise InvalidInput("Timeren kan ikke flyttes.", "The timer cannot be moved.", fields=problems)


def _moving(token: str, due_at: datetime, reason: str) -> execution.Step:
    def step(definition: engine.Definition, snapshot: bytes, environment: Environment) -> Outcome:
        return engine.reschedule_timer(definition, snapshot, token, due_at, reason, environment)

    return step


def arm_start(ctx: Context, definition_key: int, element_id: str, due: Round) -> Timer:
    """Arm a round of a timer that starts a process."""
    timer = Timer(
        key=ctx.new_key(),
        definition_key=definition_key,
        token=element_id,
        element_id=element_id,
        due_at=due.due,
        rounds_left=due.left,
        counted_from=due.origin,
        state=TimerState.ARMED,
        created_at=ctx.at,
    )
    ctx.session.add(timer)
    return timer


def _fire_start(ctx: Context, timer: Timer) -> None:
    assert timer.definition_key is not None
    start = _start_of(ctx, timer)
    due = _round_of(ctx, timer, start)
    settled = start.settle(due, ctx.at)
    timer.ended_at = ctx.at
    timer.state = TimerState.FIRED if settled.fires else TimerState.CANCELED
    if settled.missed:
        missed = settled.missed
        data: dict[str, Any] = {"rounds": missed.rounds, "first": str(missed.first), "last": str(missed.last)}
        audit.record(ctx, "service:timer:missed", timer.element_id, data=data)
    if settled.waits:
        arm_start(ctx, timer.definition_key, timer.element_id, settled.waits)
    if settled.fires and definitions.is_of_today(ctx, timer.definition_key):
        instances.start_by_event(ctx, timer.definition_key, timer.element_id, {})


def _give_up_start(ctx: Context, timer: Timer, told: str) -> None:
    assert timer.definition_key is not None
    timer.state, timer.ended_at = TimerState.FAILED, ctx.at
    following = _round_of(ctx, timer, _start_of(ctx, timer)).following()
    if following:
        arm_start(ctx, timer.definition_key, timer.element_id, following)
    timer.rounds_left = 1
    audit.record(ctx, "service:timer:failed", timer.element_id, data={"timer": str(timer.key), "error": told})
    ctx.session.flush()


def _start_of(ctx: Context, timer: Timer) -> engine.StartTimer:
    assert timer.definition_key is not None
    starts = definitions.compiled(ctx, timer.definition_key).start_timers
    return next(t for t in starts if t.element_id == timer.element_id)


def _round_of(ctx: Context, timer: Timer, start: engine.StartTimer) -> Round:
    due_at = timer.due_at if timer.counted_from else max(timer.due_at, timer.created_at)  # a date past at deployment
    return start.round(due_at, timer.rounds_left, timer.counted_from, definitions.starting_environment(ctx))
