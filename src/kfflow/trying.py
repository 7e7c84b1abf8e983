"""Trying processes out, on a scratch database beside the real one: the scenario files, and a simulated span."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from kfflow import reference, scenarios, simulation
from kfflow.scenarios.ground import ground
from kfflow.service.accounts import SYSTEM
from kfflow.service.context import SettableClock
from kfflow.settings import Settings
from kfflow.simulation.setting import Setting

SCRATCH = "kfflow_scratch"
SIMULATED = "kfflow_simulation"
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
"""Every scenario sets its own instant before anything happens."""
BEGINS = time(7)
"""Local time of day at which a simulation begins."""


def run_scenarios(settings: Settings, what: str | None) -> scenarios.Report:
    """Run the scenario files on a database of their own; the installation's cases are never touched."""
    clock = SettableClock(EPOCH)
    with ground(settings, SCRATCH, clock) as service:
        with service.command(SYSTEM) as ctx:
            reference.load(ctx)
        return scenarios.run(service, clock, settings.bpmn_dir, settings.workflows_dir, what)


def simulate(settings: Settings, *, days: int, seed: int, scale: float, start: date, threads: int) -> simulation.Report:
    """Live through days of the whole service; the database stays until the next simulation."""
    extent = simulation.Extent(datetime.combine(start, BEGINS, ZoneInfo(settings.zone)), days, seed, scale)
    clock = SettableClock(extent.start)
    with ground(settings, SIMULATED, clock) as service:
        scenarios.deploy(service, settings.bpmn_dir, settings.workflows_dir)
        lived = simulation.Simulation(service, clock, extent, Setting(threads=threads))
        _show(lived, extent)
        return lived.report()


def _show(lived: simulation.Simulation, extent: simulation.Extent) -> None:
    """Live to the end, with a bar that follows the calendar."""
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
