"""Which process is switched on or off where."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from kfflow.persistence.tables.row import Row


class Activation(Row):
    """What was said of a process at an institution (null: everywhere) from `since` until the next was said."""

    __tablename__ = "activation"
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    process_id: Mapped[str]
    institution_code: Mapped[str | None] = mapped_column(ForeignKey("institution.code"))
    on: Mapped[bool]
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    by: Mapped[str]
    reason: Mapped[str]
    __table_args__ = (
        Index(
            "uq_activation_now",
            "process_id",
            "institution_code",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text("until IS NULL"),
        ),
    )
