"""Variables of a running instance, changed by somebody who may, with a reason."""

from typing import Any

from kfflow import engine
from kfflow.domain import lifecycle
from kfflow.domain.authorization import Permission
from kfflow.engine.outcome import Environment, Outcome
from kfflow.service import access, audit, execution, instances
from kfflow.service.context import Context


def put(ctx: Context, instance_key: int, variables: dict[str, Any], *, token: str | None = None) -> None:
    """Set variables of a running instance; of one waiting element when a token names it."""
    access.require(ctx, Permission.SET_VARIABLES)
    instance = instances.get(ctx, instance_key)
    running = execution.lock(ctx, instance.key, instance.root_key)
    lifecycle.require_active_instance(running.state, instance_key)
    names = sorted(variables)
    audit.record(ctx, "service:variables:set", str(instance_key), case_key=instance.case_key, data={"names": names})

    def step(definition: engine.Definition, snapshot: bytes, environment: Environment) -> Outcome:
        return engine.set_variables(definition, snapshot, variables, environment, token=token)

    execution.run(ctx, running, step, even_suspended=True)
    ctx.flush()
