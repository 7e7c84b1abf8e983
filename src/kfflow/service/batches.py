"""Batch operations: one operation on a selection frozen as rows, each item a transaction of its own.

An item's row is locked while it is worked on, and settled in the very transaction that acts: whatever dies, an item
is either done and says so, or pending and untouched. Its lock comes before those of the instance, and nothing takes
them the other way round. Everything is done with the rights that whoever asked has at that moment.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, select

from kfflow.domain import authorization, lifecycle
from kfflow.domain.authorization import Actor
from kfflow.domain.batches import Totals
from kfflow.domain.lifecycle import BatchState, ItemState
from kfflow.errors import Conflict, FieldProblem, Forbidden, InvalidInput, KfflowError, Unavailable
from kfflow.persistence import batches as rows
from kfflow.persistence import search
from kfflow.persistence.listings import PROCESS_INSTANCES
from kfflow.persistence.scope import scope_of
from kfflow.persistence.search import Query
from kfflow.persistence.tables import BatchOperation
from kfflow.service import access, accounts, audit, batch_operations
from kfflow.service.batch_operations import A, Operation
from kfflow.service.context import Bell, Context

MOST_ITEMS = 100_000
TRIED_AGAIN_AFTER = timedelta(seconds=5)
"""When an item is tried again that the database could not take: locked for too long, or chosen to end a deadlock."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """An item under the worker's lock, and the batch it belongs to."""

    batch_key: int
    item_key: int
    operation: str
    arguments: Mapping[str, Any]
    reason: str
    username: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What a batch would be done to: how many, and the first of them by key."""

    count: int
    first: list[int]


def preview(ctx: Context, operation: Operation[Any], query: Query, *, most: int = 20) -> Preview:
    """Say what a batch would choose now, and change nothing."""
    chosen = _chosen(ctx, operation, query)
    audit.record(ctx, "service:batch:preview", operation.name)
    return Preview(rows.count(ctx.session, chosen), rows.first(ctx.session, chosen, most=most))


def create(
    ctx: Context, operation: Operation[A], query: Query, *, arguments: A | None = None, reason: str = ""
) -> BatchOperation:
    """Freeze what the query finds, as far as the actor sees it and it can be worked, and leave it for the workers.

    Raises InvalidInput for a query that says nothing or finds more than 100,000, and without a reason.
    """
    chosen = _chosen(ctx, operation, query)
    batch = BatchOperation(
        key=ctx.new_key(),
        operation=operation.name,
        arguments=asdict(arguments or operation.arguments()),
        state=BatchState.ACTIVE,
        reason=_required(reason or ctx.reason),
        frozen_count=rows.count(ctx.session, chosen),
        institution_code=ctx.actor.institution,
        area=ctx.actor.area,
        created_at=ctx.at,
        created_by=ctx.actor.username,
    )
    _require_bearable(batch.frozen_count)
    ctx.session.add(batch)
    ctx.session.flush()
    batch.frozen_count = rows.freeze(ctx.session, batch.key, chosen, at=ctx.at)
    ctx.session.flush()
    told = {"operation": operation.name, "count": batch.frozen_count}
    audit.record(ctx, "service:batch:create", str(batch.key), reason=batch.reason, data=told)
    ctx.bells.add(Bell("batch", batch.key))
    return batch


def _required(reason: str) -> str:
    if reason.strip():
        return reason.strip()
    problem = FieldProblem("reason", "Angiv en begrundelse.", "Give a reason.")
    raise InvalidInput("En batch skal have en begrundelse.", "A batch takes a reason.", fields=[problem])


def _chosen(ctx: Context, operation: Operation[Any], query: Query) -> Select[int, int]:
    access.require(ctx, operation.permission)
    if not query.conditions and not query.any_of:
        problem = FieldProblem("filter", "Angiv mindst én betingelse.", "Give at least one condition.")
        raise InvalidInput("Filteret er tomt.", "The filter is empty.", fields=[problem])
    narrowed = Query([*query.conditions, *operation.fitting], query.any_of)
    selected = search.keys(PROCESS_INSTANCES, narrowed, scope_of(ctx.actor))
    return rows.chosen_incidents(selected) if operation.items == "incidents" else rows.chosen_instances(selected)


def _require_bearable(count: int) -> None:
    if count > MOST_ITEMS:
        told_da, told_en = f"Filteret finder {count}; højst {MOST_ITEMS}.", f"It finds {count}; at most {MOST_ITEMS}."
        raise InvalidInput(told_da, told_en, fields=[FieldProblem("filter", told_da, told_en)])


def get(ctx: Context, key: int) -> BatchOperation:
    """Give a batch that the actor may see: of the same institution or area, or one that is national."""
    batch = ctx.session.get(BatchOperation, key)
    if batch is None:
        raise access.not_found(f"Batch {key}")
    access.require(ctx, batch_operations.get(batch.operation).permission)
    access.require_sight(ctx, batch.institution_code, batch.area, f"Batch {key}")
    return batch


def may_act(ctx: Context, operation: str, created_by: str) -> bool:
    """Tell whether the actor may stop a batch, let it go on, and try again: whoever began it, or somebody national."""
    is_own = ctx.actor.username == created_by or ctx.actor.national
    return is_own and authorization.permits(ctx.actor, batch_operations.get(operation).permission)


def totals(ctx: Context, key: int) -> Totals:
    """Count how the items of a batch stand, which the actor may see."""
    return rows.totals(ctx.session, get(ctx, key).key)


# ------------------------------------------------------------------ stopping and going on


def suspend(ctx: Context, key: int) -> BatchOperation:
    """Let the workers take no further items; those they are at are finished. Raises Conflict unless it is active."""
    return _move(ctx, key, BatchState.SUSPENDED, "service:batch:suspend")


def resume(ctx: Context, key: int) -> BatchOperation:
    """Let the workers go on; raises Conflict unless the batch is suspended."""
    batch = _move(ctx, key, BatchState.ACTIVE, "service:batch:resume")
    ctx.bells.add(Bell("batch", key))
    return batch


def cancel(ctx: Context, key: int) -> BatchOperation:
    """End a batch: what is done stays done, what is pending is skipped. Raises Conflict when it has ended."""
    batch = _move(ctx, key, BatchState.CANCELED, "service:batch:cancel", ends=True)
    words = ("Batchen blev annulleret før dette punkt.", "The batch was canceled before this item.")
    rows.skip_pending(ctx.session, key, at=ctx.at, words=words)
    return batch


def retry_failed(ctx: Context, key: int) -> int:
    """Let the workers try again what failed, also of a batch that is complete; gives how many items.

    Raises Conflict when nothing failed, or the batch was canceled.
    """
    batch = _lock_own(ctx, key)
    if batch.state not in (BatchState.ACTIVE, BatchState.SUSPENDED):
        lifecycle.require_transition(BatchState(batch.state), BatchState.ACTIVE, f"Batch {key}", f"Batch {key}")
        batch.state, batch.ended_at = BatchState.ACTIVE, None
    count = rows.reopen_failed(ctx.session, key, at=ctx.at)
    if not count:
        raise Conflict(f"Intet i batch {key} er fejlet.", f"Nothing of batch {key} failed.")
    audit.record(ctx, "service:batch:retry", str(key), data={"count": count})
    ctx.session.flush()
    ctx.bells.add(Bell("batch", key))
    return count


def _move(ctx: Context, key: int, state: BatchState, verb: str, *, ends: bool = False) -> BatchOperation:
    batch = _lock_own(ctx, key)
    lifecycle.require_transition(BatchState(batch.state), state, f"Batch {key}", f"Batch {key}")
    batch.state, batch.ended_at = state, ctx.at if ends else None
    audit.record(ctx, verb, str(key))
    ctx.session.flush()
    return batch


def _lock_own(ctx: Context, key: int) -> BatchOperation:
    known = get(ctx, key)
    if ctx.actor.username != known.created_by and not ctx.actor.national:
        raise Forbidden(
            "Kun den, der startede batchen, kan standse den eller prøve igen.",
            "Only whoever started the batch can stop it or try again.",
        )
    return _lock(ctx, key)


def _lock(ctx: Context, key: int) -> BatchOperation:
    locked = select(BatchOperation).where(BatchOperation.key == key).with_for_update(key_share=True)
    return ctx.session.scalars(locked.execution_options(populate_existing=True)).one()


# ------------------------------------------------------------------ for the workers


def due_keys(ctx: Context, *, limit: int) -> list[int]:
    """Give the batches with something to do now."""
    return rows.due(ctx.session, at=ctx.at, limit=limit)


def claim(ctx: Context, key: int) -> Claimed | None:
    """Lock the next item of an active batch; None when every one is settled, postponed or worked on by others."""
    found = rows.claim(ctx.session, key, at=ctx.at)
    if found is None:
        return None
    item, batch = found
    return Claimed(batch.key, item.item_key, batch.operation, batch.arguments, batch.reason, batch.created_by)


def work(ctx: Context, claimed: Claimed) -> None:
    """Do a claimed item and settle it, with the rights of whoever asked for the batch; raises as the command does."""
    operation = batch_operations.get(claimed.operation)
    acting = ctx.on_behalf_of(_actor(ctx, claimed.username)).because(claimed.reason)
    told = operation.act(acting, claimed.item_key, operation.arguments(**claimed.arguments))
    ctx.flush()
    words = told or (None, None)
    rows.settle(ctx.session, claimed.batch_key, claimed.item_key, ItemState.DONE, at=ctx.at, words=words)


def refuse(ctx: Context, claimed: Claimed, problem: Exception) -> None:
    """Settle an item that could not be done, in a transaction after the one that failed; or let it be tried again."""
    match problem:
        case Unavailable():
            until = ctx.at + TRIED_AGAIN_AFTER
            rows.postpone(ctx.session, claimed.batch_key, claimed.item_key, until=until)
        case Conflict():
            _settle_refused(ctx, claimed, ItemState.SKIPPED, (problem.message_da, problem.message_en))
        case KfflowError():
            _settle_refused(ctx, claimed, ItemState.FAILED, (problem.message_da, problem.message_en))
        case _:
            name = type(problem).__name__
            _settle_refused(ctx, claimed, ItemState.FAILED, (f"Uventet fejl: {name}.", f"Unexpected error: {name}."))


def _settle_refused(ctx: Context, claimed: Claimed, state: ItemState, words: tuple[str, str]) -> None:
    rows.settle(ctx.session, claimed.batch_key, claimed.item_key, state, at=ctx.at, words=words)


def close(ctx: Context, key: int) -> bool:
    """Complete an active batch of which nothing is pending; True when the batch needs no more work now."""
    batch = _lock(ctx, key)
    if batch.state != BatchState.ACTIVE:
        return True
    if not rows.totals(ctx.session, key).is_over:
        return False
    batch.state, batch.ended_at = BatchState.COMPLETED, ctx.at
    audit.record(ctx, "jobs:batch:complete", str(key))
    ctx.session.flush()
    return True


def _actor(ctx: Context, username: str) -> Actor:
    """Give who asked for the batch; raises as `accounts.acting`."""
    return accounts.SYSTEM if username == accounts.SYSTEM.username else accounts.acting(ctx, username)
