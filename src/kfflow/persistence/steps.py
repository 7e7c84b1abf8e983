"""The statements of one engine step: lock the instance, read what it needs, write what happened.

Lock order: the root instance, then the instance, then its tasks, jobs, timers and subscriptions.
"""

from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Any, NamedTuple

from psycopg.types.json import Jsonb

from kfflow.domain.law import Days
from kfflow.persistence import validity
from kfflow.persistence.database import Transaction
from kfflow.persistence.tables import DecisionDefinition, Form, HistoryStep, Letter, ProcessInstance
from kfflow.persistence.writes import Statement, Writes


@dataclass(slots=True)
class Running:
    """An instance under the command's lock, with what its tasks inherit from the case."""

    key: int
    root_key: int
    parent_key: int | None
    parent_token: str | None
    case_key: int
    definition_key: int
    process_id: str
    state: str
    revision: int
    snapshot: bytes | None
    variables: dict[str, Any]
    case_number: str
    legal_date: date
    opened_at: datetime
    institution_code: str | None
    area: str | None
    unit_code: str | None
    suspended_at: datetime | None = None
    """Since when the tree's root is suspended."""
    changed: dict[str, Any] = field(default_factory=dict)
    undated: str | None = None
    """The token of the locked task when no deadline was ever started for it."""


@dataclass(slots=True)
class LockedTask:
    """What completing a task needs of its row, under the command's lock; a copy, not bound to a session."""

    key: int
    instance_key: int
    case_key: int
    token: str
    element_id: str
    state: str
    assignee: str | None
    candidate_groups: list[str]
    candidate_users: list[str]
    four_eyes: list[str]
    access_class: str | None
    institution_code: str | None
    area: str | None
    form_id: str | None
    variables: dict[str, Any]
    claimed_at: datetime | None
    ended_at: datetime | None
    completed_by: str | None
    has_deadline: bool


class Held(NamedTuple):
    """A task under the command's lock, with what was read beside it."""

    at: datetime
    """The transaction's instant."""

    calendar_version: int
    running: Running
    task: LockedTask


_COLUMNS = """
    i.key, i.root_key, i.parent_key, i.parent_token, i.case_key, i.definition_key, i.process_id, i.state, i.revision,
    i.snapshot, i.variables, c.number, c.legal_date, c.opened_at, c.institution_code, c.area, c.unit_code,
    root.suspended_at
"""

_TASK_COLUMNS = tuple(column.name for column in fields(LockedTask))

# Locks the root of an instance's tree; whoever holds it may run any instance of the tree.
_LOCK_ROOT = "SELECT 1 FROM process_instance WHERE key = %s FOR NO KEY UPDATE"

# Locks one instance and reads all that a step needs; the root with it, or it would be read as it was before the wait.
_LOCK_INSTANCE = (
    f"SELECT {_COLUMNS} FROM process_instance i JOIN process_instance root ON root.key = i.root_key "  # noqa: S608 - constant columns
    'JOIN "case" c ON c.key = i.case_key WHERE i.key = %s FOR NO KEY UPDATE OF root, i'
)

# Gives the newest version of the calendars, nothing when there is none.
_CALENDAR_VERSION = "SELECT version FROM calendar_change ORDER BY version DESC LIMIT 1"

# Locks, in the lock order, all that completing a task needs, and reads it: root, instance, task. The calendars' version
# comes along, as most tasks that open next have a deadline; one that changed during a wait is followed as any change.
_LOCK_TASK = (
    f"SELECT now(), coalesce(({_CALENDAR_VERSION}), 0), {_COLUMNS}, {', '.join(f't.{name}' for name in _TASK_COLUMNS)} "  # noqa: S608 - constant columns
    "FROM user_task t JOIN process_instance root ON root.key = t.root_key "
    'JOIN process_instance i ON i.key = t.instance_key JOIN "case" c ON c.key = i.case_key '
    "WHERE t.key = %s FOR NO KEY UPDATE OF root, i, t"
)
_WIDTH = 18
"""How many of the row's columns are the instance's."""

# Finds the version of a form that is in force on a case's days.
_FORM = validity.as_text(validity.chosen(Form, Form.key, Form.resource_key))

# Finds the version of a decision that is in force on a case's days.
_DECISION = validity.as_text(validity.chosen(DecisionDefinition, DecisionDefinition.key))

# Finds the version of a letter template that is in force on a case's days.
_LETTER = validity.as_text(validity.chosen(Letter, Letter.key))

# Finds the running child of a call activity.
_CHILD = "SELECT key FROM process_instance WHERE parent_key = %s AND parent_token = %s AND state = 'ACTIVE'"


def lock_instance(transaction: Transaction, key: int, root_key: int) -> Running | None:
    """Lock the tree's root and the instance; None when there is no such instance."""
    if root_key != key:
        transaction.fetch_one(_LOCK_ROOT, [root_key])
    row = transaction.fetch_one(_LOCK_INSTANCE, [key])
    return Running(*row) if row else None


def lock_task(transaction: Transaction, key: int) -> Held | None:
    """Lock a task with its instance; None when there is no such task."""
    row = transaction.fetch_one(_LOCK_TASK, [key])
    if row is None:
        return None
    (at, calendar_version), columns = row[:2], row[2:]
    running, task = Running(*columns[:_WIDTH]), LockedTask(*columns[_WIDTH:])
    running.undated = None if task.has_deadline else task.token
    return Held(at, calendar_version, running, task)


def find_child(transaction: Transaction, parent_key: int, token: str) -> int | None:
    row = transaction.fetch_one(_CHILD, [parent_key, token])
    return row[0] if row else None


def calendar_version(transaction: Transaction) -> int:
    """Give the newest version of the calendars, 0 when nothing was ever changed in them."""
    transaction.flush()
    row = transaction.fetch_one(_CALENDAR_VERSION, [])
    return int(row[0]) if row else 0


def find_form(transaction: Transaction, form_id: str, days: Days) -> tuple[int, int] | None:
    """Give the key of the version of a form that is in force on a case's days, and of its resource."""
    row = transaction.fetch_one(_FORM, {"name": form_id, **days.parameters()})
    return (row[0], row[1]) if row else None


def find_letter(transaction: Transaction, letter_id: str, days: Days) -> int | None:
    """Give the key of the version of a letter template that is in force on a case's days."""
    row = transaction.fetch_one(_LETTER, {"name": letter_id, **days.parameters()})
    return row[0] if row else None


def find_decision(transaction: Transaction, decision_id: str, days: Days) -> int | None:
    """Give the key of the version of a decision that is in force on a case's days."""
    row = transaction.fetch_one(_DECISION, {"name": decision_id, **days.parameters()})
    return row[0] if row else None


SAVE_INSTANCE = Statement.of(
    """
UPDATE process_instance
   SET snapshot = %(snapshot)s, state = %(state)s, revision = %(revision)s, ended_at = %(ended_at)s,
       variables = CASE WHEN %(changed)s::jsonb IS NULL THEN variables ELSE variables || %(changed)s::jsonb END
 WHERE key = %(key)s
"""
)

_MADE = (
    "key", "root_key", "parent_key", "parent_token", "case_key", "definition_key", "process_id", "state", "revision",
    "variables",
)  # fmt: skip


def make_instance(writes: Writes, running: Running, told: dict[str, Any]) -> None:
    """Write the row of a new instance, with what is `told` of it alone; its first step is to come."""
    writes.insert(ProcessInstance, {**{name: getattr(running, name) for name in _MADE}, **told})


def save_instance(writes: Writes, running: Running, *, at: datetime) -> None:
    """Write the instance's new state, once a command; a row that is not sent yet is sent so at once."""
    values = {
        "key": running.key,
        "snapshot": running.snapshot,
        "state": running.state,
        "revision": running.revision,
        "ended_at": None if running.state == "ACTIVE" else at,
    }
    if not writes.amend(ProcessInstance, {**values, "variables": running.variables}):
        changed = Jsonb(running.changed) if running.changed else None
        writes.execute(SAVE_INSTANCE, {**values, "changed": changed})


def write_history(
    writes: Writes, running: Running, events: list[Any], *, version: int, at: datetime, actor: str
) -> None:
    """Add what a step did; `events` and their `version` as `HistoryStep` says."""
    if not events:
        return
    values = {
        "instance_key": running.key,
        "case_key": running.case_key,
        "revision": running.revision,
        "at": at,
        "actor": actor,
        "version": version,
        "events": events,
    }
    writes.insert(HistoryStep, values)
