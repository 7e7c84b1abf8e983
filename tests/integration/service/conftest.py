"""A service whose statements are counted, on whichever way they go."""

import psycopg
import pytest
from sqlalchemy import event

from kfflow.persistence.database import Database
from kfflow.persistence.wire import Wire
from kfflow.service.context import Service


@pytest.fixture
def counted(service):
    """A service on a database of its own pool, and the statements it has sent but for begin and commit."""
    database, sent = Database(service.database.url, pool_size=1), []

    class CountingWire(Wire):
        def run(self, statement, values):
            sent.append(statement)
            return super().run(statement, values)

    class CountingCursor(psycopg.Cursor):
        def execute(self, query, *arguments, **named):
            sent.append(query)
            return super().execute(query, *arguments, **named)

    def on_connect(connection, record):
        connection.cursor_factory = CountingCursor
        record.info["wire"] = CountingWire(connection)

    event.listen(database.engine, "connect", on_connect)
    yield Service(database), sent
    database.close()
