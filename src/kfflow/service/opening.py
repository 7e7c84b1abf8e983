"""What a step opened, as rows: tasks with their deadlines, jobs, timers, subscriptions, called processes, incidents."""

from typing import Any

from kfflow.domain.deadlines import Projection
from kfflow.engine.outcome import (
    CallOpened,
    IncidentOpened,
    JobOpened,
    MessageSubscribed,
    SignalSubscribed,
    TimerOpened,
    UserTaskOpened,
)
from kfflow.errors import InvalidInput
from kfflow.persistence import steps
from kfflow.persistence.starts import CaseOf
from kfflow.persistence.steps import Running
from kfflow.persistence.tables import (
    Incident,
    Institution,
    Job,
    MessageSubscription,
    SignalSubscription,
    Timer,
    UserTask,
)
from kfflow.service import appointments, deadlines
from kfflow.service.context import Bell, Context
from kfflow.service.definitions import ProcessVersion


def make_instance(
    ctx: Context,
    definition: ProcessVersion,
    variables: dict[str, Any],
    *,
    case: CaseOf,
    parent: tuple[Running, CallOpened] | None = None,
    correlation_key: str | None = None,
) -> Running:
    """Write a new instance of a definition; its first step is still to be run."""
    running = _alone(ctx.new_key(), definition, variables, case)
    caller, call = parent or (None, None)
    if caller is not None and call is not None:
        running.root_key, running.parent_key, running.parent_token = caller.root_key, caller.key, call.token
        running.suspended_at = caller.suspended_at
    told = {
        "version": definition.version,
        "parent_element_id": call.element_id if call else None,
        "correlation_key": correlation_key,
        "started_at": ctx.at,
        "started_by": ctx.actor.username,
    }
    steps.make_instance(ctx.writes, running, told)
    return running


def _alone(key: int, definition: ProcessVersion, variables: dict[str, Any], case: CaseOf) -> Running:
    """Give an instance that nobody called."""
    return Running(
        key=key,
        root_key=key,
        parent_key=None,
        parent_token=None,
        case_key=case.key,
        definition_key=definition.key,
        process_id=definition.process_id,
        state="ACTIVE",
        revision=0,
        snapshot=None,
        variables=variables,
        case_number=case.number,
        legal_date=case.legal_date,
        opened_at=case.opened_at,
        institution_code=case.institution_code,
        area=case.area,
        unit_code=case.unit_code,
    )


def case_of(running: Running) -> CaseOf:
    """Give the case of a caller, which is that of everything it calls."""
    return CaseOf(
        running.case_key,
        running.case_number,
        running.legal_date,
        running.opened_at,
        running.institution_code,
        running.area,
        running.unit_code,
    )


def open_waiting(ctx: Context, running: Running, opened: object) -> None:
    """Write the row of one opened waiting place; a call has none, its process instance is the row."""
    match opened:
        case UserTaskOpened():
            _open_task(ctx, running, opened)
        case JobOpened():
            _open_job(ctx, running, opened)
        case TimerOpened():
            _open_timer(ctx, running, opened)
        case MessageSubscribed():
            _open_message(ctx, running, opened)
        case SignalSubscribed():
            _open_signal(ctx, running, opened)
        case IncidentOpened():
            _open_incident(ctx, running, opened)


def _place(ctx: Context, running: Running) -> dict[str, Any]:
    """Give what the rows of all waiting places share."""
    return {
        "key": ctx.new_key(),
        "instance_key": running.key,
        "root_key": running.root_key,
        "created_at": ctx.at,
    }


def _of_case(running: Running) -> dict[str, Any]:
    return {
        "case_key": running.case_key,
        "definition_key": running.definition_key,
        "process_id": running.process_id,
    }


def _open_task(ctx: Context, running: Running, task: UserTaskOpened) -> None:
    projection, whose = _project(ctx, running, task), _whose(ctx, running, task)
    assignee = appointments.assignee_of(ctx, running, task, whose)
    values = {
        **_place(ctx, running),
        **_of_case(running),
        **whose,
        "token": task.token,
        "element_id": task.element_id,
        "name": task.name,
        "lane": task.lane,
        "state": "CREATED",
        "assignee": assignee,
        "claimed_at": ctx.at if assignee else None,
        "candidate_groups": list(task.candidate_groups),
        "candidate_users": list(task.candidate_users),
        "priority": task.priority,
        "due_at": projection.due_at if projection else task.due_at,
        "warn_at": projection.warn_at if projection else task.due_at,
        "follow_up_at": task.follow_up_at,
        "form_id": task.form_id,
        "hjemmel": task.hjemmel or (task.deadline.hjemmel if task.deadline else None),
        "four_eyes": list(task.four_eyes),
        "access_class": task.access_class,
        "headers": dict(task.headers),
        "variables": dict(task.variables),
        "has_deadline": projection is not None,
    }
    ctx.writes.insert(UserTask, values)
    if task.deadline and projection:
        deadlines.start(
            ctx, running, task.deadline, projection, name=task.name, element=task.element_id, task_key=values["key"]
        )


def start_deadline(ctx: Context, running: Running, task: UserTask, told: UserTaskOpened) -> None:
    """Give an open task a deadline that it did not have; a rule that cannot be read is told to a person."""
    projection = _project(ctx, running, told)
    if told.deadline is None or projection is None:
        return
    task.due_at, task.warn_at, task.has_deadline = projection.due_at, projection.warn_at, True
    deadlines.start(ctx, running, told.deadline, projection, name=told.name, element=told.element_id, task_key=task.key)


def _whose(ctx: Context, running: Running, task: UserTaskOpened) -> dict[str, str | None]:
    """Give the place whose task it is: the case's, or the one the diagram names. An unknown one is told to a person."""
    if task.institution is None or task.institution == running.institution_code:
        return {"institution_code": running.institution_code, "area": running.area, "unit_code": running.unit_code}
    institution = ctx.session.get(Institution, task.institution)
    if institution is not None:
        return {"institution_code": institution.code, "area": institution.area, "unit_code": None}
    unknown = IncidentOpened(
        token=task.token,
        element_id=task.element_id,
        kind="INSTITUTION_UNKNOWN",
        message_da=f"»{task.name}« er for institutionen {task.institution}, som ikke kendes.",
        message_en=f'"{task.name}" is for the institution {task.institution}, which is not known.',
    )
    _open_incident(ctx, running, unknown)
    return {"institution_code": running.institution_code, "area": running.area, "unit_code": running.unit_code}


def _project(ctx: Context, running: Running, task: UserTaskOpened) -> Projection | None:
    """Give the task's due date; a rule that cannot be read leaves the task without one and tells a person so."""
    if task.deadline is None:
        return None
    try:
        return deadlines.project(ctx, task.deadline, running.institution_code)
    except InvalidInput as problem:
        told = "; ".join(f.message_da for f in problem.fields) or problem.message_da
        told_en = "; ".join(f.message_en for f in problem.fields) or problem.message_en
        unreadable = IncidentOpened(
            token=task.token,
            element_id=task.element_id,
            kind="DEADLINE_UNREADABLE",
            message_da=f"Fristen for »{task.name}« kunne ikke beregnes: {told}",
            message_en=f'The deadline of "{task.name}" could not be worked out: {told_en}',
        )
        _open_incident(ctx, running, unreadable)
        return None


def _open_job(ctx: Context, running: Running, job: JobOpened) -> None:
    values = {
        **_place(ctx, running),
        **_of_case(running),
        "token": job.token,
        "element_id": job.element_id,
        "type": job.type,
        "state": "CREATED",
        "retries": job.retries,
        "due_at": ctx.at,
        "headers": dict(job.headers),
        "variables": dict(job.variables),
    }
    ctx.writes.insert(Job, values)
    ctx.bells.add(Bell("job", values["key"]))


def _open_timer(ctx: Context, running: Running, timer: TimerOpened) -> None:
    values = {
        **_place(ctx, running),
        "definition_key": running.definition_key,
        "token": timer.token,
        "element_id": timer.element_id,
        "due_at": timer.due_at,
        "hjemmel": timer.hjemmel,
        "state": "ARMED",
    }
    ctx.writes.insert(Timer, values)


def _open_message(ctx: Context, running: Running, subscribed: MessageSubscribed) -> None:
    values = {
        **_place(ctx, running),
        "token": subscribed.token,
        "element_id": subscribed.element_id,
        "message_name": subscribed.message_name,
        "correlation_key": subscribed.correlation_key,
        "reaches_every": subscribed.reaches_every or None,
        "state": "OPEN",
    }
    ctx.writes.insert(MessageSubscription, values)
    ctx.bells.add(Bell("subscription", values["key"]))


def _open_signal(ctx: Context, running: Running, subscribed: SignalSubscribed) -> None:
    values = {
        **_place(ctx, running),
        "token": subscribed.token,
        "element_id": subscribed.element_id,
        "signal_name": subscribed.signal_name,
        "state": "OPEN",
    }
    ctx.writes.insert(SignalSubscription, values)


def _open_incident(ctx: Context, running: Running, incident: IncidentOpened) -> None:
    values = {
        **_place(ctx, running),
        **_of_case(running),
        "element_id": incident.element_id,
        "token": incident.token,
        "kind": incident.kind,
        "message_da": incident.message_da,
        "message_en": incident.message_en,
        "state": "ACTIVE",
    }
    ctx.writes.insert(Incident, values)
