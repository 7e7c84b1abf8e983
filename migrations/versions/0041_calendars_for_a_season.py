"""What an institution keeps may end: office hours for a season"""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

NAME = "ck_calendar_change_keeping_ends_after_it_begins"


def upgrade() -> None:
    op.add_column("calendar_change", sa.Column("valid_to", sa.Date(), nullable=True))
    op.create_check_constraint(op.f(NAME), "calendar_change", "valid_from < valid_to")


def downgrade() -> None:
    op.drop_constraint(op.f(NAME), "calendar_change", type_="check")
    op.drop_column("calendar_change", "valid_to")
