"""Trying processes out, on a scratch database beside the real one: the scenario files, and a simulated span."""

import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from kfflow import installation, reference, scenarios, simulation
from kfflow.domain.law import Validity
from kfflow.persistence.database import Database
from kfflow.persistence.vacuum import vacuum
from kfflow.scenarios.ground import ground
from kfflow.scenarios.report import Result
from kfflow.scenarios.trials import Trials
from kfflow.service import drafts, law_days, law_drafts, trial_results
from kfflow.service.accounts import SYSTEM
from kfflow.service.context import SettableClock
from kfflow.service.law_days import LawDay
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


def run_stored(settings: Settings, what: str | None) -> scenarios.Report:
    """Run the scenarios that an installation keeps on a database of their own, its cases being never touched.

    On what is in force today, and on each later day from which that is something else.
    """
    assembled = installation.assemble(settings)
    try:
        with assembled.service.command(SYSTEM, reason="prøver scenarier") as ctx:
            days = law_days.ahead(ctx)
    finally:
        assembled.database.close()
    reports = [_stored(settings, day, what, is_named=len(days) > 1) for day in days]
    results, measured = [r for report in reports for r in report.results], [c for r in reports for c in r.coverage]
    return scenarios.Report(tuple(results), tuple(measured))


def _stored(settings: Settings, day: LawDay, what: str | None, *, is_named: bool) -> scenarios.Report:
    clock, named = SettableClock(EPOCH), day.begins if is_named else None
    with ground(settings, SCRATCH, clock) as service:
        with service.command(SYSTEM) as ctx:
            reference.load(ctx)
        report = scenarios.run_kept(service, clock, day.sources, what)
    results = tuple(replace(result, day=named) for result in report.results)
    return scenarios.Report(results, tuple(replace(one, day=named) for one in report.coverage))


def try_drafts(settings: Settings, names: Sequence[str], validity: Validity) -> list[Result]:
    """Run the scenarios of the processes that drafts concern, as if they counted so; keeps how they fared.

    On a database of their own, on what is in force on each day from which that is something else.
    """
    assembled = installation.assemble(settings)
    trials = Trials(settings, reference.load, assembled.embedded_server)
    try:
        with assembled.service.command(SYSTEM, reason="prøver kladder") as ctx:
            changed = drafts.chosen(ctx, names)
            seen = {one.resource_name: one.revision for one in changed}
            days = law_days.ahead(ctx, changed, validity)
            processes = law_drafts.concerned(ctx, changed, days)
        results = [result for day in days for result in _tried(trials, day, processes, is_named=len(days) > 1)]
        differing = sum(not result.ok for result in results)
        with assembled.service.command(SYSTEM, reason="prøver kladder") as ctx:
            trial_results.keep(ctx, seen, Fared(len(results) - differing, differing, is_whole=True), validity)
        return results
    finally:
        assembled.database.close()


def _tried(trials: Trials, day: LawDay, processes: frozenset[str], *, is_named: bool) -> Iterator[Result]:
    """Run the scenarios of processes on what is in force from a day on, which each result names if it shall."""
    for result in trials.run(day.sources, trials.scenarios(processes, day.sources)):
        yield replace(result, day=day.begins if is_named else None)


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
