"""Deadlines from decision tables: which table gave the rule of a deadline, in which version"""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

SAYS_WHICH = "ck_deadline_table_says_which_version"


def upgrade() -> None:
    op.add_column("deadline", sa.Column("decision_id", sa.Text(), nullable=True))
    op.add_column("deadline", sa.Column("decision_version", sa.BigInteger(), nullable=True))
    op.create_check_constraint(op.f(SAYS_WHICH), "deadline", "(decision_id IS NULL) = (decision_version IS NULL)")


def downgrade() -> None:
    op.drop_constraint(op.f(SAYS_WHICH), "deadline")
    op.drop_column("deadline", "decision_version")
    op.drop_column("deadline", "decision_id")
