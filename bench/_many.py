"""Many cases made of one that waits, by SQL: starting a case is another benchmark's business."""

from collections.abc import Sequence

from sqlalchemy import text

from kfflow.persistence.database import Database

APART = 1_000_000
"""How far the keys of a copy lie from those of the copy before."""
OWN_KEYS = frozenset({"key", "case_key", "instance_key", "root_key", "task_key", "deadline_key"})


def multiply(database: Database, tables: Sequence[str], count: int) -> None:
    """Copy the rows of these tables, referred to before they refer, until there are `count` of each."""
    with database.transaction() as session:
        for table in tables:
            columns = session.scalars(
                text("SELECT column_name FROM information_schema.columns WHERE table_name = :t"), {"t": table}
            ).all()
            values = [f'"{c}" + n::bigint * {APART}' if c in OWN_KEYS else f'"{c}"' for c in columns]
            values = [f"{v} || '-' || n" if v == '"number"' else v for v in values]
            names = ", ".join(f'"{c}"' for c in columns)
            copies = f'SELECT {", ".join(values)} FROM "{table}", generate_series(1, {count - 1}) n'
            session.execute(text(f'INSERT INTO "{table}" ({names}) {copies}'))
        session.execute(text("ANALYZE"))
