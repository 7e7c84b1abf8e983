"""Who is appointed for a person, and who can be: on the wire where a step asks, as a list where a form does."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, func, or_, select
from sqlalchemy.orm import Session

from kfflow.persistence.database import Transaction
from kfflow.persistence.tables import Account, Appointment, Case, Person, UserTask

_COLUMNS = ("username", "name", "roles", "groups", "institution_code", "area")

# Finds who of a group is appointed for a person, when their account is active and they are not away.
_APPOINTED = """
SELECT a.username, a.name, a.roles, a.groups, a.institution_code, a.area
  FROM appointment p JOIN account a ON a.username = p.username
 WHERE p.person_number = %(number)s AND p.group_name = %(group)s AND p.ended_at IS NULL AND a.active
   AND NOT (coalesce(a.absent_from, 'infinity') <= %(today)s AND coalesce(a.absent_until, 'infinity') >= %(today)s)
"""


def find(transaction: Transaction, number: str, group: str, today: date) -> Account | None:
    """Give the account of who is appointed and there on a day, as far as may_work asks; it is bound to no session."""
    transaction.flush()
    row = transaction.fetch_one(_APPOINTED, {"number": number, "group": group, "today": today})
    return None if row is None else Account(**dict(zip(_COLUMNS, row, strict=True)))


def held(session: Session, number: str, group: str) -> Appointment | None:
    """Give the appointment that holds for a person."""
    of_person = select(Appointment).where(Appointment.person_number == number, Appointment.group_name == group)
    return session.scalars(of_person.where(Appointment.ended_at.is_(None))).first()


def able(session: Session, group: str, today: date) -> Sequence[Row[Any]]:
    """Give the people of a group who are not away, with how many persons each is appointed for, the fewest first."""
    load = (
        select(func.count())
        .select_from(Appointment)
        .where(Appointment.username == Account.username, Appointment.ended_at.is_(None))
        .scalar_subquery()
    )
    here = or_(Account.absent_from.is_(None), Account.absent_from > today, Account.absent_until < today)
    chosen = select(Account, load.label("load")).where(
        Account.active, Account.kind == "person", Account.groups.contains([group]), here
    )
    return session.execute(chosen.order_by(load, Account.name, Account.username)).all()


def open_tasks(session: Session, number: str, case_key: int, group: str) -> Sequence[UserTask]:
    """Give the open tasks of a group in the open cases of a person, and in the case at hand; locked."""
    of_person = select(Case.key).join(Person, Person.key == Case.person_key).where(Person.person_number == number)
    offered = (UserTask.state == "CREATED", UserTask.candidate_groups.contains([group]))
    about = or_(UserTask.case_key == case_key, UserTask.case_key.in_(of_person))
    return session.scalars(select(UserTask).where(about, *offered).order_by(UserTask.key).with_for_update()).all()
