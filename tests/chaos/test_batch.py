"""Workers are killed in the middle of a batch: every item is done, and done once."""

from collections.abc import Iterator

import pytest

from kfflow.persistence.database import Database
from kfflow.persistence.search import Condition, Query
from kfflow.service import batches, deployments, instances
from kfflow.service.accounts import SYSTEM
from kfflow.service.batch_operations import CANCEL
from kfflow.service.context import Service
from tests.chaos.harness import Topology, tell, wait_until
from tests.integration.service import diagrams

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(300)]
ITEMS = 100
KILL_AFTER = (15, 45, 75)
DONE = "SELECT count(*) FROM batch_item WHERE batch_key = %s AND state = 'DONE'"
TIMES_CANCELED = """
    SELECT times, count(*) FROM (
        SELECT i.key, count(h.kind) AS times
          FROM process_instance i LEFT JOIN history_event h ON h.instance_key = i.key AND h.kind = 'INSTANCE_CANCELED'
         WHERE i.process_id = 'mange' GROUP BY i.key) AS counted
     GROUP BY times"""


@pytest.fixture
def service(topology: Topology) -> Iterator[Service]:
    database = Database(topology.database_url)
    yield Service(database)
    database.close()


def test_a_batch_survives_its_workers(topology: Topology, service: Service):
    with service.command(SYSTEM, reason="prøve") as ctx:
        source = diagrams.sequence("mange", diagrams.user_task("A"), ids=["A"])
        deployments.deploy(ctx, [("mange.bpmn", source)])
        for _ in range(ITEMS):
            instances.create(ctx, process_id="mange", variables={})
    with service.command(SYSTEM, reason="prøve") as ctx:
        key = batches.create(ctx, CANCEL, Query([Condition("process_definition_id", "eq", "mange")])).key
    in_the_middle = [kill_all_after(topology, key, done) for done in KILL_AFTER]
    state = "SELECT state = 'COMPLETED' FROM batch_operation WHERE key = %s"
    wait_until(lambda: topology.count(state, [key]), what="the batch complete")
    tell(f"workers killed with {in_the_middle} of {ITEMS} items done")
    assert topology.rows(TIMES_CANCELED) == [(1, ITEMS)]
    assert topology.count(DONE, [key]) == ITEMS


def kill_all_after(topology: Topology, key: int, done: int) -> int:
    """Kill every worker once so many items are done, start them again, and give how many were done by then."""
    wait_until(lambda: topology.count(DONE, [key]) >= done, every=0.002, what=f"{done} items done")
    for worker in topology.workers:
        worker.kill()
    reached = topology.count(DONE, [key])
    for worker in topology.workers:
        worker.start()
    topology.wait_until_up()
    return reached
