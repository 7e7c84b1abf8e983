"""A second installation beside that of the tests: the schema, and no row."""

from collections.abc import Iterator

import pytest

from kfflow.persistence import embedded, schema
from kfflow.persistence.database import Database
from kfflow.persistence.tables import metadata


@pytest.fixture(scope="session")
def elsewhere(postgres: embedded.Server) -> Iterator[Database]:
    database = Database(embedded.fresh(postgres, "kfflow_elsewhere"))
    schema.upgrade(database)
    yield database
    database.close()


@pytest.fixture
def empty(elsewhere: Database) -> Database:
    with elsewhere.transaction() as session:
        for table in reversed(metadata.sorted_tables):
            session.execute(table.delete())
    return elsewhere
