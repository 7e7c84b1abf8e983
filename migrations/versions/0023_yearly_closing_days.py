"""Closing days that recur yearly"""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    name = op.f("ck_calendar_change_kind_is_known")
    op.drop_constraint(name, "calendar_change")
    op.create_check_constraint(
        name, "calendar_change", "kind IN ('CLOSE', 'OPEN', 'CLOSE_YEARLY', 'OPEN_YEARLY', 'KEEP')"
    )
