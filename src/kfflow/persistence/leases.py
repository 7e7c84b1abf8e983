"""Jobs on the wire: handed to one worker with all that its handler is told, and locked when it tells how it went."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, DateTime, Text, and_, any_, bindparam, literal_column, or_, select

from kfflow.persistence.database import Transaction
from kfflow.persistence.suspensions import is_going
from kfflow.persistence.tables import Case, Job
from kfflow.persistence.validity import as_text


def is_waiting(at: ColumnElement[datetime]) -> ColumnElement[bool]:
    """Give the condition of jobs that may be leased at an instant: due, with retries left, with nobody, not suspended.

    Its constants stand in the text, so that it goes on the wire, too.
    """
    return and_(
        is_going(Job.root_key),
        Job.held_result.is_(None),
        Job.state == literal_column("'CREATED'"),
        Job.retries > literal_column("0"),
        Job.due_at <= at,
        or_(Job.lease_until.is_(None), Job.lease_until <= at),
    )


@dataclass(frozen=True, slots=True)
class Leased:
    """A job that a worker has; `attempts` counts this one, `retries` are those left with it."""

    key: int
    type: str
    instance_key: int
    case_key: int
    element_id: str
    token: str
    attempts: int
    retries: int
    headers: dict[str, Any]
    variables: dict[str, Any]
    case_number: str


_TYPES = bindparam("types", type_=ARRAY(Text))
_FREE = as_text(
    select(Job.key)
    .where(
        Job.key == bindparam("key"),
        or_(_TYPES.is_(None), Job.type == any_(_TYPES)),
        is_waiting(bindparam("at", type_=DateTime(timezone=True))),
    )
    .with_for_update(skip_locked=True)
)

# Leases a job that waits, unless another worker is about to.
_LEASE = f"""
UPDATE job SET lease_until = %(until)s, worker = %(by)s, attempts = attempts + 1
  FROM "case"
 WHERE "case".key = job.case_key AND job.key = ({_FREE})
RETURNING job.key, job.type, job.instance_key, job.case_key, job.element_id, job.token, job.attempts, job.retries,
          job.headers, job.variables, "case".number
"""  # noqa: S608 - our own statement


@dataclass(frozen=True, slots=True)
class Lease:
    """What is asked for: a job by key, of some types or of any, for whom, from when and until when."""

    key: int
    types: list[str] | None
    by: str
    at: datetime
    until: datetime


def take(transaction: Transaction, lease: Lease) -> Leased | None:
    """Lease a job; None when it is none of the types, does not wait, or another worker has it."""
    transaction.flush()
    asked = {"key": lease.key, "types": lease.types, "by": lease.by, "at": lease.at, "until": lease.until}
    row = transaction.fetch_one(_LEASE, asked)
    return Leased(*row) if row else None


@dataclass(frozen=True, slots=True)
class Place:
    """The instance of a job, and where its case belongs; nothing is locked."""

    instance_key: int
    root_key: int
    institution_code: str | None
    area: str | None


@dataclass(frozen=True, slots=True)
class LockedJob:
    """What completing a job needs of its row, under the command's lock; a copy, not bound to a session."""

    key: int
    instance_key: int
    root_key: int
    case_key: int
    token: str
    element_id: str
    state: str
    is_answered: bool
    """Whether how it went was told already, while its case was suspended."""


_PLACE = as_text(
    select(Job.instance_key, Job.root_key, Case.institution_code, Case.area)
    .join(Case, Case.key == Job.case_key)
    .where(Job.key == bindparam("key"))
)
_LOCK = as_text(
    select(
        Job.key,
        Job.instance_key,
        Job.root_key,
        Job.case_key,
        Job.token,
        Job.element_id,
        Job.state,
        Job.held_result.is_not(None),
    )
    .where(Job.key == bindparam("key"))
    .with_for_update()
)


def find_place(transaction: Transaction, key: int) -> Place | None:
    """Give where a job belongs; None when there is no such job."""
    transaction.flush()
    row = transaction.fetch_one(_PLACE, {"key": key})
    return Place(*row) if row else None


def lock(transaction: Transaction, key: int) -> LockedJob:
    """Lock a job that there is, and read it as it is then; its instance comes before it in the lock order."""
    row = transaction.fetch_one(_LOCK, {"key": key})
    assert row is not None, "no job is ever deleted"
    return LockedJob(*row)
