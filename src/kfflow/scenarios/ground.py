"""A database to experiment in, on the embedded server beside the installation's own."""

from collections.abc import Iterator
from contextlib import contextmanager

from kfflow.errors import Conflict
from kfflow.jobs import handlers
from kfflow.persistence import embedded, schema
from kfflow.persistence.database import Database
from kfflow.service.context import Service, SettableClock
from kfflow.settings import Settings


@contextmanager
def ground(settings: Settings, name: str, clock: SettableClock) -> Iterator[Service]:
    """Make a database anew on the embedded server; gives the commands on it, by the clock.

    Raises Conflict while somebody else tries something out in it.
    """
    with on_server(embedded.start(settings.data_dir / "pg"), name, clock, zone=settings.zone) as service:
        handlers.load(settings.workflows_dir)
        yield service


@contextmanager
def on_server(server: embedded.Server, name: str, clock: SettableClock, *, zone: str) -> Iterator[Service]:
    """Make a database anew on this server; gives the commands on it, by the clock. Raises Conflict as `ground` does."""
    with _alone(server, name):
        database = Database(embedded.fresh(server, name))
        try:
            schema.upgrade(database)
            yield Service(database, clock=clock, zone=zone)
        finally:
            database.close()


@contextmanager
def _alone(server: embedded.Server, name: str) -> Iterator[None]:
    """Let nobody else take the database meanwhile: whoever makes it anew takes it from under those who use it."""
    with embedded.claimed(server, name) as is_free:
        if not is_free:
            raise Conflict(
                f"En anden prøver noget i databasen {name} lige nu. Vent, til det er færdigt.",
                f"Somebody else is trying something out in the database {name} right now. Wait until that is done.",
            )
        yield
