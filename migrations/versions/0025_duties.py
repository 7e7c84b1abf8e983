"""What the workers owe once a day, and in both languages why an outgoing call has not arrived"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "duty",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem_da", sa.Text(), nullable=True),
        sa.Column("problem_en", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("name", name="pk_duty"),
    )
    op.alter_column("outbox", "problem", new_column_name="problem_en")
    op.add_column("outbox", sa.Column("problem_da", sa.Text()))
