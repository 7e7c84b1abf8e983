"""Callers judged late: a reference to the calling instance may be checked when a transaction ends"""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE process_instance ALTER CONSTRAINT fk_process_instance_parent_key DEFERRABLE")
