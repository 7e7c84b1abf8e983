"""The connection to another system in SQL: what waits for it, what it refused, and what comparisons have found."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, or_, select, true, union_all
from sqlalchemy.orm import Session

from kfflow.persistence.database import plan_by_values
from kfflow.persistence.scope import Scope, condition
from kfflow.persistence.tables import Case, Institution, Outbox, Person, Reconciliation

MOST_WAITING = 200
MOST_REPORTS = 14
MOST_COUNTED = 1_000
"""How far calls are counted: a year of them is more than anybody reads, and takes longer than a page may."""

_WAITS = and_(Outbox.sent_at.is_(None), Outbox.refused_at.is_(None))


def numbers(session: Session, system: str, scope: Scope) -> "Row[int, int, int]":
    """Give how many calls of cases in the scope wait, were refused and have arrived, each by its own index.

    A number above `MOST_COUNTED` says that there are more than that.
    """
    plan_by_values(session)
    of_system = select(Outbox.key).where(Outbox.system == system, _within(scope)).limit(MOST_COUNTED + 1)
    kinds = {"waiting": _WAITS, "refused": Outbox.refused_at.is_not(None), "sent": Outbox.sent_at.is_not(None)}
    counted = (
        select(func.count()).select_from(of_system.where(kind).subquery()).scalar_subquery().label(name)
        for name, kind in kinds.items()
    )
    return session.execute(select(*counted)).one()


def _within(scope: Scope) -> ColumnElement[bool]:
    """Give when a call is of no case, or of one within the scope.

    The cases of one place are few and looked up at once; those of an area are most, and each call asks for its own.
    """
    if scope.national:
        return true()
    seen = condition(scope, Case)
    if scope.institution is not None:
        return or_(Outbox.case_key.is_(None), Outbox.case_key.in_(select(Case.key).where(seen)))
    of_call = select(seen).where(Case.key == Outbox.case_key).correlate(Outbox).scalar_subquery()
    return or_(Outbox.case_key.is_(None), of_call)


def queue(session: Session, system: str, scope: Scope) -> list[Row[Any]]:
    """Give the calls that have not arrived, of cases in the scope, the refused first, then the oldest."""
    plan_by_values(session)
    of_system = select(Outbox.key).where(Outbox.system == system, _within(scope))
    unsent_refusal = and_(Outbox.sent_at.is_(None), Outbox.refused_at.is_not(None))
    refused = of_system.where(unsent_refusal).order_by(Outbox.refused_at, Outbox.key).limit(MOST_WAITING).subquery()
    waiting = of_system.where(_WAITS).order_by(Outbox.key).limit(MOST_WAITING).subquery()
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
        .where(Outbox.key.in_(union_all(select(refused.c.key), select(waiting.c.key))))
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
