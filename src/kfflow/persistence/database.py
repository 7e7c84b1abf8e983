"""The connection to PostgreSQL, and the one place where a transaction begins and ends."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from time import monotonic
from typing import Any

import orjson
import psycopg
from psycopg.types.json import set_json_dumps, set_json_loads
from sqlalchemy import Connection, Engine, PoolProxiedConnection, create_engine, event, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from kfflow.errors import Conflict
from kfflow.persistence.held_connections import HeldConnections, unavailable
from kfflow.persistence.wire import Values, Wire

set_json_dumps(orjson.dumps)
set_json_loads(orjson.loads)

LOCK_TIMEOUT = "10s"
STATEMENT_TIMEOUT = "60s"
IDLE_TIMEOUT = "60s"
MOST_MORE = 10
"""How many connections more than the pool's size there may be at once."""
OLDEST = 1800
"""After so many seconds a connection is not used again."""


def _dumps(value: object) -> str:
    return orjson.dumps(value).decode()


def _guard_connection(connection: "psycopg.Connection[Any]", record: ConnectionPoolEntry) -> None:
    """Set the timeouts that keep one stuck client from holding up a case."""
    record.info["wire"], record.info["made"] = Wire(connection), monotonic()
    connection.execute(f"SET lock_timeout = '{LOCK_TIMEOUT}'")
    connection.execute(f"SET statement_timeout = '{STATEMENT_TIMEOUT}'")
    connection.execute(f"SET idle_in_transaction_session_timeout = '{IDLE_TIMEOUT}'")
    connection.execute("SET timezone = 'UTC'")
    connection.commit()


def _doubt_prepared(connection: Connection, *_savepoint: object) -> None:
    if not connection.invalidated:
        wire: Wire = connection.info["wire"]
        wire.doubt()


_PLAIN = text("""SELECT set_config('plan_cache_mode', 'force_custom_plan', true),
  set_config('max_parallel_workers_per_gather', '0', true), set_config('random_page_cost', '1.1', true)""")


def plan_by_values(session: Session) -> None:
    """Let PostgreSQL plan the statements of this transaction by their values, also those it has met before.

    A list's filters find three rows or a hundred thousand. After ten calls PostgreSQL plans for what is usual and reads
    a whole table for a rare one: 850 ms of 15. Nor does it share a page of rows among processes: to start them takes
    longer than they save, and the other pages want the cores. What lists read stands in memory, where one row costs as
    much as the next: by the costs of a disk, reading the whole table seems cheaper than asking an index.
    """
    session.execute(_PLAIN)


def sqlalchemy_url(url: str) -> str:
    """Name the psycopg driver in a plain `postgresql://` address."""
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


class Database:
    """One PostgreSQL database; safe to share between threads."""

    def __init__(self, url: str, *, pool_size: int = 20) -> None:
        self.url = url
        self._held = HeldConnections(pool_size + MOST_MORE)
        self.engine: Engine = create_engine(
            sqlalchemy_url(url),
            pool_size=pool_size,
            max_overflow=MOST_MORE,
            pool_pre_ping=False,
            pool_recycle=OLDEST,
            pool_reset_on_return=None,  # whoever takes a connection ends its transaction
            json_serializer=_dumps,
            json_deserializer=orjson.loads,
        )
        event.listen(self.engine, "connect", _guard_connection)
        event.listen(self.engine, "rollback", _doubt_prepared)
        event.listen(self.engine, "rollback_savepoint", _doubt_prepared)

    @contextmanager
    def begin(self) -> Iterator["Transaction"]:
        """Open a transaction: committed when the block ends, undone when it raises."""
        held = self._connect()
        transaction = Transaction(self.engine, held)
        try:
            yield transaction
            transaction.commit()
        except (OperationalError, psycopg.OperationalError) as problem:  # psycopg's own: from a statement on the wire
            lost = transaction.driver.closed
            self._give_up(held) if lost else transaction.rollback()
            raise _translate(problem, lost=lost) from problem
        except psycopg.errors.UniqueViolation as problem:
            transaction.rollback()
            raise _taken(problem) from problem
        except BaseException:
            transaction.rollback()
            raise
        finally:
            transaction.close()
            self._return(held, transaction)

    def _connect(self) -> PoolProxiedConnection:
        held = self._held.take()
        if held is not None:
            return held
        try:
            return self.engine.raw_connection()
        except BaseException as problem:
            self._held.put(None)
            if isinstance(problem, psycopg.OperationalError):
                raise _translate(problem, lost=False) from problem
            raise

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Open a transaction for those who read and write by its session alone."""
        with self.begin() as transaction:
            yield transaction.session

    def _give_up(self, held: PoolProxiedConnection) -> None:
        """Let go of a connection whose server went away, and of all others, which went with it."""
        if held.is_valid:
            held.invalidate()
        self.close()

    def _return(self, held: PoolProxiedConnection, transaction: "Transaction") -> None:
        """Keep a connection for the next; one that could not even be undone is not used again."""
        if held.is_valid and not transaction.is_over:
            held.invalidate()
        if held.is_valid and monotonic() - held.info["made"] < OLDEST:
            self._held.put(held)
        else:
            held.close()
            self._held.put(None)

    def close(self) -> None:
        self._held.let_go()
        self.engine.dispose()


class Transaction:
    """One transaction on one connection: the wire for the statements of a step, a session for all else.

    The session is made for whoever asks: it costs more than a step's own statements do.
    """

    def __init__(self, engine: Engine, held: PoolProxiedConnection) -> None:
        self._engine = engine
        self._held = held
        self._session: Session | None = None
        self._wire: Wire = held.info["wire"]
        self.driver: psycopg.Connection[Any] = held.driver_connection  # type: ignore[assignment]  # SQLAlchemy types it as Any | None

    @property
    def session(self) -> Session:
        if self._session is None:
            self._session = Session(Connection(self._engine, self._held), expire_on_commit=False)
        return self._session

    def fetch_one(self, statement: str, values: Values) -> tuple[Any, ...] | None:
        """Run one statement with psycopg's placeholders on the wire, and nothing around it; gives its first row."""
        return self._wire.run(statement, values)

    def flush(self) -> None:
        """Let statements on the wire see what the session has yet to write."""
        if self._session is not None:
            self._session.flush()

    @property
    def is_over(self) -> bool:
        """Tell whether nothing has begun yet, or all has ended."""
        return self._wire.is_idle

    def commit(self) -> None:
        if self._session is not None:
            self._session.commit()
        if not self._wire.is_idle:
            self._wire.command(b"COMMIT")

    def rollback(self) -> None:
        if self._session is not None:
            self._session.rollback()
        if not self.driver.closed and not self._wire.is_idle:
            with suppress(
                psycopg.OperationalError
            ):  # a server that is gone has undone it, and the pool lets go of this
                self._wire.command(b"ROLLBACK")

    def close(self) -> None:
        if self._session is not None:
            self._session.close()


PASSING = (
    psycopg.errors.AdminShutdown
    | psycopg.errors.CannotConnectNow
    | psycopg.errors.DeadlockDetected
    | psycopg.errors.LockNotAvailable
    | psycopg.errors.QueryCanceled
    | psycopg.errors.SerializationFailure
    | psycopg.errors.TooManyConnections
)


def _translate(problem: OperationalError | psycopg.OperationalError, *, lost: bool) -> Exception:
    """Give what the edge tells: that it may be tried again, or the error itself."""
    cause = problem.orig if isinstance(problem, OperationalError) else problem
    refused = isinstance(cause, psycopg.OperationalError) and cause.sqlstate is None  # no connection was made
    if lost or refused or isinstance(cause, PASSING):
        return unavailable()
    return problem


def _taken(problem: psycopg.errors.UniqueViolation) -> Exception:
    """Give what the edge tells of a number that somebody else took at the same moment, or the error itself."""
    if problem.diag.constraint_name != "uq_case_number":
        return problem
    return Conflict(
        "En anden har netop oprettet en sag med dette nummer. Prøv igen; så hører det til den sag.",
        "Somebody else has just opened a case of this number. Try again; it will belong to that case.",
    )
