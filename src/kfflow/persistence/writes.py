"""The rows that one command changes, sent to the database together, before its commit.

A completed task touches half a dozen tables, and sent one by one their overhead would exceed the work. What does not
depend on each other's effect goes as one statement of data-modifying CTEs; a command that needs an order (it closes
what it has just opened, or asks what is left open) says `keep_order` and is sent statement by statement.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from psycopg.types.json import Jsonb
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from kfflow.persistence.database import Transaction
from kfflow.persistence.tables import Row

Values = dict[str, Any]
MOST_AS_ONE = 40
"""Beyond so many changes one statement of them all costs more than it saves, and would one day have too many values."""

_PLACEHOLDER = re.compile(r"%\((\w+)\)s")
_PREFIXED = re.compile(r"%\(w(\d+)_(\w+)\)s")


@dataclass(frozen=True, slots=True, eq=False)
class Statement:
    """One change, in parts: each a named CTE that later parts may read as `{name}`; placeholders are `%(name)s`."""

    parts: tuple[tuple[str, str], ...]
    counted: type[Row] | None = None
    """The table that it adds one row to whose key the database counts, so that its rows keep their order."""

    @classmethod
    def of(cls, sql: str) -> "Statement":
        return cls((("only", sql),))


class Writes:
    """What a command has to write so far, in the order it was said."""

    def __init__(self) -> None:
        self._pending: list[tuple[Statement, Values]] = []
        self._added: dict[tuple[type[Row], int], tuple[int, Values]] = {}
        self._ordered = False

    def insert(self, table: type[Row], values: Values, *, once: bool = False) -> None:
        """Add a row; None and an empty object or list that is the column's default are left to the database.

        `once`: a row with this key, or another unique value of it, that is there already stays as it is.
        """
        if "key" in values and not once:
            self._added[table, values["key"]] = len(self._pending), values
        self._pending.append(_row(table, values, once=once))

    def amend(self, table: type[Row], values: Values) -> bool:
        """Change the row of this `key` while it is not sent yet; False when there is none."""
        place, row = self._added.get((table, values["key"]), (None, {}))
        if place is None:
            return False
        self._pending[place] = _row(table, row | values)
        return True

    def execute(self, statement: Statement, values: Values) -> None:
        """Add a statement with its values."""
        self._pending.append((statement, values))

    def keep_order(self) -> None:
        """Let each statement see what the ones before it did."""
        self._ordered = True

    def forget(self) -> None:
        """Let go of what was not sent yet: the attempt that said it has failed."""
        self._pending, self._added, self._ordered = [], {}, False

    def flush(self, transaction: Transaction) -> None:
        """Send everything within the transaction."""
        if not self._pending:
            return
        transaction.flush()
        pending, self._pending, self._added = self._pending, [], {}
        if len(pending) > (1 if self._ordered else MOST_AS_ONE):
            _send_in_order(transaction, pending)
        else:
            _send_as_one(transaction, pending)
        self._ordered = False


def _send_in_order(transaction: Transaction, pending: Sequence[tuple[Statement, Values]]) -> None:
    for statement, values in pending:
        transaction.fetch_one(_rendered((statement,)), {f"w0_{name}": value for name, value in values.items()})


def _send_as_one(transaction: Transaction, separate: Sequence[tuple[Statement, Values]]) -> None:
    pending = _gathered(separate)
    sql, places = _as_one(tuple(statement for statement, _ in pending))
    transaction.fetch_one(sql, [pending[number][1][name] for number, name in places])


def _gathered(pending: Sequence[tuple[Statement, Values]]) -> list[tuple[Statement, Values]]:
    """Let the rows that the database counts be one insertion a table.

    Data-modifying CTEs run in no order that one may rely on (PostgreSQL 18, § 7.8.4); the rows of one VALUES do.
    """
    counted: dict[type[Row], list[tuple[Statement, Values]]] = {}
    for statement, values in pending:
        if statement.counted is not None:
            counted.setdefault(statement.counted, []).append((statement, values))
    several = {table: rows for table, rows in counted.items() if len(rows) > 1}
    others = [(statement, values) for statement, values in pending if statement.counted not in several]
    return others + [_rows(table, [values for _, values in rows]) for table, rows in several.items()]


def _rows(table: type[Row], rows: Sequence[Values]) -> tuple[Statement, Values]:
    columns = tuple(dict.fromkeys(column for values in rows for column in values))
    given = tuple(tuple(column in values for column in columns) for values in rows)
    named = {f"r{number}_{column}": value for number, values in enumerate(rows) for column, value in values.items()}
    return _insertion_of_rows(table, columns, given), named


@lru_cache(maxsize=2000)
def _insertion_of_rows(table: type[Row], columns: tuple[str, ...], given: tuple[tuple[bool, ...], ...]) -> Statement:
    def row(number: int, has: tuple[bool, ...]) -> str:
        known = zip(columns, has, strict=True)
        return ", ".join(f"%(r{number}_{column})s" if is_given else "DEFAULT" for column, is_given in known)

    names = ", ".join(f'"{c}"' for c in columns)
    lines = ", ".join(f"({row(number, has)})" for number, has in enumerate(given))
    return Statement.of(f'INSERT INTO "{table.__tablename__}" ({names}) VALUES {lines}')  # noqa: S608 - our own names


@lru_cache(maxsize=2000)
def _as_one(statements: tuple[Statement, ...]) -> tuple[str, tuple[tuple[int, str], ...]]:
    """Give one SQL statement that does all of these at once, and of which of them each of its values is."""
    named = _rendered(statements)
    places = dict.fromkeys(_PREFIXED.findall(named))
    return named, tuple((int(number), name) for number, name in places)


@lru_cache(maxsize=2000)
def _rendered(statements: tuple[Statement, ...]) -> str:
    """Give one SQL statement that does all of these at once."""
    parts = [part for number, statement in enumerate(statements) for part in _renamed(number, statement)]
    *tables, (_name, last) = parts
    if not tables:
        return last
    return "WITH " + ", ".join(f"{name} AS ({sql})" for name, sql in tables) + f" {last}"


def _renamed(number: int, statement: Statement) -> list[tuple[str, str]]:
    names = {name: f"w{number}_{name}" for name, _ in statement.parts}
    return [(names[name], _PLACEHOLDER.sub(rf"%(w{number}_\1)s", sql.format(**names))) for name, sql in statement.parts]


@cache
def _json_columns(table: type[Row]) -> frozenset[str]:
    return frozenset(c.name for c in table.__table__.columns if isinstance(c.type, JSONB))


@cache
def _empty_by_default(table: type[Row]) -> frozenset[str]:
    return frozenset(
        c.name for c in table.__table__.columns if c.server_default is not None and isinstance(c.type, (JSONB, ARRAY))
    )


def _row(table: type[Row], values: Values, *, once: bool = False) -> tuple[Statement, Values]:
    defaults, json = _empty_by_default(table), _json_columns(table)
    given = {
        name: Jsonb(value) if name in json else value
        for name, value in values.items()
        if value is not None and (value or name not in defaults)
    }
    return _insertion(table, tuple(given), once=once), given


@cache
def _insertion(table: type[Row], columns: tuple[str, ...], *, once: bool) -> Statement:
    names = ", ".join(f'"{c}"' for c in columns)
    values = ", ".join(f"%({c})s" for c in columns)
    kept = " ON CONFLICT DO NOTHING" if once else ""
    sql = f'INSERT INTO "{table.__tablename__}" ({names}) VALUES ({values}){kept}'  # noqa: S608 - our own names
    return Statement((("only", sql),), counted=None if "key" in columns else table)
