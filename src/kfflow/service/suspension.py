"""Suspending and resuming a case: a root with everything it called stands still, and nothing is lost meanwhile.

Tasks stay visible, and drafts are kept; claiming and completing are refused. Jobs are not handed out; how a job
went that was out already is kept and taken at resume. Timers fire after it, messages wait for it within their
time to live, signals pass by. What somebody does on purpose stays possible: cancel, change variables, hand on tasks.
"""

from collections.abc import Mapping

from sqlalchemy import update

from kfflow.domain import lifecycle
from kfflow.domain.authorization import Permission
from kfflow.errors import Conflict, FieldProblem, InvalidInput
from kfflow.persistence.steps import Running
from kfflow.persistence.tables import ProcessInstance
from kfflow.service import access, audit, execution, held_results, history, instances, pauses, suspended
from kfflow.service.context import Context

LONGEST_REASON = 500


def suspend(ctx: Context, key: int, *, reason: str, hjemmel: str = "") -> ProcessInstance:
    """Suspend a root instance with everything it called.

    `reason` is told to everybody who meets the case. Its internal deadlines are paused; its legal ones only on a
    legal basis (`hjemmel`), and run on without. Raises InvalidInput without a reason, Suspended when it is suspended.
    """
    access.require(ctx, Permission.SUSPEND_INSTANCE)
    reason, hjemmel = _told("reason", reason, is_required=True), _told("hjemmel", hjemmel)
    running = _lock(ctx, key)
    suspended.require_going(ctx, running)
    _write(ctx, running, suspended_at=ctx.at, suspended_by=ctx.actor.username, reason=reason, hjemmel=hjemmel)
    paused = pauses.pause_all(ctx, key)
    told = {"reason": reason, "hjemmel": hjemmel, "paused_deadlines": paused}
    _record(ctx, running, "INSTANCE_SUSPENDED", "service:instance:suspend", told)
    return ctx.session.get_one(ProcessInstance, key, populate_existing=True)


def resume(ctx: Context, key: int, *, reason: str = "") -> ProcessInstance:
    """Let a suspended root instance go on with everything it called; raises Conflict when it is not suspended."""
    access.require(ctx, Permission.SUSPEND_INSTANCE)
    reason = _told("reason", reason)
    running = _lock(ctx, key)
    if running.suspended_at is None:
        raise Conflict(f"Procesinstans {key} er ikke sat i bero.", f"Process instance {key} is not suspended.")
    resumed = pauses.resume_all(ctx, key, reason=reason)
    _write(ctx, running, suspended_at=None, suspended_by=None, reason=None, hjemmel=None)
    held_results.ring(ctx, key)
    told = {"reason": reason, "resumed_deadlines": resumed}
    _record(ctx, running, "INSTANCE_RESUMED", "service:instance:resume", told)
    return ctx.session.get_one(ProcessInstance, key, populate_existing=True)


def _told(field: str, words: str, *, is_required: bool = False) -> str:
    words = words.strip()
    if (words or not is_required) and len(words) <= LONGEST_REASON:
        return words
    problem = FieldProblem(field, f"1-{LONGEST_REASON} tegn.", f"1 to {LONGEST_REASON} characters.")
    raise InvalidInput("Angiv en begrundelse.", "Give a reason.", fields=[problem])


def _lock(ctx: Context, key: int) -> Running:
    instance = instances.get(ctx, key)
    instances.require_root(instance)
    running = execution.lock(ctx, instance.key, instance.root_key)
    lifecycle.require_active_instance(running.state, key)
    return running


def _write(ctx: Context, running: Running, *, reason: str | None, hjemmel: str | None, **values: object) -> None:
    row = update(ProcessInstance).where(ProcessInstance.key == running.key)
    written = row.values(suspension_reason=reason, suspension_hjemmel=hjemmel, revision=running.revision + 1, **values)
    ctx.session.execute(written)


def _record(ctx: Context, running: Running, kind: str, verb: str, told: Mapping[str, object]) -> None:
    running.revision += 1
    event = [kind, running.process_id, "process", "", dict(told)]
    history.add(ctx, running, [event])
    reason = str(told["reason"])
    audit.record(ctx, verb, str(running.key), case_key=running.case_key, reason=reason, data=dict(told))
    ctx.flush()
