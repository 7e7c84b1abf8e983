"""The schema's own revision: bringing a database up to it, and telling whether one is."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from kfflow.persistence.database import Database, sqlalchemy_url


def _migrations() -> Path:
    """Give the folder of the migrations: inside an installed package, at the top of a checkout."""
    packaged = Path(__file__).parent / "migrations"
    return packaged if packaged.exists() else Path(__file__).parents[3] / "migrations"


def configuration(url: str) -> Config:
    """Give Alembic's configuration for a database address."""
    config = Config()
    config.set_main_option("script_location", str(_migrations()))
    config.set_main_option("sqlalchemy.url", sqlalchemy_url(url).replace("%", "%%"))
    return config


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the database to a revision; running it again changes nothing."""
    command.upgrade(configuration(database.url), revision)


def current(database: Database) -> str | None:
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head() -> str | None:
    """Give the revision that this code needs."""
    return ScriptDirectory.from_config(configuration("postgresql://")).get_current_head()
