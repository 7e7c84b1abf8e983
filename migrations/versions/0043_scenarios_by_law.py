"""Scenarios in versions by law, as letters are; a trial is kept with the days it was for, so those kept are void"""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

KEPT = r"""
INSERT INTO scenario (key, scenario_id, process_id, title, version, resource_key, deployment_key, deployed_at)
SELECT r.key, left(r.name, -5), split_part(r.name, '.', 1),
       coalesce(btrim(substring(convert_from(r.source, 'UTF8') FROM '(?n)^name:(.*)$'), E' \r\'"'), ''),
       row_number() OVER (PARTITION BY r.name ORDER BY r.key), r.key, r.deployment_key, d.deployed_at
  FROM resource r JOIN deployment d ON d.key = r.deployment_key
 WHERE r.kind = 'scenario'
"""


def upgrade() -> None:
    op.create_table(
        "scenario",
        sa.Column("key", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("scenario_id", sa.Text, nullable=False),
        sa.Column("process_id", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("gyldig_fra", sa.Date),
        sa.Column("gyldig_til", sa.Date),
        sa.Column("lov", sa.Text),
        sa.Column("overgang", sa.Text, server_default="FROM_REFERENCE_DATE", nullable=False),
        sa.Column("resource_key", sa.BigInteger, nullable=False),
        sa.Column("deployment_key", sa.BigInteger, nullable=False),
        sa.Column("deployed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("gyldig_til > gyldig_fra", name=op.f("ck_scenario_ends_after_it_begins")),
        sa.ForeignKeyConstraint(["deployment_key"], ["deployment.key"], name=op.f("fk_scenario_deployment_key")),
        sa.ForeignKeyConstraint(["resource_key"], ["resource.key"], name=op.f("fk_scenario_resource_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_scenario")),
        sa.UniqueConstraint("scenario_id", "version", name=op.f("uq_scenario_scenario_id_version")),
    )
    op.execute(KEPT)
    op.execute("UPDATE draft SET trial = NULL WHERE trial IS NOT NULL")


def downgrade() -> None:
    op.drop_table("scenario")
