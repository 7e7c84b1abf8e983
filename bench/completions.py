"""Durable task completions beside bare commits of one update and one insert, in turns, on one PostgreSQL.

A completion stores the instance's state, closes the task, opens the next one, writes history and audit, and commits;
where the next one is dated, it also reckons and writes a deadline with the first line of its ledger.
"""

import statistics
import time
from datetime import UTC, datetime

import psycopg
from sqlalchemy import select

from bench._postgres import migrated
from kfflow.domain.authorization import Actor, Role
from kfflow.persistence.tables import UserTask
from kfflow.service import deployments, instances, tasks
from kfflow.service.context import Service

ROUNDS = 20
BATCH = 25
ACTOR = Actor("bench", "Bench", frozenset(Role), frozenset({"g"}), national=True)
LOOP = b"""<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
 xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" targetNamespace="urn:bench">
<bpmn:process id="loop" isExecutable="true"><bpmn:startEvent id="Begynd"/>
<bpmn:exclusiveGateway id="Igen"/><bpmn:userTask id="Opgave" name="Opgave"><bpmn:extensionElements><zeebe:userTask/>
<zeebe:assignmentDefinition candidateGroups="g"/></bpmn:extensionElements></bpmn:userTask>
<bpmn:exclusiveGateway id="Faerdig" default="f3"/><bpmn:endEvent id="Slut"/>
<bpmn:sequenceFlow id="f0" sourceRef="Begynd" targetRef="Igen"/>
<bpmn:sequenceFlow id="f1" sourceRef="Igen" targetRef="Opgave"/>
<bpmn:sequenceFlow id="f2" sourceRef="Opgave" targetRef="Faerdig"/>
<bpmn:sequenceFlow id="f3" sourceRef="Faerdig" targetRef="Igen"/>
<bpmn:sequenceFlow id="f4" sourceRef="Faerdig" targetRef="Slut">
<bpmn:conditionExpression>=slut</bpmn:conditionExpression>
</bpmn:sequenceFlow></bpmn:process></bpmn:definitions>"""

DEADLINE = b'<kf:deadline xmlns:kf="urn:kfflow:bpmn:1" rule="10 AD" hjemmel="SYNTETISK"/>'
DATED = LOOP.replace(b'id="loop"', b'id="dated"').replace(b"<zeebe:userTask/>", b"<zeebe:userTask/>" + DEADLINE)


def main() -> None:
    with migrated() as database:
        service = Service(database)
        service.publish_alone = True
        with service.command(ACTOR) as ctx:
            deployments.deploy(ctx, [("loop.bpmn", LOOP), ("dated.bpmn", DATED)])
        old = new_case(service)
        for _ in range(500):
            complete(service, old)
        report(service, old, Bare(database.url))


def new_case(service: Service, process_id: str = "loop") -> int:
    with service.command(ACTOR) as ctx:
        return instances.create(ctx, process_id=process_id, variables={"slut": False}).key


def open_task(service: Service, instance: int) -> int:
    waiting = select(UserTask.key).where(UserTask.instance_key == instance, UserTask.state == "CREATED")
    with service.database.transaction() as session:
        return session.scalars(waiting).one()


def complete(service: Service, instance: int) -> None:
    with service.command(ACTOR) as ctx:
        waiting = select(UserTask.key).where(UserTask.instance_key == instance, UserTask.state == "CREATED")
        key = ctx.session.scalars(waiting).one()
        tasks.complete(ctx, key, variables={"svar": 1})


class Bare:
    """The limit: one update and one insert with a commit."""

    def __init__(self, url: str) -> None:
        self.connection = psycopg.connect(url)
        self.connection.execute("CREATE TABLE bare_state (id int PRIMARY KEY, state bytea)")
        self.connection.execute("CREATE TABLE bare_log (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, line text)")
        self.connection.execute("INSERT INTO bare_state VALUES (1, ''::bytea)")
        self.connection.commit()
        self.body = b"x" * 1500

    def commit(self) -> None:
        self.connection.execute("UPDATE bare_state SET state = %s WHERE id = 1", [self.body])
        self.connection.execute("INSERT INTO bare_log (line) VALUES (%s)", ["done"])
        self.connection.commit()


def timed(act, *arguments) -> float:
    keys = time.perf_counter()
    for _ in range(BATCH):
        act(*arguments)
    return (time.perf_counter() - keys) / BATCH * 1000


def completing(service: Service, keys: list[int]) -> float:
    """Milliseconds a completion of tasks whose keys are known, as a person's browser knows them."""
    began = time.perf_counter()
    for key in keys:
        with service.command(ACTOR) as ctx:
            tasks.complete(ctx, key, variables={"svar": 1})
    return (time.perf_counter() - began) / len(keys) * 1000


def report(service: Service, old: int, bare: Bare) -> None:
    bare_ms, fresh_ms, old_ms, dated_ms = [], [], [], []
    cases = [new_case(service) for _ in range(BATCH)]
    dated_cases = [new_case(service, "dated") for _ in range(BATCH)]
    for _ in range(ROUNDS):
        bare_ms.append(timed(bare.commit))
        fresh_ms.append(completing(service, [open_task(service, case) for case in cases]))
        old_ms.append(sum(completing(service, [open_task(service, old)]) for _ in range(BATCH)) / BATCH)
        dated_ms.append(completing(service, [open_task(service, case) for case in dated_cases]))
    limit, fresh, aged, dated = (statistics.median(ms) for ms in (bare_ms, fresh_ms, old_ms, dated_ms))
    print(f"{datetime.now(tz=UTC):%Y-%m-%d}: medians of {ROUNDS} rounds of {BATCH}")
    print(f"bare update + insert + commit   {limit:.3f} ms")
    print(f"durable completion, young case  {fresh:.3f} ms = {limit / fresh:.2f} of the bare commit rate (aim >= 0.5)")
    print(f"durable completion, 500 steps   {aged:.3f} ms = {aged / fresh:.2f} x young (aim <= 1.1)")
    print(f"durable completion, next dated  {dated:.3f} ms = {limit / dated:.2f} of the bare commit rate")


if __name__ == "__main__":
    main()
