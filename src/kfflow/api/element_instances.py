"""Element instances: here only the variables that belong to one, be it an instance, a user task or a job."""

from kfflow.api.operations import Call, Operations
from kfflow.api.shapes import Body, Variables
from kfflow.persistence.tables import Job, UserTask
from kfflow.service import jobs, tasks, variables
from kfflow.service.context import Context

operations = Operations("Element instances")


class NewVariables(Body):
    """`local` keeps the variables at the element; an instance has no smaller place than itself."""

    variables: Variables
    local: bool = False
    operation_reference: int | None = None


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
