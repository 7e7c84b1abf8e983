"""The demo population: the stretch of a simulation that ends now, with what is left to do at this moment.

Everything follows from the seed and the moment. Nobody in it exists; every name says SYNTETISK.
"""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from sqlalchemy import exists, func, select

from kfflow import reference
from kfflow.demo import accounts, cut, finishing, law
from kfflow.demo.crew import Crew
from kfflow.persistence.database import Database
from kfflow.persistence.tables import Case, Deadline, Incident, Person, UserTask
from kfflow.persistence.vacuum import vacuum
from kfflow.service.accounts import SYSTEM
from kfflow.service.context import DatabaseClock, Service, SettableClock, silent
from kfflow.simulation import Extent, Simulation
from kfflow.simulation.lots import lots


@dataclass(frozen=True, slots=True)
class Summary:
    """What stands in the database after loading; `loaded` is False when it stood there already."""

    loaded: bool
    inmates: int
    open_cases: int
    ended_cases: int
    open_tasks: int
    overdue_tasks: int
    incidents: int
    deadlines: int
    refused: int = 0
    """Commands that were refused while it was made."""

    def __str__(self) -> str:
        overdue = 100 * self.overdue_tasks / self.open_tasks if self.open_tasks else 0
        return (
            f"{self.inmates} indsatte (SYNTETISK), {self.open_cases} åbne og {self.ended_cases} afsluttede sager, "
            f"{self.open_tasks} åbne opgaver, {self.overdue_tasks} over fristen ({overdue:.0f} %), "
            f"{self.deadlines} frister, {self.incidents} driftshændelser."
        )


def is_loaded(database: Database) -> bool:
    """Tell whether there are synthetic people already."""
    with database.transaction() as session:
        return bool(session.scalar(select(exists().where(Person.synthetic))))


def load(
    database: Database,
    *,
    told: dict[str, Any] | None = None,
    progress: bool = True,
    now: datetime | None = None,
) -> Summary:
    """Load the population into a database whose processes are deployed; does nothing when it is there already.

    `told` is the cut, that of the data file unless given; `now` is the database's own instant unless given. The job
    handlers must have been loaded. The tables are left vacuumed.
    """
    clock = SettableClock(_instant(database, now))
    service = Service(database, clock=clock)
    if is_loaded(database):
        return _summary(service, loaded=False)
    simulation = _live(service, clock, told or cut.read(), progress=progress)
    _vacuum(database, progress=progress)
    return replace(_summary(service, loaded=True), refused=simulation.world.lived.troubles.total())


def _instant(database: Database, now: datetime | None) -> datetime:
    if now is not None:
        return now
    with database.begin() as transaction:
        return DatabaseClock().now(transaction)


def _live(service: Service, clock: SettableClock, told: dict[str, Any], *, progress: bool) -> Simulation:
    """Live from the beginning of the stretch to now, and do what is left to do."""
    extent, setting = cut.extent(told, clock.at), cut.setting(told, clock.at)
    with service.command(SYSTEM) as ctx:
        reference.load(ctx)
        accounts.load_accounts(ctx)
    simulation = Simulation(service, clock, extent, setting)
    _show(simulation, extent, progress=progress)
    service.ring = silent
    crew, people, reform = Crew(setting.figures, extent.seed), simulation.world.people, law.read()
    with service.command(SYSTEM) as ctx:
        finishing.break_a_job(ctx, people)
        others = finishing.settle_others(ctx, people, told["people"]["inmates"], reform["served_years"])
        law.take_over_life(ctx, people, others)
        law.draw(ctx, reform["edit"])
        finishing.pause_one(ctx)
        finishing.take_in_hand(ctx, crew, lots(extent.seed, "in hand"))
        finishing.write_comments(ctx, crew, lots(extent.seed, "comments"))
        finishing.write_drafts(ctx, crew, lots(extent.seed, "drafts"))
    return simulation


def _show(simulation: Simulation, extent: Extent, *, progress: bool) -> None:
    """Live to the end, with a bar that follows the calendar."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, disable=not progress, transient=True) as bar:
        task = bar.add_task("Demoens dage", total=(extent.end - extent.start).total_seconds())
        for at in simulation.run():
            lived = (at - extent.start).total_seconds()
            bar.update(task, completed=lived, description=f"Demoens dage {at:%d.%m.%Y}")


def _vacuum(database: Database, *, progress: bool) -> None:
    """Vacuum the tables that the demo was written to, naming each."""
    with Progress(TextColumn("{task.description}"), disable=not progress, transient=True) as line:
        task = line.add_task("VACUUM ANALYZE")
        for table in vacuum(database):
            line.update(task, description=f"VACUUM ANALYZE {table}")


def _summary(service: Service, *, loaded: bool) -> Summary:
    with service.query(SYSTEM) as ctx:
        states = Counter(dict(ctx.session.execute(select(Case.state, func.count()).group_by(Case.state)).all()))
        tasks = select(func.count()).where(UserTask.state == "CREATED")
        count = ctx.session.scalar
        return Summary(
            loaded=loaded,
            inmates=count(select(func.count()).where(Person.synthetic)) or 0,
            open_cases=states["ACTIVE"],
            ended_cases=states.total() - states["ACTIVE"],
            open_tasks=count(tasks) or 0,
            overdue_tasks=count(tasks.where(UserTask.due_at < ctx.at)) or 0,
            incidents=count(select(func.count()).where(Incident.state == "ACTIVE")) or 0,
            deadlines=count(select(func.count()).select_from(Deadline)) or 0,
        )
