"""Two at once on one case, each on a connection of its own: one wins, and the case is as if they had come in turn."""

import threading
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from kfflow.domain.authorization import Actor, Role
from kfflow.errors import Conflict, TaskTaken
from kfflow.persistence.tables import Case, HistoryEvent, Job, MessageSubscription, ProcessInstance, Timer, UserTask
from kfflow.service import deployments, instances, jobs, messages, tasks, timers
from kfflow.service.accounts import SYSTEM
from tests.unit.engine.drawing import chain, diagram, end, extended, node, start, timer

ROUNDS = 50
GROUPS = frozenset({"sagsbehandler"})
METTE = Actor("mette", "Mette", frozenset(Role), GROUPS, national=True)
OLE = Actor("ole", "Ole", frozenset(Role), GROUPS, national=True)
ROOT = (
    '<bpmn:message id="News" name="nyt"><bpmn:extensionElements><zeebe:subscription correlationKey="=sagsnummer"/>'
    "</bpmn:extensionElements></bpmn:message>"
)
OFFERED = extended('<zeebe:userTask/><zeebe:assignmentDefinition candidateGroups="sagsbehandler"/>')


def offered(identity):
    return node("userTask", identity, OFFERED)


TASK = diagram(start() + offered("A") + end() + chain("Begin", "A", "Done"))
FORK = diagram(
    start() + node("parallelGateway", "Fork") + offered("A") + offered("B") + node("parallelGateway", "Join") + end()
    + chain("Begin", "Fork", "A", "Join", "Done") + chain("Fork", "B", "Join")
)  # fmt: skip
JOB = diagram(
    start() + node("serviceTask", "Job", extended('<zeebe:taskDefinition type="race"/>')) + end()
    + chain("Begin", "Job", "Done")
)  # fmt: skip
LATE_OR_NEWS = diagram(
    start() + offered("A") + end()
    + node("boundaryEvent", "Late", timer("timeDuration", "PT1H"), attachedToRef="A")
    + node("boundaryEvent", "Heard", '<bpmn:messageEventDefinition messageRef="News"/>', attachedToRef="A")
    + offered("AfterLate") + offered("AfterNews") + chain("Begin", "A", "Done")
    + chain("Late", "AfterLate", "Done") + chain("Heard", "AfterNews", "Done"),
    ROOT,
)  # fmt: skip


def at_once(*acts):
    """Run all at the same time; gives what each returned or raised, in order."""
    answers, gate = [None] * len(acts), threading.Barrier(len(acts))

    def run(place):
        gate.wait()
        try:
            answers[place] = acts[place]()
        except Conflict as refused:
            answers[place] = refused

    threads = [threading.Thread(target=run, args=[place]) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.fixture
def race(service):
    return Race(service)


class Race:
    """Cases of one diagram, and the commands that race on them."""

    def __init__(self, service):
        self.service = service

    def deploy(self, source):
        with self.service.command(SYSTEM) as ctx:
            deployments.deploy(ctx, [("race.bpmn", source)])

    def begin(self, number):
        with self.service.command(METTE) as ctx:
            return instances.create(ctx, process_id="P", variables={}, business_key=number).key

    def waiting(self, table, instance, state="CREATED"):
        found = select(table).where(table.instance_key == instance, table.state == state)
        with self.service.database.transaction() as session:
            return {row.element_id: row.key for row in session.scalars(found.order_by(table.key))}

    def instance(self, key):
        with self.service.database.transaction() as session:
            return session.get_one(ProcessInstance, key)

    def count(self, instance, kind, element):
        told = select(func.count()).where(
            HistoryEvent.instance_key == instance, HistoryEvent.kind == kind, HistoryEvent.element_id == element
        )
        with self.service.database.transaction() as session:
            return session.scalar(told)

    def by(self, actor, command, *arguments, **named):
        """Give the act that runs a command as somebody."""

        def act():
            with self.service.command(actor) as ctx:
                return command(ctx, *arguments, **named)

        return act


def test_of_two_who_complete_one_task_one_wins_and_the_other_is_told_who_and_when(race):
    race.deploy(TASK)
    wins = Counter()
    for turn in range(ROUNDS):
        instance = race.begin(f"R-{turn}")
        key = race.waiting(UserTask, instance)["A"]
        answers = at_once(*(race.by(who, tasks.complete, key, variables={"by": who.username}) for who in (METTE, OLE)))
        (refused,) = (answer for answer in answers if isinstance(answer, TaskTaken))
        winner = (OLE, METTE)[answers.index(refused)]
        assert refused.message_en == f"The task was already completed by {winner.username} on 24.11.2026 at 09.00."
        assert race.instance(instance).variables["by"] == winner.username
        assert race.count(instance, "ELEMENT_COMPLETED", "A") == 1
        wins[winner.username] += 1
    assert wins.total() == ROUNDS


def test_branches_of_one_case_completed_at_once_both_count(race):
    race.deploy(FORK)
    for turn in range(ROUNDS):
        instance = race.begin(f"F-{turn}")
        keys = race.waiting(UserTask, instance)
        acts = [race.by(METTE, tasks.complete, key, variables={name: turn}) for name, key in keys.items()]
        assert [type(answer) for answer in at_once(*acts) if isinstance(answer, Exception)] == []
        ended = race.instance(instance)
        assert (ended.state, ended.revision, ended.variables["A"], ended.variables["B"]) == ("COMPLETED", 3, turn, turn)
        assert race.count(instance, "ELEMENT_COMPLETED", "Join") == 1


def test_of_a_message_and_a_timer_on_one_task_exactly_one_interrupts_it(race, clock):
    race.deploy(LATE_OR_NEWS)
    for turn in range(ROUNDS):
        instance = race.begin(f"M-{turn}")
        clock.at += timedelta(hours=2)
        late = race.waiting(Timer, instance, "ARMED")["Late"]
        at_once(
            race.by(SYSTEM, timers.fire, late),
            race.by(SYSTEM, messages.publish, name="nyt", correlation_key=f"M-{turn}", variables={}),
        )
        assert len(race.waiting(UserTask, instance)) == 1
        assert race.count(instance, "ELEMENT_CANCELED", "A") == 1
        assert (
            race.count(instance, "ELEMENT_COMPLETED", "Late") + race.count(instance, "ELEMENT_COMPLETED", "Heard") == 1
        )
        assert race.waiting(Timer, instance, "ARMED") == race.waiting(MessageSubscription, instance, "OPEN") == {}


def test_a_job_completed_while_its_case_is_canceled_is_one_or_the_other(race):
    race.deploy(JOB)
    for turn in range(ROUNDS):
        instance = race.begin(f"J-{turn}")
        key = race.waiting(Job, instance)["Job"]
        done, canceled = at_once(
            race.by(SYSTEM, jobs.complete, key, {"done": True}), race.by(METTE, instances.cancel, instance)
        )
        state = race.instance(instance).state
        assert isinstance(done, Conflict) is (state == "TERMINATED")
        assert isinstance(canceled, Conflict) is (state == "COMPLETED")
        assert race.count(instance, f"INSTANCE_{state}", "P") == 1


def test_of_two_workers_on_one_job_one_gets_the_lease(race):
    race.deploy(JOB)
    for turn in range(ROUNDS):
        key = race.waiting(Job, race.begin(f"L-{turn}"))["Job"]
        lease = {"timeout": timedelta(minutes=1)}
        leased = at_once(*(race.by(SYSTEM, jobs.lease, key, worker=name, **lease) for name in ("first", "second")))
        assert [job is None for job in leased].count(True) == 1


def test_of_two_workers_on_one_timer_one_fires_it(race, clock):
    race.deploy(LATE_OR_NEWS)
    for turn in range(ROUNDS):
        instance = race.begin(f"T-{turn}")
        clock.at += timedelta(hours=2)
        late = race.waiting(Timer, instance, "ARMED")["Late"]
        fired = at_once(race.by(SYSTEM, timers.fire, late), race.by(SYSTEM, timers.fire, late))
        assert sorted(fired) == [False, True]
        assert race.count(instance, "ELEMENT_COMPLETED", "Late") == 1


def test_two_that_open_a_case_of_one_number_at_once_get_one_case(service):
    with service.command(SYSTEM) as ctx:
        deployments.deploy(ctx, [("p.bpmn", TASK)])

    def begin(number):
        with service.command(METTE) as ctx:
            return instances.create(ctx, process_id="P", variables={}, business_key=number).case_number

    for n in range(ROUNDS):
        answers = at_once(*[lambda number=f"2026-{n}": begin(number)] * 2)
        told = {a if isinstance(a, str) else a.message_en for a in answers}
        refusal = "Somebody else has just opened a case of this number. Try again; it will belong to that case."
        assert told in ({f"2026-{n}"}, {f"2026-{n}", refusal})
        assert begin(f"2026-{n}") == f"2026-{n}"


def test_a_case_that_is_joined_while_its_last_instance_ends_stays_open(service):
    with service.command(SYSTEM) as ctx:
        deployments.deploy(ctx, [("p.bpmn", TASK)])

    def begin(number):
        with service.command(METTE) as ctx:
            return instances.create(ctx, process_id="P", variables={}, business_key=number).key

    def end(key):
        with service.command(OLE) as ctx:
            instances.cancel(ctx, key)

    for n in range(ROUNDS):
        first = begin(f"2026-{n}")
        at_once(lambda n=n: begin(f"2026-{n}"), lambda first=first: end(first))
    with service.database.transaction() as session:
        states = session.execute(select(Case.state, func.count()).group_by(Case.state)).all()
    assert [tuple(row) for row in states] == [("ACTIVE", ROUNDS)]
