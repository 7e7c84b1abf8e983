"""Instances of one process by state, and cases by institution: what a list of one place looks for"""

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_process_instance_process_id_state_key", "process_instance", ["process_id", "state", "key"])
    op.create_index("ix_case_institution_code", "case", ["institution_code"])


def downgrade() -> None:
    op.drop_index("ix_case_institution_code", "case")
    op.drop_index("ix_process_instance_process_id_state_key", "process_instance")
