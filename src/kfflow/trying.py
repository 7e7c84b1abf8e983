"""Trying processes out: the scenario files, run on a scratch database beside the real one."""

from datetime import UTC, datetime

from kfflow import scenarios
from kfflow.demo.reference import load_reference
from kfflow.jobs import handlers
from kfflow.persistence import embedded, schema
from kfflow.persistence.database import Database
from kfflow.service.accounts import SYSTEM
from kfflow.service.context import Service, SettableClock
from kfflow.settings import Settings

SCRATCH = "kfflow_scratch"
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
"""Every scenario sets its own instant before anything happens."""


def run_scenarios(settings: Settings, what: str | None) -> scenarios.Report:
    """Run the scenario files on a database of their own; the installation's cases are never touched."""
    server = embedded.start(settings.data_dir / "pg")
    database = Database(embedded.fresh(server, SCRATCH))
    schema.upgrade(database)
    handlers.load(settings.workflows_dir)
    clock = SettableClock(EPOCH)
    service = Service(database, clock=clock, zone=settings.zone)
    with service.command(SYSTEM) as ctx:
        load_reference(ctx)
    try:
        return scenarios.run(service, clock, settings.bpmn_dir, settings.workflows_dir, what)
    finally:
        database.close()
