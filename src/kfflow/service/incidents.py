"""Incidents: what a person has to look at before a case can go on, and letting it go on."""

from dataclasses import replace
from typing import Any

from sqlalchemy import select

from kfflow import engine
from kfflow.domain import lifecycle
from kfflow.domain.authorization import Permission
from kfflow.domain.lifecycle import IncidentState, JobState
from kfflow.engine.outcome import Environment, Outcome
from kfflow.errors import Conflict
from kfflow.persistence.steps import Running
from kfflow.persistence.tables import Case, Incident, Job, UserTask
from kfflow.service import access, audit, definitions, execution, opening, orphans, suspended
from kfflow.service import variables as changes
from kfflow.service.context import Bell, Context

RETRIES_AFTER_RESOLUTION = 1
DEADLINE_UNREADABLE = "DEADLINE_UNREADABLE"
"""The task waits all the same, without a due date; resolving one works it out again."""


def get(ctx: Context, key: int) -> Incident:
    incident = ctx.session.get(Incident, key)
    if incident is None:
        raise access.not_found(f"Hændelse {key}")
    case = ctx.session.get_one(Case, incident.case_key)
    access.require_sight(ctx, case.institution_code, case.area, f"Hændelse {key}")
    return incident


def resolve(ctx: Context, key: int, *, variables: dict[str, Any] | None = None) -> Incident:
    """Let what stopped try again, with other variables if some are given.

    If it fails once more, a new incident tells so and this one stays as evidence.
    """
    access.require(ctx, Permission.RESOLVE_INCIDENT)
    known = get(ctx, key)
    if variables:
        changes.put(ctx, known.instance_key, variables)
    running = execution.lock(ctx, known.instance_key, known.root_key)
    locked = select(Incident).where(Incident.key == key).with_for_update()
    incident = ctx.session.scalars(locked.execution_options(populate_existing=True)).one()
    lifecycle.require_active_incident(incident.state, key)
    suspended.require_going(ctx, running)
    incident.state, incident.resolved_at = IncidentState.RESOLVED, ctx.at
    incident.resolved_by = ctx.actor.username
    audit.record(ctx, "service:incident:resolve", str(key), case_key=incident.case_key)
    ctx.session.flush()
    if incident.job_key is not None:
        _try_job_again(ctx, incident.job_key)
    elif running.state == "ACTIVE":
        _let_go_on(ctx, running, incident)
    return incident


def _let_go_on(ctx: Context, running: Running, incident: Incident) -> None:
    """Retry at the token; what the workers do (timers, messages, signals) they try again once the incident is gone."""
    if incident.kind in orphans.KINDS:
        orphans.repair(ctx, running, incident)
    elif incident.kind == DEADLINE_UNREADABLE:
        _work_out_deadline(ctx, running, incident)
    elif incident.token is not None:
        execution.run(ctx, running, _retrying(incident.token))
        ctx.flush()


def _work_out_deadline(ctx: Context, running: Running, incident: Incident) -> None:
    """Give the open task the deadline that it should have, counted from when it opened."""
    of_token = (UserTask.instance_key == running.key, UserTask.token == incident.token, UserTask.state == "CREATED")
    task = ctx.session.scalars(select(UserTask).where(*of_token).with_for_update()).first()
    if task is None or task.has_deadline:
        return
    definition = definitions.compiled(ctx, running.definition_key)
    env = execution.Execution(ctx).environment(running)
    told = engine.place_of_task(definition, running.snapshot or b"", task.token, env)
    if told.deadline is not None:
        since = replace(told.deadline, start=told.deadline.start or task.created_at)
        opening.start_deadline(ctx, running, task, replace(told, deadline=since))
    ctx.session.flush()
    ctx.flush()


def _try_job_again(ctx: Context, job_key: int) -> None:
    job = ctx.session.get_one(Job, job_key, with_for_update=True)
    if job.state != JobState.CREATED:
        raise Conflict("Jobbet venter ikke længere.", "The job no longer waits.")
    if job.retries <= 0:
        job.retries = RETRIES_AFTER_RESOLUTION
    job.due_at, job.lease_until = ctx.at, None
    ctx.session.flush()
    ctx.bells.add(Bell("job", job_key))


def _retrying(token: str) -> execution.Step:
    def step(definition: engine.Definition, snapshot: bytes, environment: Environment) -> Outcome:
        return engine.retry(definition, snapshot, token, environment)

    return step
