"""Instances that were moved to another version, with all that is needed to move them back."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from kfflow.persistence.tables.row import EMPTY_OBJECT, Row


class InstanceMigration(Row):
    """One migration. `snapshot` and `places` are what was before it: the engine's state, and the open rows by table.

    It can be undone while the instance is at `revision`; None when it went on in the migration itself.
    """

    __tablename__ = "instance_migration"
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    instance_key: Mapped[int] = mapped_column(ForeignKey("process_instance.key"), index=True)
    from_definition_key: Mapped[int] = mapped_column(ForeignKey("process_definition.key"))
    to_definition_key: Mapped[int] = mapped_column(ForeignKey("process_definition.key"))
    mapping: Mapped[dict[str, Any]] = mapped_column(server_default=EMPTY_OBJECT)
    snapshot: Mapped[bytes]
    places: Mapped[dict[str, Any]]
    revision: Mapped[int | None]
    reason: Mapped[str]
    migrated_at: Mapped[datetime]
    migrated_by: Mapped[str]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None]
    __table_args__ = (CheckConstraint("(undone_at IS NULL) = (undone_by IS NULL)", "undone_by_somebody"),)
