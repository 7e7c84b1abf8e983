"""What is left to do when much was written at once: the tables vacuumed and analysed, as autovacuum would later.

Until then PostgreSQL looks each row of an index up in its table, and plans by what it knew when the table was empty.
"""

from collections.abc import Iterator

import psycopg
from psycopg import sql

from kfflow.persistence.database import Database
from kfflow.persistence.tables import Row

LEAST_PAGES, LEAST_ROWS = 100, 1000
"""Up to how many pages of 8 kB, or rows changed, a table is left to autovacuum."""

_WRITTEN = """SELECT c.relname
 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_stat_all_tables s ON s.relid = c.oid
 WHERE n.nspname = current_schema() AND c.relname = ANY (%(tables)s)
  AND (pg_relation_size(c.oid) / current_setting('block_size')::int > greatest(%(pages)s, c.relallvisible / 0.9)
   OR s.n_dead_tup + s.n_ins_since_vacuum > greatest(%(rows)s, s.n_live_tup / 10))
 ORDER BY c.relname"""


def vacuum(database: Database) -> Iterator[str]:
    """Vacuum and analyse each table of which more than a tenth was written since it last was; names it beforehand.

    Others may read and write meanwhile. It takes its time, on a connection without timeouts.
    """
    address = database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    known = {"tables": list(Row.metadata.tables), "pages": LEAST_PAGES, "rows": LEAST_ROWS}
    with psycopg.connect(address, autocommit=True) as connection:
        for (name,) in connection.execute(_WRITTEN, known).fetchall():
            yield name
            connection.execute(sql.SQL("VACUUM (ANALYZE) {}").format(sql.Identifier(name)))
