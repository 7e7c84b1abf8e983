"""Jobs: leased by workers, completed, failed, ended by a BPMN error."""

import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any

from flask import g, request
from pydantic import Field

from kfflow.api.authentication import service
from kfflow.api.operations import Call, Operations
from kfflow.api.searching import Search, SearchBody, paged, shown
from kfflow.api.shapes import Answer, Body, Name, Tenant, Variables, Words, milliseconds
from kfflow.persistence.listings import JOBS
from kfflow.persistence.tables import Job
from kfflow.service import jobs, search
from kfflow.service.context import Context

operations = Operations("Jobs")
found = Search(JOBS, "Job")

LONGEST_WAIT = timedelta(seconds=30)
USUAL_WAIT = timedelta(seconds=10)
BETWEEN_LOOKS = timedelta(milliseconds=250)
Milliseconds = Annotated[int, Field(ge=0, le=2**31 - 1)]
Retries = Annotated[int, Field(ge=0, le=1000)]
NoVariables = Annotated[dict[str, Any], Field(max_length=0)]


class Activation(Body):
    """Lease up to `maxJobsToActivate` jobs of a type for `timeout` ms; wait up to `requestTimeout` ms for the first.

    A `requestTimeout` of 0 or none waits ten seconds, a negative one not at all; nobody waits more than thirty.
    """

    type: Name
    timeout: Annotated[int, Field(ge=1, le=24 * 3600 * 1000)]
    max_jobs_to_activate: Annotated[int, Field(ge=1, le=1000)]
    worker: Annotated[str, Field(max_length=255)] = "default"
    fetch_variable: list[str] | None = None
    request_timeout: Annotated[int, Field(ge=-1, le=2**31 - 1)] = 0
    tenant_ids: list[Tenant] | None = None
    tenant_filter: str | None = None
    with_lease: bool | None = None


class Completion(Body):
    variables: Variables | None = None
    result: dict[str, Any] | None = None
    job_lease_token: str | None = None
    business_id: None = None


class Failure(Body):
    """`retries` is what is left; `retryBackOff` in ms before the next attempt."""

    retries: Retries = 0
    error_message: Words = ""
    retry_back_off: Milliseconds = 0
    variables: NoVariables | None = None
    job_lease_token: str | None = None


class Error(Body):
    """A BPMN error that the diagram may catch."""

    error_code: Name
    error_message: Words | None = None
    variables: Variables | None = None
    job_lease_token: str | None = None


class Changeset(Body):
    retries: Annotated[int, Field(ge=1, le=1000)] | None = None
    timeout: Milliseconds | None = None
    priority: None = None


class Update(Body):
    changeset: Changeset
    operation_reference: int | None = None
    job_lease_token: str | None = None


class Activated(Answer):
    """The jobs leased; their fields are those of a found job, with `variables` and a `deadline` in ms since 1970."""

    jobs: list[dict[str, Any]]


@operations.waiting("POST", "/jobs/activation", "Lease waiting jobs, with long polling", Activation, Activated)
def activate(call: Call[Activation]) -> dict[str, Any]:
    give_up_at = time.monotonic() + _wait(call.body.request_timeout).total_seconds()
    while True:
        leased = _lease(call)
        left = give_up_at - time.monotonic()
        if leased or left <= 0:
            return {"jobs": leased}
        time.sleep(min(BETWEEN_LOOKS.total_seconds(), left))


def _wait(milliseconds_asked: int) -> timedelta:
    if milliseconds_asked < 0:
        return timedelta(0)
    asked = timedelta(milliseconds=milliseconds_asked)
    return min(asked or USUAL_WAIT, LONGEST_WAIT)


def _lease(call: Call[Activation]) -> list[dict[str, Any]]:
    """Look once, in a command of its own: nothing is held while a worker waits."""
    asked = call.body
    with service().command(call.actor, request_id=g.get("request_id"), reason=_reason()) as ctx:
        leased = jobs.activate(
            ctx,
            type=asked.type,
            worker=asked.worker,
            timeout=timedelta(milliseconds=asked.timeout),
            max_jobs=asked.max_jobs_to_activate,
        )
        if not leased:
            return []
        rows = {row["job_key"]: row for row in search.rows_of(ctx, JOBS, [job.key for job in leased])}
        return [_activated(job, rows[job.key], asked.fetch_variable) for job in leased if job.key in rows]


def _reason() -> str:
    return request.headers.get("X-Kfflow-Reason", "API")[:500]


def _activated(job: Job, row: Mapping[str, Any], fetched: list[str] | None) -> dict[str, Any]:
    assert job.lease_until is not None, "it was leased in this command"
    variables = job.variables if not fetched else {k: v for k, v in job.variables.items() if k in fetched}
    return {
        **shown(JOBS, row),
        "variables": variables,
        "customHeaders": {k: str(v) for k, v in job.headers.items()},
        "deadline": milliseconds(job.lease_until),
        "physicalTenantId": "",
        "userTask": None,
        "jobLeaseToken": None,
    }


@operations.post("/jobs/search", "Search jobs", found.body, found.answer)
def find(ctx: Context, call: Call[SearchBody]) -> dict[str, Any]:
    return paged(JOBS, search.find(ctx, JOBS, found.query(call.body)))


@operations.post("/jobs/{jobKey}/completion", "Complete a job with its result", Completion)
def complete(ctx: Context, call: Call[Completion]) -> None:
    jobs.complete(ctx, call.key, call.body.variables or {})


@operations.post("/jobs/{jobKey}/failure", "Give a job back after a failed attempt", Failure)
def fail(ctx: Context, call: Call[Failure]) -> None:
    asked = call.body
    jobs.fail(
        ctx,
        call.key,
        retries=asked.retries,
        message=asked.error_message,
        retry_backoff=timedelta(milliseconds=asked.retry_back_off),
    )


@operations.post("/jobs/{jobKey}/error", "End a job by a BPMN error", Error)
def throw_error(ctx: Context, call: Call[Error]) -> None:
    asked = call.body
    jobs.throw_error(ctx, call.key, code=asked.error_code, message=asked.error_message or "", variables=asked.variables)


@operations.add("PATCH", "/jobs/{jobKey}", "Change a job's retries or lease", Update)
def update(ctx: Context, call: Call[Update]) -> None:
    changes = call.body.changeset
    timeout = None if changes.timeout is None else timedelta(milliseconds=changes.timeout)
    jobs.update(ctx, call.key, retries=changes.retries, timeout=timeout)
