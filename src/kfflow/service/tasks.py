"""User tasks: claim, hand on, save a draft, complete.

Claiming and assigning lock the task alone; completing locks the instance first, then the task. In a suspended case
tasks may be handed on and drafts saved; claiming and completing are refused.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import select

from kfflow import engine
from kfflow.domain import authorization
from kfflow.domain.authorization import Permission, TaskView
from kfflow.domain.lifecycle import UserTaskState
from kfflow.engine.outcome import Environment, Outcome
from kfflow.errors import Conflict, FieldProblem, Forbidden, InvalidInput, KfflowError, TaskTaken
from kfflow.persistence import migrated_places, steps
from kfflow.persistence.steps import LockedTask, Running
from kfflow.persistence.tables import Account, Deadline, UserTask
from kfflow.service import access, accounts, audit, execution, forms, suspended, telling
from kfflow.service.context import Context
from kfflow.service.forms import Task

AnyTask = TypeVar("AnyTask", UserTask, LockedTask)


@dataclass(frozen=True, slots=True)
class TaskChanges:
    """What a supervisor may change of an open task; None leaves it."""

    candidate_groups: Sequence[str] | None = None
    candidate_users: Sequence[str] | None = None
    due_at: datetime | None = None
    follow_up_at: datetime | None = None
    priority: int | None = None


@dataclass(frozen=True, slots=True)
class Reassigned:
    """How one task of many fared."""

    key: int
    ok: bool
    message: str = ""


def get(ctx: Context, key: int) -> UserTask:
    """Give a task of a case that the actor may see."""
    access.require(ctx, Permission.READ_CASE)
    return _seen(ctx, ctx.session.get(UserTask, key), key)


def _seen(ctx: Context, task: AnyTask | None, key: int) -> AnyTask:
    if task is None:
        raise access.not_found(f"Opgave {key}")
    within = authorization.may_see_task(ctx.actor, task.institution_code, task.area, task.assignee)
    if not within or not authorization.may_open(ctx.actor, task.access_class):
        raise access.not_found(f"Opgave {key}")
    return task


def view(ctx: Context, task: Task) -> TaskView:
    """Give what the domain's rules need of a task; for four-eyes that is who did the steps set apart from it."""
    return TaskView(
        institution_code=task.institution_code,
        area=task.area,
        assignee=task.assignee,
        candidate_groups=frozenset(task.candidate_groups),
        candidate_users=frozenset(task.candidate_users),
        access_class=task.access_class,
        excluded=_excluded(ctx, task),
    )


def _excluded(ctx: Context, task: Task) -> frozenset[str]:
    if not task.four_eyes:
        return frozenset()
    doers = select(UserTask.completed_by).where(
        UserTask.case_key == task.case_key,
        UserTask.element_id.in_(migrated_places.former_ids(ctx.session, task.case_key, task.four_eyes)),
        UserTask.state == UserTaskState.COMPLETED,
    )
    return frozenset(name for name in ctx.session.scalars(doers) if name)


def lock_task(ctx: Context, key: int) -> UserTask:
    """Lock a task row; raises NotFound as `get` does."""
    access.require(ctx, Permission.READ_CASE)
    locked = select(UserTask).where(UserTask.key == key).with_for_update().execution_options(populate_existing=True)
    return _seen(ctx, ctx.session.scalars(locked).first(), key)


def _lock_with_instance(ctx: Context, key: int) -> tuple[Running, LockedTask]:
    access.require(ctx, Permission.READ_CASE)
    held = steps.lock_task(ctx.transaction, key)
    if held is None:
        raise access.not_found(f"Opgave {key}")
    ctx.learn_instant(held.at)
    if ctx.calendar_version is None:
        ctx.calendar_version = held.calendar_version
    return held.running, _seen(ctx, held.task, key)


def _require_open(ctx: Context, task: Task) -> None:
    if task.state == "CREATED":
        return
    who = telling.name_of(ctx, task.completed_by)
    da, en = telling.moments(ctx, task.ended_at or ctx.at)
    if task.state == "COMPLETED":
        raise TaskTaken(
            f"Opgaven er allerede fuldført af {who} den {da}.",
            f"The task was already completed by {who} on {en}.",
        )
    raise Conflict(
        f"Opgaven er bortfaldet den {da}; sagen er gået videre uden den.",
        f"The task was canceled on {en}; the case went on without it.",
    )


def require_worker(ctx: Context, task: Task) -> None:
    """Raise Forbidden unless the actor may work this task: role, group, four-eyes, protected class."""
    access.require(ctx, Permission.WORK_TASK)
    refusal = authorization.may_work(ctx.actor, view(ctx, task))
    if refusal is not None:
        raise Forbidden(refusal.message_da, refusal.message_en)


def claim(ctx: Context, key: int) -> UserTask:
    """Take an open task; taking one's own again changes nothing, another's raises TaskTaken."""
    task = lock_task(ctx, key)
    _require_open(ctx, task)
    require_worker(ctx, task)
    suspended.require_root_going(ctx, task.root_key)
    if task.assignee == ctx.actor.username:
        return task
    _require_free(ctx, task)
    return _hand_to(ctx, task, ctx.actor.username, "service:task:claim")


def _require_free(ctx: Context, task: Task) -> None:
    if task.assignee is None:
        return
    who = telling.name_of(ctx, task.assignee)
    da, en = telling.moments(ctx, task.claimed_at) if task.claimed_at else ("", "")
    raise TaskTaken(
        f"Opgaven er taget af {who}{da and f' siden {da}'}.", f"The task is held by {who}{en and f' since {en}'}."
    )


def _hand_to(ctx: Context, task: UserTask, assignee: str | None, verb: str) -> UserTask:
    task.assignee = assignee
    task.claimed_at = ctx.at if assignee else None
    task.revision += 1
    audit.record(ctx, verb, str(task.key), case_key=task.case_key, data={"assignee": assignee})
    ctx.session.flush()
    return task


def assign(ctx: Context, key: int, *, assignee: str, allow_override: bool = True) -> UserTask:
    """Give a task to somebody; oneself is a claim, somebody else takes the right to assign."""
    task = lock_task(ctx, key)
    _require_open(ctx, task)
    overrides = allow_override and authorization.permits(ctx.actor, Permission.ASSIGN_TASK)
    if assignee == ctx.actor.username and (task.assignee in (None, assignee) or not overrides):
        return claim(ctx, key)
    access.require(ctx, Permission.ASSIGN_TASK)
    if not allow_override:
        _require_free(ctx, task)
    _require_can_work(ctx, task, assignee)
    return _hand_to(ctx, task, assignee, "service:task:assign")


def _require_can_work(ctx: Context, task: UserTask, assignee: str) -> None:
    account = ctx.session.get(Account, assignee)
    if account is None or not account.active:
        problem = FieldProblem("assignee", f"Brugeren {assignee} findes ikke.", f"There is no user {assignee}.")
        raise InvalidInput("Brugeren findes ikke.", "No such user.", fields=[problem])
    refusal = authorization.may_assign(ctx.actor, view(ctx, task), accounts.actor_of(account))
    if refusal is not None:
        raise Conflict(f"{account.name}: {refusal.message_da}", f"{account.name}: {refusal.message_en}")


def unassign(ctx: Context, key: int) -> UserTask:
    """Put a task back in the queue: one's own, or anybody's with the right to assign."""
    task = lock_task(ctx, key)
    _require_open(ctx, task)
    if task.assignee != ctx.actor.username:
        access.require(ctx, Permission.ASSIGN_TASK)
    return _hand_to(ctx, task, None, "service:task:unassign")


def reassign_many(ctx: Context, keys: Sequence[int], assignee: str) -> list[Reassigned]:
    """Give many tasks to one person; each that cannot be moved says why, the others are moved."""
    access.require(ctx, Permission.ASSIGN_TASK)
    return _each(ctx, keys, partial(assign, assignee=assignee))


def unassign_many(ctx: Context, keys: Sequence[int]) -> list[Reassigned]:
    """Put many tasks back in the queue as `unassign` does; each that cannot go says why, the others go."""
    return _each(ctx, keys, unassign)


def _each(ctx: Context, keys: Sequence[int], act: Callable[[Context, int], UserTask]) -> list[Reassigned]:
    return [_tried(ctx, key, act) for key in sorted(set(keys))]


def _tried(ctx: Context, key: int, act: Callable[[Context, int], UserTask]) -> Reassigned:
    try:
        act(ctx, key)
    except KfflowError as problem:
        return Reassigned(key, ok=False, message=problem.message(ctx.language))
    return Reassigned(key, ok=True)


def update(ctx: Context, key: int, changes: TaskChanges) -> UserTask:
    """Change what a supervisor may change of an open task; raises Conflict for the due instant of a deadline."""
    access.require(ctx, Permission.ASSIGN_TASK)
    task = lock_task(ctx, key)
    _require_open(ctx, task)
    if changes.due_at is not None:
        _require_no_deadline(ctx, key)
    changed = {name: getattr(changes, name) for name in TaskChanges.__slots__ if getattr(changes, name) is not None}
    for name, value in changed.items():
        setattr(task, name, list(value) if name.startswith("candidate") else value)
    task.revision += 1
    audit.record(ctx, "service:task:update", str(key), case_key=task.case_key, data={"changed": sorted(changed)})
    ctx.session.flush()
    return task


def _require_no_deadline(ctx: Context, key: int) -> None:
    """Raise Conflict while a deadline dates the task: its ledger is moved, with a reason and a basis, not the task."""
    running = select(Deadline.key).where(Deadline.task_key == key, Deadline.ended_at.is_(None))
    deadline = ctx.session.scalar(running)
    if deadline is not None:
        raise Conflict(
            f"Opgaven har frist {deadline}; forlæng den i stedet (deadlines/{deadline}/extension), med begrundelse.",
            f"The task has deadline {deadline}; extend that instead (deadlines/{deadline}/extension), with a reason.",
        )


def save_draft(ctx: Context, key: int, answers: dict[str, Any]) -> UserTask:
    """Keep what somebody has typed so far; it survives logout, crash and reassignment."""
    task = lock_task(ctx, key)
    _require_open(ctx, task)
    require_worker(ctx, task)
    if task.assignee not in (None, ctx.actor.username):
        _require_free(ctx, task)
    task.draft = answers
    task.draft_saved_at, task.draft_saved_by = ctx.at, ctx.actor.username
    ctx.session.flush()
    return task


def complete(ctx: Context, key: int, *, variables: dict[str, Any], validate: bool = True) -> LockedTask:
    """Complete a task with the answers of its form, and let the case go on.

    An unclaimed task is taken in passing. Raises TaskTaken when somebody else holds or has completed it,
    InvalidInput naming the fields when the answers break the form.
    """
    running, task = _lock_with_instance(ctx, key)
    _require_open(ctx, task)
    require_worker(ctx, task)
    suspended.require_going(ctx, running)
    if task.assignee != ctx.actor.username:
        _require_free(ctx, task)
    answers = forms.judged(ctx, running, task, variables) if validate else variables
    audit.record(ctx, "service:task:complete", str(key), case_key=task.case_key)
    token = task.token

    def step(definition: engine.Definition, snapshot: bytes, environment: Environment) -> Outcome:
        return engine.complete_task(definition, snapshot, token, answers, environment)

    return _run(ctx, running, task, step)


def _run(ctx: Context, running: Running, task: LockedTask, step: execution.Step) -> LockedTask:
    execution.run(ctx, running, step)
    ctx.flush()
    task.state, task.ended_at, task.completed_by = UserTaskState.COMPLETED, ctx.at, ctx.actor.username
    task.assignee = task.assignee or ctx.actor.username
    return task


def throw_error(ctx: Context, key: int, *, code: str, variables: dict[str, Any] | None = None) -> LockedTask:
    """End a task by a BPMN error that the diagram catches, because the work turned out not to be possible."""
    running, task = _lock_with_instance(ctx, key)
    _require_open(ctx, task)
    require_worker(ctx, task)
    audit.record(ctx, "service:task:throw_error", str(key), case_key=task.case_key, data={"code": code})
    token, payload = task.token, variables or {}

    def step(definition: engine.Definition, snapshot: bytes, environment: Environment) -> Outcome:
        return engine.throw_error(definition, snapshot, token, code, "", payload, environment)

    return _run(ctx, running, task, step)
