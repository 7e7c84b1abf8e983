"""`kfflow law`: publish, see whom the rule names, and let them follow."""

from datetime import UTC, datetime

import pytest

from kfflow.persistence.tables import ProcessInstance
from kfflow.service import instances
from kfflow.service.accounts import SYSTEM
from tests.integration.service import diagrams

LAW = ("--gyldig-fra", "2026-01-01", "--lov", "lov nr. 1", "--overgang", "ALL_RUNNING")


@pytest.fixture
def publish(kfflow, tmp_path):
    def write(group, *options, verb=("law", "publish")):
        file = tmp_path / "p.bpmn"
        file.write_bytes(diagrams.sequence("proces", diagrams.user_task("A", groups=group), ids=["A"]))
        return kfflow(*verb, file, *options).output.splitlines()

    return write


@pytest.fixture
def late_worker(worker, clock):
    """The command line asks the database for the time; the worker must not be behind it."""
    clock.at = datetime(2099, 1, 1, tzinfo=UTC)
    return worker


@pytest.fixture
def running(publish, service):
    publish("sagsbehandler", verb=("deploy",))
    with service.command(SYSTEM) as ctx:
        return instances.create(ctx, process_id="proces", variables={}, business_key="2026-7").key


def test_a_dry_run_lists_case_owner_way_and_version_and_changes_nothing(kfflow, publish, running):
    key, version = publish("enhedschef", *LAW)
    assert version == "proces version 2"
    listed = kfflow("law", "apply", key, "--dry-run").output.splitlines()
    assert listed[0].split() == ["2026-7", "system", "MIGRATE", "proces", "v2", str(running)]
    assert listed[-1] == "1 (0 blocked)"
    assert kfflow("law", "affected", key).output.splitlines() == listed


def test_applying_leaves_a_batch_for_the_workers(kfflow, publish, running, service, late_worker):
    key, _version = publish("enhedschef", *LAW)
    batch, count = kfflow("law", "apply", key, "--reason", "Loven er trådt i kraft").output.split()
    late_worker.drain()
    shown = kfflow("batch", "show", batch).output
    assert (count, "completed=1" in shown) == ("1", True)
    with service.database.transaction() as session:
        assert session.get_one(ProcessInstance, running).version == 2


def test_publishing_asks_for_date_law_and_rule(publish):
    assert publish("enhedschef", "--lov", "lov nr. 1")[-1] == "Error: Missing option '--gyldig-fra'."
