"""Which process is switched on where: one process at one institution goes live alone, and off again with its status.

What was said of a process at an institution counts; else what was said of the process everywhere; else it is on. So a
new installation runs everything, and `off` everywhere followed by `on` at one institution lets that one go first.
Switching off stops new cases only: those that are open go on, and `status` lists them for whoever does them by hand.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select

from kfflow.domain.authorization import Permission
from kfflow.errors import FieldProblem, InvalidInput, SwitchedOff
from kfflow.persistence import scope
from kfflow.persistence.starts import Found
from kfflow.persistence.tables import Account, Activation, Case, Deadline, Institution, ProcessInstance, UserTask
from kfflow.service import access, audit, definitions
from kfflow.service.context import Context


@dataclass(frozen=True, slots=True)
class OpenTask:
    """One thing that somebody does by hand when the process is off; a case that waits for no person has no task."""

    case_number: str
    title: str
    institution: str | None
    task: str | None
    owner: str | None
    due_at: datetime | None
    deadline: str | None


@dataclass(frozen=True, slots=True)
class Status:
    """Whether a process is on at an institution (None: everywhere), since when and why, and what is open there."""

    process_id: str
    institution: str | None
    on: bool
    at: datetime
    since: datetime | None
    by: str | None
    reason: str | None
    open: list[OpenTask]


def switch(ctx: Context, process_id: str, institution: str | None, *, on: bool, reason: str) -> Activation:
    """Switch a process on or off at an institution, or without one everywhere; needs a reason.

    Saying what is so already changes nothing. Raises InvalidInput naming an unknown process or institution.
    """
    access.require(ctx, Permission.DEPLOY)
    _require_known(ctx, process_id, institution, reason)
    current = _said(ctx, process_id, institution)
    if current is not None and current.on == on:
        return current
    if current is not None:
        current.until = ctx.at
        ctx.session.flush()
    said = Activation(
        key=ctx.new_key(),
        process_id=process_id,
        institution_code=institution,
        on=on,
        since=ctx.at,
        by=ctx.actor.username,
        reason=reason.strip(),
    )
    ctx.session.add(said)
    ctx.session.flush()
    data = {"process": process_id, "on": on}
    audit.record(ctx, "service:process:switch", institution or "*", reason=reason, data=data)
    return said


def _require_known(ctx: Context, process_id: str, institution: str | None, reason: str) -> None:
    problems = []
    if definitions.find_latest(ctx, process_id) is None:
        problems.append(
            FieldProblem("process", f"Processen {process_id} kendes ikke.", f"There is no process {process_id}.")
        )
    if institution is not None and ctx.session.get(Institution, institution) is None:
        told = f"Institutionen {institution} kendes ikke.", f"Unknown institution {institution}."
        problems.append(FieldProblem("institution", *told))
    if not reason.strip():
        problems.append(FieldProblem("reason", "Skriv hvorfor.", "Say why."))
    if problems:
        raise InvalidInput("Processen kan ikke slås til eller fra.", "The process cannot be switched.", fields=problems)


def require_on(process_id: str, found: Found) -> None:
    """Raise SwitchedOff when no case of the process may be started at the institution of the case found."""
    if found.is_on is False:
        institution = found.place_code
        where_da, where_en = (f" i {institution}", f" at {institution}") if institution else ("", "")
        raise SwitchedOff(
            f"Processen {process_id} er slået fra{where_da}: {found.said_why} Før sagen i det gamle system.",
            f"Process {process_id} is switched off{where_en}: {found.said_why} Keep the case in the old system.",
        )


def _in_force(ctx: Context, process_id: str, institution: str | None) -> Activation | None:
    here = _said(ctx, process_id, institution) if institution is not None else None
    return here or _said(ctx, process_id, None)


def _said(ctx: Context, process_id: str, institution: str | None) -> Activation | None:
    place = Activation.institution_code.is_not_distinct_from(institution)
    return ctx.session.scalars(
        select(Activation).where(Activation.process_id == process_id, place, Activation.until.is_(None))
    ).first()


def status(ctx: Context, process_id: str, institution: str | None) -> Status:
    """Tell whether a process is on, and everything open that the actor may see, the soonest due first."""
    access.require(ctx, Permission.READ_CASE)
    _require_known(ctx, process_id, institution, "-")
    said = _in_force(ctx, process_id, institution)
    audit.record(ctx, "service:process:status", institution or "*", data={"process": process_id})
    return Status(
        process_id=process_id,
        institution=institution,
        on=said is None or said.on,
        at=ctx.at,
        since=said.since if said else None,
        by=said.by if said else None,
        reason=said.reason if said else None,
        open=_open(ctx, process_id, institution),
    )


def _open(ctx: Context, process_id: str, institution: str | None) -> list[OpenTask]:
    """Give the open tasks of the process's cases and of all they called; a case without one stands once, too."""
    seen = scope.scope_of(ctx.actor)
    place: list[ColumnElement[bool]] = [scope.condition(seen, Case)]
    if institution is not None:
        place.append(Case.institution_code == institution)
    columns = (
        Case.number,
        Case.title,
        Case.institution_code,
        UserTask.name,
        Account.name,
        UserTask.due_at,
        Deadline.hjemmel,
    )
    waiting = (UserTask.root_key == ProcessInstance.key) & (UserTask.state == "CREATED") & scope.visible(seen, UserTask)
    of_task = (Deadline.task_key == UserTask.key) & Deadline.ended_at.is_(None)
    roots = (ProcessInstance.process_id == process_id, ProcessInstance.state == "ACTIVE")
    found = (
        select(*columns)
        .select_from(ProcessInstance)
        .join(Case, Case.key == ProcessInstance.case_key)
        .outerjoin(UserTask, waiting)
        .outerjoin(Account, Account.username == UserTask.assignee)
        .outerjoin(Deadline, of_task)
        .where(*roots, ProcessInstance.parent_key.is_(None), *place)
        .order_by(UserTask.due_at.nulls_last(), Case.number, UserTask.name, UserTask.key)
    )
    return [OpenTask(*row) for row in ctx.session.execute(found)]
