"""Places by token"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = ("user_task", "job", "timer", "message_subscription", "signal_subscription")


def upgrade() -> None:
    for table in TABLES:
        op.create_index(f"ix_{table}_instance_key_token", table, ["instance_key", "token"])
        op.drop_index(f"ix_{table}_instance_key", table)
