"""Versions by law: the law and the transitional rule of each version, and a validity for forms"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TABLES = ("process_definition", "decision_definition", "form")


def upgrade() -> None:
    for name in ("gyldig_fra", "gyldig_til"):
        op.add_column("form", sa.Column(name, sa.Date(), nullable=True))
    for table in TABLES:
        op.add_column(table, sa.Column("lov", sa.Text(), nullable=True))
        rule = sa.Column("overgang", sa.Text(), server_default="FROM_REFERENCE_DATE", nullable=False)
        op.add_column(table, rule)
        op.create_check_constraint(op.f(f"ck_{table}_ends_after_it_begins"), table, "gyldig_til > gyldig_fra")
