"""Armed timers in the order in which they fire: by when they are due, and of those due at once the oldest first"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

ARMED = sa.text("state = 'ARMED'")


def upgrade() -> None:
    op.drop_index("ix_timer_armed", "timer")
    op.create_index("ix_timer_armed", "timer", ["due_at", "key"], postgresql_where=ARMED)


def downgrade() -> None:
    op.drop_index("ix_timer_armed", "timer")
    op.create_index("ix_timer_armed", "timer", ["due_at"], postgresql_where=ARMED)
