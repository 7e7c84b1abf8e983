"""What completing a task costs: how many statements, with and without a deadline for what opens next."""

import pytest
from sqlalchemy import select

from kfflow.domain.authorization import Actor, Role
from kfflow.persistence.tables import UserTask
from kfflow.service import deployments, instances, tasks
from kfflow.service.accounts import SYSTEM
from tests.integration.service import diagrams

METTE = Actor("mette", "Mette", frozenset({Role.CASEWORKER}), frozenset({"sagsbehandler"}), "SDO", "vest")
DEADLINE = '<kf:deadline rule="10 AD" hjemmel="udgangsbekendtgørelsen § 9"/>'


def open_task(service, instance_key):
    waiting = select(UserTask.key).where(UserTask.instance_key == instance_key, UserTask.state == "CREATED")
    with service.database.transaction() as session:
        return session.scalars(waiting).one()


def complete(service, key):
    with service.command(METTE) as ctx:
        tasks.complete(ctx, key, variables={})


@pytest.mark.parametrize("extra", ["", DEADLINE])
def test_a_completion_costs_one_statement_that_reads_and_one_that_writes(service, counted, extra):
    steps = [diagrams.user_task(name, extra=extra) for name in ("A", "B", "C")]
    with service.command(SYSTEM) as ctx:
        deployments.deploy(ctx, [("p.bpmn", diagrams.sequence("proces", *steps, ids=["A", "B", "C"]))])
    with service.command(METTE) as ctx:
        instance = instances.create(ctx, process_id="proces", variables={}).key
    counting, sent = counted
    complete(counting, open_task(service, instance))  # so that the definition is compiled and keys are drawn
    sent.clear()
    complete(counting, open_task(service, instance))
    assert len(sent) == 2
