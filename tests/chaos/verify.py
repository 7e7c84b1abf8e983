"""What must hold in the database after everything has come to rest, whatever was killed on the way.

Each rule is one query that gives what breaks it; nothing found is what a test asserts.
"""

from collections.abc import Sequence

from tests.chaos.cases import Case
from tests.chaos.harness import Topology

_RULES = {
    "history has gaps": """
        SELECT i.key, i.revision, count(DISTINCT h.revision), max(h.revision)
          FROM process_instance i LEFT JOIN history_event h ON h.instance_key = i.key
         WHERE i.key = ANY(%(keys)s)
         GROUP BY i.key HAVING count(DISTINCT h.revision) <> i.revision OR max(h.revision) <> i.revision""",
    "an instance has not ended": "SELECT key, state FROM process_instance WHERE key = ANY(%(keys)s)"
    " AND (state <> 'COMPLETED' OR snapshot IS NOT NULL OR ended_at IS NULL)",
    "a case is still open": """
        SELECT c.number, c.state FROM "case" c JOIN process_instance i ON i.case_key = c.key
         WHERE i.key = ANY(%(keys)s) AND c.state <> 'COMPLETED'""",
    "something was left open": """
        SELECT 'task', key FROM user_task WHERE instance_key = ANY(%(keys)s) AND state = 'CREATED'
         UNION ALL SELECT 'job', key FROM job WHERE instance_key = ANY(%(keys)s) AND state = 'CREATED'
         UNION ALL SELECT 'timer', key FROM timer WHERE instance_key = ANY(%(keys)s) AND state = 'ARMED'
         UNION ALL SELECT 'incident', key FROM incident WHERE instance_key = ANY(%(keys)s) AND state = 'ACTIVE'
         UNION ALL SELECT 'message', key FROM message_subscription WHERE instance_key = ANY(%(keys)s)
           AND state = 'OPEN'""",
    "an element ran other than once": """
        SELECT instance_key, element_id, count(*) FROM history_event
         WHERE instance_key = ANY(%(keys)s) AND kind = 'ELEMENT_COMPLETED'
         GROUP BY instance_key, element_id HAVING count(*) <> 1""",
    "a job left other than one document": """
        SELECT i.key, count(d.key) FROM process_instance i LEFT JOIN document d ON d.instance_key = i.key
         WHERE i.key = ANY(%(keys)s) GROUP BY i.key HAVING count(d.key) <> 1""",
    "a job left other than one call": """
        SELECT i.key, count(o.key) FROM process_instance i LEFT JOIN outbox o ON o.case_key = i.case_key
         WHERE i.key = ANY(%(keys)s) GROUP BY i.key HAVING count(o.key) <> 1""",
    "a task was completed other than once": """
        SELECT t.key, count(a.key) FROM user_task t
          LEFT JOIN audit_event a ON a.subject = t.key::text AND a.verb = 'service:task:complete'
         WHERE t.instance_key = ANY(%(keys)s) GROUP BY t.key HAVING count(a.key) <> 1""",
    "a timer fired early": "SELECT key FROM timer WHERE instance_key = ANY(%(keys)s) AND ended_at < due_at",
    "a message was delivered other than once": """
        SELECT i.key, count(m.key) FROM process_instance i JOIN "case" c ON c.key = i.case_key
          LEFT JOIN message m ON m.correlation_key = c.number AND m.state = 'CORRELATED'
         WHERE i.key = ANY(%(keys)s) GROUP BY i.key HAVING count(m.key) <> 1""",
}


def violations(topology: Topology, cases: Sequence[Case], completer: str) -> list[tuple]:
    """Give everything that is not as it must be for these cases."""
    keys = [case.instance_key for case in cases]
    broken = [(rule, *row) for rule, query in _RULES.items() for row in topology.rows(query, {"keys": keys})]
    return broken + _lost_starts(topology, cases) + _lost_completions(topology, cases, completer)


def _lost_starts(topology: Topology, cases: Sequence[Case]) -> list[tuple]:
    """Give the acknowledged starts that do not exist exactly once."""
    query = """
        SELECT c.number, array_agg(i.key) FROM "case" c JOIN process_instance i ON i.case_key = c.key
         WHERE c.number = ANY(%s) GROUP BY c.number"""
    stored = dict(topology.rows(query, [[case.number for case in cases]]))
    return [("a start is lost or doubled", c.number) for c in cases if stored.get(c.number) != [c.instance_key]]


def _lost_completions(topology: Topology, cases: Sequence[Case], completer: str) -> list[tuple]:
    """Give the acknowledged completions that are not stored with who did them."""
    told = [key for case in cases for operation, key in case.acknowledged if operation == "complete"]
    query = "SELECT key FROM user_task WHERE key = ANY(%s) AND state = 'COMPLETED' AND completed_by = %s"
    stored = {key for (key,) in topology.rows(query, [told, completer])}
    return [("a completion is lost", key) for key in told if key not in stored]
