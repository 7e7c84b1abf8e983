"""Ten thousand due timers drained by one worker, beside bare commits of one update and one insert in the same run.

Each is an intermediate event of a case of its own: the case is locked, goes on, opens the next wait, writes history
and commits, as any other firing does.
"""

import time
from datetime import UTC, datetime

from sqlalchemy import func, select

from bench._many import multiply
from bench._postgres import migrated
from bench.completions import ACTOR, Bare
from kfflow.jobs.worker import BATCH, Worker
from kfflow.persistence.tables import ProcessInstance, Timer
from kfflow.service import deployments, instances
from kfflow.service.context import Service

CASES = 10_000
BARE_EVERY = 1000
BARE_COMMITS = 100
WAITS = b"""<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
 xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" targetNamespace="urn:bench">
<bpmn:process id="venter" isExecutable="true"><bpmn:startEvent id="Begynd"/>
<bpmn:intermediateCatchEvent id="Vent"><bpmn:timerEventDefinition id="T"><bpmn:timeDate>2020-01-01</bpmn:timeDate>
</bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>
<bpmn:userTask id="Opgave" name="Opgave"><bpmn:extensionElements><zeebe:userTask/>
<zeebe:assignmentDefinition candidateGroups="g"/></bpmn:extensionElements></bpmn:userTask><bpmn:endEvent id="Slut"/>
<bpmn:sequenceFlow id="f0" sourceRef="Begynd" targetRef="Vent"/>
<bpmn:sequenceFlow id="f1" sourceRef="Vent" targetRef="Opgave"/>
<bpmn:sequenceFlow id="f2" sourceRef="Opgave" targetRef="Slut"/>
</bpmn:process></bpmn:definitions>"""


def main() -> None:
    with migrated() as database:
        service = Service(database)
        service.publish_alone = True
        with service.command(ACTOR) as ctx:
            deployments.deploy(ctx, [("venter.bpmn", WAITS)])
            instances.create(ctx, process_id="venter", variables={"sag": 1})
        multiply(database, ("case", "process_instance", "timer"), CASES)
        report(service, Bare(database.url))


def report(service: Service, bare: Bare) -> None:
    worker, spent, limit, commits = Worker(service), 0.0, 0.0, 0
    for done in range(0, CASES, BATCH):
        if done % BARE_EVERY == 0:
            limit += clocked(lambda: [bare.commit() for _ in range(BARE_COMMITS)])
            commits += BARE_COMMITS
        spent += clocked(worker.fire_due)
    with service.database.transaction() as session:
        fired = session.scalar(select(func.count()).select_from(Timer).where(Timer.state == "FIRED"))
        stepped = session.scalar(select(func.count()).where(ProcessInstance.revision == 2))
    assert (fired, stepped) == (CASES, CASES), f"{fired} fired, {stepped} cases went on"
    firing, commit = spent / CASES * 1000, limit / commits * 1000
    print(f"{datetime.now(tz=UTC):%Y-%m-%d}: {CASES} due timers drained in {spent:.1f} s, each once")
    print(f"bare update + insert + commit  {commit:.3f} ms")
    print(f"firing of one timer            {firing:.3f} ms = {commit / firing:.2f} of the bare commit rate")


def clocked(act) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
