"""Deadlines whose element has rules by date: the period of the one that counts, and the day that picked it"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("gyldig_fra", "gyldig_til", "picked_on"):
        op.add_column("deadline", sa.Column(name, sa.Date(), nullable=True))
    op.add_column("deadline", sa.Column("overgang", sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("ck_deadline_picked_says_by_which_day"), "deadline", "(overgang IS NULL) = (picked_on IS NULL)"
    )
