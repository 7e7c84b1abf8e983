"""Timers on the database: fired once by any number of workers, caught up with after downtime, moved by people."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from kfflow.domain.authorization import Actor, Role
from kfflow.errors import Conflict, Forbidden, InvalidInput, NotFound
from kfflow.jobs.worker import Worker
from kfflow.persistence.tables import AuditEvent, HistoryEvent, ProcessInstance, Timer, UserTask
from kfflow.service import deployments, instances, tasks, timers
from kfflow.service.accounts import SYSTEM
from kfflow.service.context import Service
from tests.integration.service import diagrams

HOUR = timedelta(hours=1)
LEADER = Actor("lea", "Lea", frozenset({Role.SUPERVISOR}), institution="SDO", area="vest")
GROUPS = frozenset({"sagsbehandler"})
CASEWORKER = Actor("mette", "Mette", frozenset({Role.CASEWORKER}), GROUPS, institution="SDO", area="vest")
NYBORG = Actor("nina", "Nina", frozenset({Role.SUPERVISOR}), institution="NYB", area="vest")
WAITING = diagrams.sequence("venter", diagrams.timer_catch("Vent", "PT2H"), ids=["Vent"])


def recurring(cycle, said=""):
    """A process that a timer starts, with a task in each case."""
    begin = f"""<bpmn:startEvent id="Hver"><bpmn:extensionElements>{said}</bpmn:extensionElements>
      <bpmn:timerEventDefinition id="T"><bpmn:timeCycle>{cycle}</bpmn:timeCycle></bpmn:timerEventDefinition>
      </bpmn:startEvent>"""
    flows = (
        '<bpmn:sequenceFlow id="f0" sourceRef="Hver" targetRef="Se"/>'
        '<bpmn:sequenceFlow id="f1" sourceRef="Se" targetRef="Slut"/>'
    )
    body = f'{begin}{diagrams.user_task("Se")}<bpmn:endEvent id="Slut"/>{flows}'
    process = f'<bpmn:process id="tilbagevendende" isExecutable="true">{body}</bpmn:process>'
    return f"{diagrams.HEAD}{process}</bpmn:definitions>".encode()


def limited(said=""):
    """A task with a time limit that takes it away."""
    limit = f"""<bpmn:boundaryEvent id="Graense" attachedToRef="Vurder"><bpmn:extensionElements>{said}
      </bpmn:extensionElements><bpmn:timerEventDefinition id="T"><bpmn:timeDuration>PT2H</bpmn:timeDuration>
      </bpmn:timerEventDefinition></bpmn:boundaryEvent><bpmn:endEvent id="ForSent"/>
      <bpmn:sequenceFlow id="sent" sourceRef="Graense" targetRef="ForSent"/>"""
    return diagrams.sequence("begraenset", diagrams.user_task("Vurder"), limit, ids=["Vurder"])


def deploy(service, source):
    with service.command(SYSTEM) as ctx:
        deployments.deploy(ctx, [("p.bpmn", source)])


def start(service, source, process_id, count=1):
    deploy(service, source)
    for _ in range(count):
        with service.command(CASEWORKER) as ctx:
            key = instances.create(ctx, process_id=process_id, variables={}).key
    return key


def one(service, table, *conditions):
    with service.database.transaction() as session:
        return session.scalars(select(table).where(*conditions)).one()


def count(service, table, *conditions):
    with service.database.transaction() as session:
        return session.scalar(select(func.count()).select_from(table).where(*conditions))


def move(service, key, due_at, reason="aftalt", actor=LEADER):
    with service.command(actor) as ctx:
        return timers.reschedule(ctx, key, due_at, reason)


# ------------------------------------------------------------ firing


def together(*acts):
    """Let threads begin at the same moment; gives what each returned or raised."""
    gate, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place, act):
        gate.wait()
        try:
            results[place] = act()
        except Exception as problem:  # noqa: BLE001 - what was raised is the result
            results[place] = problem

    threads = [threading.Thread(target=run, args=[n, act]) for n, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_four_workers_fire_each_of_many_due_timers_once_and_together_all(service, clock):
    start(service, WAITING, "venter", count=40)
    clock.at += 3 * HOUR
    fired = together(*[Worker(service).fire_due for _ in range(4)])
    for problem in [one for one in fired if isinstance(one, Exception)]:
        raise problem
    assert sum(fired) == 40
    assert count(service, ProcessInstance, ProcessInstance.state == "COMPLETED") == 40
    assert count(service, HistoryEvent, HistoryEvent.kind == "INSTANCE_COMPLETED") == 40


def test_a_time_limit_and_a_completion_at_the_same_moment_end_the_task_once(service, clock):
    deploy(service, limited())
    for _ in range(10):
        with service.command(CASEWORKER) as ctx:
            key = instances.create(ctx, process_id="begraenset", variables={}).key
        task, timer = (
            one(service, UserTask, UserTask.instance_key == key),
            one(service, Timer, Timer.instance_key == key),
        )
        clock.at += 3 * HOUR

        def complete(task=task):
            with service.command(CASEWORKER) as ctx:
                return tasks.complete(ctx, task.key, variables={}).state

        def fire(timer=timer):
            with service.command(SYSTEM) as ctx:
                return timers.fire(ctx, timer.key)

        completed, fired = together(complete, fire)
        ended = count(service, HistoryEvent, HistoryEvent.instance_key == key, HistoryEvent.element_type == "endEvent")
        assert (completed == "COMPLETED") != (fired is True)
        assert (one(service, ProcessInstance, ProcessInstance.key == key).state, ended) == ("COMPLETED", 2)


def test_no_timer_fires_before_the_database_says_so_whatever_this_machine_believes(database, service, monkeypatch):
    start(service, WAITING, "venter")
    real = Service(database)
    with database.transaction() as session:
        session.execute(update(Timer).values(due_at=func.now() + HOUR))
    for skew in (timedelta(days=-1), timedelta(days=1)):
        skewed = datetime.now(UTC) + skew
        monkeypatch.setattr("time.time", skewed.timestamp)
        assert Worker(real).fire_due() == 0
    with database.transaction() as session:
        session.execute(update(Timer).values(due_at=func.now()))
    assert Worker(real).fire_due() == 1


def test_a_timer_of_a_case_that_somebody_holds_is_passed_over_and_fires_later(service, clock):
    first = start(service, WAITING, "venter", count=2)
    clock.at += 3 * HOUR
    worker = Worker(service)
    with service.database.transaction() as session:
        session.execute(select(ProcessInstance).where(ProcessInstance.key == first).with_for_update())
        assert worker.fire_due() == 1
    assert worker.fire_due() == 1


def test_timers_due_at_once_fire_in_the_order_in_which_they_were_armed(service, clock):
    start(service, WAITING, "venter", count=3)
    with service.database.transaction() as session:
        keys = list(session.scalars(select(Timer.key).order_by(Timer.key)))
        for later in (HOUR, -HOUR):  # after this the first row stands behind the others
            session.execute(update(Timer).where(Timer.key == keys[0]).values(due_at=Timer.due_at + later))
    clock.at += 3 * HOUR
    fired = []
    for _ in keys:
        with service.command(SYSTEM) as ctx:
            claimed = timers.claim_next(ctx)
            fired.append(claimed.key)
            timers.fire_claimed(ctx, claimed)
    assert fired == keys


# ------------------------------------------------------------ after downtime


@pytest.mark.parametrize(("policy", "counts"), [("all", (3, 0)), ("once", (1, 2)), ("skip", (0, 3))])
def test_rounds_of_a_process_start_missed_while_no_worker_ran(service, clock, worker, policy, counts):
    cases, missed = counts
    deploy(service, recurring("R/PT1H", f'<kf:timer catchUp="{policy}" lateAfter="PT10M"/>'))
    deployed_at = clock.at
    clock.at += 3 * HOUR + timedelta(minutes=30)
    worker.drain()
    assert count(service, ProcessInstance) == cases
    assert one(service, Timer, Timer.state == "ARMED").due_at == deployed_at + 4 * HOUR
    with service.database.transaction() as session:
        told = session.scalars(select(AuditEvent.data).where(AuditEvent.verb == "service:timer:missed")).all()
    assert [line["rounds"] for line in told] == ([missed] if missed else [])


def test_a_process_start_repeats_as_often_as_it_says(service, clock, worker):
    deploy(service, recurring("R3/PT1H"))
    for _ in range(5):
        clock.at += HOUR
        worker.drain()
    assert (count(service, ProcessInstance), count(service, Timer, Timer.state == "ARMED")) == (3, 0)


def test_a_time_limit_that_is_skipped_after_downtime_leaves_the_task_open(service, clock, worker):
    start(service, limited('<kf:timer catchUp="skip"/>'), "begraenset")
    clock.at += 3 * HOUR
    worker.drain()
    assert (one(service, UserTask).state, one(service, Timer).state) == ("CREATED", "CANCELED")
    assert one(service, HistoryEvent, HistoryEvent.kind == "TIMER_ROUNDS_MISSED").data["rounds"] == 1


def test_a_process_start_that_cannot_be_carried_out_is_given_up_once_and_can_be_armed_again(service, clock, worker):
    deploy(service, recurring("R/PT1H"))
    clock.at += HOUR
    with service.command(SYSTEM) as ctx:
        failed = timers.claim_next(ctx)
        timers.report_failed(ctx, failed.key, ("itu", "broken"))
    assert (one(service, Timer, Timer.key == failed.key).state, worker.fire_due()) == ("FAILED", 0)
    assert one(service, Timer, Timer.state == "ARMED").due_at == clock.at + HOUR
    with service.command(SYSTEM) as ctx:
        timers.reschedule(ctx, failed.key, ctx.at, "rettet")
    assert (worker.fire_due(), count(service, ProcessInstance)) == (1, 1)
    assert count(service, Timer, Timer.state == "ARMED") == 1


# ------------------------------------------------------------ another due date


def test_a_timer_that_is_moved_fires_at_its_new_time_and_history_says_why(service, clock, worker):
    start(service, WAITING, "venter")
    timer, began_at = one(service, Timer), clock.at
    move(service, timer.key, began_at + 5 * HOUR, "retsmødet er udsat")
    clock.at = began_at + 4 * HOUR
    assert worker.drain() == 0
    clock.at = began_at + 5 * HOUR
    assert worker.drain() == 1
    told = one(service, HistoryEvent, HistoryEvent.kind == "TIMER_RESCHEDULED")
    assert told.data == {
        "from": (began_at + 2 * HOUR).isoformat(),
        "to": (began_at + 5 * HOUR).isoformat(),
        "reason": "retsmødet er udsat",
    }
    audited = one(service, AuditEvent, AuditEvent.verb == "service:timer:reschedule")
    assert (audited.actor, audited.reason, audited.subject) == ("lea", "retsmødet er udsat", str(timer.key))


def test_a_moved_round_of_a_cycle_moves_those_after_it(service, clock, worker):
    deploy(service, recurring("R/PT2H"))
    moved_to = clock.at + 3 * HOUR
    move(service, one(service, Timer).key, moved_to)
    clock.at = moved_to
    worker.drain()
    assert one(service, Timer, Timer.state == "ARMED").due_at == moved_to + 2 * HOUR


def test_a_timer_is_not_moved_into_the_past_nor_without_a_reason(service, clock):
    start(service, WAITING, "venter")
    with pytest.raises(InvalidInput) as refused:
        move(service, one(service, Timer).key, clock.at - HOUR, " ")
    assert [problem.field for problem in refused.value.fields] == ["dueDate", "reason"]


def test_a_timer_that_fired_is_not_moved(service, clock, worker):
    start(service, WAITING, "venter")
    clock.at += 3 * HOUR
    worker.drain()
    with pytest.raises(Conflict):
        move(service, one(service, Timer).key, clock.at + HOUR)


def test_a_timer_is_moved_only_by_those_who_may_and_only_of_their_own_cases(service, clock):
    start(service, WAITING, "venter")
    key = one(service, Timer).key
    with pytest.raises(Forbidden):
        move(service, key, clock.at + HOUR, actor=CASEWORKER)
    with pytest.raises(NotFound):
        move(service, key, clock.at + HOUR, actor=NYBORG)


def test_a_start_timer_without_a_time_is_refused_at_deployment(service):
    with pytest.raises(InvalidInput, match="The timer of Hver gives no time: 'None'"):
        deploy(service, recurring("=ukendt"))


# ------------------------------------------------------------ a newer version


def test_a_running_case_keeps_its_timers_when_a_newer_version_is_deployed(service, clock):
    start(service, WAITING, "venter")
    deploy(service, WAITING.replace(b"PT2H", b"PT9H"))
    assert one(service, Timer).state == "ARMED"
    clock.at += 3 * HOUR
    assert Worker(service).fire_due() == 1
    assert one(service, ProcessInstance).state == "COMPLETED"
