"""Rows that many tests begin with: made once in each process, kept, and copied back, which is ten times as fast."""

from collections.abc import Callable

from sqlalchemy import text

from kfflow.persistence.database import Database
from kfflow.persistence.tables import metadata

TABLES = [f'"{table.name}"' for table in metadata.sorted_tables]
EMPTY = "".join(f"DELETE FROM {table};" for table in reversed(TABLES))
"""All rows away in one round trip."""


class Kept:
    """What was kept of one database, each in a schema of its own."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.copies: dict[str, str] = {}

    def clear(self) -> None:
        """Delete every row."""
        self._do(EMPTY)

    def lay(self, name: str, make: Callable[[], object]) -> None:
        """Leave what the database holds after `make`: by making it the first time, then by copying it.

        The tests that share a name begin with the same rows before.
        """
        if name in self.copies:
            self._do(EMPTY + self.copies[name])
        else:
            make()
            self.copies[name] = self._keep(name)

    def _keep(self, name: str) -> str:
        with self.database.transaction() as session:
            filled = [table for table in TABLES if session.scalar(text(f"SELECT EXISTS (SELECT FROM {table})"))]
        copies = "".join(f"CREATE TABLE {name}.{table} AS TABLE public.{table};" for table in filled)
        self._do(f"CREATE SCHEMA {name};{copies}")
        return "".join(f"INSERT INTO public.{table} SELECT * FROM {name}.{table};" for table in filled)

    def _do(self, statements: str) -> None:
        with self.database.transaction() as session:
            session.connection().exec_driver_sql(statements)
