"""A transaction's two ways to the database are one, and its connection comes back with nothing begun on it."""

import psycopg
import pytest

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
