"""What is done to many: a batch operation with its frozen selection, one row an item."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from kfflow.persistence.tables.row import EMPTY_OBJECT, Row


class BatchOperation(Row):
    """One operation on a selection that was frozen when it was asked for; done with the rights of whoever asked.

    `institution_code` and `area` are those of whoever asked, and say who may see it.
    """

    __tablename__ = "batch_operation"
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    operation: Mapped[str]
    arguments: Mapped[dict[str, Any]] = mapped_column(server_default=EMPTY_OBJECT)
    state: Mapped[str]  # ACTIVE | SUSPENDED | CANCELED | COMPLETED
    reason: Mapped[str]
    frozen_count: Mapped[int]
    institution_code: Mapped[str | None] = mapped_column(ForeignKey("institution.code"))
    area: Mapped[str | None]
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    ended_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("state IN ('ACTIVE', 'SUSPENDED', 'CANCELED', 'COMPLETED')", "state_is_known"),
        CheckConstraint("(state IN ('CANCELED', 'COMPLETED')) = (ended_at IS NOT NULL)", "ended_has_an_instant"),
        CheckConstraint("frozen_count >= 0", "count_is_natural"),
        Index("ix_batch_operation_active", "key", postgresql_where=text("state = 'ACTIVE'")),
    )


class BatchItem(Row):
    """One of the selection, and how it fared. `item_key` is an instance's key, or an incident's of that instance.

    What was refused says why; what is done may say what is remarkable about it.
    """

    __tablename__ = "batch_item"
    batch_key: Mapped[int] = mapped_column(ForeignKey("batch_operation.key"), primary_key=True)
    item_key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    instance_key: Mapped[int] = mapped_column(ForeignKey("process_instance.key"), index=True)
    state: Mapped[str]  # PENDING | DONE | SKIPPED | FAILED
    due_at: Mapped[datetime]
    message_da: Mapped[str | None]
    message_en: Mapped[str | None]
    processed_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("state IN ('PENDING', 'DONE', 'SKIPPED', 'FAILED')", "state_is_known"),
        CheckConstraint("(state = 'PENDING') = (processed_at IS NULL)", "processed_has_an_instant"),
        CheckConstraint(
            "NOT (state IN ('SKIPPED', 'FAILED')) OR (message_da IS NOT NULL AND message_en IS NOT NULL)",
            "refused_says_why",
        ),
        Index("ix_batch_item_pending", "batch_key", "due_at", "item_key", postgresql_where=text("state = 'PENDING'")),
    )
