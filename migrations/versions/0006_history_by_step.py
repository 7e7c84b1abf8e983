"""History by step: one row for all that a step did, and a view that reads it event by event"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

GATHER = """
INSERT INTO history_step (instance_key, case_key, revision, at, actor, events)
SELECT instance_key, case_key, revision, at, actor,
       jsonb_agg(jsonb_build_array(kind, element_id, element_type, name, data) ORDER BY key)
  FROM history_event GROUP BY instance_key, case_key, revision, at, actor ORDER BY min(key)
"""
READ_BY_EVENT = """
CREATE VIEW history_event AS
SELECT (step.key << 20) + event.place AS key, step.instance_key, step.case_key, step.revision, step.at, step.actor,
       event.line->>0 AS kind, event.line->>1 AS element_id, event.line->>2 AS element_type, event.line->>3 AS name,
       event.line->4 AS data
  FROM history_step step
 CROSS JOIN LATERAL jsonb_array_elements(step.events) WITH ORDINALITY AS event(line, place)
"""


def upgrade() -> None:
    op.create_table(
        "history_step",
        sa.Column("key", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("instance_key", sa.BigInteger(), nullable=False),
        sa.Column("case_key", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("events", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_history_step")),
    )
    op.execute(GATHER)
    op.create_index("ix_history_step_case", "history_step", ["case_key", "key"])
    op.create_index("ix_history_step_instance", "history_step", ["instance_key", "key"])
    op.drop_table("history_event")
    op.execute(READ_BY_EVENT)
