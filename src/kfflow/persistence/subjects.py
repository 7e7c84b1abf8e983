"""What a letter is about, read on the wire: the case with its person, and the names of institutions."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from kfflow.persistence.database import Transaction


@dataclass(frozen=True, slots=True)
class Subject:
    """A case as its letters know it, with the person on it, if there is one; `lives_at` is where that person is."""

    number: str
    opened_at: datetime
    legal_date: date
    institution_code: str | None
    area: str | None
    person_number: str | None
    name: str | None
    born_on: date | None
    lives_at: str | None
    facts: dict[str, Any] | None
    synthetic: bool | None


_SUBJECT = """
SELECT c.number, c.opened_at, c.legal_date, c.institution_code, c.area,
       p.person_number, p.name, p.born_on, p.institution_code, p.facts, p.synthetic
  FROM "case" c LEFT JOIN person p ON p.key = c.person_key
 WHERE c.key = %s
"""
_NAMES = "SELECT jsonb_object_agg(code, name) FROM institution WHERE code = ANY (%s::text[])"


def find(transaction: Transaction, case_key: int) -> Subject:
    """Give what letters know of a case that there is."""
    transaction.flush()
    row = transaction.fetch_one(_SUBJECT, [case_key])
    assert row is not None, "no case is ever deleted"
    return Subject(*row)


def names_of(transaction: Transaction, codes: Collection[str]) -> dict[str, str]:
    """Give the names of the institutions among some codes, by code."""
    row = transaction.fetch_one(_NAMES, [list(codes)]) if codes else None
    found: dict[str, str] | None = row[0] if row else None
    return found or {}
