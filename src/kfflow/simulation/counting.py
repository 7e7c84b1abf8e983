"""What stands in the database after a simulation, counted: cases, tasks, deadlines, events of the law, incidents."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import text

from kfflow.jobs import client_system
from kfflow.service.context import Context

# Finds how many cases of each process began and ended, without the calls within a case.
_CASES = text("""
SELECT process_id, count(*) AS started, count(*) FILTER (WHERE state = 'COMPLETED') AS ended,
       count(*) FILTER (WHERE state IN ('CANCELED', 'TERMINATED')) AS canceled,
       count(*) FILTER (WHERE state = 'ACTIVE') AS open
  FROM process_instance WHERE parent_key IS NULL GROUP BY process_id ORDER BY process_id
""")

# Finds the tasks done by process, with the median and the 95th percentile of the hours from opening to doing.
_TASKS = text("""
SELECT process_id, count(*) AS done,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM ended_at - created_at) / 3600) AS median_hours,
       percentile_cont(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM ended_at - created_at) / 3600) AS p95_hours
  FROM user_task WHERE state = 'COMPLETED' GROUP BY process_id ORDER BY process_id
""")

# Finds the deadlines by kind; those of cases that were taken over at the beginning stand apart.
_DEADLINES = text("""
SELECT d.kind, c.opened_at = :start AS taken_over,
       count(*) FILTER (WHERE d.state = 'MET') AS met,
       count(*) FILTER (WHERE d.breached_at IS NOT NULL) AS broken,
       count(*) FILTER (WHERE d.state IN ('RUNNING', 'PAUSED') AND d.breached_at IS NULL) AS running
  FROM deadline d JOIN "case" c ON c.key = d.case_key GROUP BY 1, 2 ORDER BY 1, 2
""")

# Finds which tasks' deadlines were broken most, without the cases taken over, whose law's dates may have gone by.
_BROKEN = text("""
SELECT d.element_id, d.kind, count(*) FILTER (WHERE d.breached_at IS NOT NULL) AS broken, count(*) AS total
  FROM deadline d JOIN "case" c ON c.key = d.case_key
 WHERE c.opened_at > :start GROUP BY 1, 2 HAVING count(*) FILTER (WHERE d.breached_at IS NOT NULL) > 0
 ORDER BY broken DESC, element_id LIMIT 10
""")

# Counts how often elements were done since an instant: what the service would count in its own statistics.
_DONE = text("""
SELECT form_id, sum(times)::int AS times, sum(times * times)::int AS squares
  FROM (SELECT t.form_id, count(*) AS times FROM user_task t JOIN "case" c ON c.key = t.case_key
         WHERE t.state = 'COMPLETED' AND t.ended_at >= :since AND t.form_id = ANY(:forms)
         GROUP BY t.form_id, coalesce(c.person_key, c.key)) of_person
 GROUP BY form_id
""")

# Counts the decisions of a kind since an instant by their outcome.
_DECISIONS = text("""
SELECT kind, outcome, sum(times)::int AS times, sum(times * times)::int AS squares
  FROM (SELECT i.variables ->> 'sagstype' AS kind, i.variables ->> 'udfald' AS outcome, count(*) AS times
          FROM process_instance i JOIN "case" c ON c.key = i.case_key
         WHERE i.process_id = 'kf_afgoerelse' AND i.state = 'COMPLETED' AND i.ended_at >= :since
         GROUP BY 1, 2, coalesce(c.person_key, c.key)) of_person
 GROUP BY 1, 2
""")

# Counts the cases of a process that began since an instant.
_BEGUN = text("""
SELECT coalesce(sum(times), 0)::int AS times, coalesce(sum(times * times), 0)::int AS squares
  FROM (SELECT count(*) AS times FROM process_instance i JOIN "case" c ON c.key = i.case_key
         WHERE i.process_id = :process_id AND i.parent_key IS NULL AND i.started_at >= :since
         GROUP BY coalesce(c.person_key, c.key)) of_person
""")

# Finds what the last comparison with the client system counted, and how many differences it found.
_RECONCILED = text("""
SELECT counts, jsonb_array_length(differences) AS differences FROM reconciliation
 WHERE system = :system ORDER BY key DESC LIMIT 1
""")

_INCIDENTS = text("""
SELECT process_id, element_id, kind, message_en, count(*) AS times FROM incident
 GROUP BY 1, 2, 3, 4 ORDER BY times DESC, 1, 2
""")


class Tally(NamedTuple):
    """How many times something happened, and the sum of the squares of how many times it happened to each person."""

    times: int = 0
    squares: int = 0


class Incidents(NamedTuple):
    """Incidents of one kind at one place, with their reason."""

    process_id: str
    element_id: str
    kind: str
    message: str
    times: int


def cases(ctx: Context) -> list[dict[str, Any]]:
    return _dicts(ctx, _CASES)


def tasks(ctx: Context) -> list[dict[str, Any]]:
    return _dicts(ctx, _TASKS)


def deadlines(ctx: Context, start: datetime) -> list[dict[str, Any]]:
    return _dicts(ctx, _DEADLINES, start=start)


def most_broken(ctx: Context, start: datetime) -> list[dict[str, Any]]:
    return _dicts(ctx, _BROKEN, start=start)


def done(ctx: Context, since: datetime, forms: Sequence[str]) -> dict[str, Tally]:
    """Count the tasks with some forms that were done since an instant."""
    found = ctx.session.execute(_DONE, {"since": since, "forms": list(forms)})
    return {row.form_id: Tally(row.times, row.squares) for row in found}


def decisions(ctx: Context, since: datetime) -> dict[tuple[str, str], Tally]:
    """Count the decisions since an instant by kind of case and outcome."""
    found = ctx.session.execute(_DECISIONS, {"since": since})
    return {(row.kind, row.outcome): Tally(row.times, row.squares) for row in found}


def begun(ctx: Context, since: datetime, process_id: str) -> Tally:
    """Count the cases of a process that began since an instant."""
    row = ctx.session.execute(_BEGUN, {"since": since, "process_id": process_id}).one()
    return Tally(row.times, row.squares)


def reconciled(ctx: Context) -> dict[str, int]:
    """Give what the last comparison with the client system counted, with its `differences`; empty without one."""
    row = ctx.session.execute(_RECONCILED, {"system": client_system.NAME}).first()
    return {} if row is None else {**row.counts, "differences": row.differences}


def incidents(ctx: Context) -> list[Incidents]:
    return [Incidents(*row) for row in ctx.session.execute(_INCIDENTS)]


def _dicts(ctx: Context, statement: Any, **parameters: object) -> list[dict[str, Any]]:  # noqa: ANN401 - a text clause
    return [dict(row) for row in ctx.session.execute(statement, parameters).mappings()]
