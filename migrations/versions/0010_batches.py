"""Batches"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "batch_operation",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column(
            "arguments", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("frozen_count", sa.BigInteger(), nullable=False),
        sa.Column("institution_code", sa.Text(), nullable=True),
        sa.Column("area", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('ACTIVE', 'SUSPENDED', 'CANCELED', 'COMPLETED')", name=op.f("ck_batch_operation_state_is_known")
        ),
        sa.CheckConstraint(
            "(state IN ('CANCELED', 'COMPLETED')) = (ended_at IS NOT NULL)",
            name=op.f("ck_batch_operation_ended_has_an_instant"),
        ),
        sa.CheckConstraint("frozen_count >= 0", name=op.f("ck_batch_operation_count_is_natural")),
        sa.ForeignKeyConstraint(
            ["institution_code"], ["institution.code"], name=op.f("fk_batch_operation_institution_code")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_batch_operation")),
    )
    op.create_index(
        "ix_batch_operation_active", "batch_operation", ["key"], postgresql_where=sa.text("state = 'ACTIVE'")
    )
    op.create_table(
        "batch_item",
        sa.Column("batch_key", sa.BigInteger(), nullable=False),
        sa.Column("item_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("instance_key", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("message_da", sa.Text(), nullable=True),
        sa.Column("message_en", sa.Text(), nullable=True),
        sa.Column("processed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('PENDING', 'DONE', 'SKIPPED', 'FAILED')", name=op.f("ck_batch_item_state_is_known")
        ),
        sa.CheckConstraint(
            "(state = 'PENDING') = (processed_at IS NULL)", name=op.f("ck_batch_item_processed_has_an_instant")
        ),
        sa.CheckConstraint(
            "(state IN ('SKIPPED', 'FAILED')) = (message_da IS NOT NULL AND message_en IS NOT NULL)",
            name=op.f("ck_batch_item_refused_says_why"),
        ),
        sa.ForeignKeyConstraint(["batch_key"], ["batch_operation.key"], name=op.f("fk_batch_item_batch_key")),
        sa.ForeignKeyConstraint(["instance_key"], ["process_instance.key"], name=op.f("fk_batch_item_instance_key")),
        sa.PrimaryKeyConstraint("batch_key", "item_key", name=op.f("pk_batch_item")),
    )
    op.create_index(op.f("ix_batch_item_instance_key"), "batch_item", ["instance_key"])
    op.create_index(
        "ix_batch_item_pending",
        "batch_item",
        ["batch_key", "due_at", "item_key"],
        postgresql_where=sa.text("state = 'PENDING'"),
    )
