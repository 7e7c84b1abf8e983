"""Fixtures shared by all tests: a real PostgreSQL, an empty database per test, a clock that stands still."""

import gc
import shutil
import tempfile
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from argon2.profiles import CHEAPEST
from sqlalchemy import update
from werkzeug.serving import make_server

from kfflow import reference
from kfflow.demo import accounts
from kfflow.installation import Installation, deploy_shipped
from kfflow.jobs import handlers
from kfflow.jobs.worker import Worker
from kfflow.persistence import embedded, schema
from kfflow.persistence.database import Database
from kfflow.persistence.tables import Account
from kfflow.service.accounts import SYSTEM
from kfflow.service.context import Context, Service, SettableClock
from kfflow.settings import Settings
from tests.kept import Kept

pytest_plugins = ("tests.parallel",)
ROOT = Path(__file__).parents[1]
NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
MEASURED = "changes of law: machine time from draft to moved, cases moved of those running"
"""What a test records under this name (`record_property`) stands at the end of the run."""

gc.set_threshold(
    100_000, 50, 100
)  # all that is loaded lives as long as the run: looking through it often costs a tenth


def pytest_terminal_summary(terminalreporter) -> None:
    """Tell what was measured, in whichever process: a line travels with the report of its test."""
    recorded = [pair for done in terminalreporter.getreports("passed") for pair in done.user_properties]
    lines = sorted(line for name, line in recorded if name == MEASURED)
    if lines:
        terminalreporter.section(MEASURED)
        terminalreporter.write_line("\n".join(lines))


@pytest.fixture(scope="session")
def postgres() -> Iterator[embedded.Server]:
    """One PostgreSQL server for all tests of this process; short path, because a socket's is limited."""
    folder = Path(tempfile.mkdtemp(prefix="kf"))
    folder.chmod(0o755)
    server = embedded.start(folder / "pg")
    yield server
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def migrated(postgres: embedded.Server) -> Iterator[Database]:
    database = Database(embedded.fresh(postgres, "kfflow_test"))
    schema.upgrade(database)
    yield database
    database.close()


@pytest.fixture(scope="session")
def kept(migrated: Database) -> Kept:
    return Kept(migrated)


@pytest.fixture
def database(migrated: Database, kept: Kept) -> Database:
    """An empty database; what the test before left is deleted first, so a failed test can be looked into."""
    kept.clear()
    return migrated


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock(NOW)


def furnish(ctx: Context) -> None:
    """Load the reference data and the demo accounts, their passwords hashed so that a login does not take 0.3 s."""
    reference.load(ctx)
    accounts.load_accounts(ctx)
    for password in (accounts.PASSWORD, accounts.CLIENT_SECRET):
        names = [login.username for login in accounts.LOGINS if login.password == password]
        row = update(Account).where(Account.username.in_(names))
        ctx.session.execute(row.values(password_hash=quickly_hashed(password)))


@cache
def quickly_hashed(password: str) -> str:
    return PasswordHasher.from_parameters(CHEAPEST).hash(password)


@pytest.fixture
def service(database: Database, kept: Kept, clock: SettableClock) -> Service:
    """The commands on a database with the reference data and the demo accounts, and nothing else.

    One may publish alone, so that most tests need one designer only; those of four eyes take that away.
    """
    service = Service(database, clock=clock)
    service.publish_alone = True

    def make() -> None:
        with service.command(SYSTEM) as ctx:
            furnish(ctx)

    kept.lay("furnished", make)
    return service


@pytest.fixture
def worker(service: Service) -> Worker:
    handlers.load(ROOT / "workflows")
    return Worker(service)


@pytest.fixture
def installation(database: Database, service: Service, worker: Worker, tmp_path: Path) -> Installation:
    settings = Settings(
        data_dir=tmp_path,
        secret_key="a-secret-of-the-tests",
        demo=True,
        bpmn_dir=ROOT / "bpmn",
        workflows_dir=ROOT / "workflows",
    )
    return Installation(settings, database, service, worker)


@pytest.fixture
def in_operation(installation: Installation, kept: Kept) -> Installation:
    """An installation that has put all shipped diagrams, tables, forms and letters in operation."""
    kept.lay("shipped", lambda: deploy_shipped(installation))
    return installation


@pytest.fixture(scope="session")
def built():
    """The app, built once: to compile its routes and templates takes longer than most tests."""
    from kfflow.app import build

    return build()


@pytest.fixture
def app(built, installation: Installation):
    from kfflow.app import connect

    connect(built, installation)
    return built


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def live_server(app) -> Iterator[str]:
    """The address of a real server in a thread."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
