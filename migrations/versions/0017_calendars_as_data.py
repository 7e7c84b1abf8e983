"""Calendars as data: every change a version, and by which version a deadline was reckoned"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar_change",
        sa.Column("version", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("institution_code", sa.Text(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("base", sa.Text(), nullable=True),
        sa.Column("opens_at", sa.Time(), nullable=True),
        sa.Column("closes_at", sa.Time(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("hjemmel", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('CLOSE', 'OPEN', 'KEEP')", name=op.f("ck_calendar_change_kind_is_known")),
        sa.CheckConstraint("(kind = 'KEEP') = (day IS NULL)", name=op.f("ck_calendar_change_closing_names_a_day")),
        sa.CheckConstraint(
            "kind <> 'KEEP' OR (base IS NOT NULL AND institution_code IS NOT NULL)",
            name=op.f("ck_calendar_change_keeping_is_whole"),
        ),
        sa.CheckConstraint("(opens_at IS NULL) = (closes_at IS NULL)", name=op.f("ck_calendar_change_hours_are_whole")),
        sa.ForeignKeyConstraint(
            ["institution_code"], ["institution.code"], name=op.f("fk_calendar_change_institution_code")
        ),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_calendar_change")),
    )
    op.add_column("deadline", sa.Column("institution_code", sa.Text(), nullable=True))
    op.add_column(
        "deadline", sa.Column("calendar_version", sa.BigInteger(), server_default=sa.text("0"), nullable=False)
    )
    op.create_index(
        "ix_deadline_by_version",
        "deadline",
        ["calendar_version", "key"],
        postgresql_where=sa.text("ended_at IS NULL AND rule IS NOT NULL"),
    )
