"""Imported cases: which case of another system is which of ours"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "imported_case",
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("case_key", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("imported_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_key"], ["case.key"], name="fk_imported_case_case_key"),
        sa.PrimaryKeyConstraint("external_id", name="pk_imported_case"),
        sa.UniqueConstraint("case_key", name="uq_imported_case_case_key"),
    )
