"""Files tried out before they are published: scenarios run on them, one by one, on a database of their own."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from kfflow.persistence import embedded
from kfflow.scenarios import coverage
from kfflow.scenarios.coverage import Coverage
from kfflow.scenarios.ground import on_server
from kfflow.scenarios.report import Result
from kfflow.scenarios.run_all import Passed, run_one
from kfflow.service import definitions, deployments, scenario_files
from kfflow.service.accounts import SYSTEM
from kfflow.service.context import Context, Service, SettableClock
from kfflow.service.scenario_files import ENDING
from kfflow.settings import Settings

DATABASE = "kfflow_trial"
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
"""Every scenario sets its own instant before anything happens."""
File = tuple[str, bytes]


@dataclass(slots=True)
class Covered:
    """What a trial came by, measured when its last scenario has run; for one process when asked for."""

    process_id: str = ""
    passed: Passed = field(default_factory=set)
    coverage: Coverage | None = None


class Trials:
    """Runs scenarios on files that are not in force; `prepare` loads what every installation has."""

    def __init__(
        self, settings: Settings, prepare: Callable[[Context], None], server: embedded.Server | None = None
    ) -> None:
        self.settings = settings
        self.prepare = prepare
        self.server = server

    def scenarios(self, processes: frozenset[str], sources: Mapping[str, bytes]) -> list[File]:
        """Give those of the sources that are scenarios of some processes, ordered by name."""
        return scenario_files.of_processes(sources, processes)

    def measuring(self, process_id: str) -> Covered:
        """Give what a run fills, to tell afterwards how much of a process its scenarios reach."""
        return Covered(process_id)

    def run(
        self, sources: Mapping[str, bytes], scenarios: Sequence[File], covered: Covered | None = None
    ) -> Iterator[Result]:
        """Put the sources in force on an empty database and run the scenarios there; gives each result as it comes.

        Raises Conflict while another trial runs, and what the deployment or a scenario file raises.
        """
        measured = covered or Covered()
        server = self.server or embedded.start(self.settings.data_dir / "pg")
        clock = SettableClock(EPOCH)
        with on_server(server, DATABASE, clock, zone=self.settings.zone) as service:
            self._deploy(service, sources)
            for name, source in scenarios:
                folder, file = scenario_files.place_of(name)
                scenario = scenario_files.read(file, source, service.zone, folder=folder)
                yield run_one(service, clock, scenario, measured.passed)
            _measure(service, measured)

    def _deploy(self, service: Service, sources: Mapping[str, bytes]) -> None:
        with service.command(SYSTEM) as ctx:
            self.prepare(ctx)
            files = [(name, source) for name, source in sources.items() if not name.endswith(ENDING)]
            deployments.deploy(ctx, files, name="prøve")


def _measure(service: Service, covered: Covered) -> None:
    with service.query(SYSTEM) as ctx:
        found = definitions.find_latest(ctx, covered.process_id) if covered.process_id else None
        if found is not None:
            covered.coverage = coverage.of_process(definitions.compiled(ctx, found.key), covered.passed)
