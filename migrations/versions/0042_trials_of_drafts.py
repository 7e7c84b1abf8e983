"""How the scenarios fared on a draft, kept with it until it is saved anew"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("draft", sa.Column("trial", postgresql.JSONB(), nullable=True))


def downgrade() -> None:
    op.drop_column("draft", "trial")
