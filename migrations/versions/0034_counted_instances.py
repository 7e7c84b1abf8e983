"""What pages count, by index: running instances by process and version, those nobody called, and broken deadlines

The tables hold years of what has ended. What runs and what was broken is a small part of them.
"""

from alembic import op
from sqlalchemy import text

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

RUNNING = text("state = 'ACTIVE'")
ROOT = text("parent_key IS NULL")
BREACHED = text("state = 'BREACHED'")


def upgrade() -> None:
    columns = ["process_id", "parent_key", "version", "case_key"]
    op.create_index("ix_process_instance_running", "process_instance", columns, postgresql_where=RUNNING)
    op.create_index("ix_process_instance_root", "process_instance", ["process_id"], postgresql_where=ROOT)
    op.create_index("ix_deadline_breached", "deadline", ["key"], postgresql_where=BREACHED)


def downgrade() -> None:
    op.drop_index("ix_deadline_breached", "deadline")
    op.drop_index("ix_process_instance_root", "process_instance")
    op.drop_index("ix_process_instance_running", "process_instance")
