"""An exported folder into an empty installation: all of it with equal counts and hashes, or nothing."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import orjson
from sqlalchemy import Table

from kfflow.errors import Conflict, InvalidInput
from kfflow.exchange import manifest
from kfflow.exchange.manifest import Manifest, TableFile
from kfflow.persistence import schema, whole_tables
from kfflow.persistence.database import Database
from kfflow.persistence.whole_tables import Driver, Line


def restore(database: Database, folder: Path) -> Manifest:
    """Read a folder into an installation that has the schema and no row, in one transaction.

    Raises InvalidInput naming the file that is missing or changed, Conflict when the schema is another or a table holds
    rows. Every row is read back and compared with the manifest before anything is kept.
    """
    told = manifest.read(folder)
    _require_same_schema(told, schema.current(database))
    _require_same_tables(told)
    with database.begin() as transaction:
        driver = transaction.driver
        whole_tables.take_time(driver)
        whole_tables.lock(driver)
        _require_empty(driver)
        whole_tables.defer_references(driver)
        for table in whole_tables.exported():
            whole_tables.insert(driver, table, _lines(folder, table, told.tables[table.name]))
        whole_tables.judge_references(driver)
        whole_tables.set_sequences(driver, told.sequences)
        for table in whole_tables.exported():
            _compare(driver, table, told.tables[table.name])
    return told


def _require_same_schema(told: Manifest, current: str | None) -> None:
    if told.schema_revision != current:
        raise Conflict(
            f"Mappen har skema {told.schema_revision}, databasen {current}. Brug samme version af kfflow til begge, og "
            "kør »kfflow migrate«.",
            f"The folder has schema {told.schema_revision}, the database {current}. Use the same version of kfflow for "
            "both, and run “kfflow migrate”.",
        )


def _require_same_tables(told: Manifest) -> None:
    differing = {table.name for table in whole_tables.exported()} ^ set(told.tables)
    if differing:
        names = ", ".join(sorted(differing))
        raise InvalidInput(f"Manifestet passer ikke: {names}.", f"The manifest does not fit: {names}.")


def _require_empty(driver: Driver) -> None:
    filled = whole_tables.filled(driver)
    if filled:
        names = ", ".join(filled)
        raise Conflict(
            f"Installationen er ikke tom ({names}). Indlæs i en ny database, hvor kun »kfflow migrate« er kørt.",
            f"The installation is not empty ({names}). Import into a new database where only “kfflow migrate” was run.",
        )


def _lines(folder: Path, table: Table, told: TableFile) -> Iterator[Line]:
    """Give the lines of a table's file once all of it is as it was written: nothing else is ever parsed."""
    path = manifest.rows_of(folder, table.name)
    if not path.is_file():
        raise InvalidInput(f"{path} mangler.", f"{path} is missing.")
    with path.open("rb") as source:
        if hashlib.file_digest(source, "sha256").hexdigest() != told.sha256:
            raise _changed(path)
        source.seek(0)
        for text in source:
            yield _line(folder, table, text.rstrip(b"\n"))


def _line(folder: Path, table: Table, text: bytes) -> Line:
    column = whole_tables.FILES.get(table.name)
    if column is None:
        return Line(text)
    row = orjson.loads(text)
    path = manifest.file_of(folder, table.name, row)
    if not path.is_file():
        raise InvalidInput(f"{path} mangler.", f"{path} is missing.")
    content = path.read_bytes()
    if row[column] != f"sha256:{hashlib.sha256(content).hexdigest()}":
        raise _changed(path)
    return Line(text, content)


def _changed(path: Path) -> InvalidInput:
    return InvalidInput(
        f"{path} er ikke, som den blev skrevet; intet er indlæst. Hent filen igen fra eksporten.",
        f"{path} is not as it was written; nothing was imported. Take the file from the export again.",
    )


def _compare(driver: Driver, table: Table, told: TableFile) -> None:
    seen, rows = hashlib.sha256(), 0
    for line in whole_tables.read(driver, table):
        seen.update(line.text + b"\n")
        rows += 1
    if (rows, seen.hexdigest()) != (told.rows, told.sha256):
        raise Conflict(
            f"Tabellen {table.name} blev ikke den samme ({rows} af {told.rows} rækker); intet er indlæst.",
            f"Table {table.name} did not become the same ({rows} of {told.rows} rows); nothing was imported.",
        )
