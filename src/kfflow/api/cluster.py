"""What a client asks first: is anybody there, and what is it? kfflow answers as a cluster of one."""

from typing import Any

from flask import request

from kfflow import __version__
from kfflow.api.operations import Call, Operations
from kfflow.api.shapes import Answer, Nothing
from kfflow.service.context import Context

operations = Operations("Cluster")
LICENCE = "EUPL-1.2"
COMPATIBLE_WITH = "8.8.0"


class Topology(Answer):
    """The installation in Camunda's terms: one broker with one partition."""

    brokers: list[dict[str, Any]]
    cluster_id: str
    cluster_size: int
    partitions_count: int
    replication_factor: int
    gateway_version: str
    last_completed_change_id: str


class Licence(Answer):
    """kfflow's licence."""

    valid_license: bool
    license_type: str
    is_commercial: bool
    expires_at: str | None


@operations.get("/topology", "What this installation is", Topology)
def topology(_ctx: Context, _call: Call[Nothing]) -> Topology:
    host, _, port = request.host.partition(":")
    partition = {"partitionId": 1, "role": "leader", "health": "healthy", "state": "active"}
    broker = {
        "nodeId": 0,
        "brokerId": "kfflow-0",
        "host": host,
        "port": int(port or 80),
        "partitions": [partition],
        "version": f"kfflow {__version__}",
    }
    return Topology(
        brokers=[broker],
        cluster_id="kfflow",
        cluster_size=1,
        partitions_count=1,
        replication_factor=1,
        gateway_version=COMPATIBLE_WITH,
        last_completed_change_id="-1",
    )


@operations.get("/status", "204 when it can be worked with", None)
def status(_ctx: Context, _call: Call[Nothing]) -> None:
    """The transaction around this has already asked the database."""


@operations.get("/license", "The licence", Licence)
def licence(_ctx: Context, _call: Call[Nothing]) -> Licence:
    return Licence(valid_license=True, license_type=LICENCE, is_commercial=False, expires_at=None)
