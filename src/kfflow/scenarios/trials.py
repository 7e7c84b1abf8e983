"""Files tried out before they are published: scenarios run on them, one by one, on a database of their own."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from kfflow.persistence import embedded
from kfflow.scenarios import files
from kfflow.scenarios.ground import on_server, scenario_files
from kfflow.scenarios.report import Result
from kfflow.scenarios.run_all import run_one
from kfflow.service import deployments
from kfflow.service.accounts import SYSTEM
from kfflow.service.context import Context, Service, SettableClock
from kfflow.settings import Settings

DATABASE = "kfflow_trial"
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
"""Every scenario sets its own instant before anything happens."""


class Trials:
    """Runs scenarios on files that are not in force; `prepare` loads what every installation has."""

    def __init__(
        self, settings: Settings, prepare: Callable[[Context], None], server: embedded.Server | None = None
    ) -> None:
        self.settings = settings
        self.prepare = prepare
        self.server = server

    def scenarios(self, processes: frozenset[str]) -> list[Path]:
        """Give the scenario files of some processes."""
        return scenario_files(self.settings.workflows_dir, processes)

    def run(self, sources: Mapping[str, bytes], scenarios: Sequence[Path]) -> Iterator[Result]:
        """Put the sources in force on an empty database and run the scenarios there; gives each result as it comes.

        Raises Conflict while another trial runs, and what the deployment or a scenario file raises.
        """
        server = self.server or embedded.start(self.settings.data_dir / "pg")
        clock = SettableClock(EPOCH)
        with on_server(server, DATABASE, clock, zone=self.settings.zone) as service:
            self._deploy(service, sources)
            for path in scenarios:
                yield run_one(service, clock, files.read(path, service.zone), set())

    def _deploy(self, service: Service, sources: Mapping[str, bytes]) -> None:
        with service.command(SYSTEM) as ctx:
            self.prepare(ctx)
            deployments.deploy(ctx, list(sources.items()), name="prøve")
