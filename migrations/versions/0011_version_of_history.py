"""Version of history: the view tells in which layout a line was written"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

READ_BY_EVENT = """
CREATE OR REPLACE VIEW history_event AS
SELECT (step.key << 20) + event.place AS key, step.instance_key, step.case_key, step.revision, step.at, step.actor,
       event.line->>0 AS kind, event.line->>1 AS element_id, event.line->>2 AS element_type, event.line->>3 AS name,
       event.line->4 AS data, step.version
  FROM history_step step
 CROSS JOIN LATERAL jsonb_array_elements(step.events) WITH ORDINALITY AS event(line, place)
"""


def upgrade() -> None:
    op.execute(READ_BY_EVENT)
