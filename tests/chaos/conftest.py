"""One production topology for all chaos tests; each leaves it as it found it: everything up."""

from collections.abc import Iterator

import pytest

from tests.chaos import process
from tests.chaos.client import Balancer
from tests.chaos.harness import Topology


@pytest.fixture(scope="session")
def topology(tmp_path_factory) -> Iterator[Topology]:
    workflows = process.write_handlers(tmp_path_factory.mktemp("workflows"))
    running = Topology(webs=2, workers=2, workflows=workflows)
    try:
        running.start()
        first = running.client(running.webs[0])
        first.authorization = first.token()
        first.deploy("kaos.bpmn", process.source())
        yield running
    finally:
        running.stop()


@pytest.fixture
def balancer(topology: Topology) -> Balancer:
    """Both webs as the client program."""
    token = topology.client(topology.webs[0]).token()
    return Balancer([f"127.0.0.1:{web.port}" for web in topology.webs], token)
