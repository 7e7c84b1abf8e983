"""One connection to PostgreSQL as the statements of a step use it: libpq itself, without a cursor in between.

psycopg's cursors take longer over a statement of a step than PostgreSQL does: they count and look up each query, adapt
each value by its size and wait in generators. Here a statement is read once; its values go as text
(`persistence/texts.py`), whose types PostgreSQL infers; libpq waits, and lets other threads run. An interrupt is seen
when the statement ends, at the latest at the statement timeout.
"""

import re
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import psycopg
from psycopg.adapt import Transformer
from psycopg.errors import InvalidSqlStatementName, error_from_result
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.pq.abc import PGresult

from kfflow.persistence.texts import Writers

MOST_PREPARED = 200
"""How many statements a connection keeps prepared; the one that was not used for longest gives way."""
MOST_SEEN = 1000

Values = Sequence[object] | dict[str, Any]
_PLACEHOLDER = re.compile(r"%\((\w+)\)s|%s|%%")
_FINE = (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK)


@dataclass(frozen=True, slots=True)
class Numbered:
    """A statement with PostgreSQL's own placeholders; `names` says whose value each is, nothing if by place."""

    sql: bytes
    names: tuple[str, ...]


@lru_cache(maxsize=2000)
def numbered(statement: str) -> Numbered:
    """Read a statement with psycopg's placeholders, `%s`, `%(name)s` and `%%`; a name that recurs is one value."""
    names: dict[str, int] = {}

    def number(found: re.Match[str]) -> str:
        if found[0] == "%%":
            return "%"
        name = found[1] or str(len(names))
        return f"${names.setdefault(name, len(names) + 1)}"

    sql = _PLACEHOLDER.sub(number, statement)
    return Numbered(sql.encode(), tuple(names))


def _beginning(name: bytes, given: Sequence[object]) -> bytes:
    """Give BEGIN and a prepared statement as one message: that saves a round trip, and numbers need no quotes."""
    return b"BEGIN;EXECUTE %s(%s)" % (name, ",".join(map(str, given)).encode())


class Wire:
    """One connection, and what is prepared on it."""

    def __init__(self, connection: "psycopg.Connection[Any]") -> None:
        self._connection = connection
        self._adapter = Transformer(connection)
        self._writers = Writers(self._adapter)
        self._names: OrderedDict[bytes, bytes] = OrderedDict()
        self._seen: set[bytes] = set()
        self._drawn = 0
        self._is_sure = True

    @property
    def is_idle(self) -> bool:
        """Tell whether no transaction has begun, or it has ended."""
        return self._connection.pgconn.transaction_status == TransactionStatus.IDLE

    def command(self, command: bytes) -> None:
        """Run BEGIN, COMMIT or ROLLBACK."""
        self._checked(self._connection.pgconn.exec_(command))

    def run(self, statement: str, values: Values) -> tuple[Any, ...] | None:
        """Run one statement with psycopg's placeholders, in a transaction; gives its first row, if it has any."""
        read = numbered(statement)
        given = [values[name] for name in read.names] if isinstance(values, dict) else values
        name, pgconn = self._prepared(read.sql), self._connection.pgconn
        if self.is_idle:
            if name is not None and given and all(type(value) is int for value in given):
                return self._first_row(pgconn.exec_(_beginning(name, given)))
            self.command(b"BEGIN")
        sent = [self._writers[type(value)](value) for value in given]
        formats = [int(isinstance(value, bytes)) for value in given]
        if name is None:
            return self._first_row(pgconn.exec_params(read.sql, sent, param_formats=formats))
        return self._first_row(pgconn.exec_prepared(name, sent, formats))  # type: ignore[arg-type]  # psycopg's types leave out NULL

    def _first_row(self, result: PGresult) -> tuple[Any, ...] | None:
        self._checked(result)
        if not result.ntuples:
            return None
        self._adapter.set_pgresult(result)
        return self._adapter.load_row(0, tuple)

    def doubt(self) -> None:
        """Look what is prepared before the next statement: psycopg may let go of all when something is undone."""
        self._is_sure = False

    def _look(self) -> None:
        result = self._checked(self._connection.pgconn.exec_(b"SELECT name FROM pg_prepared_statements"))
        held = {result.get_value(row, 0) for row in range(result.ntuples)}
        self._names = OrderedDict((sql, name) for sql, name in self._names.items() if name in held)
        self._is_sure = True

    def _prepared(self, sql: bytes) -> bytes | None:
        """Give the name of a prepared statement; one that is run for the first time is not prepared yet."""
        if not self._is_sure:
            self._look()
        name = self._names.get(sql)
        if name is not None:
            self._names.move_to_end(sql)
            return name
        if sql in self._seen:
            return self._prepare(sql)
        if len(self._seen) >= MOST_SEEN:
            self._seen.clear()
        self._seen.add(sql)
        return None

    def _prepare(self, sql: bytes) -> bytes:
        self._drawn += 1
        name = b"kfflow_%d" % self._drawn
        self._checked(self._connection.pgconn.prepare(name, sql))
        self._names[sql] = name
        if len(self._names) > MOST_PREPARED:
            self.command(b"DEALLOCATE " + self._names.popitem(last=False)[1])
        return name

    def _checked(self, result: PGresult) -> PGresult:
        if result.status in _FINE:
            return result
        if self._connection.closed:
            raise psycopg.OperationalError(result.get_error_message())
        problem = error_from_result(result)
        if problem.sqlstate is None:  # libpq's own words, not the server's: the connection broke just now
            self._connection.close()
            raise psycopg.OperationalError(str(problem))
        if isinstance(problem, InvalidSqlStatementName):
            self.doubt()
            raise psycopg.OperationalError(str(problem)) from problem
        raise problem
