"""The connection to another system in SQL: what waits for it, what it refused, and what comparisons have found."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, func, or_, select, true
from sqlalchemy.orm import Session

from kfflow.persistence.scope import Scope, condition
from kfflow.persistence.tables import Case, Institution, Outbox, Person, Reconciliation

MOST_WAITING = 200
MOST_REPORTS = 14


def numbers(session: Session, system: str, scope: Scope) -> "Row[int, int, int, datetime]":
    """Give how many calls of cases in the scope wait, were refused, have arrived, and since when the oldest waits."""
    waits = Outbox.sent_at.is_(None) & Outbox.refused_at.is_(None)
    counted = select(
        func.count().filter(waits).label("waiting"),
        func.count().filter(Outbox.refused_at.is_not(None)).label("refused"),
        func.count().filter(Outbox.sent_at.is_not(None)).label("sent"),
        func.min(Outbox.created_at).filter(waits).label("oldest"),
    )
    counted = counted.select_from(Outbox).outerjoin(Case, Case.key == Outbox.case_key)
    return session.execute(counted.where(Outbox.system == system, _within(scope))).one()


def _within(scope: Scope) -> ColumnElement[bool]:
    return or_(Case.key.is_(None), condition(scope, Case))


def queue(session: Session, system: str, scope: Scope) -> list[Row[Any]]:
    """Give the calls that have not arrived, of cases in the scope, the refused first, then the oldest."""
    chosen = (
        select(
            Outbox.key,
            Outbox.payload["haendelse"].astext.label("event"),
            Outbox.created_at,
            Outbox.attempts,
            Outbox.due_at,
            Outbox.refused_at,
            Outbox.problem_da,
            Outbox.problem_en,
            Case.number,
        )
        .outerjoin(Case, Case.key == Outbox.case_key)
        .where(Outbox.system == system, Outbox.sent_at.is_(None), _within(scope))
        .order_by(Outbox.refused_at.nulls_last(), Outbox.key)
        .limit(MOST_WAITING)
    )
    return list(session.execute(chosen))


def reports(session: Session, system: str) -> list[Row[Any]]:
    """Give the newest reports without their lines, the newest first."""
    columns = (
        Reconciliation.key,
        Reconciliation.at,
        Reconciliation.counts,
        func.jsonb_array_length(Reconciliation.differences).label("differences"),
    )
    of_system = select(*columns).where(Reconciliation.system == system)
    newest = of_system.order_by(Reconciliation.at.desc(), Reconciliation.key.desc())
    return list(session.execute(newest.limit(MOST_REPORTS)))


def report(session: Session, system: str, key: int | None) -> Reconciliation | None:
    """Give one report with its lines, the newest when none is named."""
    chosen = select(Reconciliation).where(Reconciliation.system == system)
    if key is not None:
        chosen = chosen.where(Reconciliation.key == key)
    return session.scalars(chosen.order_by(Reconciliation.at.desc(), Reconciliation.key.desc()).limit(1)).first()


def seen(session: Session, person_numbers: Iterable[str], scope: Scope) -> dict[str, str]:
    """Give the names of those of these persons who are within the scope, by number."""
    inside: ColumnElement[bool] = true()
    if not scope.national:
        own = Institution.code == scope.institution if scope.institution else Institution.area == scope.area
        places = select(Institution.code).where(own)
        inside = or_(Person.institution_code.is_(None), Person.institution_code.in_(places))
    chosen = select(Person.person_number, Person.name).where(Person.person_number.in_(set(person_numbers)), inside)
    return {row.person_number: row.name for row in session.execute(chosen)}
