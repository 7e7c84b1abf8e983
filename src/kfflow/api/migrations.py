"""Migrating a process instance, in the words of Camunda 8; and what only kfflow has: plans, checks, undo."""

from collections.abc import Sequence
from typing import Any

from pydantic import Field, create_model

from kfflow import engine
from kfflow.api.batch_operations import CreatedBatch, Selection, created
from kfflow.api.operations import Call, Operations
from kfflow.api.process_instances import found as found_instances
from kfflow.api.shapes import Answer, Body, Key, Name
from kfflow.service import batches, migrations
from kfflow.service.batch_operations import MIGRATE, Target
from kfflow.service.context import Context

operations = Operations("Process instances")


class MappingInstruction(Body):
    source_element_id: Name
    target_element_id: Name


class Migration(Body):
    """The version to move to; an element that no instruction names keeps its id."""

    target_process_definition_key: Key
    mapping_instructions: list[MappingInstruction] = Field(default_factory=list, max_length=5000)
    operation_reference: int | None = None


class MigrationPlan(Body):
    target_process_definition_key: Key
    mapping_instructions: list[MappingInstruction] = Field(default_factory=list, max_length=5000)


MigrationOfMany: type[Any] = create_model("MigrationOfMany", __base__=Selection, migration_plan=(MigrationPlan, ...))


class Obstacle(Answer):
    """What stands against a migration (`error`), or stays as the old version has it (`warning`)."""

    kind: str
    severity: str
    element_id: str
    message_da: str
    message_en: str


class Checked(Answer):
    is_possible: bool
    obstacles: list[Obstacle]


class PlanRequest(Body):
    source_process_definition_key: Key
    target_process_definition_key: Key


class MappedElement(Answer):
    source_element_id: str
    target_element_id: str


class Difference(Answer):
    kind: str
    element_id: str
    message_da: str
    message_en: str


class Plan(Answer):
    """A suggested mapping, the elements for which there is none, and how the versions differ."""

    mapping_instructions: list[MappedElement]
    unmapped: list[str]
    differences: list[Difference]


class Undo(Body):
    operation_reference: int | None = None


@operations.post(
    "/process-instances/{processInstanceKey}/migration", "Move an instance to another version of its process", Migration
)
def migrate(ctx: Context, call: Call[Migration]) -> None:
    migrations.migrate(
        ctx, call.key, call.body.target_process_definition_key, mapping_of(call.body.mapping_instructions)
    )


@operations.post(
    "/process-instances/migration", "Move many instances to another version", MigrationOfMany, CreatedBatch
)
def migrate_many(ctx: Context, call: Call[Any]) -> CreatedBatch:
    asked = call.body.migration_plan
    target = Target(asked.target_process_definition_key, mapping_of(asked.mapping_instructions))
    return created(batches.create(ctx, MIGRATE, found_instances.narrowed(call.body.filter), arguments=target))


@operations.post(
    "/kf/process-instances/{processInstanceKey}/migration-check",
    "Say what stands against a migration, and change nothing",
    Migration,
    Checked,
)
def check(ctx: Context, call: Call[Migration]) -> Checked:
    target, mapping = call.body.target_process_definition_key, mapping_of(call.body.mapping_instructions)
    found = migrations.check(ctx, call.key, target, mapping)
    return Checked(is_possible=not engine.blocks(found), obstacles=[shown_obstacle(one) for one in found])


@operations.post(
    "/kf/process-instances/{processInstanceKey}/migration-undo",
    "Bring an instance back to where it was before its last migration",
    Undo,
)
def undo(ctx: Context, call: Call[Undo]) -> None:
    migrations.undo(ctx, call.key, reason=ctx.reason)


@operations.post("/kf/migration-plans", "Suggest a mapping between two versions", PlanRequest, Plan)
def plan(ctx: Context, call: Call[PlanRequest]) -> Plan:
    asked = call.body
    made = migrations.plan(ctx, asked.source_process_definition_key, asked.target_process_definition_key)
    return Plan(
        mapping_instructions=[
            MappedElement(source_element_id=old, target_element_id=new) for old, new in made.mapping.items()
        ],
        unmapped=list(made.unmapped),
        differences=[
            Difference(kind=c.kind, element_id=c.element_id, message_da=c.text_da, message_en=c.text_en)
            for c in made.changes
        ],
    )


def mapping_of(instructions: Sequence[MappingInstruction]) -> dict[str, str]:
    return {one.source_element_id: one.target_element_id for one in instructions}


def shown_obstacle(found: engine.Obstacle) -> Obstacle:
    return Obstacle(
        kind=found.kind,
        severity=found.severity,
        element_id=found.element_id,
        message_da=found.message_da,
        message_en=found.message_en,
    )
