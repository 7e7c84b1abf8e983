"""Places that a process holds for somebody on the way"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

HELD = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "reservation",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root_key", sa.BigInteger(), nullable=False),
        sa.Column("institution_code", sa.Text(), nullable=False),
        sa.Column("regime", sa.Text(), nullable=False),
        sa.Column("overbooked", sa.Boolean(), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held_by", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["root_key"], ["process_instance.key"], name="fk_reservation_root_key"),
        sa.ForeignKeyConstraint(["institution_code"], ["institution.code"], name="fk_reservation_institution_code"),
        sa.PrimaryKeyConstraint("key", name="pk_reservation"),
    )
    op.create_index("uq_reservation_held", "reservation", ["root_key"], unique=True, postgresql_where=HELD)
    op.create_index("ix_reservation_held", "reservation", ["institution_code", "regime"], postgresql_where=HELD)
