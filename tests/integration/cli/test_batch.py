"""`kfflow instance cancel|suspend|resume` and `kfflow batch`: one instance, or many with a look first."""

import pytest
from sqlalchemy import select

from kfflow.jobs.worker import Worker
from kfflow.persistence.tables import BatchOperation, ProcessInstance
from kfflow.service import deployments, instances
from kfflow.service.accounts import SYSTEM
from kfflow.service.context import Service
from tests.integration.service import diagrams


@pytest.fixture
def keys(service) -> list[int]:
    source = diagrams.sequence("trin", diagrams.user_task("A"), ids=["A"])
    with service.command(SYSTEM) as ctx:
        deployments.deploy(ctx, [("trin.bpmn", source)])
        return [instances.create(ctx, process_id="trin", variables={}).key for _ in range(3)]


def batch_key(service) -> int:
    with service.database.transaction() as session:
        return session.scalars(select(BatchOperation.key)).one()


def state(service, key: int):
    with service.database.transaction() as session:
        instance = session.get_one(ProcessInstance, key)
        return instance.state, instance.suspension_reason, instance.suspension_hjemmel


def test_one_instance_is_suspended_resumed_and_canceled(service, kfflow, keys):
    asked = ("--reason", "Anke", "--hjemmel", "§ 910")
    assert kfflow("instance", "suspend", keys[0], *asked).output == f"{keys[0]} SUSPENDED\n"
    assert state(service, keys[0]) == ("ACTIVE", "Anke", "§ 910")
    assert kfflow("instance", "resume", keys[0], "--reason", "hævet").output == f"{keys[0]} ACTIVE\n"
    assert kfflow("instance", "cancel", keys[0], "--reason", "fejl").output == f"{keys[0]} TERMINATED\n"


def test_a_reason_is_asked_for(kfflow, keys):
    refused = kfflow("instance", "cancel", keys[0])
    assert (refused.exit_code, "Missing option '--reason'" in refused.output) == (2, True)


def test_a_dry_run_prints_how_many_and_which(service, kfflow, keys):
    seen = kfflow("instance", "cancel", "--process", "trin", "--reason", "oprydning", "--dry-run")
    assert seen.output == "CANCEL_PROCESS_INSTANCE: 3\n" + "".join(f"  {key}\n" for key in keys)
    with service.database.transaction() as session:
        assert list(session.scalars(select(BatchOperation.key))) == []


def test_many_are_suspended_as_a_batch_that_can_be_looked_at(service, kfflow, keys):
    with service.command(SYSTEM) as ctx:
        instances.cancel(ctx, keys[2])
    chosen = ("--process", "trin", "--version", "1", "--filter", "state=ACTIVE", "--reason", "fejl i diagram")
    made = kfflow("instance", "suspend", *chosen, "--yes")
    key = batch_key(service)
    assert made.output.splitlines()[-1] == f"batch {key}: 2"
    with service.command(SYSTEM) as ctx:
        instances.cancel(ctx, keys[1])
    Worker(Service(service.database)).drain()  # by the database's clock, as the command line
    line = f"{key} SUSPEND_PROCESS_INSTANCE COMPLETED total=2 pending=0 completed=1 skipped=1 failed=0"
    assert kfflow("batch", "list").output == f"{line}\n"
    assert kfflow("batch", "show", key).output == f"{line}\n  {keys[1]} CANCELED Processen {keys[1]} er afbrudt.\n"


@pytest.mark.usefixtures("keys")
def test_nothing_is_started_without_a_yes(service, kfflow):
    kfflow("instance", "cancel", "--process", "trin", "--reason", "oprydning")
    with service.database.transaction() as session:
        assert list(session.scalars(select(BatchOperation.key))) == []


@pytest.mark.usefixtures("keys")
def test_a_batch_is_suspended_resumed_and_canceled(service, kfflow):
    kfflow("instance", "cancel", "--process", "trin", "--reason", "oprydning", "--yes")
    key = batch_key(service)
    told = [kfflow("batch", act, key).output for act in ("suspend", "resume", "cancel")]
    assert told == [f"{key} SUSPENDED\n", f"{key} ACTIVE\n", f"{key} CANCELED\n"]
    refused = kfflow("batch", "resume", key)
    assert (refused.exit_code, refused.output) == (2, f"Batch {key} er annulleret.\nBatch {key} is canceled.\n")


def test_a_filter_that_cannot_be_read_names_what_can(kfflow):
    refused = kfflow("instance", "cancel", "--filter", "farve=roed", "--reason", "x", "--dry-run")
    assert (refused.exit_code, "farve=roed: use businessId" in refused.output) == (2, True)


def test_choosing_nothing_is_refused(kfflow):
    refused = kfflow("instance", "cancel", "--reason", "x", "--yes")
    assert (refused.exit_code, "The filter is empty" in refused.output) == (2, True)
