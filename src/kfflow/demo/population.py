"""The demo population: synthetic inmates in the real institutions, and leave cases in all stages.

Everything follows from the seed and the day. Nobody in it exists; every name says SYNTETISK.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from sqlalchemy import exists, func, insert, select

from kfflow import reference
from kfflow.demo import accounts, finishing, plans
from kfflow.demo.colleagues import Colleagues
from kfflow.demo.playing import Going, Play
from kfflow.persistence.database import Database
from kfflow.persistence.tables import Case, Deadline, Incident, Person, Unit, UserTask
from kfflow.service.accounts import SYSTEM
from kfflow.service.context import Context, DatabaseClock, Service, SettableClock
from kfflow.simulation.acting import lots
from kfflow.simulation.first_leave import FirstLeave
from kfflow.simulation.inmates import Inmate, generate

STARTED_FOR_ONE_OPEN = 1.2
"""Cases to begin for each that is still open now; the others have ended on the way."""


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
    seed: int = 1,
    inmates: int = 2000,
    cases: int = 400,
    progress: bool = True,
    now: datetime | None = None,
) -> Summary:
    """Load the population into a database whose processes are deployed; does nothing when it is there already.

    `now` is the database's own instant unless given. The job handlers must have been loaded.
    """
    clock = SettableClock(_instant(database, now))
    service = Service(database, clock=clock)
    if is_loaded(database):
        return _summary(service, loaded=False)
    now = clock.at
    with service.command(SYSTEM) as ctx:
        reference.load(ctx)
        accounts.load_accounts(ctx)
        people, keys = _settle(ctx, seed, inmates, now)
        colleagues = Colleagues(ctx)
    going = _draw(seed, people, colleagues, cases, now)
    clock.at = now - plans.SPAN
    play = Play(service, colleagues, keys, now)
    _show(play.run(going), now, progress=progress)
    clock.at = now
    finishing.finish(service, colleagues, lots(seed, "finish"))
    return _summary(service, loaded=True)


def _instant(database: Database, now: datetime | None) -> datetime:
    if now is not None:
        return now
    with database.begin() as transaction:
        return DatabaseClock().now(transaction)


def _settle(ctx: Context, seed: int, count: int, now: datetime) -> tuple[list[Inmate], dict[str, int]]:
    """Put the inmates into the units, all in one statement; gives them with their keys by number."""
    units = ctx.session.scalars(select(Unit)).all()
    people = generate(lots(seed, "people"), count, units, now.date())
    first_leave = FirstLeave(ctx)
    rows = [_row(ctx, inmate, first_leave) for inmate in people]
    if rows:
        ctx.session.execute(insert(Person), rows)
    return people, {row["person_number"]: row["key"] for row in rows}


def _row(ctx: Context, inmate: Inmate, first_leave: FirstLeave) -> dict[str, Any]:
    return {
        "key": ctx.new_key(),
        "person_number": inmate.number,
        "name": inmate.name,
        "born_on": inmate.born_on,
        "institution_code": inmate.unit.institution_code,
        "unit_code": inmate.unit.code,
        "admitted_on": inmate.admitted_on,
        "facts": {**inmate.facts(), "foerste_udgang": first_leave.of(inmate)},
        "synthetic": True,
    }


def _draw(seed: int, people: Sequence[Inmate], colleagues: Colleagues, cases: int, now: datetime) -> list[Going]:
    staffed = [i for i in people if i.unit.institution_code in colleagues.institutions]
    drawn = plans.draw(lots(seed, "plans"), staffed, round(cases * STARTED_FOR_ONE_OPEN), now)
    return [Going(plan, lots(seed, plan.inmate.number)) for plan in drawn]


def _show(reached: Iterable[datetime], now: datetime, *, progress: bool) -> None:
    """Play to the end, with a bar that follows the calendar."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
    )
    first = now - plans.SPAN - timedelta(days=1)
    with Progress(*columns, disable=not progress, transient=True) as bar:
        task = bar.add_task("Udgangssager", total=(now - first).total_seconds())
        for at in reached:
            bar.update(task, completed=(at - first).total_seconds(), description=f"Udgangssager {at:%d.%m.%Y}")


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
