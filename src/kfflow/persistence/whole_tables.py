"""Whole tables as lines of JSON and as CSV, written and read by PostgreSQL itself so that no value changes on the way.

A line is one row (`row_to_json`), instants in UTC, lines ordered by primary key: equal rows give equal bytes. What is
a file (the source of a resource, the content of a document) is no part of the line; its SHA-256 stands in its place.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import Table, Text

from kfflow.persistence.tables import metadata

Driver = psycopg.Connection[Any]
Write = Callable[[bytes | bytearray | memoryview], object]

LEFT_OUT = {
    "worker": "which workers run right now",
    "login_session": "logins of browsers; everybody logs in again",
}
"""Tables that hold nothing of the cases, and why they are left out."""

FILES = {"resource": "source", "document": "content"}
"""The column of a table that is a file of its own."""

EVENTS = "history_event"
"""The view that reads the history event by event; written as CSV only, for it is derived."""

ROWS_AT_ONCE = 2000
BYTES_AT_ONCE = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its JSON without a line end, and its file when its table has one."""

    text: bytes
    content: bytes | None = None


def exported() -> list[Table]:
    """Give the tables that make up an installation, those that others point at first."""
    return [table for table in metadata.sorted_tables if table.name not in LEFT_OUT]


def hold_still(driver: Driver) -> None:
    """Let the transaction that begins here see one instant, for as long as it takes."""
    driver.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    take_time(driver)


def take_time(driver: Driver) -> None:
    """Lift the time limits of this transaction: all rows of an installation take longer than one statement may."""
    driver.execute("SET LOCAL statement_timeout = 0")
    driver.execute("SET LOCAL idle_in_transaction_session_timeout = 0")


def lock(driver: Driver) -> None:
    """Keep everybody else from writing until the transaction ends."""
    names = sql.SQL(", ").join(sql.Identifier(table.name) for table in exported())
    driver.execute(sql.SQL("LOCK TABLE {} IN EXCLUSIVE MODE").format(names))


def filled(driver: Driver) -> list[str]:
    """Give the names of the tables that hold a row."""
    return [table.name for table in exported() if _has_row(driver, table)]


def _has_row(driver: Driver, table: Table) -> bool:
    query = sql.SQL("SELECT EXISTS (SELECT FROM {})").format(sql.Identifier(table.name))
    row = driver.execute(query).fetchone()
    assert row is not None, "EXISTS always answers"
    return bool(row[0])


def read(driver: Driver, table: Table) -> Iterator[Line]:
    """Give every row of a table, a few thousand in memory at once."""
    file = FILES.get(table.name)
    content = sql.Identifier("o", file) if file else sql.SQL("NULL::bytea")
    query = sql.SQL("SELECT row_to_json(r)::text, {content} FROM {table} o, {row} {order}")
    row = sql.SQL("LATERAL (SELECT {}) r").format(sql.SQL(", ").join(_in_line(table)))
    whole = query.format(content=content, table=sql.Identifier(table.name), row=row, order=_order(table))
    with driver.cursor(name=f"read_{table.name}") as cursor:
        cursor.itersize = ROWS_AT_ONCE if file is None else 20
        cursor.execute(whole)
        for text, found in cursor:
            yield Line(text.encode(), found)


def _in_line(table: Table) -> list[sql.Composable]:
    file = FILES.get(table.name)
    digest = sql.SQL("'sha256:' || encode(sha256(o.{name}), 'hex') AS {name}")
    plain = sql.SQL("o.{name}")
    return [(digest if column.name == file else plain).format(name=sql.Identifier(column.name)) for column in table.c]


def _order(table: Table) -> sql.Composed:
    """Order by primary key, texts by their bytes, so that the database's language does not matter."""
    keys = [
        sql.SQL('o.{} COLLATE "C"' if isinstance(column.type, Text) else "o.{}").format(sql.Identifier(column.name))
        for column in table.primary_key
    ]
    return sql.SQL("ORDER BY {}").format(sql.SQL(", ").join(keys))


def write_csv(driver: Driver, table: Table, write: Write) -> None:
    """Write a table as CSV with a line of names: UTF-8, quoted where needed, structures as JSON."""
    chosen = sql.SQL("SELECT {} FROM {} o {}")
    query = chosen.format(sql.SQL(", ").join(_in_line(table)), sql.Identifier(table.name), _order(table))
    _copy_csv(driver, query, write)


def write_events(driver: Driver, write: Write) -> None:
    """Write the history event by event as CSV."""
    _copy_csv(driver, sql.SQL("SELECT * FROM {} ORDER BY key").format(sql.Identifier(EVENTS)), write)


def _copy_csv(driver: Driver, query: sql.Composable, write: Write) -> None:
    with driver.cursor() as cursor, cursor.copy(sql.SQL("COPY ({}) TO STDOUT (FORMAT csv, HEADER)").format(query)) as c:
        for piece in c:
            write(piece)


def insert(driver: Driver, table: Table, lines: Iterable[Line]) -> int:
    """Write the rows of these lines; gives how many."""
    if table.name in FILES:
        return _insert_files(driver, table, lines)
    query = sql.SQL("INSERT INTO {0} SELECT * FROM jsonb_populate_recordset(NULL::{0}, %s::jsonb)")
    statement = query.format(sql.Identifier(table.name))
    count = 0
    for batch in _batches(lines):
        driver.execute(statement, [(b"[" + b",".join(batch) + b"]").decode()], prepare=False)
        count += len(batch)
    return count


def _batches(lines: Iterable[Line]) -> Iterator[list[bytes]]:
    batch: list[bytes] = []
    size = 0
    for line in lines:
        batch.append(line.text)
        size += len(line.text)
        if len(batch) >= ROWS_AT_ONCE or size >= BYTES_AT_ONCE:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _insert_files(driver: Driver, table: Table, lines: Iterable[Line]) -> int:
    file = FILES[table.name]
    values = [
        sql.SQL("%s") if column.name == file else sql.SQL("r.{}").format(sql.Identifier(column.name))
        for column in table.c
    ]
    query = sql.SQL("INSERT INTO {0} ({1}) SELECT {2} FROM jsonb_populate_record(NULL::{0}, %s::jsonb - {3}) r").format(
        sql.Identifier(table.name),
        sql.SQL(", ").join(sql.Identifier(column.name) for column in table.c),
        sql.SQL(", ").join(values),
        sql.Literal(file),
    )
    count = 0
    for line in lines:
        driver.execute(query, [line.content, line.text.decode()])
        count += 1
    return count


def sequences(driver: Driver) -> dict[str, int]:
    """Give the next value of every sequence, by name; read after the rows, so that none is behind them."""
    names = driver.execute(
        "SELECT sequencename FROM pg_sequences WHERE schemaname = current_schema() ORDER BY 1"
    ).fetchall()
    return {name: _next(driver, name) for (name,) in names}


def _next(driver: Driver, name: str) -> int:
    query = sql.SQL(
        "SELECT CASE WHEN s.is_called THEN s.last_value + d.increment_by ELSE s.last_value END"
        " FROM {} s, pg_sequences d WHERE d.schemaname = current_schema() AND d.sequencename = {}"
    )
    row = driver.execute(query.format(sql.Identifier(name), sql.Literal(name))).fetchone()
    assert row is not None, "a sequence has one row"
    return int(row[0])


def set_sequences(driver: Driver, values: dict[str, int]) -> None:
    """Let every sequence go on with the value given."""
    for name, value in values.items():
        driver.execute("SELECT setval(quote_ident(%s)::regclass, %s, false)", [name, value])


def defer_references(driver: Driver) -> None:
    """Judge references within a table when the transaction ends: a caller may stand after what it called."""
    driver.execute("SET CONSTRAINTS ALL DEFERRED")


def judge_references(driver: Driver) -> None:
    driver.execute("SET CONSTRAINTS ALL IMMEDIATE")
