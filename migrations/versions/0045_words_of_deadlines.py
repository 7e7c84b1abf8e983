"""What was computed of a deadline in the words of its diagram, and reasons of the system in English, too"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("deadline", sa.Column("said", postgresql.JSONB(), nullable=True))
    op.add_column("deadline_entry", sa.Column("reason_en", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("deadline_entry", "reason_en")
    op.drop_column("deadline", "said")
