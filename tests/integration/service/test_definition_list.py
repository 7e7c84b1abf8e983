"""The list of processes: the newest version of each, and the cases that run on it and on older ones."""

from kfflow.persistence import definition_list
from kfflow.service import definitions, deployments, instances
from kfflow.service.accounts import SYSTEM
from tests.integration.service import diagrams


def test_a_process_counts_its_running_cases_and_those_on_older_versions(service):
    def deploy(process_id, *steps):
        tasks = [diagrams.user_task(step) for step in steps]
        drawn = diagrams.sequence(process_id, *tasks, ids=list(steps))
        with service.command(SYSTEM) as ctx:
            deployments.deploy(ctx, [(f"{process_id}.bpmn", drawn)])

    def start(process_id, cases):
        with service.command(SYSTEM) as ctx:
            return [instances.create(ctx, process_id=process_id, variables={}).key for _ in range(cases)]

    deploy("en", "A")
    deploy("to", "A")
    former, *_ = start("en", 3)
    deploy("en", "A", "B")
    start("en", 1)
    with service.command(SYSTEM) as ctx:
        instances.cancel(ctx, former, reason="fejl")
    with service.query(SYSTEM) as ctx:
        listed = definition_list.newest(ctx.session, definitions.today(ctx))
    assert [(row.process_id, row.version, row.in_force_version, row.running, row.older) for row in listed] == [
        ("en", 2, 2, 3, 2),
        ("to", 1, 1, 0, 0),
    ]
