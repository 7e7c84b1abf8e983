"""Workers on one batch: every item exactly once, whatever dies between two items or within one."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text, update

from kfflow.domain.batches import Totals
from kfflow.errors import Unavailable
from kfflow.jobs import batching
from kfflow.jobs.worker import Worker
from kfflow.persistence.database import Database
from kfflow.persistence.search import Condition, Query
from kfflow.persistence.tables import BatchItem, BatchOperation, HistoryEvent, ProcessInstance
from kfflow.service import batches, deployments, instances
from kfflow.service.accounts import SYSTEM
from kfflow.service.batch_operations import SUSPEND
from kfflow.service.context import Bell
from tests.integration.service import diagrams

MANY = 40
OF_P = Query([Condition("process_definition_id", "eq", "p")])
WAITING = text("SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock'")


def batch_of(service, count: int) -> int:
    """Freeze a batch that suspends so many instances; each suspension leaves one line of history."""
    source = diagrams.sequence("p", diagrams.user_task("A"), ids=["A"])
    with service.command(SYSTEM, reason="prøve") as ctx:
        deployments.deploy(ctx, [("p.bpmn", source)])
        for _ in range(count):
            instances.create(ctx, process_id="p", variables={})
        return batches.create(ctx, SUSPEND, OF_P).key


def totals(service, key: int) -> Totals:
    with service.command(SYSTEM) as ctx:
        return batches.totals(ctx, key)


def suspensions(service) -> list[int]:
    """Give how often each instance was suspended."""
    counted = (
        select(func.count())
        .select_from(ProcessInstance)
        .outerjoin(
            HistoryEvent,
            (HistoryEvent.instance_key == ProcessInstance.key) & (HistoryEvent.kind == "INSTANCE_SUSPENDED"),
        )
        .group_by(ProcessInstance.key)
        .with_only_columns(func.count(HistoryEvent.kind))
    )
    with service.database.transaction() as session:
        return list(session.scalars(counted))


def waiting_for_a_lock(session) -> int:
    """Give the process of a session that waits for a lock, once there is one."""
    for _ in range(20_000):
        pid = session.execute(WAITING).scalar()
        if pid is not None:
            return int(pid)
        session.execute(text("SELECT pg_stat_clear_snapshot()"))
    pytest.fail("nobody waits")


def test_two_workers_do_every_item_once(service):
    key = batch_of(service, MANY)
    together = threading.Barrier(2)
    done: list[int] = []

    def work():
        worker = Worker(service)
        together.wait()
        done.append(sum(iter(lambda: batching.work_share(worker.service, key), 0)))

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    Worker(service).drain()
    assert suspensions(service) == [1] * MANY
    assert (sum(done), totals(service, key)) == (MANY, Totals(done=MANY))


def test_a_share_leaves_the_rest_for_the_next_turn(service):
    key = batch_of(service, batching.SHARE + 2)
    rung: list[Bell] = []
    service.ring = rung.extend
    assert batching.work_share(service, key) == batching.SHARE
    assert rung == [Bell("batch", key)]
    assert totals(service, key) == Totals(pending=2, done=batching.SHARE)


def test_a_worker_killed_within_an_item_leaves_it_pending(service, clock):
    """Its connection dies after it has begun to act: nothing of the item is stored, and it is done once later."""
    key = batch_of(service, 3)
    failed: list[Exception] = []

    def work():
        try:
            batching.work_share(service, key)
        except Unavailable as problem:
            failed.append(problem)

    aside = Database(service.database.url)
    with aside.transaction() as session:
        session.execute(update(ProcessInstance).values(version=ProcessInstance.version))  # holds the locks of all
        dying = threading.Thread(target=work)
        dying.start()
        pid = waiting_for_a_lock(session)
        assert suspensions(service) == [0] * 3
        session.execute(select(func.pg_terminate_backend(pid)))
        session.execute(update(BatchOperation).values(state="SUSPENDED"))  # so that it goes no further
    dying.join()
    aside.close()
    assert totals(service, key).done == 0
    with service.command(SYSTEM) as ctx:
        batches.resume(ctx, key)
    clock.at += timedelta(minutes=1)
    Worker(service).drain()
    assert (suspensions(service), totals(service, key)) == ([1] * 3, Totals(done=3))


def test_an_item_that_the_database_could_not_take_is_tried_again(service, clock):
    key = batch_of(service, 1)
    with service.command(SYSTEM) as ctx:
        claimed = batches.claim(ctx, key)
    with service.command(SYSTEM) as ctx:
        batches.refuse(ctx, claimed, Unavailable("væk", "away"))
    assert (batching.work_share(service, key), totals(service, key)) == (0, Totals(pending=1))
    clock.at += batches.TRIED_AGAIN_AFTER
    assert (batching.work_share(service, key), totals(service, key)) == (1, Totals(done=1))


def test_an_item_settled_by_another_is_not_settled_again(service):
    key = batch_of(service, 1)
    with service.command(SYSTEM) as ctx:
        claimed = batches.claim(ctx, key)
    batching.work_share(service, key)
    with service.command(SYSTEM) as ctx:
        batches.refuse(ctx, claimed, RuntimeError("came too late"))
    assert totals(service, key) == Totals(done=1)


def test_a_batch_whose_last_item_was_settled_by_a_dying_worker_is_closed(service):
    key = batch_of(service, 1)
    assert batching.work_one(service, key)
    Worker(service).sweep()
    with service.database.transaction() as session:
        assert session.get_one(BatchOperation, key).state == "COMPLETED"


def test_an_item_that_another_works_on_is_passed_by(service):
    key = batch_of(service, 2)
    with service.command(SYSTEM) as ctx:
        claimed = batches.claim(ctx, key)
        assert batching.work_share(service, key) == 1
    with service.database.transaction() as session:
        pending = select(BatchItem.item_key).where(BatchItem.state == "PENDING")
        assert list(session.scalars(pending)) == [claimed.item_key]
