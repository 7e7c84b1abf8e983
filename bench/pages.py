"""How fast pages and searches answer with 100,000 open tasks: the first time, p50 and p95, beside one indexed query.

Each is asked as those ask who see one institution, one area, and everything.
"""

import re
import statistics
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import structlog
from flask.testing import FlaskClient
from sqlalchemy import text

from bench._population import furnished
from kfflow.app import create_app
from kfflow.demo import accounts
from kfflow.installation import Installation, settle
from kfflow.persistence.database import Database

ROUNDS = 20
PEOPLE = ("direktorat", "omraadekontor", "teamleder", "sagsbehandler")
LISTS = "/indbakke?view="
PAGES = {
    "inbox, all": f"{LISTS}enhed",
    "inbox, mine": f"{LISTS}mine",
    "inbox, my groups": f"{LISTS}grupper",
    "inbox, unassigned": f"{LISTS}ufordelte",
    "inbox, escalated": f"{LISTS}eskaleret",
    "inbox, overdue": f"{LISTS}overskredet",
    "inbox, at risk": f"{LISTS}truet",
    "inbox, due today": f"{LISTS}idag",
    "inbox, latest first": f"{LISTS}enhed&retning=ned",
    "inbox, by owner": f"{LISTS}enhed&sort=ansvarlig",
    "inbox, by process": f"{LISTS}enhed&sort=proces",
    "inbox, by task": f"{LISTS}enhed&sort=opgave",
    "inbox, by unit": f"{LISTS}enhed&sort=enhed",
    "inbox, by task, page 20": f"{LISTS}enhed&sort=opgave&page=20",
    "inbox, one process": f"{LISTS}enhed&proces=loop3",
    "inbox, one process, by task": f"{LISTS}enhed&proces=loop3&sort=opgave",
    "inbox, one process, no such step": f"{LISTS}enhed&proces=loop3&element=intet",
    "inbox, no such owner": f"{LISTS}enhed&ansvarlig=ingen",
    "inbox, page 20": f"{LISTS}enhed&page=20",
    "inbox, page 200": f"{LISTS}enhed&page=200",
    "inbox, usual word": f"{LISTS}enhed&q=2026",
    "inbox, no such word": f"{LISTS}enhed&q=qzxw",
    "inbox, with a task": f"{LISTS}enhed&sel={{task}}",
    "cases": "/sager",
    "cases, page 20": "/sager?page=20",
    "cases by words": "/sager?q=2026",
    "cases, no such word": "/sager?q=qzxw",
    "one case": "/sager/{case}",
}
OFFICES = {
    "teamleder": {"board": "/tavle", "batches": "/batcher", "client system": "/klientsystem"},
    "procesdesigner": {
        "processes": "/processer",
        "operations": "/drift",
        "operations, one process": "/drift/loop3",
        "institutions": "/institutioner",
        "one institution": "/institutioner/SDO",
        "calendars": "/kalendere",
        "law": "/lov",
        "a new law": "/lov/ny",
        "batches": "/batcher",
    },
}
OPEN = {"state": "CREATED"}
SEARCHES: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "instances, all": ("process-instances", {}),
    "instances, active": ("process-instances", {"filter": {"state": "ACTIVE"}}),
    "instances, suspended": ("process-instances", {"filter": {"state": "SUSPENDED"}}),
    "instances, terminated": ("process-instances", {"filter": {"state": "TERMINATED"}}),
    "instances, ended": ("process-instances", {"filter": {"state": {"$in": ["COMPLETED", "TERMINATED"]}}}),
    "instances, active, one process": (
        "process-instances",
        {"filter": {"state": "ACTIVE", "processDefinitionId": "loop3"}},
    ),
    "instances, the latest": ("process-instances", {"sort": [{"field": "startDate", "order": "DESC"}]}),
    "instances, from 10,000 on": ("process-instances", {"page": {"from": 10_000}}),
    "tasks, all": ("user-tasks", {}),
    "tasks, open": ("user-tasks", {"filter": OPEN}),
    "tasks, open, by due date": ("user-tasks", {"filter": OPEN, "sort": [{"field": "dueDate"}]}),
    "tasks, open, latest due first": ("user-tasks", {"filter": OPEN, "sort": [{"field": "dueDate", "order": "DESC"}]}),
    "tasks, open, from 10,000 on": ("user-tasks", {"filter": OPEN, "page": {"from": 10_000}}),
    "tasks, open, of a group": ("user-tasks", {"filter": OPEN | {"candidateGroup": "enhedschef"}}),
    "tasks, open, of no such group": ("user-tasks", {"filter": OPEN | {"candidateGroup": "ingen"}}),
    "tasks, open, of an owner": ("user-tasks", {"filter": OPEN | {"assignee": "betjent"}}),
    "tasks, open, one process": ("user-tasks", {"filter": OPEN | {"processDefinitionId": "loop3"}}),
    "tasks, of a case": ("user-tasks", {"filter": {"businessId": "{case}"}}),
    "tasks, of no such name": ("user-tasks", {"filter": {"name": "intet"}}),
    "elements, of an instance": ("element-instances", {"filter": {"processInstanceKey": "{instance}"}}),
    "deadlines, breached": ("kf/deadlines", {"filter": {"state": "BREACHED"}}),
}


def main() -> None:
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    with furnished() as installation:
        clients = {name: logged_in(installation, name) for name in (*PEOPLE, *OFFICES)}
        settle()  # as whoever serves pages does
        bare = measured(partial(one_row, installation.database))
        print(f"bare indexed query: p50 {bare[1]:.2f} ms, p95 {bare[2]:.2f} ms")
        for name in PEOPLE:
            seen = seen_by(installation.database, name)
            for page, address in PAGES.items():
                report(f"{name}: {page}", measured(partial(fetch, clients[name], address.format(**seen))), bare)
            for asked, (path, body) in SEARCHES.items():
                report(f"{name}: {asked}", measured(partial(search, clients[name], path, filled(body, seen))), bare)
        for name, pages in OFFICES.items():
            for page, address in pages.items():
                report(f"{name}: {page}", measured(partial(fetch, clients[name], address)), bare)


def seen_by(database: Database, username: str) -> dict[str, str]:
    """Give a case that the person may see, by its number, with the keys of its open task and that task's instance."""
    seen = """SELECT c.number AS case, t.key::text AS task, t.instance_key::text AS instance
      FROM "case" c JOIN user_task t ON t.case_key = c.key AND t.state = 'CREATED'
      JOIN account a ON a.username = :username
      AND coalesce(a.institution_code, c.institution_code) = c.institution_code AND coalesce(a.area, c.area) = c.area
      ORDER BY c.number LIMIT 1"""
    with database.transaction() as session:
        return dict(session.execute(text(seen), {"username": username}).mappings().one())


def filled(body: Mapping[str, Any], seen: Mapping[str, str]) -> dict[str, Any]:
    """Give a search's body with what the person sees in the places for it."""
    return {
        key: filled(value, seen) if isinstance(value, dict) else value.format(**seen) if value in HOLES else value
        for key, value in body.items()
    }


HOLES = ("{case}", "{instance}")


def report(label: str, taken: tuple[float, float, float], bare: tuple[float, float, float]) -> None:
    first, median, high = taken
    ratio = f"{median / bare[1]:5.0f} and {high / bare[2]:5.0f} times the bare query"
    print(f"{label:48} first {first:6.1f} ms  p50 {median:6.1f} ms  p95 {high:6.1f} ms  {ratio}", flush=True)


def logged_in(installation: Installation, username: str) -> FlaskClient:
    client = create_app(installation).test_client()
    sent = {"username": username, "password": accounts.PASSWORD, "csrf_token": token(client, "/login")}
    assert client.post("/login", data=sent).status_code == 303
    client.environ_base["HTTP_X_CSRFTOKEN"] = token(client, "/processer")
    return client


def token(client: FlaskClient, address: str) -> str:
    """Give the page's token against forged requests, which the API asks of a browser's session, too."""
    return re.findall(r'name="csrf-token" content="([^"]+)"', client.get(address).text)[0]


def fetch(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 200


def search(client: FlaskClient, path: str, body: dict[str, Any]) -> None:
    assert client.post(f"/v2/{path}/search", json=body).status_code == 200


def one_row(database: Database) -> None:
    with database.transaction() as session:
        session.execute(text("SELECT * FROM user_task WHERE state = 'CREATED' ORDER BY due_at, key LIMIT 1")).all()


def measured(act: Callable[[], None]) -> tuple[float, float, float]:
    """Give milliseconds: the first time, and of those after it the median and the 95th percentile."""
    taken = []
    for _ in range(ROUNDS + 1):
        begun = time.perf_counter()
        act()
        taken.append(1000 * (time.perf_counter() - begun))
    return taken[0], statistics.median(taken[1:]), statistics.quantiles(taken[1:], n=20)[-1]


if __name__ == "__main__":
    main()
