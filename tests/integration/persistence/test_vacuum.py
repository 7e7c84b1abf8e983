"""Tables that much was written to are vacuumed and analysed, and no others."""

import pytest
from sqlalchemy import text

from kfflow.persistence import embedded, schema, vacuum
from kfflow.persistence.database import Database

CASES = text("""INSERT INTO "case" (key, number, process_id, title, state, legal_date, opened_at, opened_by)
  SELECT n, 'V-' || n, 'p', repeat('x', 500), 'ACTIVE', '2026-01-01', now(), 'x' FROM generate_series(1, 2000) AS n""")
KNOWN = text("""SELECT relallvisible = pg_relation_size(oid) / 8192, reltuples FROM pg_class
  WHERE oid = '"case"'::regclass""")


@pytest.fixture
def written(postgres):
    """A database of its own: what other tests wrote counts, too."""
    database = Database(embedded.fresh(postgres, "kfflow_written"))
    schema.upgrade(database)
    list(vacuum.vacuum(database))
    with database.transaction() as session:
        session.execute(text("SET LOCAL synchronous_commit = on"))  # what is not on disk yet is not marked as visible
        session.execute(text("SELECT pg_stat_force_next_flush()"))
        session.execute(CASES)
    yield database
    database.close()


def test_what_was_written_at_once_is_vacuumed_and_analysed_and_a_few_rows_are_not(written):
    assert list(vacuum.vacuum(written)) == ["case"]
    with written.transaction() as session:
        assert tuple(session.execute(KNOWN).one()) == (True, 2000)
    assert list(vacuum.vacuum(written)) == []
    with written.transaction() as session:
        session.execute(text("UPDATE \"case\" SET title = 'y' WHERE key < 20"))
    assert list(vacuum.vacuum(written)) == []


def test_rows_that_were_changed_in_their_pages_are_found_by_what_is_counted(written):
    list(vacuum.vacuum(written))
    with written.transaction() as session:
        session.execute(text("SELECT pg_stat_force_next_flush()"))
        session.execute(text("UPDATE \"case\" SET title = repeat('y', 500)"))
    assert list(vacuum.vacuum(written)) == ["case"]
