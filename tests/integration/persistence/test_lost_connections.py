"""The database goes away or makes somebody wait too long: callers are told to try again, and the next call works."""

import psycopg
import pytest
from sqlalchemy import text

from kfflow.errors import Unavailable
from kfflow.persistence.database import Database

LOCK = "SELECT pg_advisory_xact_lock(1)"


def end_connections(database: Database) -> None:
    """End every other connection to the database, as a restart of the server does, and wait until they are gone."""
    ended = "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE datname = current_database()"
    with psycopg.connect(database.url, autocommit=True) as connection:
        connection.execute(f"{ended} AND pid <> pg_backend_pid()")


def by_sqlalchemy(transaction):
    return transaction.session.execute(text("SELECT 1")).scalar_one()


def by_psycopg(transaction):
    row = transaction.fetch_one("SELECT 1", [])
    return row[0]


def ask_around_the_end(database, ask):
    with database.begin() as transaction:
        ask(transaction)
        end_connections(database)
        ask(transaction)


@pytest.mark.parametrize("ask", [by_sqlalchemy, by_psycopg])
def test_a_connection_that_ends_within_a_command_is_unavailable_and_the_next_works(database, ask):
    with pytest.raises(Unavailable):
        ask_around_the_end(database, ask)
    with database.begin() as transaction:
        assert ask(transaction) == 1


def ask_twice_at_once(database, ask):
    with database.begin() as one, database.begin() as other:
        return ask(one), ask(other)


@pytest.mark.parametrize("ask", [by_sqlalchemy, by_psycopg])
def test_connections_that_ended_in_the_pool_cost_one_call_in_all(database, ask):
    assert ask_twice_at_once(database, ask) == (1, 1)
    end_connections(database)
    with pytest.raises(Unavailable), database.begin() as transaction:
        ask(transaction)
    assert ask_twice_at_once(database, ask) == (1, 1)


def lock_at_once(database):
    with database.begin() as transaction:
        transaction.session.execute(text("SET LOCAL lock_timeout = '50ms'"))
        transaction.fetch_one(LOCK, [])


def test_waiting_too_long_for_a_lock_is_unavailable(database):
    with database.begin() as holder:
        holder.session.execute(text(LOCK))
        with pytest.raises(Unavailable):
            lock_at_once(database)
    lock_at_once(database)
