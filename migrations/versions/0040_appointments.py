"""Who of a group is appointed for a person, until somebody else is"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

HELD = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "appointment",
        sa.Column("key", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("person_number", sa.Text, nullable=False),
        sa.Column("group_name", sa.Text, nullable=False),
        sa.Column("username", sa.Text, sa.ForeignKey("account.username"), nullable=False),
        sa.Column("excluded", postgresql.ARRAY(sa.Text), nullable=False, server_default=sa.text("'{}'")),
        sa.Column("appointed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("appointed_by", sa.Text, nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
    )
    op.create_index(
        "uq_appointment_held", "appointment", ["person_number", "group_name"], unique=True, postgresql_where=HELD
    )
    op.create_index("ix_appointment_username", "appointment", ["username"], postgresql_where=HELD)


def downgrade() -> None:
    op.drop_table("appointment")
