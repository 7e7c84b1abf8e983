"""Lists of many tasks"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

OPEN = sa.text("state = 'CREATED'")


def upgrade() -> None:
    op.create_index("ix_user_task_process", "user_task", ["process_id", "due_at"], postgresql_where=OPEN)
    op.create_index("ix_user_task_warn", "user_task", ["warn_at", "due_at"], postgresql_where=OPEN)
    op.create_index(
        "ix_user_task_offered",
        "user_task",
        ["candidate_groups", "candidate_users"],
        postgresql_using="gin",
        postgresql_where=sa.text("state = 'CREATED' AND assignee IS NULL"),
    )
