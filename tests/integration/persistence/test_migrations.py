"""The migrations lead from nothing to exactly what the code describes."""

from alembic import command

from kfflow.persistence import embedded, schema
from kfflow.persistence.database import Database
from kfflow.persistence.tables import metadata


def test_an_empty_database_is_brought_to_what_the_tables_say(postgres):
    url = embedded.fresh(postgres, "kfflow_migrations")
    database = Database(url)
    assert schema.current(database) is None
    schema.upgrade(database)
    schema.upgrade(database)
    assert schema.current(database) == schema.head()
    command.check(schema.configuration(url))
    database.close()


def test_every_instant_has_a_zone():
    from sqlalchemy import DateTime

    naive = [
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, DateTime) and not column.type.timezone
    ]
    assert naive == []
