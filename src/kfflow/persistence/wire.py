"""One connection to PostgreSQL as the statements of a step use it: libpq itself, without a cursor in between.

psycopg's cursors take longer over a statement of a step than PostgreSQL does: they count and look up each query, adapt
each value by its size and wait in generators. Here a statement is read once; its values go as text, whose types
PostgreSQL infers; libpq waits, and lets other threads run. An interrupt is seen when the statement ends, at the latest
at the statement timeout.
"""

import re
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import psycopg
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import InvalidSqlStatementName, error_from_result
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.pq.abc import PGresult

MOST_PREPARED = 200
"""How many statements a connection keeps prepared; the one that was not used for longest gives way."""
MOST_SEEN = 1000

Values = Sequence[object] | Mapping[str, object]
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


class Wire:
    """One connection, and what is prepared on it."""

    def __init__(self, connection: "psycopg.Connection[Any]") -> None:
        self._connection = connection
        self._adapter = Transformer(connection)
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
        """Run one statement with psycopg's placeholders; gives its first row, if it has any."""
        read, pgconn = numbered(statement), self._connection.pgconn
        given = [values[name] for name in read.names] if isinstance(values, Mapping) else values
        wanted = [PyFormat.BINARY if isinstance(value, bytes) else PyFormat.TEXT for value in given]
        adapted = self._adapter.dump_sequence(given, wanted)
        name = self._prepared(read.sql)
        if name is None:
            result = pgconn.exec_params(read.sql, adapted, param_formats=self._adapter.formats)
        else:
            result = pgconn.exec_prepared(name, adapted, self._adapter.formats)  # type: ignore[arg-type]  # psycopg's types leave out NULL
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
