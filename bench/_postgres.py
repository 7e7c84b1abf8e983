"""A PostgreSQL of a benchmark's own, migrated and empty, gone when it ends."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kfflow.persistence import embedded, schema
from kfflow.persistence.database import Database


@contextmanager
def migrated() -> Iterator[Database]:
    folder = Path(tempfile.mkdtemp(prefix="kfbench"))
    folder.chmod(0o755)
    server = embedded.start(folder / "pg")
    database = Database(embedded.address(server, "bench"))
    try:
        schema.upgrade(database)
        yield database
    finally:
        database.close()
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
