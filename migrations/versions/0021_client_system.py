"""The client system: attempts of outgoing calls, where master data came from, and reports of both sides compared"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("attempts", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("outbox", sa.Column("due_at", sa.DateTime(timezone=True)))
    op.add_column("outbox", sa.Column("refused_at", sa.DateTime(timezone=True)))
    op.add_column("outbox", sa.Column("problem", sa.Text()))
    op.create_index(
        "ix_outbox_waiting",
        "outbox",
        ["system", "key"],
        postgresql_where=sa.text("sent_at IS NULL AND refused_at IS NULL"),
    )
    op.add_column("person", sa.Column("source_version", sa.BigInteger()))
    op.add_column("person", sa.Column("fetched_at", sa.DateTime(timezone=True)))
    op.create_table(
        "reconciliation",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counts", postgresql.JSONB(), nullable=False),
        sa.Column("differences", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_reconciliation"),
    )
