"""How large and how long: what a case of ten tasks leaves in PostgreSQL, and what long and wide processes take.

Bytes are those that PostgreSQL stores of the rows (`pg_column_size`), without indexes; seconds are process time.
"""

import tempfile
import time
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

from sqlalchemy import select, text

from bench.completions import ACTOR, Bare
from kfflow import engine
from kfflow.engine.outcome import Decided, Environment
from kfflow.persistence import embedded, schema
from kfflow.persistence.database import Database
from kfflow.persistence.tables import UserTask
from kfflow.service import deployments, instances, tasks
from kfflow.service.context import Service

TASKS, ROUNDS, LENGTH, ITEMS = 10, 5_000, 1_000, 300
PARTS = {
    "state": "SELECT max(pg_column_size(snapshot)) FROM process_instance WHERE key = :key",
    "history": "SELECT sum(pg_column_size(s.*)) FROM history_step s WHERE instance_key = :key",
    "tasks": "SELECT sum(pg_column_size(t.*)) FROM user_task t WHERE instance_key = :key",
    "deadlines": "SELECT sum(pg_column_size(d.*)) FROM deadline d WHERE instance_key = :key",
    "deadline ledger": "SELECT sum(pg_column_size(e.*)) FROM deadline_entry e JOIN deadline d ON d.key = e.deadline_key"
    " WHERE d.instance_key = :key",
    "decisions": "SELECT sum(pg_column_size(e.*)) FROM decision_evaluation e WHERE instance_key = :key",
    "audit": "SELECT sum(pg_column_size(a.*)) FROM audit_event a JOIN process_instance i ON i.case_key = a.case_key"
    " WHERE i.key = :key",
}
HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:kf="urn:kfflow:bpmn:1"'
    ' xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" targetNamespace="urn:bench" id="Defs">'
)
OFFERED = '<zeebe:userTask/><zeebe:assignmentDefinition candidateGroups="g"/>'
ANSWERS = {"afgoerelse": "imødekommes", "begrundelse": "SYNTETISK " * 8, "udgang": {"fra": "2026-12-01", "timer": 8}}


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="kfbench"))
    folder.chmod(0o755)
    server = embedded.start(folder / "pg")
    database = Database(embedded.address(server, "sizes"))
    schema.upgrade(database)
    service = Service(database)
    service.publish_alone = True
    tell_sizes(service)
    tell_many(service)
    tell_loop()
    tell_chain()
    database.close()
    server.stop()


def diagram(process: str, body: str) -> bytes:
    return f'{HEAD}<process id="{process}" isExecutable="true">{body}</process></definitions>'.encode()


def flow(source: str, target: str, condition: str = "") -> str:
    inner = f"<conditionExpression>{condition}</conditionExpression>" if condition else ""
    return f'<sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}">{inner}</sequenceFlow>'


def in_a_row(names: list[str], elements: str) -> str:
    chain = ["Begin", *names, "Done"]
    flows = "".join(flow(a, b) for a, b in pairwise(chain))
    return f'<startEvent id="Begin"/>{elements}<endEvent id="Done"/>{flows}'


def user_task(name: str, extra: str = "", inner: str = "") -> str:
    held = f"<extensionElements>{OFFERED}{extra}</extensionElements>"
    return f'<userTask id="{name}" name="{name}">{held}{inner}</userTask>'


def start(service: Service, source: bytes, process: str) -> int:
    with service.command(ACTOR) as ctx:
        deployments.deploy(ctx, [(f"{process}.bpmn", source)])
    with service.command(ACTOR) as ctx:
        return instances.create(ctx, process_id=process, variables={"ansoeger": "SYNTETISK PERSON"}).key


def open_tasks(service: Service, instance: int) -> list[int]:
    waiting = select(UserTask.key).where(UserTask.instance_key == instance, UserTask.state == "CREATED")
    with service.database.transaction() as session:
        return list(session.scalars(waiting.order_by(UserTask.key)))


def tell_sizes(service: Service) -> None:
    """A case of ten tasks, each with a deadline; its state is measured while the last one waits."""
    names = [f"Opgave{n}" for n in range(1, TASKS + 1)]
    due = '<kf:deadline rule="10 AD" hjemmel="udgangsbekendtgørelsen § 9"/>'
    elements = "".join(user_task(name, due) for name in names)
    instance = start(service, diagram("ti_opgaver", in_a_row(names, elements)), "ti_opgaver")
    found: dict[str, int] = {}
    for name in names:
        (key,) = open_tasks(service, instance)
        if name == names[-1]:
            found["state"] = size(service, "state", instance)
        with service.command(ACTOR) as ctx:
            tasks.complete(ctx, key, variables={f"{name}_{k}": v for k, v in ANSWERS.items()})
    found |= {part: size(service, part, instance) for part in PARTS if part != "state"}
    for part, count in found.items():
        print(f"case of {TASKS} tasks, {part:16} {count:6} bytes")
    history = sum(found[part] for part in ("history", "decisions", "deadline ledger", "audit"))
    print(f"state {found['state']} bytes (aim <= 3,000); history with ledger and audit {history} (aim <= 25,000)")


def size(service: Service, part: str, instance: int) -> int:
    with service.database.transaction() as session:
        return session.execute(text(PARTS[part]), {"key": instance}).scalar_one() or 0


def tell_many(service: Service) -> None:
    """A parallel multi-instance of 300 user tasks, from start to end, through the commands."""
    often = f"<loopCardinality>{ITEMS}</loopCardinality>"
    repeat = f"<multiInstanceLoopCharacteristics>{often}</multiInstanceLoopCharacteristics>"
    source = diagram("mange", in_a_row(["Svar"], user_task("Svar", inner=repeat)))
    begun, wall = time.process_time(), time.perf_counter()
    instance = start(service, source, "mange")
    started = time.perf_counter()
    costs = []
    for key in open_tasks(service, instance):
        one = time.process_time()
        with service.command(ACTOR) as ctx:
            tasks.complete(ctx, key, variables={"svar": 1})
        costs.append((time.process_time() - one) * 1000)
    used, took = time.process_time() - begun, time.perf_counter() - wall
    bare, least = Bare(service.database.url), time.perf_counter()
    for _ in range(ITEMS):
        bare.commit()
    least = time.perf_counter() - least
    bare.connection.close()
    print(f"{ITEMS} items: {used:.2f} s CPU, {took:.2f} s wall in all (aim < 3)")
    print(f"  = {took / least:.1f} x as many bare commits")
    print(f"  started in {started - wall:.2f} s; a completion {sum(costs[:50]) / 50:.2f} ms CPU with {ITEMS} open,")
    print(f"  {sum(costs[-50:]) / 50:.2f} ms with the last 50 open")


def environment() -> Environment:
    return Environment(datetime(2026, 3, 2, tzinfo=UTC), lambda *_: Decided(None))


def tell_loop() -> None:
    """5,000 rounds: of a script in one command, and of a user task in one command each."""
    count = '<zeebe:script expression="=n + 1" resultVariable="n"/>'
    script = f'<scriptTask id="N"><extensionElements>{count}</extensionElements></scriptTask>'
    for name, task in (("script", script), ("user task", user_task("N"))):
        body = f'<startEvent id="Begin"/><exclusiveGateway id="Again"/>{task}'
        body += '<exclusiveGateway id="More" default="More_Done"/>'
        body += flow("Begin", "Again") + flow("Again", "N") + flow("N", "More") + '<endEvent id="Done"/>'
        body += flow("More", "Again", f"=n &lt; {ROUNDS}") + flow("More", "Done")
        definition = engine.compile_process(diagram("P", body), "loop.bpmn")[0]
        begun = time.process_time()
        outcome = engine.start(definition, {"n": 0}, environment())
        rounds = 0
        while name == "user task" and outcome.snapshot is not None:
            rounds += 1
            token = engine.waiting(outcome.snapshot)[0][0]
            outcome = engine.complete_task(definition, outcome.snapshot, token, {"n": rounds}, environment())
        print(f"loop of {ROUNDS} rounds of a {name}: {outcome.state}, {time.process_time() - begun:.2f} s CPU")


def tell_chain() -> None:
    """1,000 elements in a row: compiled and run."""
    names = [f"M{n}" for n in range(LENGTH)]
    elements = "".join(f'<manualTask id="{name}"/>' for name in names)
    begun = time.process_time()
    definition = engine.compile_process(diagram("P", in_a_row(names, elements)), "chain.bpmn")[0]
    compiled = time.process_time()
    outcome = engine.start(definition, {}, environment())
    ran = time.process_time() - compiled
    print(f"chain of {LENGTH}: compiled in {compiled - begun:.2f} s, {outcome.state} in {ran:.2f} s CPU")


if __name__ == "__main__":
    main()
