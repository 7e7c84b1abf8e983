"""Switching a process on and off at an institution or everywhere, and the status: JSON, CSV, or a page to print."""

import csv
import io
from datetime import datetime

from kfflow.api.operations import Call, File, Operations
from kfflow.api.shapes import Answer, Body, Name, Nothing, Words
from kfflow.service import activations
from kfflow.service.context import Context

operations = Operations("Process definitions (kfflow)")


class Switch(Body):
    """On or off, where (null: everywhere), and why."""

    institution: Name | None = None
    on: bool
    reason: Words


class SwitchedAnswer(Answer):
    """What now counts."""

    process_definition_id: str
    institution: str | None
    on: bool
    since: datetime
    by: str
    reason: str


class OpenTaskAnswer(Answer):
    """One open task of a case; a case that waits for no person has none."""

    case_number: str
    title: str
    institution: str | None
    task: str | None
    owner: str | None
    due_at: datetime | None
    deadline: str | None


class StatusAnswer(Answer):
    """Whether the process is on, since when and why (null: never switched), and everything open."""

    process_definition_id: str
    institution: str | None
    on: bool
    at: datetime
    since: datetime | None
    by: str | None
    reason: str | None
    open: list[OpenTaskAnswer]


@operations.post("/kf/processes/{processDefinitionId}/activation", "Switch a process on or off", Switch, SwitchedAnswer)
def switch(ctx: Context, call: Call[Switch]) -> SwitchedAnswer:
    body = call.body
    process_id = call.path["processDefinitionId"]
    said = activations.switch(ctx, process_id, body.institution, on=body.on, reason=body.reason)
    return SwitchedAnswer(
        process_definition_id=said.process_id,
        institution=said.institution_code,
        on=said.on,
        since=said.since,
        by=said.by,
        reason=said.reason,
    )


@operations.get(
    "/kf/processes/{processDefinitionId}/status",
    "Tell whether a process is on, and what is open",
    StatusAnswer,
    query=("institution",),
)
def status(ctx: Context, call: Call[Nothing]) -> StatusAnswer:
    """The query parameter `institution` limits it to one."""
    told = _status(ctx, call)
    return StatusAnswer(
        process_definition_id=told.process_id,
        institution=told.institution,
        on=told.on,
        at=told.at,
        since=told.since,
        by=told.by,
        reason=told.reason,
        open=[OpenTaskAnswer(**{name: getattr(task, name) for name in COLUMNS}) for task in told.open],
    )


COLUMNS = tuple(OpenTaskAnswer.model_fields)


@operations.get("/kf/processes/{processDefinitionId}/status.csv", "The same as CSV", File, query=("institution",))
def status_csv(ctx: Context, call: Call[Nothing]) -> File:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows([getattr(task, name) for name in COLUMNS] for task in _status(ctx, call).open)
    return File(text.getvalue().encode(), "text/csv; charset=utf-8")


def _status(ctx: Context, call: Call[Nothing]) -> activations.Status:
    return activations.status(ctx, call.path["processDefinitionId"], call.query.get("institution"))
