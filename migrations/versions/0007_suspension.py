"""Suspension"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("process_instance", sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True))
    for name in ("suspended_by", "suspension_reason", "suspension_hjemmel"):
        op.add_column("process_instance", sa.Column(name, sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("ck_process_instance_only_a_root_is_suspended"),
        "process_instance",
        "suspended_at IS NULL OR parent_key IS NULL",
    )
    op.create_check_constraint(
        op.f("ck_process_instance_suspension_is_whole"),
        "process_instance",
        "num_nulls(suspended_at, suspended_by, suspension_reason, suspension_hjemmel) IN (0, 4)",
    )
    op.create_index(
        "ix_process_instance_suspended",
        "process_instance",
        ["key"],
        postgresql_where=sa.text("suspended_at IS NOT NULL"),
    )
    op.add_column("job", sa.Column("held_result", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.create_index(
        "ix_job_held", "job", ["key"], postgresql_where=sa.text("state = 'CREATED' AND held_result IS NOT NULL")
    )
    op.add_column("message", sa.Column("kept_for", sa.BigInteger(), nullable=True))
