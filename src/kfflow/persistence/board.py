"""The supervisor's board in SQL: how many open tasks are late, at risk or free, by place and by person.

The numbers use the very conditions of the inbox's views, so that each is the length of the list it links to.
"""

from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Row, Text, and_, cast, func, or_, select, true
from sqlalchemy.orm import Session

from kfflow.persistence.inbox import Beholder, view_condition
from kfflow.persistence.scope import Scope, visible
from kfflow.persistence.tables import Account, Institution, Unit, UserTask

VIEWS = ("eskaleret", "overskredet", "truet", "idag", "uge", "ufordelte", "enhed")
MOST_PEOPLE = 200


def _numbers(beholder: Beholder) -> list[Any]:
    return [func.count().filter(view_condition(view, beholder)).label(view) for view in VIEWS]


def places(session: Session, beholder: Beholder) -> list[Row[Any]]:
    """Give the numbers by institution and unit, with their names."""
    counted = (
        select(UserTask.institution_code, UserTask.unit_code, *_numbers(beholder))
        .where(UserTask.state == "CREATED", visible(beholder.scope, UserTask))
        .group_by(UserTask.institution_code, UserTask.unit_code)
        .subquery()
    )
    named = (
        select(counted, Institution.name.label("institution"), Unit.name.label("unit"))
        .outerjoin(Institution, Institution.code == counted.c.institution_code)
        .outerjoin(Unit, Unit.code == counted.c.unit_code)
        .order_by(counted.c.overskredet.desc(), counted.c.enhed.desc(), counted.c.institution_code, counted.c.unit_code)
    )
    return list(session.execute(named))


def people(session: Session, beholder: Beholder) -> list[Row[Any]]:
    """Give the numbers by who holds the tasks, the heaviest load first."""
    counted = (
        select(UserTask.assignee, *_numbers(beholder))
        .where(UserTask.state == "CREATED", visible(beholder.scope, UserTask), UserTask.assignee.is_not(None))
        .group_by(UserTask.assignee)
        .subquery()
    )
    named = (
        select(counted, Account.name, Account.absent_from, Account.absent_until)
        .outerjoin(Account, Account.username == counted.c.assignee)
        .order_by(counted.c.enhed.desc(), counted.c.assignee)
        .limit(MOST_PEOPLE)
    )
    return list(session.execute(named))


def colleagues(session: Session, scope: Scope) -> list[Row[Any]]:
    """Give who may be handed tasks in the scope: its own caseworkers and supervisors, and those of wider scope.

    Each with the absence that was told last, which may be over.
    """
    inside: ColumnElement[bool] = true()
    if scope.institution is not None:
        inside = or_(
            Account.institution_code == scope.institution,
            and_(Account.institution_code.is_(None), Account.area.is_(None)),
        )
    elif scope.area is not None:
        inside = Account.area == scope.area
    working = Account.roles.op("&&")(cast(["caseworker", "supervisor"], ARRAY(Text)))
    chosen = (
        select(Account.username, Account.name, Account.absent_from, Account.absent_until)
        .where(Account.active, Account.kind == "person", working, inside)
        .order_by(Account.name, Account.username)
        .limit(MOST_PEOPLE)
    )
    return list(session.execute(chosen))
