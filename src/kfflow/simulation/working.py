"""Employees at work: each takes the task that is due first, works on it for a while, answers its form, and goes on."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from random import Random

from kfflow.service import tasks
from kfflow.service.context import Context
from kfflow.simulation import knowing, sheets
from kfflow.simulation.acting import lots
from kfflow.simulation.answers import Answering
from kfflow.simulation.hours import ZONE
from kfflow.simulation.outside import Outside
from kfflow.simulation.queues import Open, Queues
from kfflow.simulation.staff import Employee
from kfflow.simulation.world import World

SHORTEST, LONGEST = 3.0, 90.0
"""Minutes that a task takes at the least and at the most."""


class Work:
    """Everybody's work, and who takes which task when."""

    def __init__(self, world: World, staff: Sequence[Employee], outside: Outside) -> None:
        self.world = world
        self.outside = outside
        self.queues = Queues(staff)

    def arise(self, ctx: Context, task: Open) -> None:
        """Put a task that has just opened into its queue when it can be done."""
        self.world.agenda.plan(self._earliest(ctx, task) or ctx.at, partial(self._offer, task))

    def _earliest(self, ctx: Context, task: Open) -> datetime | None:
        if "not_before" not in self.world.answers.forms.get(task.form_id or "", {}):
            return None
        sheet = sheets.find(ctx, task.key)
        if sheet is None:
            return None
        answering = knowing.of_task(ctx, self.world.people, sheet, self._lots(task))
        return self.world.answers.not_before(task.form_id, answering)

    def _offer(self, task: Open) -> None:
        """Offer a task to all who may do it: to somebody who is there and free, else to who comes first."""
        queue, now = self.queues.put(task), self.world.clock.at
        if not queue.employees:
            self.world.lived.troubles[f"{task.element_id}: nobody may do it {task.place}"] += 1
        for employee in queue.employees:
            if employee.busy:
                continue
            if employee.is_at_work(now):
                self._look_for_work(employee)
                if employee.busy:
                    return
            elif not employee.waking:
                employee.waking = True
                self.world.agenda.plan(employee.comes_at(now), partial(self._wake, employee))

    def _wake(self, employee: Employee) -> None:
        employee.waking = False
        if not employee.busy:
            self._look_for_work(employee)

    def _look_for_work(self, employee: Employee) -> None:
        """Take a task if there is one; who is not there any more looks again when they come back."""
        now = self.world.clock.at
        if not employee.is_at_work(now):
            if not employee.waking and any(queue.tasks for queue in employee.queues):
                employee.waking = True
                self.world.agenda.plan(employee.comes_at(now), partial(self._wake, employee))
            return
        task = self.queues.take(employee)
        if task is not None:
            employee.busy = True
            self.world.agenda.plan(now + self._effort(task), partial(self._finish, employee, task))

    def _effort(self, task: Open) -> timedelta:
        minutes = self._lots(task).expovariate(1 / self.world.answers.minutes(task.form_id))
        return timedelta(minutes=min(max(minutes, SHORTEST), LONGEST))

    def _finish(self, employee: Employee, task: Open) -> None:
        """Complete a task, and look for the next one."""
        with self.world.lived.troubled(task.element_id):
            self._complete(employee, task)
        employee.busy = False
        self._look_for_work(employee)

    def _complete(self, employee: Employee, task: Open) -> None:
        """Read a task and answer it, in one transaction; one that now lies in another queue is offered there."""
        with self.world.service.command(employee.actor) as ctx:
            sheet = sheets.find(ctx, task.key)
            if sheet is None:
                return
            if sheet.task.place != task.place:
                self.world.agenda.plan(ctx.at, partial(self._offer, sheet.task))
                return
            places = task.form_id in self.world.answers.placing
            answering = knowing.of_task(ctx, self.world.people, sheet, self._lots(task), places=places)
            given = self.world.answers.of(task.form_id, sheets.form_of(ctx, sheet), answering)
            tasks.complete(ctx, task.key, variables=given)
        self.queues.note(task, employee.actor.username)
        self.world.lived.done[task.form_id or task.element_id] += 1
        self._note(task, answering, given)

    def _note(self, task: Open, answering: Answering, given: dict[str, object]) -> None:
        """See what follows for the person: where they are from now on, and what they write."""
        number, people = str(answering.known.get("indsat_id")), self.world.people
        match task.form_id:
            case "modtag_indsat":
                today = answering.at.astimezone(ZONE).date()
                people.is_admitted(number, str(answering.known.get("regime") or "aaben"), today)
            case "modtag_paa_nyt_sted":
                people.comes_in(number, str(answering.known.get("til_regime") or "aaben"))
            case "loeslad" | "loeslad_efter_benaadning":
                people.leaves(number)
        self.outside.follow(task.form_id, answering, given)

    def _lots(self, task: Open) -> Random:
        return lots(self.world.extent.seed, f"{task.element_id}:{task.key}")
