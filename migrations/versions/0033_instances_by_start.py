"""Process instances by when they were started: what a list asks for that shows the latest first"""

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_process_instance_started_at", "process_instance", ["started_at", "key"])


def downgrade() -> None:
    op.drop_index("ix_process_instance_started_at", "process_instance")
