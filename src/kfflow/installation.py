"""An installation put together from its settings: database, service, worker. The composition roots begin here."""

import gc
from dataclasses import dataclass, field
from pathlib import Path

from kfflow.jobs import handlers
from kfflow.jobs.worker import Worker
from kfflow.klientsystem.http import HttpClientSystem
from kfflow.persistence import embedded, schema
from kfflow.persistence.database import Database
from kfflow.service import deployments, scenario_files
from kfflow.service.accounts import SYSTEM
from kfflow.service.context import Clock, Service
from kfflow.settings import Settings

RESOURCE_ENDINGS = (".bpmn", ".dmn")


@dataclass(slots=True)
class Installation:
    """One running kfflow; `embedded_server` is held so that PostgreSQL lives as long as the process."""

    settings: Settings
    database: Database
    service: Service
    worker: Worker
    embedded_server: embedded.Server | None = None
    job_types: list[str] = field(default_factory=list)


def assemble(settings: Settings, *, clock: Clock | None = None) -> Installation:
    """Connect to the database (starting the embedded one if none is named) and build the service on it."""
    server = None
    if settings.database_url is None:
        server = embedded.start(settings.data_dir / "pg")
    database = Database(settings.database_url or embedded.address(server))  # type: ignore[arg-type]  # started above
    service = Service(database, clock=clock, zone=settings.zone)
    service.publish_alone = settings.publish_alone
    if settings.klientsystem_url:
        service.client_system = HttpClientSystem(settings.klientsystem_url)
        service.reconcile_at = settings.reconcile_at
    worker = Worker(service)
    if settings.broker_url:
        from kfflow.jobs.celery_app import ring_through

        service.ring = ring_through(settings.broker_url)
    else:
        service.ring = worker.ring
    installation = Installation(settings, database, service, worker, server)
    installation.job_types = handlers.load(settings.workflows_dir)
    return installation


def migrate(installation: Installation) -> None:
    schema.upgrade(installation.database)


def resources(bpmn_dir: Path, workflows_dir: Path) -> list[tuple[str, bytes]]:
    """Give the shipped diagrams, tables, forms and letters as (name, bytes), ordered by name."""
    diagrams = [p for p in bpmn_dir.iterdir() if p.suffix in RESOURCE_ENDINGS] if bpmn_dir.is_dir() else []
    forms = workflows_dir.glob("*/forms/*.form")
    letters = workflows_dir.glob("*/letters/*.typ")
    return [(p.name, p.read_bytes()) for p in sorted([*diagrams, *forms, *letters], key=lambda p: p.name)]


def scenarios(workflows_dir: Path) -> list[tuple[str, bytes]]:
    """Give the shipped scenarios of all processes as they are kept, ordered by name."""
    found = workflows_dir.glob(f"*/scenarios/*{scenario_files.ENDING}")
    return sorted((scenario_files.resource_name(p.parents[1].name, p.name), p.read_bytes()) for p in found)


def deploy_shipped(installation: Installation) -> int:
    """Put the shipped resources and scenarios in force that never were; gives how many versions are new."""
    folder = installation.settings.workflows_dir
    found = [*resources(installation.settings.bpmn_dir, folder), *scenarios(folder)]
    with installation.service.command(SYSTEM) as ctx:
        fresh = deployments.never_deployed(ctx, found)
        return deployments.deploy(ctx, fresh, name="leveret med kfflow", gives_way=True).fresh if fresh else 0


def settle() -> None:
    """Leave what is loaded out of the garbage collector's rounds: one over all of it holds up a page for 0.1 s."""
    gc.collect()
    gc.freeze()
