"""What an exported folder says of itself: format, schema, and every file with its number of rows and SHA-256.

manifest.json                      this
rows/<table>.jsonl                 one row a line; what is read back
csv/<table>.csv                    the same for spreadsheets; `csv/history_event.csv` is the history by event
resources/<key>/<name>             diagrams, decision tables and forms, byte for byte
documents/<key>/<title>            letters and notes
"""

import hashlib
import re
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import orjson
from pydantic import TypeAdapter, ValidationError

from kfflow.errors import InvalidInput

FORMAT = 1
NAME = "manifest.json"
ENDINGS = {"text/plain": ".txt", "application/pdf": ".pdf", "text/html": ".html"}
LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class TableFile:
    """One table: how many rows, and the SHA-256 of its lines and of its CSV."""

    rows: int
    sha256: str
    csv_sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """The folder as a whole; `digest` is one number for all rows and files, equal for equal installations."""

    format: int
    kfflow: str
    schema_revision: str
    exported_at: str
    digest: str
    tables: dict[str, TableFile]
    left_out: dict[str, str]
    sequences: dict[str, int] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables.values())


def digest_of(tables: dict[str, TableFile]) -> str:
    """Give the SHA-256 over `name rows sha256` of every table, by name; files are in it by the hash in their row."""
    lines = [f"{name} {table.rows} {table.sha256}\n" for name, table in sorted(tables.items())]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def write(folder: Path, manifest: Manifest) -> None:
    (folder / NAME).write_bytes(orjson.dumps(asdict(manifest), option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS))


def read(folder: Path) -> Manifest:
    """Give the manifest of a folder; raises InvalidInput when there is none or it is not one of this format."""
    path = folder / NAME
    if not path.is_file():
        raise InvalidInput(
            f"{path} findes ikke. Peg på den mappe, som »kfflow export« skrev.",
            f"{path} does not exist. Point at the folder that “kfflow export” wrote.",
        )
    try:
        manifest = TypeAdapter(Manifest).validate_json(path.read_bytes())
    except ValidationError as problem:
        where = problem.errors()[0]
        place = ".".join(str(part) for part in where["loc"])
        raise InvalidInput(f"{path}: {place}: {where['msg']}", f"{path}: {place}: {where['msg']}") from problem
    if manifest.format != FORMAT:
        raise InvalidInput(
            f"{path}: formatet {manifest.format} kendes ikke; denne version læser {FORMAT}.",
            f"{path}: unknown format {manifest.format}; this version reads {FORMAT}.",
        )
    return manifest


def rows_of(folder: Path, table: str) -> Path:
    return folder / "rows" / f"{table}.jsonl"


def csv_of(folder: Path, table: str) -> Path:
    return folder / "csv" / f"{table}.csv"


def file_of(folder: Path, table: str, row: dict[str, Any]) -> Path:
    """Give where the file of a resource's or document's row stands; follows from the row alone."""
    if table == "resource":
        return folder / "resources" / str(row["key"]) / _safe(row["name"])
    ending = ENDINGS.get(row["media_type"].partition(";")[0], ".bin")
    return folder / "documents" / str(row["key"]) / (_safe(row["title"]) + ending)


def _safe(name: str) -> str:
    """Give a name that is one file in every file system, whatever somebody called it."""
    return re.sub(r"[^\w.-]", "_", name)[-LONGEST_NAME:].encode()[-200:].decode(errors="ignore").lstrip(".") or "_"
