"""Moving a running instance by hand: tokens activated, moved and ended by somebody who may, with a reason."""

from collections.abc import Sequence

from sqlalchemy import select

from kfflow import engine
from kfflow.domain import lifecycle
from kfflow.domain.authorization import Permission
from kfflow.engine.instructions import Instruction, in_words
from kfflow.engine.outcome import Environment, InstanceState, Outcome
from kfflow.errors import Conflict, InvalidInput
from kfflow.persistence.steps import Running
from kfflow.persistence.tables import Job, MessageSubscription, ProcessInstance, UserTask
from kfflow.service import access, audit, execution, instances
from kfflow.service.context import Context


def modify(
    ctx: Context, instance_key: int, instructions: Sequence[Instruction], *, reason: str = ""
) -> ProcessInstance:
    """Follow the instructions as one command; raises InvalidInput naming each that cannot be followed, and why.

    An instance that is left with no token is terminated. One that another instance called cannot be emptied
    (Conflict): its caller would wait for ever.
    """
    access.require(ctx, Permission.MODIFY_INSTANCE)
    instance = instances.get(ctx, instance_key)
    running = execution.lock(ctx, instance.key, instance.root_key)
    lifecycle.require_active_instance(running.state, instance_key)
    if not instructions:
        raise InvalidInput("Der er intet at ændre.", "There is nothing to modify.")
    carry_out(ctx, running, instructions, reason=reason)
    return instances.loaded(ctx, instance_key)


def carry_out(ctx: Context, running: Running, instructions: Sequence[Instruction], *, reason: str) -> None:
    """Follow the instructions on a locked instance, for a command that has authorized; raises as `modify` does."""
    told = {"instructions": [in_words(instruction) for instruction in instructions]}
    audit.record(ctx, "service:instance:modify", str(running.key), case_key=running.case_key, reason=reason, data=told)
    execution.run(ctx, running, _step(running, instructions), even_suspended=True)
    ctx.flush()


def _step(running: Running, instructions: Sequence[Instruction]) -> execution.Step:
    def step(definition: engine.Definition, snapshot: bytes, environment: Environment) -> Outcome:
        outcome = engine.modify(definition, snapshot, instructions, environment)
        if outcome.state is InstanceState.TERMINATED and running.parent_key is not None:
            raise Conflict(
                f"Procesinstans {running.key} er kaldt af en anden og kan ikke tømmes; annuller den kaldende.",
                f"Process instance {running.key} was called by another and cannot be emptied; cancel its caller.",
            )
        return outcome

    return step


def tokens(ctx: Context, instance_key: int) -> tuple[engine.Standing, ...]:
    """Give every token of an instance that the actor may see; an ended one has none."""
    instance = instances.get(ctx, instance_key)
    return engine.standing(instance.snapshot) if instance.snapshot else ()


def keys(ctx: Context, instance_key: int) -> dict[str, int]:
    """Give the key of each token: that of its user task, job or subscription, else its number; the process has its own.

    Numbers tell tokens of one instance apart, keys those of all.
    """
    standing = tokens(ctx, instance_key)
    found = {one.token: one.number for one in standing} | {one.token: instance_key for one in standing[:1]}
    for table in (UserTask, Job, MessageSubscription):
        rows = ctx.session.execute(select(table.token, table.key).where(table.instance_key == instance_key))
        found |= {token: key for token, key in rows if token in found}
    return found


def find_token(ctx: Context, instance_key: int, key: int) -> str | None:
    """Give the token of an instance that has this key or number; None when there is none (any more)."""
    known = keys(ctx, instance_key)
    by_key = {given: token for token, given in known.items()}
    by_number = {int(token.rpartition(":")[2]): token for token in known}
    return by_key.get(key) or by_number.get(key)
