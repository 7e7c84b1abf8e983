"""The whole database as text, to see that a refusal has left nothing behind."""

from sqlalchemy import text

from kfflow.persistence.tables import metadata

MOVING = {"login_session", "worker"}
"""Tables that a mere visit writes: when a browser was last seen, which workers beat."""


def database(service) -> dict[str, str]:
    """Give a digest of the rows of each table."""
    with service.database.transaction() as session:
        return {
            table.name: session.scalar(
                text(f"SELECT coalesce(md5(string_agg(t::text, chr(10) ORDER BY t::text)), '') FROM \"{table.name}\" t")
            )
            for table in metadata.sorted_tables
            if table.name not in MOVING
        }
