"""Jobs: leased to a worker, completed, failed with retries, or ended by a BPMN error.

An attempt is counted when the job is leased, before any handler runs. Out of retries the job waits with an incident.
A suspended case hands out no jobs; how one went that was out already is kept until the case is resumed.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import DateTime, bindparam, exists, select

from kfflow import engine
from kfflow.domain import lifecycle
from kfflow.domain.authorization import Permission
from kfflow.domain.lifecycle import IncidentState, JobState
from kfflow.engine.outcome import Environment, Outcome
from kfflow.errors import Conflict, FieldProblem, InvalidInput
from kfflow.persistence import leases
from kfflow.persistence.leases import Lease, Leased
from kfflow.persistence.scope import condition, scope_of
from kfflow.persistence.steps import Running
from kfflow.persistence.tables import Case, Incident, Job
from kfflow.service import access, audit, effects, execution
from kfflow.service.context import Bell, Context
from kfflow.service.effects import Effects

LONGEST_LEASE = timedelta(hours=24)


_AT = bindparam("at", type_=DateTime(timezone=True))
_IS_WAITING = leases.is_waiting(_AT)

# Reads a job with where its case belongs.
_WITH_CASE = (
    select(Job, Case.institution_code, Case.area)
    .join(Case, Case.key == Job.case_key)
    .where(Job.key == bindparam("key"))
)

# Locks a job, and reads it as it is then.
_LOCKED = select(Job).where(Job.key == bindparam("key")).with_for_update().execution_options(populate_existing=True)


def activate(ctx: Context, *, type: str, worker: str, timeout: timedelta, max_jobs: int) -> list[Job]:  # noqa: A002 - the field's word
    """Lease up to `max_jobs` waiting jobs of a type for `timeout`; another worker never gets the same ones."""
    access.require(ctx, Permission.WORK_JOB)
    if not timedelta(0) < timeout <= LONGEST_LEASE:
        problem = FieldProblem("timeout", "Mellem 1 ms og 24 timer.", "Between 1 ms and 24 hours.")
        raise InvalidInput("Ugyldig varighed.", "Invalid timeout.", fields=[problem])
    waiting = (
        select(Job)
        .join(Case, Case.key == Job.case_key)
        .where(
            condition(scope_of(ctx.actor), Case),
            Job.type == type,
            _IS_WAITING,
        )
        .order_by(Job.due_at, Job.key)
        .limit(max_jobs)
        .with_for_update(skip_locked=True, of=Job)
    )
    leased = list(ctx.session.scalars(waiting, {"at": ctx.at}))
    for job in leased:
        job.lease_until, job.worker, job.attempts = ctx.at + timeout, worker, job.attempts + 1
    ctx.session.flush()
    return leased


def get(ctx: Context, key: int) -> Job:
    access.require(ctx, Permission.WORK_JOB)
    found = ctx.session.execute(_WITH_CASE, {"key": key}).one_or_none()
    if found is None:
        raise access.not_found(f"Job {key}")
    job, institution_code, area = found
    access.require_sight(ctx, institution_code, area, f"Job {key}")
    return job


def _lock_instance(ctx: Context, key: int) -> Running:
    """Lock the instance of a job, which the actor may see."""
    access.require(ctx, Permission.WORK_JOB)
    place = leases.find_place(ctx.transaction, key)
    if place is None:
        raise access.not_found(f"Job {key}")
    access.require_sight(ctx, place.institution_code, place.area, f"Job {key}")
    return execution.lock(ctx, place.instance_key, place.root_key)


def lock(ctx: Context, key: int) -> tuple[Running, Job]:
    """Lock the job's instance, then the job; raises Conflict when it no longer waits."""
    running = _lock_instance(ctx, key)
    job = ctx.session.scalars(_LOCKED, {"key": key}).one()
    lifecycle.require_open_job(job.state, key)
    return running, job


def _lock_unanswered(ctx: Context, key: int) -> tuple[Running, Job]:
    running, job = lock(ctx, key)
    _require_unanswered(key, is_answered=job.held_result is not None)
    return running, job


def _require_unanswered(key: int, *, is_answered: bool) -> None:
    if is_answered:
        raise Conflict(
            f"Resultatet af job {key} er modtaget; det tages, når sagen genoptages.",
            f"The result of job {key} was received; it is taken when the case is resumed.",
        )


def _hold(ctx: Context, job: Job, result: dict[str, Any]) -> Job:
    job.held_result, job.lease_until = result, None
    audit.record(ctx, "service:job:hold", str(job.key), case_key=job.case_key)
    ctx.session.flush()
    return job


def complete(ctx: Context, key: int, variables: dict[str, Any], *, left: Effects | None = None) -> None:
    """Complete a job with its result and what its handler left behind, and let the case go on, now or once resumed."""
    running = _lock_instance(ctx, key)
    job = leases.lock(ctx.transaction, key)
    lifecycle.require_open_job(job.state, key)
    _require_unanswered(key, is_answered=job.is_answered)
    if left is not None:
        effects.store(ctx, job, left)
    if left is not None and left.moves:
        running = execution.lock(ctx, running.key, running.root_key)  # what opens now belongs where the case has moved
    if running.suspended_at is not None:
        _hold(ctx, ctx.session.scalars(_LOCKED, {"key": key}).one(), {"variables": variables})
        return
    token = job.token

    def step(definition: engine.Definition, snapshot: bytes, environment: Environment) -> Outcome:
        return engine.complete_job(definition, snapshot, token, variables, environment)

    ctx.transaction.flush()
    execution.run(ctx, running, step)
    ctx.flush()


def _run(ctx: Context, running: Running, job: Job, step: execution.Step) -> Job:
    ctx.session.flush()
    execution.run(ctx, running, step)
    ctx.flush()
    ctx.session.expire(job)
    return job


def throw_error(
    ctx: Context, key: int, *, code: str, message: str = "", variables: dict[str, Any] | None = None
) -> Job:
    """End a job by a BPMN error; the nearest matching boundary event or event subprocess catches it."""
    running, job = _lock_unanswered(ctx, key)
    if running.suspended_at is not None:
        return _hold(ctx, job, {"code": code, "message": message, "variables": variables or {}})
    job.state, job.error_code, job.error_message = JobState.ERROR_THROWN, code, message
    job.ended_at, job.lease_until = ctx.at, None
    token, payload = job.token, variables or {}

    def step(definition: engine.Definition, snapshot: bytes, environment: Environment) -> Outcome:
        return engine.throw_error(definition, snapshot, token, code, message, payload, environment)

    return _run(ctx, running, job, step)


def fail(ctx: Context, key: int, *, retries: int, message: str = "", retry_backoff: timedelta = timedelta(0)) -> Job:
    """Give a job back after a failed attempt; with no retries left it waits with an incident for a person.

    Raises Conflict when it waits with one already: told twice, a failure is one incident.
    """
    _running, job = _lock_unanswered(ctx, key)
    _require_no_incident(ctx, job)
    job.retries, job.error_message = max(retries, 0), message
    job.lease_until, job.due_at = None, ctx.at + retry_backoff
    if job.retries > 0:
        ctx.bells.add(Bell("job", key))
    else:
        told = message.strip()
        _raise_incident(ctx, job, told or "ingen besked", told or "no message")
    ctx.session.flush()
    return job


def _require_no_incident(ctx: Context, job: Job) -> None:
    of_job = Incident.instance_key == job.instance_key, Incident.job_key == job.key
    if ctx.session.scalar(select(exists().where(*of_job, Incident.state == IncidentState.ACTIVE))):
        raise Conflict(
            f"Job {job.key} venter på, at dets driftshændelse løses.",
            f"Job {job.key} waits for its incident to be resolved.",
        )


def give_up(ctx: Context, job: Job, told_da: str, told_en: str) -> None:
    """Let a locked job wait with an incident, whatever retries it has left."""
    job.retries, job.error_message = 0, told_da
    _raise_incident(ctx, job, told_da, told_en)
    ctx.session.flush()


def _raise_incident(ctx: Context, job: Job, told_da: str, told_en: str) -> None:
    ctx.session.add(
        Incident(
            key=ctx.new_key(),
            instance_key=job.instance_key,
            root_key=job.root_key,
            case_key=job.case_key,
            definition_key=job.definition_key,
            process_id=job.process_id,
            element_id=job.element_id,
            token=None,
            job_key=job.key,
            kind="JOB_NO_RETRIES",
            message_da=f"Jobbet {job.type} mislykkedes {job.attempts} gange: {told_da[:2000]}",
            message_en=f"Job {job.type} failed {job.attempts} times: {told_en[:2000]}",
            state="ACTIVE",
            created_at=ctx.at,
        )
    )


def update(ctx: Context, key: int, *, retries: int | None = None, timeout: timedelta | None = None) -> Job:
    """Change the retries or the lease of a job that still waits."""
    _running, job = _lock_unanswered(ctx, key)
    if retries is not None:
        job.retries = retries
    if timeout is not None:
        job.lease_until = ctx.at + timeout
    ctx.session.flush()
    return job


def waiting_keys(ctx: Context, types: Sequence[str], *, limit: int) -> list[int]:
    """Give the keys of jobs that a handler of this process could work now."""
    waiting = (
        select(Job.key)
        .where(
            Job.type.in_(types),
            _IS_WAITING,
        )
        .order_by(Job.due_at, Job.key)
        .limit(limit)
    )
    return list(ctx.session.scalars(waiting, {"at": ctx.at}))


def lease(
    ctx: Context, key: int, *, worker: str, timeout: timedelta, types: Sequence[str] | None = None
) -> Leased | None:
    """Lease one job by key; None when it is none of these types, somebody was faster, or it no longer waits."""
    asked = Lease(key, None if types is None else list(types), worker, ctx.at, ctx.at + timeout)
    return leases.take(ctx.transaction, asked)
