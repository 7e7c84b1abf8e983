"""Rounds of timers"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("timer", sa.Column("rounds_left", sa.BigInteger))
    op.add_column("timer", sa.Column("counted_from", sa.DateTime(timezone=True)))
