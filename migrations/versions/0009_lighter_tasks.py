"""Lighter tasks: one foreign key instead of three, and empty lists by default"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint("fk_user_task_case_key", "user_task", type_="foreignkey")
    op.drop_constraint("fk_user_task_definition_key", "user_task", type_="foreignkey")
    for column in ("candidate_groups", "candidate_users", "four_eyes"):
        op.alter_column("user_task", column, server_default=sa.text("'{}'"))
