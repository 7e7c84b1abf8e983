"""Messages once: which message started an instance, and letting go of messages that are done with"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("process_instance", sa.Column("correlation_key", sa.Text))
    op.create_index(
        "uq_process_instance_started_by_message",
        "process_instance",
        ["process_id", "correlation_key"],
        unique=True,
        postgresql_where=sa.text("state = 'ACTIVE' AND correlation_key IS NOT NULL"),
    )
    op.create_index("ix_message_done_with", "message", ["expires_at"], postgresql_where=sa.text("state <> 'BUFFERED'"))
    op.drop_index("ix_signal_subscription_open", "signal_subscription")
    op.create_index(
        "ix_signal_subscription_open",
        "signal_subscription",
        ["signal_name", "key"],
        postgresql_where=sa.text("state = 'OPEN'"),
    )
