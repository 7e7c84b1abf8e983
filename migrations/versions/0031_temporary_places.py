"""A process may hold two places: one where somebody stays meanwhile, one where they will go.

The index over what is held is built anew with both; the few places that are held are in it at once.
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

HELD = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.add_column("reservation", sa.Column("temporary", sa.Boolean(), server_default="false", nullable=False))
    op.drop_index("uq_reservation_held", "reservation")
    op.create_index("uq_reservation_held", "reservation", ["root_key", "temporary"], unique=True, postgresql_where=HELD)


def downgrade() -> None:
    op.execute("UPDATE reservation SET ended_at = held_at WHERE temporary AND ended_at IS NULL")
    op.drop_index("uq_reservation_held", "reservation")
    op.create_index("uq_reservation_held", "reservation", ["root_key"], unique=True, postgresql_where=HELD)
    op.drop_column("reservation", "temporary")
