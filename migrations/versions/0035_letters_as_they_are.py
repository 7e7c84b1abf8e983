"""Documents as they are: a PDF is compressed already, and to try it once more costs a tenth of what the database does"""

from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE document ALTER COLUMN content SET STORAGE EXTERNAL")


def downgrade() -> None:
    op.execute("ALTER TABLE document ALTER COLUMN content SET STORAGE EXTENDED")
