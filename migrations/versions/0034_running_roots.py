"""The running instances that nobody called, by process and case: what is counted by institution, without their states"""

from alembic import op
from sqlalchemy import text

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_process_instance_running_root",
        "process_instance",
        ["process_id", "case_key"],
        postgresql_where=text("state = 'ACTIVE' AND parent_key IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_process_instance_running_root", "process_instance")
