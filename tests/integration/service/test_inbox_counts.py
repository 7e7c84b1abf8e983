"""What the inbox counts beside each process is that process's tasks, and no other's."""

from datetime import timedelta

from kfflow.persistence import inbox
from kfflow.persistence.inbox import Beholder
from kfflow.persistence.scope import Scope
from kfflow.service import deployments, instances
from kfflow.service.accounts import SYSTEM
from tests.integration.service import diagrams


def test_each_process_counts_its_own_tasks_and_one_without_any_is_left_out(service):
    with service.command(SYSTEM) as ctx:
        for process_id, cases in (("en", 1), ("to", 2), ("ingen", 0)):
            plain = diagrams.sequence(process_id, diagrams.user_task("A"), ids=["A"])
            deployments.deploy(ctx, [(f"{process_id}.bpmn", plain)])
            for _ in range(cases):
                instances.create(ctx, process_id=process_id, variables={})
    with service.query(SYSTEM) as ctx:
        beholder = Beholder("x", (), Scope(national=True), ctx.at, ctx.at, ctx.at + timedelta(days=7))
        views, processes = inbox.counts(ctx.session, beholder)
    assert (views["enhed"], processes) == (3, {"en": 1, "to": 2})
