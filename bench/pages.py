"""How fast pages answer with 100,000 open tasks: p50 and p95 per page, as ratios to one indexed query in the same run.

The tasks are copies of five real ones, spread over all institutions and units, people, groups and due dates; each in a
case with an instance that runs, one in two hundred of them suspended, and two that have ended, one in fifty by force.
"""

import re
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import structlog
from flask.testing import FlaskClient
from sqlalchemy import text

from bench._postgres import migrated
from bench.completions import ACTOR, LOOP
from kfflow import reference
from kfflow.app import create_app
from kfflow.demo import accounts
from kfflow.domain.authorization import Actor
from kfflow.installation import Installation
from kfflow.jobs.worker import Worker
from kfflow.persistence.database import Database
from kfflow.persistence.listings import PROCESS_INSTANCES
from kfflow.persistence.search import Condition, Query
from kfflow.service import deployments, instances, search
from kfflow.service.cases import CaseDetails
from kfflow.service.context import Service
from kfflow.settings import Settings

COPIES = 20_000
PROCESSES = 5
ROUNDS = 20
PEOPLE = ("direktorat", "omraadekontor", "teamleder")
LISTS = "/indbakke?view="
PAGES = {
    "inbox, all": f"{LISTS}enhed",
    "inbox, my groups": f"{LISTS}grupper",
    "inbox, overdue": f"{LISTS}overskredet",
    "inbox, at risk": f"{LISTS}truet",
    "inbox, latest first": f"{LISTS}enhed&retning=ned",
    "inbox, by owner": f"{LISTS}enhed&sort=ansvarlig",
    "inbox, by process": f"{LISTS}enhed&sort=proces",
    "inbox, by task": f"{LISTS}enhed&sort=opgave",
    "inbox, one process": f"{LISTS}enhed&proces=loop3",
    "inbox, page 20": f"{LISTS}enhed&page=20",
    "inbox, usual word": f"{LISTS}enhed&q=2026",
    "inbox, no such word": f"{LISTS}enhed&q=qzxw",
    "board": "/tavle",
    "cases": "/sager",
    "cases by words": "/sager?q=2026",
    "cases, no such word": "/sager?q=qzxw",
    "one case": "/sager/{case}",
}
SEARCHES = {
    "all": (),
    "active": (Condition("state", "eq", "ACTIVE"),),
    "suspended": (Condition("state", "eq", "SUSPENDED"),),
    "terminated": (Condition("state", "eq", "TERMINATED"),),
    "ended": (Condition("state", "in", ["COMPLETED", "TERMINATED"]),),
    "active, one process": (
        Condition("state", "eq", "ACTIVE"),
        Condition("process_definition_id", "eq", "loop3"),
    ),
}
SEARCHERS = {
    "national": ACTOR,
    "area": replace(ACTOR, national=False, area="vest"),
    "institution": replace(ACTOR, national=False, institution="SDO"),
}
COPY_CASES = """
INSERT INTO "case" SELECT (jsonb_populate_record(c, jsonb_build_object(
  'key', c.key + n * 1000000::bigint, 'number', c.number || '-' || n, 'institution_code', i.code, 'area', i.area,
  'opened_at', c.opened_at - n * interval '20 minutes'))).*
FROM "case" c CROSS JOIN generate_series(1, :copies) n
JOIN (SELECT code, area, row_number() OVER (ORDER BY code) - 1 AS place, count(*) OVER () AS many FROM institution) i
  ON i.place = n % i.many
"""
COPY_INSTANCES = """
INSERT INTO process_instance SELECT (jsonb_populate_record(i, jsonb_build_object(
  'key', i.key + n * 1000000::bigint, 'root_key', i.key + n * 1000000::bigint,
  'case_key', i.case_key + n * 1000000::bigint) || CASE WHEN n % 200 > 0 THEN '{}' ELSE jsonb_build_object(
  'suspended_at', now(), 'suspended_by', 'bench', 'suspension_reason', 'bench', 'suspension_hjemmel', 'bench') END)).*
FROM process_instance i CROSS JOIN generate_series(1, :copies) n
"""
COPY_ENDED = """
INSERT INTO process_instance SELECT (jsonb_populate_record(i, jsonb_build_object(
  'key', i.key + m * 100000, 'root_key', i.key + m * 100000, 'snapshot', null, 'ended_at', now(),
  'state', CASE (i.key / 1000000) % 50 WHEN 0 THEN 'TERMINATED' ELSE 'COMPLETED' END, 'suspended_at', null,
  'suspended_by', null, 'suspension_reason', null, 'suspension_hjemmel', null))).*
FROM process_instance i CROSS JOIN generate_series(1, 2) m
"""
COPY_TASKS = """
INSERT INTO user_task SELECT (jsonb_populate_record(t, jsonb_build_object(
  'key', t.key + n * 1000000::bigint, 'instance_key', t.instance_key + n * 1000000::bigint,
  'root_key', t.root_key + n * 1000000::bigint, 'case_key', c.key,
  'institution_code', c.institution_code, 'area', c.area,
  'unit_code', (SELECT min(code) FROM unit u WHERE u.institution_code = c.institution_code),
  'assignee', CASE n % 3 WHEN 0 THEN (ARRAY['sagsbehandler', 'direktorat', 'betjent', 'teamleder'])[1 + n % 4] END,
  'candidate_groups', jsonb_build_array((ARRAY['sagsbehandler', 'betjent', 'enhedschef', 'direktorat'])[1 + n % 4]),
  'name', 'Trin ' || n % 40, 'due_at', now() + (n % 2000 - 100) * interval '30 minutes',
  'warn_at', now() + (n % 2000 - 160) * interval '30 minutes'))).*
FROM user_task t CROSS JOIN generate_series(1, :copies) n JOIN "case" c ON c.key = t.case_key + n * 1000000::bigint
"""
NAME_TASKS = """
UPDATE process_definition SET task_names = (SELECT array_agg('Trin ' || n) FROM generate_series(0, 39) n)
"""


def main() -> None:
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    with furnished() as installation:
        bare = measured(partial(one_row, installation.database))
        print(f"bare indexed query: p50 {bare[0]:.2f} ms, p95 {bare[1]:.2f} ms")
        for name in PEOPLE:
            client, case = logged_in(installation, name), a_case(installation.database, name)
            for page, address in PAGES.items():
                if page == "board" and name != "teamleder":
                    continue
                report(f"{name}: {page}", measured(partial(fetch, client, address.format(case=case))), bare)
        for name, actor in SEARCHERS.items():
            for asked, conditions in SEARCHES.items():
                report(
                    f"{name}: instances, {asked}",
                    measured(partial(find, installation.service, actor, conditions)),
                    bare,
                )


def find(service: Service, actor: Actor, conditions: Sequence[Condition]) -> None:
    with service.query(actor) as ctx:
        search.find(ctx, PROCESS_INSTANCES, Query(conditions))


def a_case(database: Database, username: str) -> str:
    """Give the number of a case that the person may see."""
    seen = """SELECT min(c.number) FROM "case" c JOIN account a ON a.username = :username
      AND coalesce(a.institution_code, c.institution_code) = c.institution_code AND coalesce(a.area, c.area) = c.area"""
    with database.transaction() as session:
        number: str = session.execute(text(seen), {"username": username}).scalar_one()
        return number


def report(label: str, taken: tuple[float, float], bare: tuple[float, float]) -> None:
    ratio = f"{taken[0] / bare[0]:5.0f} and {taken[1] / bare[1]:5.0f} times the bare query"
    print(f"{label:38} p50 {taken[0]:6.1f} ms  p95 {taken[1]:6.1f} ms  {ratio}")


@contextmanager
def furnished() -> Iterator[Installation]:
    """Give an installation with the demo's places and accounts and 100,000 open tasks."""
    with migrated() as database, tempfile.TemporaryDirectory(prefix="kfpages") as folder:
        service = Service(database)
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
        for statement in (COPY_CASES, COPY_INSTANCES, COPY_TASKS):
            session.execute(text(statement), {"copies": COPIES})
        session.execute(text(COPY_ENDED))
        session.execute(text(NAME_TASKS))
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def logged_in(installation: Installation, username: str) -> FlaskClient:
    client = create_app(installation).test_client()
    token = re.findall(r'name="csrf-token" content="([^"]+)"', client.get("/login").text)[0]
    sent = {"username": username, "password": accounts.PASSWORD, "csrf_token": token}
    assert client.post("/login", data=sent).status_code == 303
    return client


def fetch(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 200


def one_row(database: Database) -> None:
    with database.transaction() as session:
        session.execute(text("SELECT * FROM user_task WHERE state = 'CREATED' ORDER BY due_at, key LIMIT 1")).all()


def measured(act: Callable[[], None]) -> tuple[float, float]:
    """Give the median and the 95th percentile in milliseconds, after a warm-up."""
    act()
    taken = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        act()
        taken.append(1000 * (time.perf_counter() - begun))
    return statistics.median(taken), statistics.quantiles(taken, n=20)[-1]


if __name__ == "__main__":
    main()
