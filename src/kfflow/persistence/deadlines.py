"""Deadlines in SQL: the warnings and breaches whose moment has come, noted many at a time."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

# Enters up to a number of warnings and of breaches, the earliest first, each with its line. A row that another worker
# holds is left to that worker; the state makes sure that nothing is entered twice.
_NOTE_DUE = text(
    """
WITH to_warn AS (
  SELECT key, true AS is_new FROM deadline
   WHERE state = 'RUNNING' AND warned_at IS NULL AND warn_at <= :at
   ORDER BY warn_at LIMIT :most FOR NO KEY UPDATE SKIP LOCKED
), to_breach AS (
  SELECT key, warned_at IS NULL AS is_new FROM deadline
   WHERE state = 'RUNNING' AND due_at <= :at
   ORDER BY due_at LIMIT :most FOR NO KEY UPDATE SKIP LOCKED
), due AS (
  SELECT key, is_new FROM to_warn UNION SELECT key, is_new FROM to_breach
), noted AS (
  UPDATE deadline
     SET warned_at = coalesce(warned_at, :at),
         breached_at = CASE WHEN due_at <= :at THEN CAST(:at AS timestamptz) END,
         state = CASE WHEN due_at <= :at THEN 'BREACHED' ELSE state END
    FROM due WHERE deadline.key = due.key
  RETURNING deadline.key, deadline.due_at, deadline.warn_at, deadline.hjemmel, deadline.state, due.is_new
), line AS (
  INSERT INTO deadline_entry (deadline_key, kind, at, actor, due_at, warn_at, hjemmel)
  SELECT key, said.kind, :at, :actor, due_at, warn_at, hjemmel
    FROM noted
    CROSS JOIN LATERAL (VALUES (1, 'WARNED', is_new), (2, 'BREACHED', state = 'BREACHED')) AS said(place, kind, holds)
   WHERE said.holds
   ORDER BY key, said.place
  RETURNING kind
)
SELECT count(*) FILTER (WHERE kind = 'WARNED'), count(*) FILTER (WHERE kind = 'BREACHED') FROM line
"""
)


@dataclass(frozen=True, slots=True)
class Noted:
    """How many warnings and breaches were entered."""

    warned: int
    breached: int

    @property
    def total(self) -> int:
        return self.warned + self.breached


def note_due(session: Session, *, at: datetime, actor: str, most: int) -> Noted:
    """Enter the warnings and breaches whose moment has come by `at`, at most `most` of each."""
    warned, breached = session.execute(_NOTE_DUE, {"at": at, "actor": actor, "most": most}).one()
    return Noted(warned, breached)
