"""Which processes are on where, in SQL: what was said, and how many cases are open at each place."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Row, exists, func, literal_column, or_, select
from sqlalchemy.orm import Session

from kfflow.persistence.database import plan_by_values
from kfflow.persistence.scope import Scope, condition
from kfflow.persistence.tables import Activation, Case, Institution, ProcessDefinition, ProcessInstance

RUNNING_ROOT = (ProcessInstance.state == literal_column("'ACTIVE'")) & ProcessInstance.parent_key.is_(None)
"""Runs, as the index of what runs has it, and was called by no other."""


def processes(session: Session) -> list[Row[Any]]:
    """Give id and name of each process that people or messages start; those that are only called have no switch."""
    root = select(ProcessInstance.key).where(
        ProcessInstance.process_id == ProcessDefinition.process_id, ProcessInstance.parent_key.is_(None)
    )
    is_root = root.limit(1).scalar_subquery().is_not(None)  # one is asked for: EXISTS would read all of them at once
    switched = exists().where(Activation.process_id == ProcessDefinition.process_id)
    chosen = (
        select(ProcessDefinition.process_id, func.max(ProcessDefinition.name).label("name"))
        .where(or_(ProcessDefinition.start_form_id.is_not(None), is_root, switched))
        .group_by(ProcessDefinition.process_id)
        .order_by("name", ProcessDefinition.process_id)
    )
    return list(session.execute(chosen))


def said(session: Session) -> list[Activation]:
    """Give what counts now of every process and place, also what was said of all places (institution null)."""
    return list(session.scalars(select(Activation).where(Activation.until.is_(None))))


def open_in_all(session: Session, scope: Scope) -> dict[str, int]:
    """Give how many of each process run that nobody called, within the scope."""
    plan_by_values(session)
    counted = select(ProcessInstance.process_id, func.count().label("open")).where(RUNNING_ROOT)
    if not scope.national:
        counted = counted.join(Case, Case.key == ProcessInstance.case_key).where(condition(scope, Case))
    return {row.process_id: row.open for row in session.execute(counted.group_by(ProcessInstance.process_id))}


def open_cases(
    session: Session, scope: Scope, *, processes: Collection[str] | None = None, institution: str | None = None
) -> dict[tuple[str, str | None], int]:
    """Give how many processes run that nobody called, by process and institution, within the scope.

    Only those of some processes, or at one institution, when asked for.
    """
    if processes is not None and not processes:
        return {}
    plan_by_values(session)
    asked: list[ColumnElement[bool]] = []
    if processes is not None:
        asked.append(ProcessInstance.process_id.in_(processes))
    if institution is not None:
        asked.append(Case.institution_code == institution)
    counted = (
        select(ProcessInstance.process_id, Case.institution_code, func.count().label("open"))
        .join(Case, Case.key == ProcessInstance.case_key)
        .where(RUNNING_ROOT, condition(scope, Case), *asked)
        .group_by(ProcessInstance.process_id, Case.institution_code)
    )
    return {(row.process_id, row.institution_code): row.open for row in session.execute(counted)}


def institutions(session: Session) -> list[Row[Any]]:
    named = select(Institution.code, Institution.name)
    return list(session.execute(named.order_by(Institution.name, Institution.code)))
