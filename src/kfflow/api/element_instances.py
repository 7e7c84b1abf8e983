"""Element instances: search, look up, and the variables that belong to one, be it an instance, a user task or a job."""

from typing import Any

from kfflow.api.operations import Call, Operations
from kfflow.api.searching import Search, SearchBody, paged, shown
from kfflow.api.shapes import Body, Nothing, Variables
from kfflow.persistence.listings import ELEMENT_INSTANCES
from kfflow.persistence.tables import Job, UserTask
from kfflow.service import element_instances, jobs, tasks, variables
from kfflow.service.context import Context

operations = Operations("Element instances")
found = Search(ELEMENT_INSTANCES, "ElementInstanceResult")


class NewVariables(Body):
    """`local` keeps the variables at the element; an instance has no smaller place than itself."""

    variables: Variables
    local: bool = False
    operation_reference: int | None = None


@operations.post("/element-instances/search", "Search element instances", found.body, found.answer)
def find(ctx: Context, call: Call[SearchBody]) -> dict[str, Any]:
    return paged(ELEMENT_INSTANCES, element_instances.find(ctx, found.query(call.body)))


@operations.get("/element-instances/{elementInstanceKey}", "Get an element instance", found.item)
def get(ctx: Context, call: Call[Nothing]) -> dict[str, Any]:
    listing, row = element_instances.get(ctx, call.key)
    return shown(listing, row)


@operations.add("PUT", "/element-instances/{elementInstanceKey}/variables", "Set variables of what runs", NewVariables)
def put(ctx: Context, call: Call[NewVariables]) -> None:
    instance_key, token = _place(ctx, call.key)
    variables.put(ctx, instance_key, call.body.variables, token=token if call.body.local else None)


def _place(ctx: Context, key: int) -> tuple[int, str | None]:
    """Give the instance and the token that a key stands for: of a user task, of a job, or of the instance itself."""
    if ctx.session.get(UserTask, key) is not None:
        task = tasks.get(ctx, key)
        return task.instance_key, task.token
    if ctx.session.get(Job, key) is not None:
        job = jobs.get(ctx, key)
        return job.instance_key, job.token
    return key, None
