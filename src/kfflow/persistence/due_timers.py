"""The timers that are due: claiming the earliest that nobody is at, together with the lock on its case."""

from dataclasses import dataclass
from datetime import datetime

from kfflow.persistence.database import Transaction

# Claims the earliest due timer of an instance with the instance and its root, in the lock order, passing over what
# others hold, what is suspended, and what waits for a person after it failed.
_OF_INSTANCES = """
SELECT t.key, t.instance_key, t.root_key, t.token
  FROM timer t JOIN process_instance i ON i.key = t.instance_key JOIN process_instance root ON root.key = t.root_key
 WHERE t.state = 'ARMED' AND t.due_at <= %s AND root.suspended_at IS NULL
   AND NOT EXISTS (SELECT 1 FROM incident f WHERE f.instance_key = t.instance_key AND f.element_id = t.element_id
                                              AND f.kind = 'TIMER_FAILED' AND f.state = 'ACTIVE')
 ORDER BY t.due_at, t.key
 LIMIT 1
   FOR NO KEY UPDATE OF root, i, t SKIP LOCKED
"""
# Claims the earliest due timer that starts a process.
_OF_DEFINITIONS = """
SELECT key, instance_key, root_key, token FROM timer
 WHERE state = 'ARMED' AND due_at <= %s AND instance_key IS NULL
 ORDER BY due_at, key
 LIMIT 1
   FOR NO KEY UPDATE SKIP LOCKED
"""


@dataclass(frozen=True, slots=True)
class Due:
    """A claimed timer; one that starts a process belongs to no instance."""

    key: int
    instance_key: int | None
    root_key: int | None
    token: str


def claim_earliest(transaction: Transaction, at: datetime) -> Due | None:
    """Claim a timer due at `at`, of those due at once the oldest; None when there is none that nobody else is at."""
    transaction.flush()
    row = transaction.fetch_one(_OF_INSTANCES, [at]) or transaction.fetch_one(_OF_DEFINITIONS, [at])
    return Due(*row) if row else None
