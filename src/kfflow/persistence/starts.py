"""What starting an instance has to know, read by one statement: versions, the case, the person, the place.

Only keys of versions are read, for what they name never changes; which of them is in force is asked each time.
"""

from dataclasses import dataclass, fields
from datetime import date, datetime

from sqlalchemy import Date, literal_column

from kfflow.domain.law import Days
from kfflow.persistence import validity
from kfflow.persistence.database import Transaction
from kfflow.persistence.tables import ProcessDefinition
from kfflow.persistence.validity import CaseDays
from kfflow.persistence.writes import Statement


@dataclass(frozen=True, slots=True)
class Asked:
    """What is known before a start: `number` is the case to join, `at` the instant unless the database says it.

    `legal` is the case's legal date as somebody said it, else the day itself; `zone` is where days begin.
    """

    process_id: str
    zone: str
    at: datetime | None = None
    legal: date | None = None
    number: str | None = None
    new_number: str | None = None
    """What a new case is numbered; without one it gets the next of the year."""

    person_key: int | None = None
    person_number: str | None = None
    institution: str | None = None
    own_institution: str | None = None
    """The actor's, for a case about nobody at a place that nobody named."""


@dataclass(frozen=True, slots=True)
class CaseOf:
    """The case that a new instance belongs to, with what its tasks inherit."""

    key: int
    number: str
    legal_date: date
    opened_at: datetime
    institution_code: str | None
    area: str | None
    unit_code: str | None


@dataclass(frozen=True, slots=True)
class Found:
    """What the statement found; the person and the place are a new case's, whose place alone may be unknown."""

    joined: CaseOf | None
    at: datetime
    newest_key: int | None
    in_force_key: int | None
    place_code: str | None
    place_area: str | None
    """None with a code: there is no such institution."""
    person_key: int | None
    person_unit: str | None
    new_number: str | None
    is_on: bool | None
    """What was said of the process at the case's institution, else everywhere; None: nothing."""
    said_why: str | None


_CASE_COLUMNS = tuple(column.name for column in fields(CaseOf))
_DAYS = CaseDays(*(literal_column(f"days.{name}", Date) for name in ("opened", "legal", "today")))

_READ = f"""
SELECT said.at, newest.key, chosen.key, place.code, i.area, p.key, p.unit_code,
       CASE WHEN c.key IS NULL
            THEN coalesce(%(new_number)s, to_char(today.day, 'YYYY') || '-' || nextval('case_number')) END,
       a."on", a.reason, {", ".join(f"c.{name}" for name in _CASE_COLUMNS)}
  FROM (SELECT coalesce(%(at)s::timestamptz, now()) AS at) AS said
  LEFT JOIN "case" c ON c.number = %(number)s
  LEFT JOIN person p ON c.key IS NULL AND (p.key = %(person_key)s OR p.person_number = %(person_number)s)
 CROSS JOIN LATERAL (
    SELECT CASE WHEN c.key IS NOT NULL THEN c.institution_code
                ELSE coalesce(%(institution)s, p.institution_code, %(own_institution)s) END AS code) AS place
  LEFT JOIN institution i ON i.code = place.code
  LEFT JOIN LATERAL (
    SELECT "on", reason FROM activation
     WHERE process_id = %(process_id)s AND until IS NULL
       AND (institution_code = place.code OR institution_code IS NULL)
     ORDER BY institution_code NULLS LAST LIMIT 1) AS a ON true
 CROSS JOIN LATERAL (SELECT (said.at AT TIME ZONE %(zone)s)::date AS day) AS today
 CROSS JOIN LATERAL (
    SELECT coalesce((c.opened_at AT TIME ZONE %(zone)s)::date, today.day) AS opened,
           coalesce(c.legal_date, %(legal)s, today.day) AS legal, today.day AS today) AS days
  LEFT JOIN LATERAL (
    SELECT key FROM process_definition WHERE process_id = %(process_id)s ORDER BY version DESC LIMIT 1
    ) AS newest ON true
  LEFT JOIN LATERAL (
    SELECT key FROM process_definition
     WHERE process_id = %(process_id)s AND {validity.as_text(validity.in_force(ProcessDefinition, _DAYS))}
     ORDER BY version DESC LIMIT 1) AS chosen ON true
"""  # noqa: S608 - constant columns, and a condition of our own

# Finds the version of a process that is in force on a case's days.
_IN_FORCE = validity.as_text(validity.chosen(ProcessDefinition, ProcessDefinition.key))

# A case goes on when another instance of it starts.
REOPEN_CASE = Statement.of("""UPDATE "case" SET state = 'ACTIVE', closed_at = NULL WHERE key = %(case_key)s""")


def read(transaction: Transaction, asked: Asked) -> Found:
    """Read what a start has to know; draws the number of a case that is given none."""
    transaction.flush()
    row = transaction.fetch_one(_READ, {name: getattr(asked, name) for name in _ASKED})
    assert row is not None, "the instant is always there"
    own, of_case = row[:_WIDTH], row[_WIDTH:]
    return Found(None if of_case[0] is None else CaseOf(*of_case), *own)


_ASKED = tuple(column.name for column in fields(Asked))
_WIDTH = len(fields(Found)) - 1
"""How many of the row's columns are not the joined case's."""


def find_in_force(transaction: Transaction, process_id: str, days: Days) -> int | None:
    """Give the key of the version of a process that is in force on a case's days."""
    transaction.flush()
    row = transaction.fetch_one(_IN_FORCE, {"name": process_id, **days.parameters()})
    return row[0] if row else None
