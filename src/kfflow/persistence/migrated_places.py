"""The open rows of an instance while it changes its version: what they were, what they become, and back again."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, or_, select, text, update
from sqlalchemy.orm import Session

from kfflow.persistence.tables import (
    Deadline,
    Incident,
    InstanceMigration,
    Job,
    MessageSubscription,
    ProcessInstance,
    Row,
    SignalSubscription,
    Timer,
    UserTask,
)

Places = dict[str, list[dict[str, Any]]]

_TASK = (
    "definition_key", "element_id", "name", "lane", "candidate_groups", "candidate_users",
    "form_id", "hjemmel", "four_eyes", "access_class", "headers", "variables",
)  # fmt: skip
# Table → its open states and the columns that a migration may change: these are what an undo brings back.
CHANGED: Mapping[type[Row], tuple[tuple[str, ...], tuple[str, ...]]] = {
    UserTask: (("CREATED",), _TASK),
    Job: (("CREATED", "FAILED"), ("definition_key", "element_id")),
    Timer: (("ARMED",), ("definition_key", "element_id", "state", "ended_at")),
    MessageSubscription: (("OPEN",), ("element_id", "state", "ended_at")),
    SignalSubscription: (("OPEN",), ("element_id", "state", "ended_at")),
    Incident: (("ACTIVE",), ("definition_key", "element_id")),
    Deadline: (("RUNNING", "PAUSED", "BREACHED"), ("element_id", "name")),
}
_NEW_ONES_END = (Timer, MessageSubscription, SignalSubscription, Deadline)
_ALSO_KEPT: Mapping[type[Row], tuple[str, ...]] = {UserTask: ("assignee", "claimed_at", "due_at", "warn_at")}
"""What an undo brings back of a task only where the migration itself took it away or gave it."""

# Gives a task back to the assignee whom the new version shut out, unless somebody has it by now.
_ASSIGN_AGAIN = "UPDATE user_task SET assignee = :who, claimed_at = :since WHERE key = :key AND assignee IS NULL"

# Gives a task the due date it had before the migration started a deadline for it.
_DUE_AS_BEFORE = "UPDATE user_task SET due_at = :due_at, warn_at = :warn_at WHERE key = :key"


def read(session: Session, instance_key: int) -> Places:
    """Give the columns that a migration may change of every open row, by table."""
    found: Places = {}
    for table, (states, columns) in CHANGED.items():
        own = table.__table__.columns
        chosen = select(func.to_jsonb(text(f'"{table.__tablename__}"'))).select_from(table)
        rows = session.scalars(chosen.where(own.instance_key == instance_key, own.state.in_(states)).order_by(own.key))
        names = ("key", *columns, *_ALSO_KEPT.get(table, ()))
        found[table.__tablename__] = [{name: row[name] for name in names} for row in rows]
    return found


def rename(session: Session, instance_key: int, elements: Mapping[str, str], definition_key: int) -> None:
    """Let the open rows name the element that their token is at now; `elements` goes by token."""
    by_token = [{"at_token": token, "becomes": element} for token, element in elements.items()]
    for table, (states, columns) in CHANGED.items():
        if table is Deadline or not by_token:
            continue
        own = table.__table__.columns
        is_open = or_(*(own.state == state for state in states))  # an IN would be rendered anew for each row
        values: dict[str, Any] = {"element_id": bindparam("becomes")}
        if "definition_key" in columns:
            values["definition_key"] = definition_key
        changing = update(table).where(own.instance_key == instance_key, own.token == bindparam("at_token"), is_open)
        session.connection().execute(changing.values(values), by_token)
    changing = update(ProcessInstance).where(
        ProcessInstance.parent_key == instance_key, ProcessInstance.parent_token == bindparam("at_token")
    )
    if by_token:
        session.connection().execute(changing.values(parent_element_id=bindparam("becomes")), by_token)


def restore(session: Session, instance_key: int, places: Places, *, at: datetime) -> None:
    """Bring the columns back to what they were; what was armed or started since is canceled."""
    started = _end_new_ones(session, instance_key, places, at)
    for table, (_states, columns) in CHANGED.items():
        _bring_back(session, table, columns, places[table.__tablename__])
    for row in places[UserTask.__tablename__]:
        if row["assignee"]:
            values = {"who": row["assignee"], "since": row["claimed_at"], "key": row["key"]}
            session.execute(text(_ASSIGN_AGAIN), values)
        if row["key"] in started:
            session.execute(text(_DUE_AS_BEFORE), {name: row[name] for name in ("due_at", "warn_at", "key")})


def _end_new_ones(session: Session, instance_key: int, places: Places, at: datetime) -> set[int]:
    """Cancel what was opened since; gives the tasks whose deadlines were."""
    tasks: set[int] = set()
    for table in _NEW_ONES_END:
        own, (states, _columns) = table.__table__.columns, CHANGED[table]
        known = [row["key"] for row in places[table.__tablename__]]
        since = update(table).where(own.instance_key == instance_key, own.state.in_(states), own.key.not_in(known))
        ending = since.values(state="CANCELED", ended_at=at)
        if table is Deadline:
            tasks = set(session.scalars(ending.returning(own.task_key)))
        else:
            session.execute(ending)
    return tasks


def _bring_back(session: Session, table: type[Row], columns: tuple[str, ...], before: list[dict[str, Any]]) -> None:
    name, names = table.__tablename__, ", ".join(f'"{column}"' for column in columns)
    was = f'SELECT {names} FROM jsonb_populate_record(NULL::"{name}", CAST(:was AS jsonb))'  # noqa: S608 - our own names
    statement = text(f'UPDATE "{name}" SET ({names}) = ({was}) WHERE key = :key')  # noqa: S608 - our own names
    for row in before:
        session.execute(statement, {"was": json.dumps(row), "key": row["key"]})


def former_ids(session: Session, case_key: int, element_ids: Collection[str]) -> set[str]:
    """Give element ids with those that the same elements had in the versions from which the case was migrated."""
    of_case = (
        select(InstanceMigration.mapping)
        .join(ProcessInstance, ProcessInstance.key == InstanceMigration.instance_key)
        .where(ProcessInstance.case_key == case_key, InstanceMigration.undone_at.is_(None))
        .order_by(InstanceMigration.key.desc())
    )
    names = set(element_ids)
    for mapping in session.scalars(of_case):
        names |= {old for old, new in mapping.items() if new in names}
    return names
