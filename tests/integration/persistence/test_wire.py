"""The wire: values of every type arrive, statements are prepared, and what psycopg lets go of is prepared anew."""

from datetime import UTC, date, datetime

import psycopg
import pytest
from psycopg.types.json import Jsonb
from sqlalchemy import text

from kfflow.domain.lifecycle import DeadlineState
from kfflow.errors import Unavailable
from kfflow.persistence.database import Database
from kfflow.persistence.wire import MOST_PREPARED, numbered

PREPARED = "SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'kfflow%%'"
THIS = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%%of this text%%'"
AT = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture
def alone(database):
    """The database with one connection, on which nothing is prepared yet."""
    alone = Database(database.url, pool_size=1)
    yield alone
    alone.close()


def test_a_name_that_recurs_is_one_value():
    read = numbered("SELECT %(a)s, %(b)s, %(a)s")
    assert (read.sql, read.names) == (b"SELECT $1, $2, $1", ("a", "b"))


def test_values_without_names_go_by_place():
    assert numbered("SELECT %s, %s").sql == b"SELECT $1, $2"


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("text", "Ærø 'n' \\ \n"),
        ("bigint", 2**62),
        ("boolean", False),
        ("double precision", 0.8),
        ("timestamptz", AT),
        ("date", date(2026, 2, 28)),
        ("bytea", b"\x00\xff'"),
        ("text[]", ['a,"b"', "NULL", ""]),
        ("bigint[]", [1, 2**40]),
        ("text", None),
        ("text", DeadlineState.RUNNING),
    ],
)
def test_a_value_comes_back_as_it_went(database, kind, value):
    with database.begin() as transaction:
        for _ in range(3):  # as it is, prepared, and prepared before
            assert transaction.fetch_one(f"SELECT %s::{kind}", [value]) == (value,)


def test_a_text_with_a_nul_is_refused(database):
    with pytest.raises(psycopg.DataError, match="NUL"), database.begin() as transaction:
        transaction.fetch_one("SELECT %s::text", ["a\0b"])
    with pytest.raises(psycopg.DataError, match="NUL"), database.begin() as transaction:
        transaction.fetch_one("SELECT %s::text[]", [["a", "a\0b"]])


def test_the_first_statement_begins_the_transaction(database):
    for _ in range(3):  # as it is, prepared, and prepared before: then in the same message as BEGIN
        with database.begin() as transaction:
            assert transaction.fetch_one("SELECT %s::bigint - %s", [2**40, -1]) == (2**40 + 1,)
            assert not transaction.is_over


def test_an_object_goes_as_json(database):
    with database.begin() as transaction:
        assert transaction.fetch_one("SELECT %(a)s::jsonb", {"a": Jsonb({"æ": [1, None]})}) == ({"æ": [1, None]},)


def test_a_statement_is_prepared_when_it_is_run_again(alone):
    with alone.begin() as transaction:
        seen = [transaction.fetch_one(THIS, []) for _ in range(3)]
    assert seen == [(0,), (1,), (1,)]


def undo_a_savepoint(session):
    session.begin_nested().rollback()


def undo_all(session):
    session.rollback()


def prepared_by_psycopg(session):
    """Let psycopg prepare a statement, so that it lets go of all prepared ones when something is undone."""
    for _ in range(7):
        session.execute(text("SELECT 1"))


@pytest.mark.parametrize("undo", [undo_a_savepoint, undo_all])
def test_what_psycopg_let_go_of_is_prepared_anew(alone, undo):
    with alone.begin() as transaction:
        seen = [transaction.fetch_one(THIS, []) for _ in range(2)]
        prepared_by_psycopg(transaction.session)
        undo(transaction.session)
        seen += [transaction.fetch_one(THIS, []) for _ in range(2)]
    assert seen == [(0,), (1,), (1,), (1,)]


def test_what_psycopg_let_go_of_unseen_costs_one_transaction(alone):
    with alone.begin() as transaction:
        for _ in range(2):
            transaction.fetch_one(THIS, [])
        transaction.driver.execute("DEALLOCATE ALL")
    with pytest.raises(Unavailable), alone.begin() as transaction:
        transaction.fetch_one(THIS, [])
    with alone.begin() as transaction:
        assert transaction.fetch_one(THIS, []) == (1,)


def test_the_statement_not_used_for_longest_gives_way(alone):
    with alone.begin() as transaction:
        for number in range(MOST_PREPARED + 1):
            for _ in range(2):
                transaction.fetch_one(f"SELECT {number}", [])
        assert transaction.fetch_one("SELECT 0", []) == (0,)
        assert transaction.fetch_one(PREPARED, []) == (MOST_PREPARED,)


def test_a_refused_statement_says_why_and_the_next_transaction_works(database):
    for _ in range(3):
        with pytest.raises(psycopg.errors.DivisionByZero), database.begin() as transaction:
            transaction.fetch_one("SELECT 1 / %s::int", [0])
    with database.begin() as transaction:
        assert transaction.fetch_one("SELECT 1 / %s::int", [1]) == (1,)
