"""A whole service's open tasks by SQL: starting 100,000 cases is another benchmark's business.

The tasks are copies of five real ones, spread over all institutions and units, people, groups and due dates; each in a
case with an instance that runs, one in two hundred of them suspended, and two that have ended, one in fifty by force;
one of these with a completed task. Every open task has a deadline; those of the last days have been warned of.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text

from bench._postgres import migrated
from bench.completions import ACTOR, LOOP
from kfflow import reference
from kfflow.demo import accounts
from kfflow.installation import Installation
from kfflow.jobs.worker import Worker
from kfflow.persistence.database import Database
from kfflow.service import deployments, instances
from kfflow.service.cases import CaseDetails
from kfflow.service.context import Service
from kfflow.settings import Settings

COPIES = 20_000
PROCESSES = 5
CASES = """
INSERT INTO "case" SELECT made.* FROM "case" c CROSS JOIN generate_series(1, :copies) n
JOIN (SELECT code, area, row_number() OVER (ORDER BY code) - 1 AS place, count(*) OVER () AS many FROM institution) i
  ON i.place = n % i.many
CROSS JOIN jsonb_populate_record(c, jsonb_build_object(
  'key', c.key + n * 1000000::bigint, 'number', c.number || '-' || n, 'institution_code', i.code, 'area', i.area,
  'opened_at', c.opened_at - n * interval '20 minutes')) made
"""
INSTANCES = """
INSERT INTO process_instance SELECT made.* FROM process_instance i CROSS JOIN generate_series(1, :copies) n
CROSS JOIN jsonb_populate_record(i, jsonb_build_object(
  'key', i.key + n * 1000000::bigint, 'root_key', i.key + n * 1000000::bigint,
  'case_key', i.case_key + n * 1000000::bigint, 'started_at', i.started_at - n * interval '20 minutes')
  || CASE WHEN n % 200 > 0 THEN '{}' ELSE jsonb_build_object(
  'suspended_at', now(), 'suspended_by', 'bench', 'suspension_reason', 'bench', 'suspension_hjemmel', 'bench') END) made
"""
ENDED = """
INSERT INTO process_instance SELECT made.* FROM process_instance i CROSS JOIN generate_series(1, 2) m
CROSS JOIN jsonb_populate_record(i, jsonb_build_object(
  'key', i.key + m * 100000, 'root_key', i.key + m * 100000, 'snapshot', null, 'ended_at', now(),
  'state', CASE (i.key / 1000000) % 50 WHEN 0 THEN 'TERMINATED' ELSE 'COMPLETED' END, 'suspended_at', null,
  'suspended_by', null, 'suspension_reason', null, 'suspension_hjemmel', null)) made
"""
HISTORY = """
INSERT INTO history_step (instance_key, case_key, revision, at, actor, version, events)
SELECT i.key, i.case_key, h.revision, h.at, h.actor, h.version, h.events
FROM history_step h JOIN process_instance i ON i.key % 100000 = h.instance_key % 100000 AND i.key <> h.instance_key
"""
TASKS = """
INSERT INTO user_task SELECT made.*
FROM user_task t CROSS JOIN generate_series(1, :copies) n CROSS JOIN generate_series(0, 1) m
JOIN "case" c ON c.key = t.case_key + n * 1000000::bigint
CROSS JOIN jsonb_populate_record(t, jsonb_build_object(
  'key', t.key + n * 1000000::bigint + m * 100000, 'instance_key', t.instance_key + n * 1000000::bigint + m * 100000,
  'root_key', t.root_key + n * 1000000::bigint + m * 100000, 'case_key', c.key,
  'institution_code', c.institution_code, 'area', c.area,
  'unit_code', (SELECT min(code) FROM unit u WHERE u.institution_code = c.institution_code),
  'assignee', CASE n % 3 WHEN 0 THEN (ARRAY['sagsbehandler', 'direktorat', 'betjent', 'teamleder'])[1 + n % 4] END,
  'candidate_groups', jsonb_build_array((ARRAY['sagsbehandler', 'betjent', 'enhedschef', 'direktorat'])[1 + n % 4]),
  'name', 'Trin ' || n % 40, 'due_at', now() + (n % 2000 - 100) * interval '30 minutes',
  'warn_at', now() + (n % 2000 - 160) * interval '30 minutes') || CASE m WHEN 0 THEN '{}' ELSE jsonb_build_object(
  'state', 'COMPLETED', 'completed_by', 'bench', 'ended_at', now()) END) made
ORDER BY c.key, m
"""
DEADLINES = """
INSERT INTO deadline (key, case_key, instance_key, task_key, element_id, name, kind, hjemmel, calendar, state,
  started_at, due_at, warn_at, escalate_to, explanation, warned_at, breached_at)
SELECT key, case_key, instance_key, key, element_id, name, 'legal', 'SYNTETISK', 'calendar',
  CASE WHEN due_at < now() THEN 'BREACHED' ELSE 'RUNNING' END, created_at, due_at, warn_at,
  (ARRAY['enhedschef', 'omraadekontor'])[1 + key / 1000000 % 2], '[]',
  CASE WHEN warn_at < now() THEN warn_at END, CASE WHEN due_at < now() THEN due_at END
FROM user_task WHERE state = 'CREATED' AND due_at IS NOT NULL
"""
TASK_NAMES = """
UPDATE process_definition SET task_names = (SELECT array_agg('Trin ' || n) FROM generate_series(0, 39) n)
"""


@contextmanager
def furnished() -> Iterator[Installation]:
    """Give an installation with the demo's places and accounts and 100,000 open tasks."""
    with migrated() as database, tempfile.TemporaryDirectory(prefix="kfpages") as folder:
        service = Service(database)
        service.publish_alone = True
        furnish(database, service)
        yield Installation(Settings(data_dir=Path(folder), secret_key="bench"), database, service, Worker(service))


def furnish(database: Database, service: Service) -> None:
    with service.command(ACTOR) as ctx:
        reference.load(ctx)
        accounts.load_accounts(ctx)
        for number in range(PROCESSES):
            deployments.deploy(ctx, [(f"loop{number}.bpmn", LOOP.replace(b'id="loop"', b'id="loop%d"' % number))])
    for number in range(PROCESSES):
        with service.command(ACTOR) as ctx:
            details = CaseDetails(institution_code="SDO")
            instances.create(ctx, process_id=f"loop{number}", variables={"slut": False}, case=details)
    copy(database)


def copy(database: Database) -> None:
    with database.transaction() as session:
        session.execute(text("SET LOCAL statement_timeout = 0"))
        session.execute(text("SET LOCAL session_replication_role = replica"))  # each copy refers as its original does
        for statement in (CASES, INSTANCES, ENDED, HISTORY, TASKS, DEADLINES, TASK_NAMES):
            session.execute(text(statement), {"copies": COPIES} if ":copies" in statement else {})
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
