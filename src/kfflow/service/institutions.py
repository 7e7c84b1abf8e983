"""Institutions: which area each belongs to, and what is open there when that changes."""

from dataclasses import dataclass

from sqlalchemy import or_, select, update

from kfflow.domain.authorization import Permission
from kfflow.errors import Conflict, FieldProblem, InvalidInput
from kfflow.persistence.tables import Case, Institution, ProcessInstance, UserTask
from kfflow.service import access, audit
from kfflow.service.context import Context


@dataclass(frozen=True, slots=True)
class Rehomed:
    """An institution in its new area, and how many open cases and tasks went along."""

    code: str
    area: str
    cases: int
    tasks: int


def move_to_area(ctx: Context, code: str, area: str, *, reason: str) -> Rehomed:
    """Put an institution in another area; its open cases and tasks go along, in this transaction.

    Who holds a task keeps it. What has ended stays where it was. Raises NotFound for an unknown institution,
    InvalidInput without a reason or an area, Conflict when it is there already.
    """
    access.require(ctx, Permission.ADMINISTER)
    _require_words(area, reason)
    chosen = select(Institution).where(Institution.code == code).with_for_update()
    institution = ctx.session.scalars(chosen).first()
    if institution is None:
        raise access.not_found(f"Institution {code}")
    if institution.area == area:
        raise Conflict(f"{code} ligger allerede i {area}.", f"{code} is in {area} already.")
    former, institution.area = institution.area, area
    moved = Rehomed(code, area, *_move_open(ctx, code, area))
    told = {"from": former, "to": area, "cases": moved.cases, "tasks": moved.tasks}
    audit.record(ctx, "service:institution:move", code, reason=reason.strip(), data=told)
    ctx.session.flush()
    return moved


def _require_words(area: str, reason: str) -> None:
    given = {"area": area, "reason": reason}
    problems = [
        FieldProblem(name, "Skal udfyldes.", "Must be given.") for name, text in given.items() if not text.strip()
    ]
    if problems:
        raise InvalidInput("Institutionen kan ikke flyttes.", "The institution cannot be moved.", fields=problems)


def _move_open(ctx: Context, code: str, area: str) -> tuple[int, int]:
    """Move the open cases and tasks of an institution, their instances locked first, as every step does it."""
    cases = select(Case.key).where(Case.institution_code == code, Case.state == "ACTIVE")
    tasks = select(UserTask.root_key).where(UserTask.institution_code == code, UserTask.state == "CREATED")
    root = ProcessInstance.parent_key.is_(None)
    concerned = root & or_(ProcessInstance.case_key.in_(cases), ProcessInstance.key.in_(tasks))
    ctx.session.execute(select(ProcessInstance.key).where(concerned).order_by(ProcessInstance.key).with_for_update())
    moved = update(Case).where(Case.key.in_(cases)).values(area=area).returning(Case.key)
    rehomed = (
        update(UserTask)
        .where(UserTask.institution_code == code, UserTask.state == "CREATED")
        .values(area=area, revision=UserTask.revision + 1)
        .returning(UserTask.key)
    )
    quiet = {"synchronize_session": False}
    moved_cases, moved_tasks = (ctx.session.scalars(c, execution_options=quiet).all() for c in (moved, rehomed))
    return len(moved_cases), len(moved_tasks)
