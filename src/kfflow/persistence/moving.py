"""Versions of one process with what runs on each, and the cases that were moved between them. Read-only."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, Select, and_, func, literal_column, select
from sqlalchemy.orm import Session, aliased

from kfflow.domain.lifecycle import ItemState
from kfflow.persistence.affected import owner
from kfflow.persistence.scope import Scope, condition
from kfflow.persistence.tables import (
    BatchItem,
    BatchOperation,
    Case,
    InstanceMigration,
    ProcessDefinition,
    ProcessInstance,
)

RUNNING = ProcessInstance.state == literal_column("'ACTIVE'")
"""As the index of what runs has it."""


def versions(session: Session, scope: Scope, process_id: str) -> list[Row[Any]]:
    """Give the versions of a process, the newest first, with how many instances within the scope run on each."""
    on_version = (
        select(ProcessInstance.definition_key, func.count().label("running"))
        .join(Case, Case.key == ProcessInstance.case_key)
        .where(ProcessInstance.process_id == process_id, RUNNING, condition(scope, Case))
        .group_by(ProcessInstance.definition_key)
        .subquery()
    )
    shown = (
        select(
            ProcessDefinition.key,
            ProcessDefinition.name,
            ProcessDefinition.version,
            ProcessDefinition.resource_name,
            ProcessDefinition.gyldig_fra,
            ProcessDefinition.gyldig_til,
            ProcessDefinition.lov,
            ProcessDefinition.overgang,
            ProcessDefinition.deployed_at,
            func.coalesce(on_version.c.running, 0).label("running"),
        )
        .outerjoin(on_version, on_version.c.definition_key == ProcessDefinition.key)
        .where(ProcessDefinition.process_id == process_id)
    )
    return list(session.execute(shown.order_by(ProcessDefinition.version.desc())))


def running_on(
    session: Session, scope: Scope, definition_key: int, *, most: int, looked: int | None = None
) -> list[Row[Any]]:
    """Give instances that run on a version by case number: key, case number and who works on it.

    Those first that a batch which looked into them refused, then those that it remarked on.
    """
    shown = (
        select(ProcessInstance.key, Case.number, owner().label("owner"))
        .join(Case, Case.key == ProcessInstance.case_key)
        .outerjoin(BatchItem, and_(BatchItem.item_key == ProcessInstance.key, BatchItem.batch_key == looked))
        .where(
            ProcessInstance.definition_key == definition_key,
            RUNNING,
            condition(scope, Case),
        )
    )
    refused = BatchItem.state.in_((ItemState.FAILED, ItemState.SKIPPED))
    ordered = (refused.desc().nulls_last(), BatchItem.message_da.is_(None), Case.number, ProcessInstance.key)
    return list(session.execute(shown.order_by(*ordered).limit(most)))


def looked_into(session: Session, scope: Scope, operation: str, arguments: Mapping[str, Any]) -> BatchOperation | None:
    """Give the last batch of an operation with these arguments that somebody of this very scope asked for."""
    of_scope = (
        BatchOperation.institution_code.is_not_distinct_from(scope.institution),
        BatchOperation.area.is_not_distinct_from(scope.area),
    )
    asked = select(BatchOperation).where(BatchOperation.operation == operation, BatchOperation.arguments == arguments)
    return session.scalars(asked.where(*of_scope).order_by(BatchOperation.key.desc()).limit(1)).first()


def met(session: Session, batch_key: int, *, most: int) -> list[Row[Any]]:
    """Give what the items of a batch say, the most frequent first: state, Danish and English words, and how many."""
    said = (BatchItem.state, BatchItem.message_da, BatchItem.message_en)
    counted = select(*said, func.count().label("number")).where(BatchItem.batch_key == batch_key)
    grouped = counted.where(BatchItem.message_da.is_not(None)).group_by(*said)
    return list(session.execute(grouped.order_by(func.count().desc(), BatchItem.message_da).limit(most)))


def count_on(session: Session, scope: Scope, definition_key: int) -> int:
    """Count the instances within the scope that run on a version."""
    shown = (
        select(func.count())
        .select_from(ProcessInstance)
        .join(Case, Case.key == ProcessInstance.case_key)
        .where(ProcessInstance.definition_key == definition_key, RUNNING, condition(scope, Case))
    )
    return session.scalar(shown) or 0


def undoable(session: Session, scope: Scope, process_id: str, *, most: int) -> list[Row[Any]]:
    """Give the migrations that can still be undone, the newest first: the instance has not gone on since.

    Each with the instance's key, case number, both versions, when, by whom and why.
    """
    former, latter = aliased(ProcessDefinition), aliased(ProcessDefinition)
    return list(session.execute(_undoable(scope, process_id, former, latter).limit(most)))


def _undoable(
    scope: Scope, process_id: str, former: type[ProcessDefinition], latter: type[ProcessDefinition]
) -> Select[*tuple[Any, ...]]:
    at_rest = and_(
        ProcessInstance.key == InstanceMigration.instance_key,
        ProcessInstance.revision == InstanceMigration.revision,
        ProcessInstance.definition_key == InstanceMigration.to_definition_key,
        RUNNING,
    )
    return (
        select(
            InstanceMigration.instance_key,
            Case.number,
            former.version.label("former"),
            latter.version.label("latter"),
            InstanceMigration.migrated_at,
            InstanceMigration.migrated_by,
            InstanceMigration.reason,
        )
        .select_from(InstanceMigration)
        .join(ProcessInstance, at_rest)
        .join(Case, Case.key == ProcessInstance.case_key)
        .join(former, former.key == InstanceMigration.from_definition_key)
        .join(latter, latter.key == InstanceMigration.to_definition_key)
        .where(ProcessInstance.process_id == process_id, InstanceMigration.undone_at.is_(None), condition(scope, Case))
        .order_by(InstanceMigration.key.desc())
    )
