"""What lists find in years of what has ended: tasks by name, a place's instances, and calls on other systems"""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

ENDED = sa.text("state <> 'CREATED'")
REFUSED = sa.text("refused_at IS NOT NULL")
SENT = sa.text("sent_at IS NOT NULL")


def upgrade() -> None:
    op.create_index("ix_user_task_ended_name", "user_task", ["name"], postgresql_where=ENDED)
    op.drop_index("ix_process_instance_case_key", "process_instance")
    op.create_index("ix_process_instance_case_key", "process_instance", ["case_key", "key"])
    op.create_index("ix_outbox_refused", "outbox", ["system", "refused_at", "key"], postgresql_where=REFUSED)
    op.create_index("ix_outbox_sent", "outbox", ["system", "case_key"], postgresql_where=SENT)


def downgrade() -> None:
    op.drop_index("ix_outbox_sent", "outbox")
    op.drop_index("ix_outbox_refused", "outbox")
    op.drop_index("ix_process_instance_case_key", "process_instance")
    op.create_index("ix_process_instance_case_key", "process_instance", ["case_key"])
    op.drop_index("ix_user_task_ended_name", "user_task")
