"""Searching by words: an index on runs of three characters, and the names of the tasks that a process has"""

import xml.etree.ElementTree as ET
from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"

# The extension pg_trgm does the same; the server that kfflow brings along has none.
GRAMS = """
CREATE FUNCTION grams(words text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (SELECT array_agg(DISTINCT substr(lower(words), place, 3))
          FROM generate_series(1, greatest(length(words) - 2, 1)) AS place)
"""
DEPLOYED = sa.text("""SELECT d.key, d.process_id, r.source FROM process_definition d
  JOIN resource r ON r.key = d.resource_key""")
NAME = sa.text("UPDATE process_definition SET task_names = :names WHERE key = :key")


def upgrade() -> None:
    op.execute(GRAMS)
    op.create_index("ix_case_number_grams", "case", [sa.text("grams(number)")], postgresql_using="gin")
    of_person = [sa.text("grams(name)"), sa.text("grams(person_number)")]
    op.create_index("ix_person_grams", "person", of_person, postgresql_using="gin")
    names = sa.Column("task_names", ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False)
    op.add_column("process_definition", names)
    _name_tasks()


def _name_tasks() -> None:
    connection = op.get_bind()
    for key, process_id, source in connection.execute(DEPLOYED).all():
        connection.execute(NAME, {"key": key, "names": sorted(set(_tasks(source, process_id)))})


def _tasks(source: bytes, process_id: str) -> Iterator[str]:
    """Give the names of a process's user tasks; the source was read hardened when it was deployed."""
    root = ET.fromstring(source)  # noqa: S314 - said above
    for process in root.iter(f"{BPMN}process"):
        if process.get("id") == process_id:
            yield from (name for task in process.iter(f"{BPMN}userTask") if (name := task.get("name")))


def downgrade() -> None:
    op.drop_column("process_definition", "task_names")
    op.drop_index("ix_person_grams", "person")
    op.drop_index("ix_case_number_grams", "case")
    op.execute("DROP FUNCTION grams(text)")
