"""Migrations of instances"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "instance_migration",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("instance_key", sa.BigInteger(), nullable=False),
        sa.Column("from_definition_key", sa.BigInteger(), nullable=False),
        sa.Column("to_definition_key", sa.BigInteger(), nullable=False),
        sa.Column(
            "mapping", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.Column("snapshot", sa.LargeBinary(), nullable=False),
        sa.Column("places", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("migrated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("migrated_by", sa.Text(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(undone_at IS NULL) = (undone_by IS NULL)", name=op.f("ck_instance_migration_undone_by_somebody")
        ),
        sa.ForeignKeyConstraint(
            ["instance_key"], ["process_instance.key"], name=op.f("fk_instance_migration_instance_key")
        ),
        sa.ForeignKeyConstraint(
            ["from_definition_key"], ["process_definition.key"], name=op.f("fk_instance_migration_from_definition_key")
        ),
        sa.ForeignKeyConstraint(
            ["to_definition_key"], ["process_definition.key"], name=op.f("fk_instance_migration_to_definition_key")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_instance_migration")),
    )
    op.create_index(op.f("ix_instance_migration_instance_key"), "instance_migration", ["instance_key"])


def downgrade() -> None:
    op.drop_table("instance_migration")
