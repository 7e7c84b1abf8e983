"""Two databases: one lives through the change, on the other its scenarios are tried before anything is published."""

from collections.abc import Iterator
from functools import partial

import pytest

from kfflow import installation, reference
from kfflow.jobs import handlers
from kfflow.persistence import embedded, schema
from kfflow.persistence.database import Database
from kfflow.scenarios import files, run_all
from kfflow.service import deployments
from kfflow.service.accounts import SYSTEM
from kfflow.service.context import Service, SettableClock
from tests.conftest import MEASURED, NOW, ROOT


@pytest.fixture(scope="session")
def shipped() -> dict[str, bytes]:
    return dict(installation.resources(ROOT / "bpmn", ROOT / "workflows"))


@pytest.fixture(scope="session")
def ground(postgres: embedded.Server, shipped: dict[str, bytes]) -> Iterator[Service]:
    handlers.load(ROOT / "workflows")
    database = Database(embedded.fresh(postgres, "kfflow_law_tried"))
    schema.upgrade(database)
    service = Service(database, clock=SettableClock(NOW))
    with service.command(SYSTEM) as ctx:
        reference.load(ctx)
        deployments.deploy(ctx, list(shipped.items()))
    yield service
    database.close()


@pytest.fixture
def tried(ground, shipped):
    """Run scenarios on edited files; afterwards the shipped ones are in force there again."""
    altered: dict[str, bytes] = {}

    def run(edited, paths):
        altered.update({name: shipped[name] for name in edited})
        with ground.command(SYSTEM) as ctx:
            deployments.deploy(ctx, list(edited.items()))
        read = [files.read(path, ground.zone) for path in paths]
        return [run_all.run_one(ground, ground.clock, scenario, set()) for scenario in read]

    yield run
    if altered:
        with ground.command(SYSTEM) as ctx:
            deployments.deploy(ctx, list(altered.items()))


@pytest.fixture
def report(record_property):
    """Tell a line at the end of the run: machine time and cases moved."""
    return partial(record_property, MEASURED)
