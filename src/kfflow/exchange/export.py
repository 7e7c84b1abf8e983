"""Everything of an installation into a folder, as it was at one instant, while the work goes on."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import orjson
from sqlalchemy import Table

from kfflow import __version__
from kfflow.errors import Conflict
from kfflow.exchange import manifest
from kfflow.exchange.manifest import Manifest, TableFile
from kfflow.persistence import schema, whole_tables
from kfflow.persistence.whole_tables import Driver, Line
from kfflow.service import audit
from kfflow.service.accounts import SYSTEM
from kfflow.service.context import Context, Service


@dataclass(slots=True)
class _Hashing:
    """A file that knows its SHA-256."""

    target: BinaryIO
    seen: "hashlib._Hash" = field(default_factory=hashlib.sha256)

    def write(self, piece: bytes | bytearray | memoryview) -> int:
        self.seen.update(piece)
        return self.target.write(piece)


def export(service: Service, folder: Path, *, reason: str = "") -> Manifest:
    """Write the installation into a new or empty folder, readable by its owner alone; raises Conflict for any other.

    The audit line of the export is written once the folder is whole, so the folder does not hold it.
    """
    _make(folder)
    with service.query(SYSTEM) as ctx:
        whole_tables.hold_still(ctx.transaction.driver)
        written = _write(ctx, folder, schema.current(service.database) or "")
    manifest.write(folder, written)
    with service.command(SYSTEM, reason=reason) as ctx:
        data = {"digest": written.digest, "rows": written.rows}
        audit.record(ctx, "system:installation:export", written.digest, data=data)
    return written


def _make(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise Conflict(f"{folder} er en fil; vælg en ny mappe.", f"{folder} is a file; choose a new folder.")
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise Conflict(f"{folder} er ikke tom; vælg en ny mappe.", f"{folder} is not empty; choose a new folder.")
    folder.chmod(0o700)
    (folder / "rows").mkdir()
    (folder / "csv").mkdir()


def _write(ctx: Context, folder: Path, revision: str) -> Manifest:
    driver = ctx.transaction.driver
    tables = {str(table.name): _write_table(driver, table, folder) for table in whole_tables.exported()}
    with manifest.csv_of(folder, whole_tables.EVENTS).open("wb") as target:
        whole_tables.write_events(driver, target.write)
    return Manifest(
        format=manifest.FORMAT,
        kfflow=__version__,
        schema_revision=revision,
        exported_at=ctx.at.isoformat(),
        digest=manifest.digest_of(tables),
        tables=tables,
        left_out=whole_tables.LEFT_OUT,
        sequences=whole_tables.sequences(driver),
    )


def _write_table(driver: Driver, table: Table, folder: Path) -> TableFile:
    rows = 0
    with manifest.rows_of(folder, table.name).open("wb") as target:
        lines = _Hashing(target)
        for line in whole_tables.read(driver, table):
            lines.write(line.text + b"\n")
            _write_file(table, line, folder)
            rows += 1
    with manifest.csv_of(folder, table.name).open("wb") as target:
        cells = _Hashing(target)
        whole_tables.write_csv(driver, table, cells.write)
    return TableFile(rows, lines.seen.hexdigest(), cells.seen.hexdigest())


def _write_file(table: Table, line: Line, folder: Path) -> None:
    if line.content is not None:
        path = manifest.file_of(folder, table.name, orjson.loads(line.text))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(line.content)
