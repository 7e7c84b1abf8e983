"""Freezing a selection as rows, handing out its items one by one, and counting how they stand."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, exists, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from kfflow.domain.batches import Totals
from kfflow.domain.lifecycle import BatchState, IncidentState, ItemState
from kfflow.persistence.tables import BatchItem, BatchOperation, Incident


def chosen_instances(selected: Select[int]) -> Select[int, int]:
    """Give (item, instance) for a selection of instances that are themselves the items."""
    keys = selected.subquery()
    key = keys.c[0]
    return select(key, key)


def chosen_incidents(selected: Select[int]) -> Select[int, int]:
    """Give (item, instance) for the open incidents of a selection of instances."""
    of_selected = Incident.instance_key.in_(selected)
    return select(Incident.key, Incident.instance_key).where(of_selected, Incident.state == IncidentState.ACTIVE)


def first(session: Session, chosen: Select[int, int], *, most: int) -> list[int]:
    """Give the keys of the items that would be chosen, lowest first, at most so many."""
    rows = chosen.subquery()
    return list(session.scalars(select(rows.c[0]).order_by(rows.c[0]).limit(most)))


def count(session: Session, chosen: Select[int, int]) -> int:
    return session.scalar(select(func.count()).select_from(chosen.subquery())) or 0


def freeze(session: Session, batch_key: int, chosen: Select[int, int], *, at: datetime) -> int:
    """Store the selection as pending items of a batch; gives how many."""
    rows = chosen.subquery()
    columns = [BatchItem.batch_key, BatchItem.item_key, BatchItem.instance_key, BatchItem.state, BatchItem.due_at]
    values = select(literal(batch_key), rows.c[0], rows.c[1], literal(ItemState.PENDING.value), literal(at))
    stored = insert(BatchItem).from_select(columns, values).returning(BatchItem.item_key)
    return len(session.scalars(stored).all())


def claim(session: Session, batch_key: int, *, at: datetime) -> tuple[BatchItem, BatchOperation] | None:
    """Lock the next item that is pending and due of an active batch, passing by what others work on."""
    pending = (
        select(BatchItem, BatchOperation)
        .join(BatchOperation, BatchOperation.key == BatchItem.batch_key)
        .where(BatchItem.batch_key == batch_key, _is_due(at), BatchOperation.state == BatchState.ACTIVE)
        .order_by(BatchItem.due_at, BatchItem.item_key)
        .limit(1)
        .with_for_update(skip_locked=True, of=BatchItem)
    )
    row = session.execute(pending).first()
    return (row[0], row[1]) if row else None


def _is_due(at: datetime) -> ColumnElement[bool]:
    return (BatchItem.state == ItemState.PENDING) & (BatchItem.due_at <= at)


def due(session: Session, *, at: datetime, limit: int) -> list[int]:
    """Give the active batches that have an item due, or none pending and so are to be closed."""
    of_batch = BatchItem.batch_key == BatchOperation.key
    waiting = exists().where(of_batch, _is_due(at))
    open_items = exists().where(of_batch, BatchItem.state == ItemState.PENDING)
    chosen = select(BatchOperation.key).where(BatchOperation.state == BatchState.ACTIVE, or_(waiting, ~open_items))
    return list(session.scalars(chosen.order_by(BatchOperation.key).limit(limit)))


def settle(
    session: Session, batch_key: int, item_key: int, state: ItemState, *, at: datetime, words: Sequence[str | None]
) -> bool:
    """Enter how a pending item fared, with (Danish, English) words; False when it was settled before."""
    pending = update(BatchItem).where(BatchItem.batch_key == batch_key, BatchItem.state == ItemState.PENDING)
    da, en = words
    of_item = pending.where(BatchItem.item_key == item_key).values(
        state=state, processed_at=at, message_da=da, message_en=en
    )
    return session.scalar(of_item.returning(BatchItem.item_key)) is not None


def postpone(session: Session, batch_key: int, item_key: int, *, until: datetime) -> None:
    pending = update(BatchItem).where(BatchItem.batch_key == batch_key, BatchItem.state == ItemState.PENDING)
    session.execute(pending.where(BatchItem.item_key == item_key).values(due_at=until))


def reopen_failed(session: Session, batch_key: int, *, at: datetime) -> int:
    """Let every failed item of a batch be pending again; gives how many."""
    failed = update(BatchItem).where(BatchItem.batch_key == batch_key, BatchItem.state == ItemState.FAILED)
    again = {"state": ItemState.PENDING, "due_at": at, "processed_at": None, "message_da": None, "message_en": None}
    return len(session.scalars(failed.values(again).returning(BatchItem.item_key)).all())


def skip_pending(session: Session, batch_key: int, *, at: datetime, words: tuple[str, str]) -> None:
    """Skip all that is still pending; waits for items that are being worked on, and leaves those as they end."""
    pending = update(BatchItem).where(BatchItem.batch_key == batch_key, BatchItem.state == ItemState.PENDING)
    da, en = words
    session.execute(pending.values(state=ItemState.SKIPPED, processed_at=at, message_da=da, message_en=en))


def totals(session: Session, batch_key: int) -> Totals:
    """Count the items by state, all in one statement and so as of one instant."""
    by_state = select(BatchItem.state, func.count()).where(BatchItem.batch_key == batch_key).group_by(BatchItem.state)
    return Totals.of(dict(session.execute(by_state).all()))
