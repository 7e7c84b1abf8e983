"""A running kfflow with a small population, one Chromium, and fresh visits for each test."""

import importlib
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright
from sqlalchemy import select

from kfflow.demo import population
from kfflow.installation import Installation, deploy_shipped
from kfflow.jobs import handlers
from kfflow.jobs.client_system import NAME
from kfflow.jobs.worker import Worker
from kfflow.persistence import embedded, schema
from kfflow.persistence.database import Database
from kfflow.persistence.tables import Outbox, Person, Reconciliation
from kfflow.service.accounts import SYSTEM
from kfflow.service.context import Service, SettableClock
from kfflow.settings import Settings
from tests.conftest import NOW, ROOT, furnish
from tests.e2e.browser import chromium_path, launch_options
from tests.e2e.house import House, served
from tests.e2e.visits import PATIENCE, Visits
from tests.population import small

expect.set_options(timeout=PATIENCE)

LEFT_OPEN = "ignore:.*unclosed file.*static/dist:ResourceWarning"
LEFT_OPEN_SAID = "ignore:Exception ignored in. <_io.FileIO:pytest.PytestUnraisableExceptionWarning"


def pytest_itemcollected(item: pytest.Item) -> None:
    """Let the tests' web server leave a file to the collector when a browser goes before it has been read."""
    item.add_marker(pytest.mark.filterwarnings(LEFT_OPEN))
    item.add_marker(pytest.mark.filterwarnings(LEFT_OPEN_SAID))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    # Python 3.11 may fail to parse a module after playwright's greenlets ran (cpython#106905); pytest's hypothesis
    # plugin imports this one at the very end.
    importlib.import_module("hypothesis")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options(chromium_path()), timeout=PATIENCE)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def house(postgres: embedded.Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One for all browser tests: each makes its own cases in it, so they do not disturb each other."""
    database = Database(embedded.fresh(postgres, "kfflow_e2e"))
    schema.upgrade(database)
    handlers.load(ROOT / "workflows")
    clock = SettableClock(NOW)
    service = Service(database, clock=clock)
    worker = Worker(service)
    service.ring = worker.ring
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("kfflow"),
        secret_key="a-secret-of-the-tests",
        demo=True,
        bpmn_dir=ROOT / "bpmn",
        workflows_dir=ROOT / "workflows",
    )
    installation = Installation(settings, database, service, worker)
    _furnish(installation)
    with served(installation, clock) as house:
        yield house
    database.close()


def _furnish(installation: Installation) -> None:
    with installation.service.command(SYSTEM) as ctx:
        furnish(ctx)
    deploy_shipped(installation)
    population.load(installation.database, told=small(), progress=False, now=NOW)
    _differ(installation.service)


def _differ(service: Service) -> None:
    """Let the client system differ: one conflict, and one outcome that it refused."""
    with service.command(SYSTEM) as ctx:
        there = select(Person.person_number).where(Person.institution_code == "SDO")
        number = ctx.session.scalars(there.order_by(Person.key)).first()
        conflict = {"person": number, "field": "institution", "here": "SDO", "there": "NYB"}
        told = {"key": ctx.new_key(), "system": NAME, "at": ctx.at}
        ctx.session.add(Reconciliation(**told, counts={"persons": 1}, differences=[conflict]))
        refused = {"refused_at": ctx.at, "attempts": 1, "problem_da": "Afvist.", "problem_en": "Refused."}
        of_call = {"key": ctx.new_key(), "system": NAME, "idempotency_key": "x:klientsystem:0", "payload": {}}
        ctx.session.add(Outbox(**of_call, **refused, created_at=ctx.at))


@pytest.fixture
def visits(browser: Browser, house: House) -> Iterator[Visits]:
    """Visits of one test; at its end no page may have strayed, or complained in its console."""
    opened = Visits(browser, house)
    yield opened
    opened.close()
    assert (opened.watch.strayed, opened.watch.errors) == ([], [])
