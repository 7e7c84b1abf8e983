"""Messages that each waiting instance takes, and which instance has taken one"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "message_subscription", sa.Column("reaches_every", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.create_table(
        "message_taken",
        sa.Column("message_key", sa.BigInteger(), nullable=False),
        sa.Column("instance_key", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_key"], ["message.key"], name="fk_message_taken_message_key", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["instance_key"], ["process_instance.key"], name="fk_message_taken_instance_key"),
        sa.PrimaryKeyConstraint("message_key", "instance_key", name="pk_message_taken"),
    )


def downgrade() -> None:
    op.drop_table("message_taken")
    op.drop_column("message_subscription", "reaches_every")
