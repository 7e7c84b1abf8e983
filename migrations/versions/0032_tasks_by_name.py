"""Open tasks by name; those at risk are found by their due date, which no index of their own has to be kept for."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

OPEN = sa.text("state = 'CREATED'")


def upgrade() -> None:
    op.drop_index("ix_user_task_warn", "user_task")
    op.drop_index("ix_user_task_all_due", "user_task")
    op.create_index("ix_user_task_all_due", "user_task", ["due_at", "key", "warn_at"], postgresql_where=OPEN)
    op.create_index("ix_user_task_name", "user_task", ["name", "due_at", "key"], postgresql_where=OPEN)


def downgrade() -> None:
    op.drop_index("ix_user_task_name", "user_task")
    op.drop_index("ix_user_task_all_due", "user_task")
    op.create_index("ix_user_task_all_due", "user_task", ["due_at", "key"], postgresql_where=OPEN)
    op.create_index("ix_user_task_warn", "user_task", ["warn_at", "due_at"], postgresql_where=OPEN)
