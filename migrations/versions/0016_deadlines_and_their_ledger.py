"""Deadlines and their ledger tell the same: a breached deadline is BREACHED, and every line carries what then held"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

CHECKS = {
    "over_has_ended": "state NOT IN ('MET', 'CANCELED') OR ended_at IS NOT NULL",
    "breached_has_an_instant": "state <> 'BREACHED' OR breached_at IS NOT NULL",
    "running_is_neither": "state <> 'RUNNING' OR (ended_at IS NULL AND breached_at IS NULL)",
    "paused_says_by_what": "(state = 'PAUSED') = (pause IS NOT NULL)",
}


def upgrade() -> None:
    op.add_column("deadline", sa.Column("roll", sa.Text(), server_default=sa.text("'none'"), nullable=False))
    op.add_column("deadline", sa.Column("cutoff", sa.Text(), nullable=True))
    op.add_column("deadline", sa.Column("warn_share", sa.Float(), server_default=sa.text("0.8"), nullable=False))
    op.add_column("deadline", sa.Column("pause", sa.Text(), nullable=True))
    op.add_column("deadline_entry", sa.Column("warn_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("deadline_entry", sa.Column("rule", sa.Text(), nullable=True))
    _bring_to_one_truth()
    for name, condition in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_deadline_{name}"), "deadline", condition)
    op.drop_index("ix_deadline_to_breach", "deadline")
    op.create_index("ix_deadline_to_breach", "deadline", ["due_at"], postgresql_where=sa.text("state = 'RUNNING'"))
    op.create_index(
        "ix_deadline_escalated",
        "deadline",
        ["escalate_to"],
        postgresql_where=sa.text("warned_at IS NOT NULL AND ended_at IS NULL"),
    )


def _bring_to_one_truth() -> None:
    """Say of the rows that are there what their ledgers say."""
    op.execute("UPDATE deadline SET pause = 'CASE' WHERE state = 'PAUSED'")
    op.execute("UPDATE deadline SET state = 'BREACHED' WHERE state = 'RUNNING' AND breached_at IS NOT NULL")
    op.execute("UPDATE deadline SET breached_at = ended_at WHERE state = 'BREACHED' AND breached_at IS NULL")
    op.execute(
        "UPDATE deadline_entry e SET warn_at = d.warn_at FROM deadline d "
        "WHERE d.key = e.deadline_key AND e.kind IN ('START', 'RESUME')"
    )
    op.execute(
        "UPDATE deadline_entry e SET kind = 'MET' FROM deadline d "
        "WHERE d.key = e.deadline_key AND e.kind = 'BREACHED' AND e.at = d.ended_at"
    )
