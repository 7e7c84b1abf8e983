"""Letters: templates in versions, and what a document was made from"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "letter",
        sa.Column("key", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("letter_id", sa.Text, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("gyldig_fra", sa.Date),
        sa.Column("gyldig_til", sa.Date),
        sa.Column("lov", sa.Text),
        sa.Column("overgang", sa.Text, server_default="FROM_REFERENCE_DATE", nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("resource_key", sa.BigInteger, nullable=False),
        sa.Column("deployment_key", sa.BigInteger, nullable=False),
        sa.Column("deployed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("gyldig_til > gyldig_fra", name=op.f("ck_letter_ends_after_it_begins")),
        sa.ForeignKeyConstraint(["deployment_key"], ["deployment.key"], name=op.f("fk_letter_deployment_key")),
        sa.ForeignKeyConstraint(["resource_key"], ["resource.key"], name=op.f("fk_letter_resource_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_letter")),
        sa.UniqueConstraint("letter_id", "version", name=op.f("uq_letter_letter_id_version")),
    )
    op.add_column("document", sa.Column("letter_key", sa.BigInteger))
    op.add_column("document", sa.Column("data", JSONB))
    op.add_column("document", sa.Column("rendering", JSONB))
    op.create_foreign_key(op.f("fk_document_letter_key"), "document", "letter", ["letter_key"], ["key"])
