"""Instances that run but wait for nothing: whatever happens, nobody will ever hear of them again."""

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

# Finds active instances without any open task, job, timer, subscription, incident or running child.
_ORPHANS = text(
    """
SELECT i.key, i.root_key, i.case_key, i.definition_key, i.process_id
  FROM process_instance i
 WHERE i.state = 'ACTIVE'
   AND NOT EXISTS (SELECT 1 FROM user_task w WHERE w.instance_key = i.key AND w.state = 'CREATED')
   AND NOT EXISTS (SELECT 1 FROM job w WHERE w.instance_key = i.key AND w.state = 'CREATED')
   AND NOT EXISTS (SELECT 1 FROM timer w WHERE w.instance_key = i.key AND w.state = 'ARMED')
   AND NOT EXISTS (SELECT 1 FROM message_subscription w WHERE w.instance_key = i.key AND w.state = 'OPEN')
   AND NOT EXISTS (SELECT 1 FROM signal_subscription w WHERE w.instance_key = i.key AND w.state = 'OPEN')
   AND NOT EXISTS (SELECT 1 FROM incident w WHERE w.instance_key = i.key AND w.state = 'ACTIVE')
   AND NOT EXISTS (SELECT 1 FROM process_instance w WHERE w.parent_key = i.key AND w.state = 'ACTIVE')
 ORDER BY i.key
 LIMIT :most
"""
)
# Only one at a time looks for orphans, so that none is reported twice.
_ALONE = text("SELECT pg_try_advisory_xact_lock(hashtextextended('kfflow/orphans', 0))")


@dataclass(frozen=True, slots=True)
class Orphan:
    """An active instance with nothing open."""

    key: int
    root_key: int
    case_key: int
    definition_key: int
    process_id: str


def find(session: Session, *, most: int = 100) -> list[Orphan]:
    """Give the orphans, oldest first; nothing when another transaction is looking for them already."""
    if not session.execute(_ALONE).scalar_one():
        return []
    return [Orphan(*row) for row in session.execute(_ORPHANS, {"most": most})]
