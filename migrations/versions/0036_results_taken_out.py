"""Results taken out: the JSON null that stood in their place was something to conditions, and held the job for ever"""

from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("UPDATE job SET held_result = NULL WHERE state = 'CREATED' AND held_result = 'null'")


def downgrade() -> None:
    """Leave it: to the code before, nothing and a JSON null are the same."""
