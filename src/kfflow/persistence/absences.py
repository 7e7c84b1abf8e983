"""Who is away by their account, and the open tasks that somebody holds."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, or_, select, true
from sqlalchemy.orm import Session

from kfflow.persistence.scope import Scope, visible
from kfflow.persistence.tables import Account, Institution, UserTask

MOST_STAFF = 200


def told(session: Session, scope: Scope, today: date) -> list[Row[Any]]:
    """Give the staff of a scope whose absence is running or ahead, who leaves first on top."""
    not_over = or_(Account.absent_until.is_(None), Account.absent_until >= today)
    chosen = select(Account.username, Account.name, Account.absent_from, Account.absent_until).where(
        _person(), _of(scope), Account.absent_from.is_not(None), not_over
    )
    return list(session.execute(chosen.order_by(Account.absent_from, Account.name, Account.username)))


def staff(session: Session, scope: Scope) -> list[Row[Any]]:
    """Give the people of a scope by name, at most 200."""
    chosen = select(Account.username, Account.name).where(_person(), _of(scope))
    return list(session.execute(chosen.order_by(Account.name, Account.username).limit(MOST_STAFF)))


def held(session: Session, username: str, scope: Scope | None) -> list[int]:
    """Give the keys of the open tasks that somebody holds, of those visible in a scope when one is given."""
    seen = true() if scope is None else visible(scope, UserTask)
    holding = select(UserTask.key).where(UserTask.assignee == username, UserTask.state == "CREATED", seen)
    return list(session.scalars(holding.order_by(UserTask.key)))


def _person() -> ColumnElement[bool]:
    return and_(Account.active, Account.kind == "person")


def _of(scope: Scope) -> ColumnElement[bool]:
    """Give the condition that an account is staff of a scope, as `domain.authorization.is_of_scope` tells it."""
    if scope.national:
        return true()
    if scope.institution is not None:
        return Account.institution_code == scope.institution
    there = select(Institution.code).where(Institution.area == scope.area)
    by_area = and_(Account.institution_code.is_(None), Account.area == scope.area)
    return or_(Account.institution_code.in_(there), by_area)
