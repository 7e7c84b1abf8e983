"""The open tasks, in queues of those who may do them: by deadline, and past whom four eyes keep away."""

import heapq
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

from kfflow.domain import authorization
from kfflow.domain.authorization import TaskView
from kfflow.simulation.staff import Employee

NEVER = datetime.max.replace(tzinfo=UTC)


class Place(NamedTuple):
    """What decides who may do a task, whoever did its case before."""

    groups: frozenset[str]
    institution: str | None
    area: str | None
    access_class: str | None
    assignee: str | None = None


@dataclass(frozen=True, slots=True, order=True)
class Open:
    """An open task in its queue; `due_at` is far away when there is none."""

    due_at: datetime
    key: int
    element_id: str = field(compare=False)
    form_id: str | None = field(compare=False)
    case_key: int = field(compare=False)
    four_eyes: tuple[str, ...] = field(compare=False)
    place: Place = field(compare=False)


@dataclass(slots=True)
class Queue:
    """The tasks of one place, and who may do them."""

    employees: list[Employee]
    tasks: list[Open] = field(default_factory=list)


class Queues:
    """All queues; knows who did what in each case."""

    def __init__(self, staff: Sequence[Employee]) -> None:
        self._staff = staff
        self._queues: dict[Place, Queue] = {}
        self._doers: defaultdict[tuple[int, str], set[str]] = defaultdict(set)

    def put(self, task: Open) -> Queue:
        """Put a task into its queue; gives the queue."""
        queue = self._queues.get(task.place) or self._opened(task.place)
        heapq.heappush(queue.tasks, task)
        return queue

    def take(self, employee: Employee) -> Open | None:
        """Take the task that is due first among those that somebody may do."""
        found = [(task, queue) for queue in employee.queues if (task := self._first(queue, employee))]
        if not found:
            return None
        task, queue = min(found, key=lambda one: one[0])
        queue.employees.remove(employee)
        queue.employees.append(employee)  # whoever has just got one is asked last next time
        if task is queue.tasks[0]:
            return heapq.heappop(queue.tasks)
        queue.tasks.remove(task)
        heapq.heapify(queue.tasks)
        return task

    def note(self, task: Open, doer: str) -> None:
        self._doers[task.case_key, task.element_id].add(doer)

    def _first(self, queue: Queue, employee: Employee) -> Open | None:
        if not queue.tasks:
            return None
        if self._may(employee, queue.tasks[0]):
            return queue.tasks[0]
        return min((task for task in queue.tasks if self._may(employee, task)), default=None)

    def _may(self, employee: Employee, task: Open) -> bool:
        return not any(employee.actor.username in self._doers[task.case_key, element] for element in task.four_eyes)

    def _opened(self, place: Place) -> Queue:
        view = TaskView(
            institution_code=place.institution,
            area=place.area,
            candidate_groups=place.groups,
            access_class=place.access_class,
            assignee=place.assignee,
        )
        able = [e for e in self._staff if authorization.may_work(e.actor, view) is None]
        queue = Queue([e for e in able if place.assignee in (None, e.actor.username)])
        for employee in queue.employees:
            employee.queues.append(queue)
        self._queues[place] = queue
        return queue
