"""User tasks: search, look up, assign, change, complete, their forms and variables."""

from typing import Annotated, Any

from pydantic import Field

from kfflow.api.forms import FormAnswer, shown_form
from kfflow.api.operations import Call, File, Operations
from kfflow.api.searching import Search, SearchBody, paged, shown
from kfflow.api.shapes import Body, Instant, Name, Nothing, Variables
from kfflow.persistence.listings import TASK_VARIABLES, USER_TASKS
from kfflow.persistence.search import Condition
from kfflow.service import forms, search, tasks
from kfflow.service.context import Context
from kfflow.service.tasks import TaskChanges

operations = Operations("User tasks")
found = Search(USER_TASKS, "UserTask")
variables_found = Search(TASK_VARIABLES, "TaskVariable")
WHAT = "Opgave"
Priority = Annotated[int, Field(ge=0, le=100)]
Names = Annotated[list[Name], Field(max_length=100)]


class Assignment(Body):
    assignee: Name
    allow_override: bool | None = True
    action: str | None = None


class Completion(Body):
    variables: Variables | None = None
    action: str | None = None


class Changeset(Body):
    """What is given is changed. A task with a deadline refuses `dueDate`: `/kf/deadlines/{deadlineKey}/extension`."""

    due_date: Instant | None = None
    follow_up_date: Instant | None = None
    candidate_users: Names | None = None
    candidate_groups: Names | None = None
    priority: Priority | None = None


class Update(Body):
    changeset: Changeset | None = None
    action: str | None = None


@operations.post("/user-tasks/search", "Search user tasks", found.body, found.answer)
def find(ctx: Context, call: Call[SearchBody]) -> dict[str, Any]:
    return paged(USER_TASKS, search.find(ctx, USER_TASKS, found.query(call.body)))


@operations.get("/user-tasks/{userTaskKey}", "Get a user task", found.item)
def get(ctx: Context, call: Call[Nothing]) -> dict[str, Any]:
    return shown(USER_TASKS, search.get(ctx, USER_TASKS, call.key, WHAT))


@operations.post("/user-tasks/{userTaskKey}/assignment", "Give the task to somebody, or take it oneself", Assignment)
def assign(ctx: Context, call: Call[Assignment]) -> None:
    override = call.body.allow_override is not False
    tasks.assign(ctx, call.key, assignee=call.body.assignee, allow_override=override)


@operations.add("DELETE", "/user-tasks/{userTaskKey}/assignee", "Put the task back in the queue", Nothing)
def unassign(ctx: Context, call: Call[Nothing]) -> None:
    tasks.unassign(ctx, call.key)


@operations.add("PATCH", "/user-tasks/{userTaskKey}", "Change candidates, dates or priority", Update)
def update(ctx: Context, call: Call[Update]) -> None:
    changes = call.body.changeset or Changeset()
    tasks.update(
        ctx,
        call.key,
        TaskChanges(
            candidate_groups=changes.candidate_groups,
            candidate_users=changes.candidate_users,
            due_at=changes.due_date,
            follow_up_at=changes.follow_up_date,
            priority=changes.priority,
        ),
    )


@operations.post("/user-tasks/{userTaskKey}/completion", "Complete the task; its form judges the variables", Completion)
def complete(ctx: Context, call: Call[Completion]) -> None:
    tasks.complete(ctx, call.key, variables=call.body.variables or {})


@operations.get("/user-tasks/{userTaskKey}/form", "Get the task's form, if any", FormAnswer)
def form(ctx: Context, call: Call[Nothing]) -> FormAnswer | File:
    task = tasks.get(ctx, call.key)
    return shown_form(forms.row_of(ctx, task))


@operations.post(
    "/user-tasks/{userTaskKey}/variables/search",
    "Search the variables the task sees: its own, then its instance's",
    variables_found.body,
    variables_found.answer,
)
def find_variables(ctx: Context, call: Call[SearchBody]) -> dict[str, Any]:
    return _variables(ctx, call)


@operations.post(
    "/user-tasks/{userTaskKey}/effective-variables/search",
    "Search the variables the task sees, each name once",
    variables_found.body,
    variables_found.answer,
)
def find_effective_variables(ctx: Context, call: Call[SearchBody]) -> dict[str, Any]:
    return _variables(ctx, call)


def _variables(ctx: Context, call: Call[SearchBody]) -> dict[str, Any]:
    task = tasks.get(ctx, call.key)
    query = variables_found.query(call.body, Condition("user_task_key", "eq", task.key))
    return paged(TASK_VARIABLES, search.find(ctx, TASK_VARIABLES, query))
