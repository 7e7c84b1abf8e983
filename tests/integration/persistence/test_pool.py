"""A transaction's two ways to the database are one, and its connection comes back with nothing begun on it."""

import psycopg
import pytest

from kfflow.errors import Unavailable
from kfflow.persistence.held_connections import HeldConnections
from kfflow.persistence.tables import Institution, Unit

PLACE = "INSERT INTO institution (code, name, kind, area) VALUES ('XX', 'Prøve', 'fængsel', 'oest') RETURNING code"


def place_with_unit(transaction):
    code = transaction.fetch_one(PLACE, [])[0]
    transaction.session.add(Unit(code="XX-1", institution_code=code, name="A", regime="lukket", places=1))
    transaction.flush()


def test_a_connection_after_a_refused_statement_has_nothing_begun(database):
    with pytest.raises(psycopg.errors.UndefinedTable), database.begin() as transaction:
        transaction.fetch_one("SELECT 1 FROM no_such_table", [])
    with database.begin() as transaction:
        assert transaction.is_over


def test_what_the_session_and_psycopg_wrote_is_committed_together(database):
    with database.begin() as transaction:
        place_with_unit(transaction)
    with database.transaction() as session:
        assert session.get_one(Unit, "XX-1").institution_code == "XX"


def place_and_fail(database):
    with database.begin() as transaction:
        place_with_unit(transaction)
        raise ZeroDivisionError


def test_what_the_session_and_psycopg_wrote_is_undone_together(database):
    with pytest.raises(ZeroDivisionError):
        place_and_fail(database)
    with database.transaction() as session:
        assert session.get(Institution, "XX") is None
        assert session.get(Unit, "XX-1") is None


def test_the_connection_used_last_is_the_next_one(database):
    with database.begin() as first, database.begin():
        used = first.driver
    with database.begin() as transaction:
        assert transaction.driver is used


def test_no_more_connections_are_made_than_there_may_be():
    held = HeldConnections(1)
    assert held.take() is None
    with pytest.raises(Unavailable):
        held.take(wait=0)
    held.put(None)
    assert held.take() is None


def test_a_closed_database_makes_new_connections(database):
    with database.begin() as transaction:
        used = transaction.driver
    database.close()
    assert used.closed
    with database.begin() as transaction:
        assert transaction.fetch_one("SELECT 1", []) == (1,)
