"""The virtual year: time moves to the next minute at which something is due, and all happens by ordinary commands.

Timers, jobs and messages are worked by the installation's own worker; people take and do tasks; messages come from
outside. Nothing here reads the clock of the machine but to say how long it took.
"""

import os
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select

from kfflow import reference
from kfflow.domain.authorization import Actor
from kfflow.jobs import client_system
from kfflow.jobs.worker import Worker
from kfflow.persistence.tables import Unit
from kfflow.service.accounts import SYSTEM
from kfflow.service.context import Context, Service, SettableClock
from kfflow.simulation import arising, people, report, staff
from kfflow.simulation.answers import Answers
from kfflow.simulation.arrivals import Arrivals
from kfflow.simulation.errands import Errands, Here, fire_due
from kfflow.simulation.hours import ZONE
from kfflow.simulation.outside import Outside
from kfflow.simulation.people import People
from kfflow.simulation.report import Report
from kfflow.simulation.setting import Setting, Staged, make_room
from kfflow.simulation.staff import Employee
from kfflow.simulation.working import Work
from kfflow.simulation.world import Agenda, Extent, World

NOTE_EVERY = timedelta(hours=1)
"""How often the worker looks for deadlines to warn of and to breach."""
SWEEP_EVERY = timedelta(hours=12)
"""How often it looks for all else that no bell announces: jobs to try again, messages that expire."""
SHOWN_EVERY = timedelta(hours=6)


class Simulation:
    """A prison service between two instants of a virtual clock; `service` must read the time from `clock`."""

    def __init__(self, service: Service, clock: SettableClock, extent: Extent, setting: Setting | None = None) -> None:
        clock.at = extent.start
        self.setting = setting or Setting()
        figures = self.setting.figures
        with service.command(SYSTEM) as ctx:
            reference.load(ctx)
            units = [unit for unit in ctx.session.scalars(select(Unit)) if self.setting.takes_place_at(unit)]
            make_room(units, round(figures["inmates"] * extent.scale))
            ctx.session.flush()
            ctx.session.expunge_all()
        inhabitants = People(figures, extent.seed, units)
        service.client_system = inhabitants.register
        answers, pace = Answers(figures), self.setting.pace
        self.worker = Worker(service)
        self.errands = Errands(Here(service, clock, self.worker), self.setting.processes)
        agenda = Agenda(clock, self.setting.grain)
        self.world = World(service, clock, agenda, figures, answers, inhabitants, extent, self.errands, pace)
        self.employees: Sequence[Employee] = ()
        self._clerks: defaultdict[str | None, list[Employee]] = defaultdict(list)
        self._seen = 0
        """The first key that was drawn after everything that has been seen."""
        self._next_timer: datetime | None = None

    def run(self) -> Iterator[datetime]:
        """Live from the beginning to the end; yields now and then how far it has come."""
        began, cpu = time.monotonic(), _cpu_seconds()
        lived = self.world.lived
        with self.errands:
            self._settle()
            yield from self._live()
            self.world.clock.at = self.world.extent.end
            self.worker.drain()
            client_system.reconcile(self.world.service, self.world.people.register)
        lived.seconds, lived.cpu_seconds = time.monotonic() - began, _cpu_seconds() - cpu

    def _live(self) -> Iterator[datetime]:
        world, shown = self.world, self.world.extent.start
        while (at := self._next_at()) < world.extent.end:
            world.clock.at = max(at, world.clock.at)
            self._happen()
            if world.clock.at - shown > SHOWN_EVERY:
                shown = world.clock.at
                yield shown

    def end_today(self) -> None:
        """Let the simulation end when the day that it lives is over, if it is not to end before."""
        extent, begun = self.world.extent, self.world.clock.at - self.world.extent.start
        self.world.extent = replace(extent, days=min(extent.days, begun.days + 1))

    def report(self) -> Report:
        """Count what the simulation has left."""
        return report.of(self.world, len(self.employees))

    def _settle(self) -> None:
        """Put people and staff into the institutions, and begin what those who serve already have running."""
        world = self.world
        with world.service.command(SYSTEM) as ctx:
            inmates = round(world.profile["inmates"] * world.extent.scale)
            world.people.settle(ctx, inmates, ctx.at.astimezone(ZONE).date())
            self.employees = self._employ(ctx)
        for employee in self.employees:
            if "sagsbehandler" in employee.actor.groups:
                self._clerks[employee.actor.institution].append(employee)
        self.outside = Outside(world)
        self.work = Work(world, self.employees, self.outside)
        arrivals = Arrivals(world.people, self._clerk_of, world.extent.start)
        world.agenda.plan(world.extent.start, partial(self._take_over, arrivals))
        for kind, arrive in arrivals.kinds.items():
            for at, rng in arrivals.drawn(kind, world.extent.start, world.extent.end, world.extent.scale):
                world.agenda.plan(at, partial(self._arrive, kind, partial(arrive, rng=rng)))
        for at, act in arrivals.holders():
            world.agenda.plan(at, partial(self._arrive, "permissions_taken_over", act))
        for staged in self.setting.staged:
            world.agenda.plan(staged.at, partial(self._arrive, "staged", partial(self._stage, arrivals, staged)))
        world.agenda.plan(world.extent.start, self._note_deadlines)
        world.agenda.plan(world.extent.start, self._sweep)

    def _employ(self, ctx: Context) -> Sequence[Employee]:
        if self.setting.crew is not None:
            return self.setting.crew(ctx)
        here = Counter(inmate.unit.institution_code for inmate in self.world.people.known.values())
        return staff.employ(ctx, self.world.profile, self.world.extent.seed, here)

    def _next_at(self) -> datetime:
        timer = self._next_timer and self.world.agenda.whole(self._next_timer)
        planned = self.world.agenda.next_at
        return min(at for at in (timer, planned, self.world.extent.end) if at is not None)

    def _happen(self) -> None:
        """Let everything happen that is due now, and see what has come of it, until nothing more is due.

        A timer fires when all else is done: who comes at the last moment is in time.
        """
        world = self.world
        while self._next_at() <= world.clock.at:
            for act in world.agenda.due():
                act()
            self.errands.settle()
            if self._next_timer is not None and self._next_timer <= world.clock.at:
                for _ in range(self.errands.most):
                    self.errands.run(fire_due)
            self._see()

    def _see(self) -> None:
        """Wait for what is being done, then plan for the tasks and waits that have come up, and send the outcomes."""
        self.errands.settle()
        self.errands.next_round()
        with self.world.service.query(SYSTEM) as ctx:
            keys = range(self._seen, ctx.new_key())
            for waiting in arising.waits(ctx, keys, self.outside.elements):
                self.outside.arise(ctx, waiting)
            for task in arising.tasks(ctx, keys):
                self.work.arise(ctx, task)
            self._next_timer, sends = arising.ahead(ctx)
            self._seen = keys.stop
        if sends:
            client_system.send_due(self.world.service, most=sys.maxsize)

    def _note_deadlines(self) -> None:
        self.worker.note_deadlines()
        self.world.agenda.plan(self.world.clock.at + NOTE_EVERY, self._note_deadlines)

    def _sweep(self) -> None:
        self.worker.drain()
        self.world.agenda.plan(self.world.clock.at + SWEEP_EVERY, self._sweep)

    def _take_over(self, arrivals: Arrivals) -> None:
        """Take over everybody, each by a command of its own: all in one would hold more locks than a server gives."""
        for number in self.world.people.serving():
            with self.world.service.command(SYSTEM) as ctx:
                arrivals.take_over(ctx, number=number)

    def _arrive(self, kind: str, arrive: Callable[[Context], None]) -> None:
        self.world.lived.arrived[kind] += 1
        with self.world.lived.troubled(kind), self.world.service.command(SYSTEM) as ctx:
            arrive(ctx)

    def _stage(self, arrivals: Arrivals, staged: Staged, ctx: Context) -> None:
        case_key = arrivals.stage(ctx, staged)
        if case_key is None:
            self.world.lived.troubles[f"staged: nobody can go on leave {staged.institution}"] += 1
        else:
            self.world.scripts[case_key] = staged.script

    def _clerk_of(self, ctx: Context, number: str | None) -> Actor | None:
        """Give a caseworker of the institution where somebody is, one at work if there is one."""
        place = people.place_of(ctx, number) if number else None
        clerks = self._clerks[place]
        there = [e for e in clerks if e.is_at_work(ctx.at)] or clerks
        return there[0].actor if there else None


def _cpu_seconds() -> float:
    """Give the processor time of this process, and of those beside it that have ended."""
    told = os.times()
    return told.user + told.system + told.children_user + told.children_system
