"""Instances as they stand: what their snapshots wait for beside what the tables hold open for them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

# Finds active instances without any open task, job, timer, subscription, incident or running child.
_NOTHING_OPEN = text(
    """
SELECT i.key
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
# Finds the instances that stepped since a history key.
_STEPPED = text("SELECT key, instance_key FROM history_step WHERE key > :since ORDER BY key LIMIT :most")
_LAST_STEP = text("SELECT coalesce(max(key), 0) FROM history_step")
# Walks on over the active instances.
_NEXT_ACTIVE = text("SELECT key FROM process_instance WHERE state = 'ACTIVE' AND key > :after ORDER BY key LIMIT :most")
# Finds the instances on which an incident of these kinds is open.
_SUSPECTED = text("SELECT DISTINCT instance_key FROM incident WHERE state = 'ACTIVE' AND kind = ANY(:kinds)")
# Reads instances with all that is open for them, in one statement, so that no command comes in between.
_STANDING = text(
    """
SELECT i.key, i.state, i.snapshot, ARRAY(
    SELECT ARRAY['USER_TASK', token, element_id] FROM user_task w WHERE w.instance_key = i.key AND w.state = 'CREATED'
    UNION ALL SELECT ARRAY['JOB', token, element_id] FROM job w WHERE w.instance_key = i.key AND w.state = 'CREATED'
    UNION ALL SELECT ARRAY['TIMER', token, element_id] FROM timer w WHERE w.instance_key = i.key AND w.state = 'ARMED'
    UNION ALL SELECT ARRAY['MESSAGE', token, element_id] FROM message_subscription w
               WHERE w.instance_key = i.key AND w.state = 'OPEN'
    UNION ALL SELECT ARRAY['SIGNAL', token, element_id] FROM signal_subscription w
               WHERE w.instance_key = i.key AND w.state = 'OPEN'
    UNION ALL SELECT ARRAY['CALL', parent_token, parent_element_id] FROM process_instance w
               WHERE w.parent_key = i.key AND w.state = 'ACTIVE'
    UNION ALL SELECT ARRAY['INCIDENT', token, element_id] FROM incident w
               WHERE w.instance_key = i.key AND w.state = 'ACTIVE' AND w.token IS NOT NULL AND w.kind <> ALL(:ours))
  FROM process_instance i
 WHERE i.key = ANY(:keys)
"""
)
# Only one at a time looks for orphans, so that none is reported twice.
_ALONE = text("SELECT pg_try_advisory_xact_lock(hashtextextended('kfflow/orphans', 0))")


@dataclass(frozen=True, slots=True)
class Standing:
    """An instance: its snapshot, and what is open for it by kind, token and element."""

    key: int
    state: str
    snapshot: bytes | None
    open: tuple[tuple[str, str, str], ...]


def look_alone(session: Session) -> bool:
    """Claim the look until the transaction ends; False when another is looking."""
    return bool(session.execute(_ALONE).scalar_one())


def with_nothing_open(session: Session, *, most: int = 100) -> list[int]:
    """Give the active instances for which no row is open, oldest first."""
    return list(session.scalars(_NOTHING_OPEN, {"most": most}))


def last_step(session: Session) -> int:
    return int(session.execute(_LAST_STEP).scalar_one())


def stepped(session: Session, *, since: int, most: int) -> list[tuple[int, int]]:
    """Give the steps after a history key, with the instances that took them."""
    return [(key, instance) for key, instance in session.execute(_STEPPED, {"since": since, "most": most})]


def next_active(session: Session, *, after: int, most: int) -> list[int]:
    return list(session.scalars(_NEXT_ACTIVE, {"after": after, "most": most}))


def suspected(session: Session, kinds: Sequence[str]) -> list[int]:
    """Give the instances on which one of these kinds of incident is open."""
    return list(session.scalars(_SUSPECTED, {"kinds": list(kinds)}))


def standing(session: Session, keys: Sequence[int], ours: Sequence[str]) -> list[Standing]:
    """Give instances as they stand; incidents of our own kinds are not counted as something open."""
    rows = session.execute(_STANDING, {"keys": list(keys), "ours": list(ours)})
    return [Standing(key, state, snapshot, tuple(tuple(o) for o in opened)) for key, state, snapshot, opened in rows]
