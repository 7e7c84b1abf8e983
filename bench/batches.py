"""Items of a batch beside bare commits of one update and one insert, in turns, on one PostgreSQL.

An item locks its row, suspends a case with its deadline, ledger, history and audit, settles itself, and commits.
"""

import statistics
import time

from bench._postgres import migrated
from bench.completions import ACTOR, LOOP, Bare, timed
from kfflow.jobs import batching
from kfflow.persistence.search import Condition, Query
from kfflow.service import batches, deployments, instances
from kfflow.service.accounts import SYSTEM
from kfflow.service.batch_operations import RESUME, SUSPEND
from kfflow.service.context import Service

ITEMS = 200
ROUNDS = 3
OF_LOOP = Query([Condition("process_definition_id", "eq", "loop")])


def main() -> None:
    with migrated() as database:
        service = Service(database)
        service.publish_alone = True
        with service.command(ACTOR) as ctx:
            deployments.deploy(ctx, [("loop.bpmn", LOOP)])
            for _ in range(ITEMS):
                instances.create(ctx, process_id="loop", variables={"slut": False})
        report(service, Bare(database.url))


def report(service: Service, bare: Bare) -> None:
    bare_ms, item_ms = [], []
    for number in range(2 * ROUNDS):
        bare_ms.append(timed(bare.commit))
        item_ms.append(working(service, (SUSPEND, RESUME)[number % 2]))
    limit, item = statistics.median(bare_ms), statistics.median(item_ms)
    print(f"bare update + insert + commit   {limit:.3f} ms")
    print(f"batch item, suspend or resume   {item:.3f} ms = {limit / item:.2f} of the bare commit rate")


def working(service: Service, operation: batches.Operation) -> float:
    """Milliseconds an item, worked by one worker; freezing is not counted."""
    with service.command(SYSTEM, reason="bench") as ctx:
        key = batches.create(ctx, operation, OF_LOOP).key
    began = time.perf_counter()
    worked = sum(iter(lambda: batching.work_share(service, key), 0))
    return (time.perf_counter() - began) / worked * 1000


if __name__ == "__main__":
    main()
