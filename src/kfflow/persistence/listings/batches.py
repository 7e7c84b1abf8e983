"""What is done to many: batch operations with their numbers, and their items."""

from typing import Any

from sqlalchemy import ARRAY, Select, Text, case, cast, func, literal, select

from kfflow.domain.lifecycle import ItemState
from kfflow.persistence import scope as scopes
from kfflow.persistence.listings.fragments import of_case
from kfflow.persistence.search import Column, Kind, Listing
from kfflow.persistence.tables import Account, BatchItem, BatchOperation, Case, ProcessInstance


def _count(name: str, state: ItemState) -> Column:
    items = select(func.count()).where(BatchItem.batch_key == BatchOperation.key, BatchItem.state == state)
    return Column(f"operations_{name}_count", Kind.INTEGER, items.scalar_subquery(), filterable=False)


def _batches(chosen: Select[Any]) -> Select[Any]:
    return chosen.select_from(BatchOperation).outerjoin(Account, Account.username == BatchOperation.created_by)


BATCH_OPERATIONS = Listing(
    "batch-operation",
    _batches,
    (
        Column("batch_operation_key", Kind.KEY, BatchOperation.key),
        Column("state", Kind.TEXT, BatchOperation.state),
        Column("batch_operation_type", Kind.TEXT, BatchOperation.operation, filterable=False),
        Column("operation_type", Kind.TEXT, BatchOperation.operation),
        Column("start_date", Kind.INSTANT, BatchOperation.created_at),
        Column("end_date", Kind.INSTANT, BatchOperation.ended_at),
        Column("actor_type", Kind.TEXT, case((Account.kind == "client", literal("CLIENT")), else_=literal("USER"))),
        Column("actor_id", Kind.TEXT, BatchOperation.created_by),
        Column("reason", Kind.TEXT, BatchOperation.reason, filterable=False),
        Column("operations_total_count", Kind.INTEGER, BatchOperation.frozen_count, filterable=False),
        _count("pending", ItemState.PENDING),
        _count("completed", ItemState.DONE),
        _count("skipped", ItemState.SKIPPED),
        _count("failed", ItemState.FAILED),
        Column("errors", Kind.TEXTS, cast([], ARRAY(Text)), filterable=False),
    ),
    lambda scope: scopes.condition(scope, BatchOperation),
    newest_first=True,
)

_state = case(
    (BatchItem.state == ItemState.PENDING, literal("ACTIVE")),
    (BatchItem.state == ItemState.DONE, literal("COMPLETED")),
    (BatchItem.state == ItemState.SKIPPED, literal("CANCELED")),
    else_=BatchItem.state,
)
"""As Camunda 8 calls it; it has no word for skipped."""


def _items(chosen: Select[Any]) -> Select[Any]:
    return (
        chosen.select_from(BatchItem)
        .join(BatchOperation, BatchOperation.key == BatchItem.batch_key)
        .join(ProcessInstance, ProcessInstance.key == BatchItem.instance_key)
        .join(Case, Case.key == ProcessInstance.case_key)
    )


BATCH_ITEMS = Listing(
    "batch-operation-item",
    _items,
    (
        Column("item_key", Kind.KEY, BatchItem.item_key),
        Column("batch_operation_key", Kind.KEY, BatchItem.batch_key),
        Column("operation_type", Kind.TEXT, BatchOperation.operation),
        Column("process_instance_key", Kind.KEY, BatchItem.instance_key),
        Column("root_process_instance_key", Kind.KEY, ProcessInstance.root_key, filterable=False),
        Column("business_id", Kind.TEXT, Case.number),
        Column("state", Kind.TEXT, _state),
        Column("processed_date", Kind.INSTANT, BatchItem.processed_at),
        Column("error_message", Kind.TEXT, BatchItem.message_en, filterable=False),
        Column("error_message_da", Kind.TEXT, BatchItem.message_da, filterable=False),
    ),
    of_case,
    Case.key,
)
