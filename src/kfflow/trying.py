"""Trying processes out, on a scratch database beside the real one: the scenario files, and a simulated span."""

import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from kfflow import installation, reference, scenarios, simulation
from kfflow.persistence.database import Database
from kfflow.persistence.vacuum import vacuum
from kfflow.scenarios.ground import ground
from kfflow.scenarios.report import Result
from kfflow.scenarios.trials import Trials
from kfflow.service import drafts, law_drafts, trial_results
from kfflow.service.accounts import SYSTEM
from kfflow.service.context import SettableClock
from kfflow.service.trial_results import Fared
from kfflow.settings import Settings
from kfflow.simulation.setting import Setting

SCRATCH = "kfflow_scratch"
SIMULATED = "kfflow_simulation"
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
"""Every scenario sets its own instant before anything happens."""
GRAIN, COARSE_GRAIN = timedelta(minutes=1), timedelta(minutes=5)
"""By how much time moves in a simulation: in one process, and in several, which want more to do at once."""
BEGINS = time(7)
"""Local time of day at which a simulation begins."""


def run_scenarios(settings: Settings, what: str | None) -> scenarios.Report:
    """Run the scenario files on a database of their own; the installation's cases are never touched."""
    clock = SettableClock(EPOCH)
    with ground(settings, SCRATCH, clock) as service:
        with service.command(SYSTEM) as ctx:
            reference.load(ctx)
        return scenarios.run(service, clock, settings.bpmn_dir, settings.workflows_dir, what)


def try_drafts(settings: Settings, names: Sequence[str]) -> list[Result]:
    """Run the scenarios of the processes that drafts concern, on a database of their own; keeps how they fared."""
    assembled = installation.assemble(settings)
    trials = Trials(settings, reference.load, assembled.embedded_server)
    try:
        with assembled.service.command(SYSTEM, reason="prøver kladder") as ctx:
            changed = drafts.chosen(ctx, names)
            seen = {one.resource_name: one.revision for one in changed}
            sources, processes = law_drafts.in_place(ctx, changed), law_drafts.concerned(ctx, changed)
        results = list(trials.run(sources, trials.scenarios(processes, sources)))
        differing = sum(not result.ok for result in results)
        with assembled.service.command(SYSTEM, reason="prøver kladder") as ctx:
            trial_results.keep(ctx, seen, Fared(len(results) - differing, differing, is_whole=True))
        return results
    finally:
        assembled.database.close()


def extent_of(settings: Settings, start: date, *, days: int, seed: int, scale: float) -> simulation.Extent:
    """Give a simulated span that begins on a morning of the installation's zone."""
    return simulation.Extent(datetime.combine(start, BEGINS, ZoneInfo(settings.zone)), days, seed, scale)


def simulate(settings: Settings, extent: simulation.Extent, *, processes: int) -> simulation.Report:
    """Live through a span of the whole service; the database stays until the next simulation.

    An interrupt (Ctrl-C) ends it when the day is over; the report is then of the days lived.
    """
    setting = Setting(processes=processes, grain=COARSE_GRAIN if processes else GRAIN)
    clock = SettableClock(extent.start)
    with ground(settings, SIMULATED, clock) as service:
        scenarios.deploy(service, settings.bpmn_dir, settings.workflows_dir)
        lived = simulation.Simulation(service, clock, extent, setting)
        with _ended_by_interrupt(lived):
            _show(lived, extent, service.database)
        return lived.report()


@contextmanager
def _ended_by_interrupt(lived: simulation.Simulation) -> Iterator[None]:
    """Let an interrupt end the simulation in good order instead of breaking off a command."""
    usual = signal.signal(signal.SIGINT, lambda _signal, _frame: lived.end_today())
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)


def _show(lived: simulation.Simulation, extent: simulation.Extent, database: Database) -> None:
    """Live to the end, with a bar that follows the calendar, and leave the tables vacuumed."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, transient=True) as bar:
        task = bar.add_task("Simulering", total=(extent.end - extent.start).total_seconds())
        for at in lived.run():
            bar.update(task, completed=(at - extent.start).total_seconds(), description=f"Simulering {at:%d.%m.%Y}")
        for table in vacuum(database):
            bar.update(task, description=f"VACUUM ANALYZE {table}")
