"""Employees at work: each takes the task that is due first, works on it for a while, answers its form, and goes on."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from random import Random

from kfflow.domain.authorization import Actor
from kfflow.errors import KfflowError
from kfflow.service import tasks
from kfflow.service.accounts import SYSTEM
from kfflow.service.context import Context
from kfflow.simulation import knowing, sheets
from kfflow.simulation.answers import Answering
from kfflow.simulation.errands import Here, Went, tried, words_of
from kfflow.simulation.hours import ZONE
from kfflow.simulation.lots import lots
from kfflow.simulation.outside import Outside
from kfflow.simulation.queues import Open, Queues
from kfflow.simulation.setting import Pace
from kfflow.simulation.sheets import Sheet
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
        if task.form_id in self.world.script(task.case_key).left:
            return
        earliest = self._earliest(ctx, task) or ctx.at
        self.world.agenda.plan(max(earliest, self._taken_up_at(ctx, task)), partial(self._offer, task))

    def _taken_up_at(self, ctx: Context, task: Open) -> datetime:
        """Give when the pace of the house lets somebody take up a task that has just opened."""
        pace = self._pace_of(task)
        return ctx.at if pace is None else pace.taken_up_at(self._lots(task, "taken up"), ctx.at, task.due_at)

    def _pace_of(self, task: Open) -> Pace | None:
        return None if task.case_key in self.world.scripts else self.world.pace

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
        for employee in tuple(queue.employees):
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
        while not employee.busy and (task := self.queues.take(employee)) is not None:
            self._take_up(employee, task)

    def _take_up(self, employee: Employee, task: Open) -> None:
        """Do a task now, or claim it for later."""
        now, pace = self.world.clock.at, self._pace_of(task)
        until = None if pace is None else pace.held_until(self._lots(task, "held"), now, task.due_at)
        if until is None:
            employee.busy = True
            self.world.agenda.plan(now + self._effort(task), partial(self._finish, employee, task))
            return
        with self.world.lived.troubled(task.element_id), self.world.service.command(employee.actor) as ctx:
            if self._read(ctx, task) is None:
                return
            tasks.claim(ctx, task.key)
        self.world.agenda.plan(until, partial(self._return_to, employee, task))

    def _read(self, ctx: Context, task: Open) -> Sheet | None:
        """Read a task that somebody takes up; one that now lies in another queue is offered there."""
        sheet = sheets.find(ctx, task.key)
        if sheet is None or sheet.task.place == task.place:
            return sheet
        self.world.agenda.plan(ctx.at, partial(self._offer, sheet.task))
        return None

    def _return_to(self, employee: Employee, task: Open) -> None:
        """Do a task that somebody has claimed, once they are at work; wherever it has gone, it is theirs."""
        now = self.world.clock.at
        if not employee.is_at_work(now):
            self.world.agenda.plan(employee.comes_at(now), partial(self._return_to, employee, task))
            return
        self._complete(employee, task, is_held=True)

    def _effort(self, task: Open) -> timedelta:
        minutes = self._lots(task).expovariate(1 / self.world.answers.minutes(task.form_id))
        return timedelta(minutes=min(max(minutes, SHORTEST), LONGEST))

    def _finish(self, employee: Employee, task: Open) -> None:
        """Complete a task, and look for the next one."""
        self._complete(employee, task)
        employee.busy = False
        self._look_for_work(employee)

    def _complete(self, employee: Employee, task: Open, *, is_held: bool = False) -> None:
        """Read a task, answer it, and hand the answer in."""
        with self.world.service.query(employee.actor) as ctx:
            sheet = sheets.find(ctx, task.key) if is_held else self._read(ctx, task)
            if sheet is not None and is_held and sheet.task.place.assignee != employee.actor.username:
                self.world.agenda.plan(ctx.at, partial(self._offer, sheet.task))
                return
            if sheet is None:
                return
            places = task.form_id in self.world.answers.placing
            answering = knowing.of_task(ctx, self.world.people, sheet, self._lots(task), places=places)
            settled = self.world.script(task.case_key).answers.get(task.form_id or "")
            form = sheets.form_of(ctx, sheet)
            answering = answering if form is None else knowing.with_choices(ctx, form, sheet.task.place, answering)
            given = self.world.answers.of(task.form_id, form, answering, settled)
        self.queues.note(task, employee.actor.username)
        noted = partial(self._is_handed_in, task, answering, given)
        self.world.errands.run(hand_in, employee.actor, sheet.task, given, then=noted)

    def _is_handed_in(self, task: Open, answering: Answering, given: dict[str, object], went: Went | Open) -> None:
        if isinstance(went, Open):
            self.world.agenda.plan(self.world.clock.at, partial(self._offer, went))
        elif went.refused:
            self.world.lived.trouble(task.element_id, went.refused)
        elif went.done:
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
                people.moves(number, str(answering.known.get("til_regime") or "aaben"))
            case "loeslad" | "loeslad_efter_benaadning":
                people.leaves(number)
        self.outside.follow(task, answering, given)

    def _lots(self, task: Open, of: str = "") -> Random:
        return lots(self.world.extent.seed, f"{task.element_id}:{task.key}{of}")


def _complete(here: Here, actor: Actor, key: int, given: dict[str, object]) -> None:
    with here.service.command(actor) as ctx:
        tasks.complete(ctx, key, variables=given)


def hand_in(here: Here, actor: Actor, task: Open, given: dict[str, object]) -> Went | Open:
    """Complete a task as somebody; gives it back as it lies now when it has come into another queue meanwhile.

    It is neither done nor refused when its case has withdrawn it.
    """
    try:
        tried(partial(_complete, here, actor, task.key, given))
    except KfflowError as problem:
        with here.service.query(SYSTEM) as ctx:
            sheet = sheets.find(ctx, task.key)
        if sheet is not None and sheet.task.place != task.place:
            return sheet.task
        return Went(done=False, refused="" if sheet is None else words_of(problem))
    return Went(done=True)
