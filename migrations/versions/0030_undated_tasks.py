"""Tasks that never had a deadline say so: closing one touches no deadlines. A deadline's case is its instance's.

A task of before, or of a process that still runs the version before, may have one: that is the default.
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("user_task", sa.Column("has_deadline", sa.Boolean(), server_default="true", nullable=False))
    op.drop_constraint("fk_deadline_case_key", "deadline")


def downgrade() -> None:
    op.create_foreign_key("fk_deadline_case_key", "deadline", "case", ["case_key"], ["key"])
    op.drop_column("user_task", "has_deadline")
