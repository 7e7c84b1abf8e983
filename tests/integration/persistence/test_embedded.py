"""The embedded server: what a new cluster is told, what stays as it is, and that nobody's own settings are changed."""

import psycopg
import pytest

from kfflow.persistence import embedded

TOLD = "SELECT name, setting FROM pg_file_settings WHERE sourcefile LIKE '%auto.conf' ORDER BY name"


@pytest.fixture
def connection(postgres):
    with psycopg.connect(str(postgres.get_uri(database="postgres")), autocommit=True) as connection:
        yield connection


def test_a_new_cluster_writes_fewer_checkpoints_and_is_as_durable(connection):
    assert connection.execute(TOLD).fetchall() == [("checkpoint_timeout", "15min"), ("max_wal_size", "4GB")]
    kept = {"checkpoint_timeout": "15min", "fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
    assert {name: connection.execute(f"SHOW {name}").fetchone()[0] for name in kept} == kept


def test_a_setting_of_ones_own_stays(postgres, connection):
    connection.execute("ALTER SYSTEM SET max_wal_size = '2GB'")
    try:
        embedded.start(postgres.pgdata)
        assert ("max_wal_size", "2GB") in connection.execute(TOLD).fetchall()
    finally:
        connection.execute("ALTER SYSTEM SET max_wal_size = '4GB'")
