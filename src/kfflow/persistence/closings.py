"""The statements that end what waits in an instance, and a case of which nothing runs any more."""

from kfflow.persistence.writes import Statement

# What a deadline is when its task or case ends; the rule is `domain.deadlines.ledger`, to which it is held by tests.
_END_DEADLINE = """
UPDATE deadline
   SET ended_at = %(at)s, pause = NULL,
       breached_at = CASE WHEN %(state)s <> 'CANCELED' AND deadline.state = 'RUNNING' AND due_at < %(at)s
                          THEN %(at)s ELSE breached_at END,
       state = CASE WHEN %(state)s = 'CANCELED' THEN 'CANCELED'
                    WHEN deadline.state = 'BREACHED' OR (deadline.state = 'RUNNING' AND due_at < %(at)s) THEN 'BREACHED'
                    ELSE 'MET' END
"""
_ENTER_END = """
INSERT INTO deadline_entry (deadline_key, kind, at, actor, due_at, warn_at, reason)
SELECT key, CASE WHEN state = 'CANCELED' THEN 'CANCELED' ELSE 'MET' END, %(at)s, %(actor)s, due_at, warn_at, %(reason)s
  FROM {closed} AS closed
"""

_CLOSE_TASK = """
UPDATE user_task
   SET state = %(state)s, ended_at = %(at)s, completed_by = %(by)s, assignee = coalesce(assignee, %(by)s),
       revision = revision + 1, draft = NULL
 WHERE instance_key = %(instance_key)s AND token = %(token)s AND state = 'CREATED'
RETURNING key
"""

# Closes a user task for which no deadline was ever started.
CLOSE_UNDATED_TASK = Statement.of(_CLOSE_TASK)

# Closes a user task with its deadline and writes the ledger line: met (in time or late) or canceled.
CLOSE_TASK = Statement(
    (
        ("task", _CLOSE_TASK),
        (
            "closed",
            f"""{_END_DEADLINE}
  FROM {{task}} AS task
 WHERE deadline.task_key = task.key AND deadline.ended_at IS NULL
RETURNING deadline.key, deadline.state, deadline.due_at, deadline.warn_at
""",
        ),
        ("entry", _ENTER_END),
    )
)

# Ends the deadline of the whole case, which is no task's, with its ledger line.
CLOSE_CASE_DEADLINE = Statement(
    (
        (
            "closed",
            f"""{_END_DEADLINE}
 WHERE instance_key = %(instance_key)s AND task_key IS NULL AND ended_at IS NULL
RETURNING key, state, due_at, warn_at
""",
        ),
        ("entry", _ENTER_END),
    )
)

# Ends a job, and what a person should have done about it.
CLOSE_JOB = Statement(
    (
        (
            "job",
            """
UPDATE job SET state = %(state)s, ended_at = %(at)s, lease_until = NULL
 WHERE instance_key = %(instance_key)s AND token = %(token)s AND state = 'CREATED'
""",
        ),
        (
            "incident",
            """
UPDATE incident SET state = 'RESOLVED', resolved_at = %(at)s, resolved_by = %(actor)s
 WHERE state = 'ACTIVE' AND job_key IN (SELECT key FROM job WHERE instance_key = %(instance_key)s AND token = %(token)s)
""",
        ),
    )
)

CLOSE_TIMER = Statement.of(
    """
UPDATE timer SET state = %(state)s, ended_at = %(at)s
 WHERE instance_key = %(instance_key)s AND token = %(token)s AND state = 'ARMED'
"""
)

CLOSE_MESSAGE = Statement.of(
    """
UPDATE message_subscription SET state = %(state)s, ended_at = %(at)s
 WHERE instance_key = %(instance_key)s AND token = %(token)s AND state = 'OPEN'
"""
)

CLOSE_SIGNAL = Statement.of(
    """
UPDATE signal_subscription SET state = %(state)s, ended_at = %(at)s
 WHERE instance_key = %(instance_key)s AND token = %(token)s AND state = 'OPEN'
"""
)

CLOSE_INCIDENT = Statement.of(
    """
UPDATE incident SET state = 'RESOLVED', resolved_at = %(at)s, resolved_by = %(actor)s
 WHERE instance_key = %(instance_key)s AND token = %(token)s AND state = 'ACTIVE'
"""
)

# An ended instance leaves nothing open behind.
RESOLVE_INCIDENTS_OF_ENDED = Statement.of(
    """
UPDATE incident SET state = 'RESOLVED', resolved_at = %(at)s, resolved_by = %(actor)s
 WHERE instance_key = %(instance_key)s AND state = 'ACTIVE'
"""
)

# Whoever joins the case at this moment has come before or comes after; CLOSE_CASE, the next statement, sees them.
LOCK_CASE = Statement.of("""SELECT 1 FROM "case" WHERE key = %(case_key)s FOR NO KEY UPDATE""")

# A case is closed when none of its instances runs.
CLOSE_CASE = Statement.of(
    """
UPDATE "case" SET state = %(state)s, closed_at = %(at)s
 WHERE key = %(case_key)s AND NOT EXISTS (
    SELECT 1 FROM process_instance WHERE case_key = %(case_key)s AND state = 'ACTIVE')
"""
)
