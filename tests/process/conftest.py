"""All scenario files, run once on a database of their own; each test then looks at its part of the report."""

from collections.abc import Iterator

import pytest

from kfflow import reference, scenarios
from kfflow.persistence import embedded, schema
from kfflow.persistence.database import Database
from kfflow.service.accounts import SYSTEM
from kfflow.service.context import Service, SettableClock
from tests.conftest import NOW, ROOT


@pytest.fixture(scope="session")
def ground(postgres: embedded.Server) -> Iterator[Service]:
    database = Database(embedded.fresh(postgres, "kfflow_scenarios"))
    schema.upgrade(database)
    service = Service(database, clock=SettableClock(NOW))
    with service.command(SYSTEM) as ctx:
        reference.load(ctx)
    yield service
    database.close()


@pytest.fixture(scope="session")
def report(ground: Service) -> scenarios.Report:
    return scenarios.run(ground, ground.clock, ROOT / "bpmn", ROOT / "workflows")
