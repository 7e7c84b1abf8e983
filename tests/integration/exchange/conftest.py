"""A second installation beside that of the tests: the schema, and no row."""

from collections.abc import Iterator

import pytest

from kfflow.persistence import embedded, schema
from kfflow.persistence.database import Database
from tests.kept import Kept


@pytest.fixture(scope="session")
def elsewhere(postgres: embedded.Server) -> Iterator[Database]:
    database = Database(embedded.fresh(postgres, "kfflow_elsewhere"))
    schema.upgrade(database)
    yield database
    database.close()


@pytest.fixture
def empty(elsewhere: Database) -> Database:
    Kept(elsewhere).clear()
    return elsewhere
