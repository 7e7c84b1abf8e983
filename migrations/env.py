"""Runs the migrations; each in its own transaction, with lock and statement timeouts so that none blocks cases."""

from alembic import context
from sqlalchemy import create_engine, text

from kfflow.persistence.tables import metadata

config = context.config


def run() -> None:
    engine = create_engine(config.get_main_option("sqlalchemy.url"))
    with engine.connect() as connection:
        connection.execute(text("SET lock_timeout = '5s'"))
        connection.execute(text("SET statement_timeout = '10min'"))
        connection.commit()
        context.configure(
            connection=connection, target_metadata=metadata, transaction_per_migration=True, compare_server_default=True
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()
