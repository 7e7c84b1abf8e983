"""The connection to PostgreSQL, and the one place where a transaction begins and ends."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import orjson
import psycopg
from psycopg.types.json import set_json_dumps, set_json_loads
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from kfflow.errors import Unavailable

set_json_dumps(orjson.dumps)
set_json_loads(orjson.loads)

LOCK_TIMEOUT = "10s"
STATEMENT_TIMEOUT = "60s"
IDLE_TIMEOUT = "60s"


def _dumps(value: object) -> str:
    return orjson.dumps(value).decode()


def _guard_connection(connection: "psycopg.Connection[Any]", _record: object) -> None:
    """Set the timeouts that keep one stuck client from holding up a case."""
    connection.execute(f"SET lock_timeout = '{LOCK_TIMEOUT}'")
    connection.execute(f"SET statement_timeout = '{STATEMENT_TIMEOUT}'")
    connection.execute(f"SET idle_in_transaction_session_timeout = '{IDLE_TIMEOUT}'")
    connection.execute("SET timezone = 'UTC'")
    connection.commit()


def sqlalchemy_url(url: str) -> str:
    """Name the psycopg driver in a plain `postgresql://` address."""
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


class Database:
    """One PostgreSQL database; safe to share between threads."""

    def __init__(self, url: str, *, pool_size: int = 20) -> None:
        self.url = url
        self.engine: Engine = create_engine(
            sqlalchemy_url(url),
            pool_size=pool_size,
            max_overflow=10,
            pool_pre_ping=False,
            pool_recycle=1800,
            json_serializer=_dumps,
            json_deserializer=orjson.loads,
        )
        event.listen(self.engine, "connect", _guard_connection)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Open a session in a transaction of its own: committed when the block ends, undone when it raises."""
        session = Session(self.engine, expire_on_commit=False)
        try:
            yield session
            session.commit()
        except OperationalError as problem:
            session.rollback()
            raise _translate(problem, lost=problem.connection_invalidated) from problem
        except psycopg.OperationalError as problem:  # from a statement on psycopg's own connection
            lost = _is_lost(session)
            self._give_up(session) if lost else session.rollback()
            raise _translate(problem, lost=lost) from problem
        except BaseException:
            session.rollback()
            raise
        finally:
            session.close()

    def _give_up(self, session: Session) -> None:
        """Let go of a session whose server went away, and of the pool, which went with it."""
        session.invalidate()
        self.engine.dispose()

    def close(self) -> None:
        self.engine.dispose()


def _is_lost(session: Session) -> bool:
    """Tell whether the server has gone away under the session's transaction."""
    return session.in_transaction() and driver_connection(session).closed


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
        return Unavailable(
            "Databasen svarer ikke lige nu. Prøv igen om lidt; intet er gået tabt.",
            "The database does not answer right now. Try again shortly; nothing was lost.",
        )
    return problem


def fetch_one(session: Session, statement: str, values: Sequence[object]) -> tuple[Any, ...] | None:
    """Run one statement with `%s` placeholders on psycopg's own connection, and nothing around it."""
    return driver_connection(session).execute(statement, values).fetchone()


def driver_connection(session: Session) -> "psycopg.Connection[Any]":
    """Give psycopg's own connection of the session's transaction, for pipelined writes."""
    connection: psycopg.Connection[Any] = session.connection().connection.driver_connection  # type: ignore[assignment]  # SQLAlchemy types it as Any | None
    return connection
