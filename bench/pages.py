"""How fast pages answer with 100,000 open tasks: p50 and p95 per page, as ratios to one indexed query in the same run.

The tasks are copies of five real ones, spread over all institutions and units, people, groups and due dates.
"""

import re
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import text

from bench._postgres import migrated
from bench.completions import ACTOR, LOOP
from kfflow.app import create_app
from kfflow.demo import accounts, reference
from kfflow.installation import Installation
from kfflow.jobs.worker import Worker
from kfflow.persistence.database import Database
from kfflow.service import deployments, instances
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
    "board": "/tavle",
}
COPY_CASES = """
INSERT INTO "case" SELECT (jsonb_populate_record(c, jsonb_build_object(
  'key', c.key + n * 1000000::bigint, 'number', c.number || '-' || n, 'institution_code', i.code, 'area', i.area))).*
FROM "case" c CROSS JOIN generate_series(1, :copies) n
JOIN (SELECT code, area, row_number() OVER (ORDER BY code) - 1 AS place, count(*) OVER () AS many FROM institution) i
  ON i.place = n % i.many
"""
COPY_TASKS = """
INSERT INTO user_task SELECT (jsonb_populate_record(t, jsonb_build_object(
  'key', t.key + n * 1000000::bigint, 'case_key', c.key, 'institution_code', c.institution_code, 'area', c.area,
  'unit_code', (SELECT min(code) FROM unit u WHERE u.institution_code = c.institution_code),
  'assignee', CASE n % 3 WHEN 0 THEN (ARRAY['sagsbehandler', 'direktorat', 'betjent', 'teamleder'])[1 + n % 4] END,
  'candidate_groups', jsonb_build_array((ARRAY['sagsbehandler', 'betjent', 'enhedschef', 'direktorat'])[1 + n % 4]),
  'name', 'Trin ' || n % 40, 'due_at', now() + (n % 2000 - 100) * interval '30 minutes',
  'warn_at', now() + (n % 2000 - 160) * interval '30 minutes'))).*
FROM user_task t CROSS JOIN generate_series(1, :copies) n JOIN "case" c ON c.key = t.case_key + n * 1000000::bigint
"""


def main() -> None:
    with furnished() as installation:
        client_of = {name: logged_in(installation, name) for name in PEOPLE}
        bare = measured(partial(one_row, installation.database))
        print(f"bare indexed query: p50 {bare[0]:.2f} ms, p95 {bare[1]:.2f} ms")
        for name, client in client_of.items():
            for page, address in PAGES.items():
                if page == "board" and name != "teamleder":
                    continue
                report(f"{name}: {page}", measured(partial(fetch, client, address)), bare)


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
        reference.load_reference(ctx)
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
        for statement in (COPY_CASES, COPY_TASKS):
            session.execute(text(statement), {"copies": COPIES})
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
