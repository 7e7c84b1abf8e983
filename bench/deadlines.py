"""Forty thousand waiting timers and as many deadlines after a day without a worker: none missed, none twice.

Each case waits at a timer and at a task with a deadline; all of them fall due while nobody works. Then one worker
catches up, beside bare commits of one update and one insert in the same run. At last a closed day moves as many
deadlines that still run.
"""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import func, select, text

from bench._many import multiply
from bench._postgres import migrated
from bench.completions import ACTOR, Bare
from bench.timers import BARE_COMMITS, clocked
from kfflow.jobs.worker import Worker
from kfflow.persistence.database import Database
from kfflow.persistence.tables import Deadline, DeadlineEntry, Timer
from kfflow.service import calendars, deployments, instances
from kfflow.service.calendars import Grounds
from kfflow.service.context import Service, SettableClock

CASES = 40_000
TURNS = 40
"""How often bare commits are measured between the worker's turns."""
BEGUN = datetime(2026, 11, 24, 8, tzinfo=UTC)
TABLES = ("case", "process_instance", "timer", "user_task", "deadline", "deadline_entry")
WAITS = b"""<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:kf="urn:kfflow:bpmn:1"
 xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" targetNamespace="urn:bench">
<bpmn:process id="venter" isExecutable="true"><bpmn:startEvent id="Begynd"/><bpmn:parallelGateway id="Del"/>
<bpmn:intermediateCatchEvent id="Vent"><bpmn:timerEventDefinition id="T"><bpmn:timeDuration>PT6H</bpmn:timeDuration>
</bpmn:timerEventDefinition></bpmn:intermediateCatchEvent><bpmn:parallelGateway id="Saml"/>
<bpmn:userTask id="Opgave" name="Opgave"><bpmn:extensionElements><zeebe:userTask/>
<kf:deadline rule="%s" kind="internal" hjemmel="bench" escalateTo="g"/>
<zeebe:assignmentDefinition candidateGroups="g"/></bpmn:extensionElements></bpmn:userTask><bpmn:endEvent id="Slut"/>
<bpmn:sequenceFlow id="f0" sourceRef="Begynd" targetRef="Del"/>
<bpmn:sequenceFlow id="f1" sourceRef="Del" targetRef="Vent"/>
<bpmn:sequenceFlow id="f2" sourceRef="Del" targetRef="Opgave"/>
<bpmn:sequenceFlow id="f3" sourceRef="Vent" targetRef="Saml"/>
<bpmn:sequenceFlow id="f4" sourceRef="Opgave" targetRef="Saml"/>
<bpmn:sequenceFlow id="f5" sourceRef="Saml" targetRef="Slut"/>
</bpmn:process></bpmn:definitions>"""


def main() -> None:
    with migrated() as database:
        catch_up(database)
    with migrated() as database:
        follow(database)


def catch_up(database: Database) -> None:
    """Everything falls due while no worker runs; one worker then works it off."""
    service = wait(database, b"8 H")
    service.clock.at = BEGUN + timedelta(hours=30)
    worker, bare = Worker(service), Bare(database.url)
    limit, noting = Turns(bare), clocked(lambda: drained(worker.note_deadlines))
    firing = limit.beside(worker.fire_due)
    with database.transaction() as session:
        kinds = select(DeadlineEntry.kind, func.count()).group_by(DeadlineEntry.kind)
        entered = dict(session.execute(kinds).all())
        fired = session.scalar(select(func.count()).select_from(Timer).where(Timer.state == "FIRED"))
    assert entered == {"START": CASES, "WARNED": CASES, "BREACHED": CASES}, entered
    assert fired == CASES, fired
    print(f"{datetime.now(tz=UTC):%Y-%m-%d}: {CASES} deadlines and {CASES} timers after a day: none missed, none twice")
    print(f"bare update + insert + commit       {limit.ms:.3f} ms")
    each = noting / CASES * 1000
    print(f"warning and breach of one deadline  {each:.3f} ms, {limit.ms / each:.1f} x the bare commit rate")
    each = firing / CASES * 1000
    print(f"firing of one timer                 {each:.3f} ms, {limit.ms / each:.2f} x the bare commit rate")


def follow(database: Database) -> None:
    """A day is closed that every running deadline counts."""
    service = wait(database, b"10 AD")
    with service.command(ACTOR) as ctx:
        calendars.close(ctx, date(2026, 12, 1), Grounds("bench"))
    worker, bare = Worker(service), Bare(database.url)
    limit = Turns(bare)
    following = limit.beside(worker.follow_calendars)
    with database.transaction() as session:
        moved = session.scalar(select(func.count()).where(DeadlineEntry.kind == "RECOMPUTE"))
        due = session.execute(select(Deadline.due_at).distinct()).all()
    assert (moved, len(due)) == (CASES, 1), (moved, due)
    each = following / CASES * 1000
    print(f"reckoning one deadline anew         {each:.3f} ms, {limit.ms / each:.2f} x the bare commit rate")


class Turns:
    """Bare commits measured in turns with the work beside which they stand."""

    def __init__(self, bare: Bare) -> None:
        self.bare, self.spent, self.commits = bare, 0.0, 0

    def beside(self, act) -> float:
        """Act until nothing is left; gives the seconds that took."""
        spent, turn, done = 0.0, 0, 1
        while done:
            if turn % TURNS == 0:
                self.spent += clocked(lambda: [self.bare.commit() for _ in range(BARE_COMMITS)])
                self.commits += BARE_COMMITS
            results: list[int] = []
            spent += clocked(lambda: results.append(act()))  # noqa: B023 - called at once
            done, turn = results[0], turn + 1
        return spent

    @property
    def ms(self) -> float:
        return self.spent / self.commits * 1000


def drained(act) -> None:
    while act():
        pass


def wait(database: Database, rule: bytes) -> Service:
    """Give a service whose clock stands where many cases began to wait."""
    service = Service(database, clock=SettableClock(BEGUN))
    service.publish_alone = True
    with service.command(ACTOR) as ctx:
        deployments.deploy(ctx, [("venter.bpmn", WAITS % rule)])
        instances.create(ctx, process_id="venter", variables={"sag": 1})
    multiply(database, TABLES, CASES)
    with database.transaction() as session:
        session.execute(
            text("SELECT setval(pg_get_serial_sequence('deadline_entry', 'key'), max(key)) FROM deadline_entry")
        )
    return service


if __name__ == "__main__":
    main()
