"""Batch operations: cancel, suspend, resume or mend many instances; look at a batch and stop it."""

from typing import Annotated, Any

from pydantic import Field, create_model

from kfflow.api.operations import Call, Operations
from kfflow.api.process_instances import found as found_instances
from kfflow.api.searching import Search, SearchBody, paged, shown
from kfflow.api.shapes import Answer, Body, Key, Nothing
from kfflow.api.suspensions import Basis, Reason
from kfflow.persistence.listings import BATCH_ITEMS, BATCH_OPERATIONS
from kfflow.persistence.tables import BatchOperation
from kfflow.service import batch_operations, batches, search
from kfflow.service.batch_operations import CANCEL, RESOLVE_INCIDENTS, RESUME, SUSPEND
from kfflow.service.context import Context

operations = Operations("Batch operations")
found = Search(BATCH_OPERATIONS, "BatchOperation")
found_items = Search(BATCH_ITEMS, "BatchOperationItem")


class _Selecting(Body):
    """Which process instances: the filter of their search, frozen when the batch is asked for."""

    filter: Any
    operation_reference: Annotated[int | None, Field(gt=0)] = None


Selection: type[_Selecting] = create_model("BatchSelection", __base__=_Selecting, filter=(found_instances.filter, ...))
SuspensionOfMany: type[Any] = create_model(
    "SuspensionOfMany", __base__=Selection, reason=(Reason, ...), hjemmel=(Basis, "")
)
ResumptionOfMany: type[Any] = create_model("ResumptionOfMany", __base__=Selection, reason=(Reason, ...))


class CreatedBatch(Answer):
    batch_operation_key: Key
    batch_operation_type: str


def created(batch: BatchOperation) -> CreatedBatch:
    return CreatedBatch(batch_operation_key=batch.key, batch_operation_type=batch.operation)


@operations.post("/process-instances/cancellation", "Cancel many instances", Selection, CreatedBatch)
def cancel_many(ctx: Context, call: Call[_Selecting]) -> CreatedBatch:
    return created(batches.create(ctx, CANCEL, found_instances.narrowed(call.body.filter)))


@operations.post(
    "/process-instances/incident-resolution", "Resolve the incidents of many instances", Selection, CreatedBatch
)
def resolve_many(ctx: Context, call: Call[_Selecting]) -> CreatedBatch:
    return created(batches.create(ctx, RESOLVE_INCIDENTS, found_instances.narrowed(call.body.filter)))


@operations.post("/process-instances/suspension", "Suspend many instances", Selection, CreatedBatch)
def suspend_many(ctx: Context, call: Call[_Selecting]) -> CreatedBatch:
    return created(batches.create(ctx, SUSPEND, found_instances.narrowed(call.body.filter)))


@operations.post("/process-instances/resumption", "Resume many instances", Selection, CreatedBatch)
def resume_many(ctx: Context, call: Call[_Selecting]) -> CreatedBatch:
    return created(batches.create(ctx, RESUME, found_instances.narrowed(call.body.filter)))


@operations.post(
    "/kf/process-instances/suspension", "Suspend many instances, with a legal basis", SuspensionOfMany, CreatedBatch
)
def suspend_many_with_basis(ctx: Context, call: Call[Any]) -> CreatedBatch:
    asked = call.body
    basis = batch_operations.Basis(asked.hjemmel)
    query = found_instances.narrowed(asked.filter)
    return created(batches.create(ctx, SUSPEND, query, arguments=basis, reason=asked.reason))


@operations.post(
    "/kf/process-instances/resumption", "Resume many instances for a reason", ResumptionOfMany, CreatedBatch
)
def resume_many_for_a_reason(ctx: Context, call: Call[Any]) -> CreatedBatch:
    query = found_instances.narrowed(call.body.filter)
    return created(batches.create(ctx, RESUME, query, reason=call.body.reason))


@operations.post("/batch-operations/search", "Search batch operations", found.body, found.answer)
def find(ctx: Context, call: Call[SearchBody]) -> dict[str, Any]:
    return paged(BATCH_OPERATIONS, search.find(ctx, BATCH_OPERATIONS, found.query(call.body)))


@operations.get("/batch-operations/{batchOperationKey}", "Get a batch operation with its numbers", found.item)
def get(ctx: Context, call: Call[Nothing]) -> dict[str, Any]:
    return shown(BATCH_OPERATIONS, search.get(ctx, BATCH_OPERATIONS, call.key, "Batch"))


@operations.post("/batch-operation-items/search", "Search how items fared", found_items.body, found_items.answer)
def find_items(ctx: Context, call: Call[SearchBody]) -> dict[str, Any]:
    return paged(BATCH_ITEMS, search.find(ctx, BATCH_ITEMS, found_items.query(call.body)))


@operations.post("/batch-operations/{batchOperationKey}/suspension", "Let a batch operation wait", Nothing)
def suspend(ctx: Context, call: Call[Nothing]) -> None:
    batches.suspend(ctx, call.key)


@operations.post("/batch-operations/{batchOperationKey}/resumption", "Let a batch operation go on", Nothing)
def resume(ctx: Context, call: Call[Nothing]) -> None:
    batches.resume(ctx, call.key)


@operations.post("/batch-operations/{batchOperationKey}/cancellation", "End a batch operation", Nothing)
def cancel(ctx: Context, call: Call[Nothing]) -> None:
    batches.cancel(ctx, call.key)


class RetriedAnswer(Answer):
    """How many items are tried again."""

    retried: int


@operations.post("/kf/batch-operations/{batchOperationKey}/retry", "Try the failed items again", Nothing, RetriedAnswer)
def retry_failed(ctx: Context, call: Call[Nothing]) -> RetriedAnswer:
    return RetriedAnswer(retried=batches.retry_failed(ctx, call.key))
