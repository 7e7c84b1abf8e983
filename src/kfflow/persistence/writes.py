"""The rows that one command changes, sent together in one round trip before its commit.

A completed task touches half a dozen tables. Sent one by one, the waiting would cost more than the work;
psycopg's pipeline sends them in order without waiting in between, inside the command's transaction.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from psycopg.types.json import Jsonb
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from kfflow.persistence.database import driver_connection
from kfflow.persistence.tables import Row

Values = dict[str, Any]


@cache
def _json_columns(table: type[Row]) -> frozenset[str]:
    return frozenset(c.name for c in table.__table__.columns if isinstance(c.type, JSONB))


@cache
def _insert_statement(table: type[Row], columns: tuple[str, ...]) -> str:
    names = ", ".join(f'"{c}"' for c in columns)
    values = ", ".join(f"%({c})s" for c in columns)
    return f'INSERT INTO "{table.__tablename__}" ({names}) VALUES ({values})'  # noqa: S608 - names of our own tables


class Writes:
    """What a command has to write so far, in the order it was said."""

    def __init__(self) -> None:
        self._pending: list[tuple[type[Row] | str, Values]] = []

    def insert(self, table: type[Row], values: Values) -> None:
        """Add a row; `values` may still change until the flush."""
        self._pending.append((table, values))

    def execute(self, statement: str, values: Values) -> None:
        """Add a statement with `%(name)s` placeholders."""
        self._pending.append((statement, values))

    def flush(self, session: Session) -> None:
        """Send everything within the session's transaction."""
        if not self._pending:
            return
        session.flush()
        pending, self._pending = self._pending, []
        connection = driver_connection(session)
        with connection.pipeline(), connection.cursor() as cursor:
            for target, values in pending:
                if isinstance(target, str):
                    cursor.execute(target, values)
                else:
                    cursor.execute(_insert_statement(target, tuple(values)), _adapted(target, values))


def _adapted(table: type[Row], values: Mapping[str, Any]) -> Values:
    json = _json_columns(table)
    return {k: Jsonb(v) if k in json and v is not None else v for k, v in values.items()}
