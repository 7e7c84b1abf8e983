"""Small demo populations in databases of their own, loaded once for all tests."""

from collections.abc import Iterator
from typing import Any

import pytest

from kfflow import installation
from kfflow.demo import population
from kfflow.demo.population import Summary
from kfflow.jobs import handlers
from kfflow.persistence import embedded, schema
from kfflow.persistence.database import Database
from kfflow.service import deployments
from kfflow.service.accounts import SYSTEM
from kfflow.service.context import Service, SettableClock
from tests.conftest import NOW, ROOT
from tests.population import small


def populated(postgres: embedded.Server, name: str, told: dict[str, Any] | None = None) -> tuple[Service, Summary]:
    """Load the small cut, or another, into a database of its own."""
    database = Database(embedded.fresh(postgres, name))
    schema.upgrade(database)
    handlers.load(ROOT / "workflows")
    service = Service(database, clock=SettableClock(NOW))
    with service.command(SYSTEM) as ctx:
        deployments.deploy(ctx, installation.resources(ROOT / "bpmn", ROOT / "workflows"))
    return service, population.load(database, told=told or small(), progress=False, now=NOW)


@pytest.fixture(scope="session")
def loaded(postgres: embedded.Server) -> Iterator[tuple[Service, Summary]]:
    service, summary = populated(postgres, "kfflow_demo")
    yield service, summary
    service.database.close()


@pytest.fixture(scope="session")
def demo(loaded: tuple[Service, Summary]) -> Service:
    return loaded[0]


@pytest.fixture(scope="session")
def demo_again(postgres: embedded.Server) -> Iterator[Service]:
    """The same population, loaded a second time from the same seed."""
    service, _ = populated(postgres, "kfflow_demo_again")
    yield service
    service.database.close()


@pytest.fixture
def ctx(demo: Service):
    with demo.query(SYSTEM) as ctx:
        yield ctx
