"""Deadlines that stand still while their case is suspended, and run on from where they were.

A length of time can be paused; a date cannot. Paused is what counts forward from a start: an internal deadline for
the suspension's reason, a legal one only on the suspension's legal basis. What is fixed to a date, counts backwards
from one, or has expired already, runs on, and warns and breaches as ever.
"""

from zoneinfo import ZoneInfo

from sqlalchemy import func, select, update

from kfflow.domain import deadlines as rules
from kfflow.domain.deadlines import EntryKind, ExplainedStep
from kfflow.domain.deadlines.words import instant_words
from kfflow.domain.lifecycle import DeadlineState
from kfflow.persistence.tables import Deadline, DeadlineEntry, ProcessInstance, UserTask
from kfflow.service import deadlines, suspended
from kfflow.service.context import Context


def pause_all(ctx: Context, root_key: int) -> int:
    """Pause what may be paused in the tree of a suspended root, each with a ledger line; gives how many."""
    root = suspended.root_of(ctx, root_key)
    hjemmel = root.suspension_hjemmel or ""
    pausable = [d for d in _lock(ctx, root_key, DeadlineState.RUNNING) if _may_pause(ctx, d, hjemmel)]
    for deadline in pausable:
        deadline.state = DeadlineState.PAUSED
        reason = root.suspension_reason or ""
        deadlines.enter(ctx, deadline.key, EntryKind.PAUSE, deadline.due_at, hjemmel=hjemmel, reason=reason)
        _show_on_task(ctx, deadline)
    ctx.session.flush()
    return len(pausable)


def resume_all(ctx: Context, root_key: int, *, reason: str) -> int:
    """Let the paused deadlines of a tree run on, each with its new due instant, explained; gives how many."""
    paused = _lock(ctx, root_key, DeadlineState.PAUSED)
    for deadline in paused:
        _resume(ctx, deadline, reason)
    ctx.session.flush()
    return len(paused)


def _lock(ctx: Context, root_key: int, state: DeadlineState) -> list[Deadline]:
    tree = select(ProcessInstance.key).where(ProcessInstance.root_key == root_key)
    of_tree = select(Deadline).where(Deadline.instance_key.in_(tree), Deadline.state == state)
    locked = of_tree.order_by(Deadline.key).with_for_update().execution_options(populate_existing=True)
    return list(ctx.session.scalars(locked))


def _may_pause(ctx: Context, deadline: Deadline, hjemmel: str) -> bool:
    if deadline.rule is None or deadline.due_at <= ctx.at:
        return False
    if deadline.kind == "legal" and not hjemmel:
        return False
    return not rules.parse_rule(deadline.rule).period.is_backward


def _resume(ctx: Context, deadline: Deadline, reason: str) -> None:
    assert deadline.rule is not None, "a deadline without a rule is not paused"
    paused_at = func.max(DeadlineEntry.at)
    last_pause = select(paused_at).where(DeadlineEntry.deadline_key == deadline.key, DeadlineEntry.kind == "PAUSE")
    since = ctx.session.scalars(last_pause).one()
    rule, calendar = rules.parse_rule(deadline.rule), deadlines.calendar_of(ctx, deadline.calendar)
    due_at = rules.resumed_due_at(rule, deadline.due_at, since, ctx.at, calendar=calendar, zone=ctx.zone)
    deadline.warn_at += due_at - deadline.due_at
    deadline.due_at, deadline.state = due_at, DeadlineState.RUNNING
    (since_da, since_en), (till_da, till_en), (due_da, due_en) = (
        instant_words(instant.astimezone(ZoneInfo(ctx.zone))) for instant in (since, ctx.at, due_at)
    )
    step = ExplainedStep(
        f"Stod stille fra {since_da} til {till_da}, mens sagen var i bero; fristen udløber derfor {due_da}.",
        f"Stood still from {since_en} to {till_en} while the case was suspended; so the deadline expires {due_en}.",
        due_at,
    )
    deadline.explanation = [*deadline.explanation, deadlines.plain(step)]
    deadlines.enter(ctx, deadline.key, EntryKind.RESUME, due_at, hjemmel="", reason=reason)
    _show_on_task(ctx, deadline)


def _show_on_task(ctx: Context, deadline: Deadline) -> None:
    """Give the task the due date that now holds; while the deadline is paused it has none."""
    if deadline.task_key is None:
        return
    paused = deadline.state == DeadlineState.PAUSED
    due_at, warn_at = (None, None) if paused else (deadline.due_at, deadline.warn_at)
    of_task = update(UserTask).where(UserTask.key == deadline.task_key)
    ctx.session.execute(of_task.values(due_at=due_at, warn_at=warn_at))
