"""Migration and modification as batches: each item on its own, and why one was refused."""

import pytest
from sqlalchemy import select

from kfflow.domain.batches import Totals
from kfflow.persistence.search import Condition, Query
from kfflow.persistence.tables import Account, ProcessDefinition
from kfflow.service import accounts, deployments, instances
from kfflow.service.accounts import SYSTEM
from kfflow.service.batch_operations import LOOK, MIGRATE, MODIFY, Moves, Planned, Target
from kfflow.service.cases import CaseDetails
from tests.integration.service import diagrams
from tests.integration.service.test_batches import create, items, totals
from tests.integration.service.test_running import complete, instance_of, open_tasks

OF_P = Query([Condition("process_definition_id", "eq", "p")])


@pytest.fixture
def leader(service):
    with service.database.transaction() as session:
        return accounts.actor_of(session.get_one(Account, "teamleder"))


def deploy(service, *tasks):
    source = diagrams.sequence("p", *(diagrams.user_task(t) for t in tasks), ids=list(tasks))
    with service.command(SYSTEM) as ctx:
        deployments.deploy(ctx, [("p.bpmn", source)])
        return ctx.session.scalars(select(ProcessDefinition.key).order_by(ProcessDefinition.key.desc())).first()


@pytest.fixture
def many(service):
    """Three instances at A; the last of them goes on to B."""
    deploy(service, "A", "B")
    with service.command(SYSTEM) as ctx:
        details = CaseDetails(institution_code="SDO")
        keys = [instances.create(ctx, process_id="p", variables={}, case=details).key for _ in range(3)]
    task = next(t for t in open_tasks(service) if t.instance_key == keys[2])
    with service.database.transaction() as session:
        actor = accounts.actor_of(session.get_one(Account, "sagsbehandler"))
    complete(service, task, actor=actor)
    return keys


def test_many_instances_move_and_each_refusal_names_its_element(service, worker, leader, many):
    target = Target(deploy(service, "A2", "C"), {"A": "A2"})
    batch = create(service, leader, MIGRATE, OF_P, "Ny lov", arguments=target)
    worker.drain()
    assert totals(service, batch.key) == Totals(done=2, failed=1)
    assert [instance_of(service, key).version for key in many] == [2, 2, 1]
    key, state, told = items(service)[2]
    assert (key, state) == (many[2], "FAILED")
    assert told.endswith("B is active and the new version has no element B; map it to one.")


def calling(job_type: str) -> bytes:
    task = f"""<bpmn:serviceTask id="S"><bpmn:extensionElements><zeebe:taskDefinition type="{job_type}"/>
      </bpmn:extensionElements></bpmn:serviceTask>"""
    return diagrams.sequence("p", task, ids=["S"])


def test_looking_into_cases_moves_none_and_keeps_what_is_remarkable(service, worker, leader):
    with service.command(SYSTEM) as ctx:
        deployments.deploy(ctx, [("p.bpmn", calling("gammel"))])
        details = CaseDetails(institution_code="SDO")
        key = instances.create(ctx, process_id="p", variables={}, case=details).key
        source_key = ctx.session.scalars(select(ProcessDefinition.key)).one()
        target_key = deployments.deploy(ctx, [("p.bpmn", calling("ny"))]).processes[0].key
    batch = create(service, leader, LOOK, OF_P, "Set efter", arguments=Planned(source_key, target_key, {}))
    worker.drain()
    assert (totals(service, batch.key), instance_of(service, key).version) == (Totals(done=1), 1)
    assert items(service) == [(key, "DONE", "S: the job keeps its type.")]


def test_many_tokens_move_from_one_element_to_another(service, worker, leader, many):
    batch = create(service, leader, MODIFY, OF_P, "Sprunget over", arguments=Moves([["A", "B"]]))
    worker.drain()
    assert totals(service, batch.key) == Totals(done=2, failed=1)
    assert [t.element_id for t in open_tasks(service)] == ["B", "B", "B"]
    assert items(service)[2] == (many[2], "FAILED", f"{MODIFIED} A is not active.")


MODIFIED = "The instance cannot be modified like this; nothing has changed."
