"""Instances of each state by key: the index of the active ones alone finds no ended one."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_process_instance_state_key", "process_instance", ["state", "key"])
    op.drop_index("ix_process_instance_active", "process_instance")


def downgrade() -> None:
    op.create_index(
        "ix_process_instance_active", "process_instance", ["key"], postgresql_where=sa.text("state = 'ACTIVE'")
    )
    op.drop_index("ix_process_instance_state_key", "process_instance")
