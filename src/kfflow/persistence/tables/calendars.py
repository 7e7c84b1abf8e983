"""What was changed in the calendars: append-only, each row a version."""

from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, ForeignKey, Identity
from sqlalchemy.orm import Mapped, mapped_column

from kfflow.persistence.tables.row import Row


class CalendarChange(Row):
    """One change: a day closed or opened again, or what an institution keeps; without one, for the whole country.

    A yearly change concerns the same day of every year from its day on.

    Rows are written one at a time (the table is locked for it), so that the order of versions is that of commits.
    """

    __tablename__ = "calendar_change"
    version: Mapped[int] = mapped_column(Identity(), primary_key=True)
    kind: Mapped[str]  # CLOSE | OPEN | CLOSE_YEARLY | OPEN_YEARLY | KEEP
    institution_code: Mapped[str | None] = mapped_column(ForeignKey("institution.code"))
    day: Mapped[date | None]
    base: Mapped[str | None]
    opens_at: Mapped[time | None]
    closes_at: Mapped[time | None]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    reason: Mapped[str]
    hjemmel: Mapped[str] = mapped_column(server_default="")
    at: Mapped[datetime]
    by: Mapped[str]
    __table_args__ = (
        CheckConstraint("kind IN ('CLOSE', 'OPEN', 'CLOSE_YEARLY', 'OPEN_YEARLY', 'KEEP')", "kind_is_known"),
        CheckConstraint("(kind = 'KEEP') = (day IS NULL)", "closing_names_a_day"),
        CheckConstraint("kind <> 'KEEP' OR (base IS NOT NULL AND institution_code IS NOT NULL)", "keeping_is_whole"),
        CheckConstraint("(opens_at IS NULL) = (closes_at IS NULL)", "hours_are_whole"),
        CheckConstraint("valid_from < valid_to", "keeping_ends_after_it_begins"),
    )
