"""Institutions as a list shows them, in SQL: places by regime, and what would go along to another area."""

from typing import Any

from sqlalchemy import Row, Subquery, func, select
from sqlalchemy.orm import Session

from kfflow.persistence.tables import Case, Institution, Person, ProcessInstance, Reservation, Unit, UserTask


def regimes(session: Session) -> list[Row[Any]]:
    """Give institution, regime, its places, who lives there and how many places are held for somebody on the way."""
    living, held = _living(), _held()
    there = (Unit.institution_code, Unit.regime)
    counts = [func.coalesce(one.c.count, 0).label(one.name) for one in (living, held)]
    chosen = (
        select(*there, func.sum(Unit.places).label("places"), *counts)
        .outerjoin(living, (living.c.institution_code == there[0]) & (living.c.regime == there[1]))
        .outerjoin(held, (held.c.institution_code == there[0]) & (held.c.regime == there[1]))
        .group_by(*there, living.c.count, held.c.count)
        .order_by(*there)
    )
    return list(session.execute(chosen))


def choices(session: Session) -> list[dict[str, Any]]:
    """Give the institutions by name as a form chooses among them: label, value, and the regimes that each has."""
    regimes_of = func.array_agg(Unit.regime.distinct()).filter(Unit.regime.is_not(None))
    chosen = (
        select(Institution.name, Institution.code, regimes_of.label("regimes"))
        .outerjoin(Unit, Unit.institution_code == Institution.code)
        .group_by(Institution.code, Institution.name)
        .order_by(Institution.name, Institution.code)
    )
    return [{"label": row.name, "value": row.code, "regimer": row.regimes or []} for row in session.execute(chosen)]


def _living() -> Subquery:
    counted = (
        select(Unit.institution_code, Unit.regime, func.count().label("count"))
        .join(Person, Person.unit_code == Unit.code)
        .group_by(Unit.institution_code, Unit.regime)
    )
    return counted.subquery("living")


def _held() -> Subquery:
    counted = (
        select(
            Reservation.institution_code,
            Reservation.regime,
            func.count(Reservation.root_key.distinct()).label("count"),
        )
        .join(ProcessInstance, (ProcessInstance.key == Reservation.root_key) & (ProcessInstance.state == "ACTIVE"))
        .where(Reservation.ended_at.is_(None))
        .group_by(Reservation.institution_code, Reservation.regime)
    )
    return counted.subquery("held")


def open_there(session: Session, code: str) -> tuple[int, int]:
    """Give how many cases and tasks are open at an institution, whoever may see them."""
    cases = select(func.count()).select_from(Case).where(Case.institution_code == code, Case.state == "ACTIVE")
    tasks = select(func.count()).select_from(UserTask)
    tasks = tasks.where(UserTask.institution_code == code, UserTask.state == "CREATED")
    row = session.execute(select(cases.scalar_subquery(), tasks.scalar_subquery())).one()
    return row[0], row[1]
