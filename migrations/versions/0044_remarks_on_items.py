"""Items of a batch that are done may say something, too: what was met on looking into a case"""

from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

NAME = "ck_batch_item_refused_says_why"


def upgrade() -> None:
    op.drop_constraint(op.f(NAME), "batch_item", type_="check")
    says_why = "NOT (state IN ('SKIPPED', 'FAILED')) OR (message_da IS NOT NULL AND message_en IS NOT NULL)"
    op.create_check_constraint(op.f(NAME), "batch_item", says_why)


def downgrade() -> None:
    op.execute("UPDATE batch_item SET message_da = NULL, message_en = NULL WHERE state NOT IN ('SKIPPED', 'FAILED')")
    op.drop_constraint(op.f(NAME), "batch_item", type_="check")
    says_why = "(state IN ('SKIPPED', 'FAILED')) = (message_da IS NOT NULL AND message_en IS NOT NULL)"
    op.create_check_constraint(op.f(NAME), "batch_item", says_why)
