"""What workers do beside their work: they show that they live, free what the dead held, and find orphans."""

from datetime import timedelta

from sqlalchemy import select, update

from kfflow.errors import Unavailable
from kfflow.jobs import handlers
from kfflow.jobs.pulse import Pulse
from kfflow.jobs.worker import Worker
from kfflow.persistence.tables import Incident, Job, ProcessInstance, UserTask, WorkerProcess
from kfflow.service import deployments, incidents, instances, jobs, messages, orphans, workers
from kfflow.service.accounts import SYSTEM
from kfflow.service.context import Bell
from tests.integration.service import diagrams

LEASE = timedelta(minutes=5)


def start(service, *elements, ids):
    with service.command(SYSTEM) as ctx:
        deployments.deploy(ctx, [("p.bpmn", diagrams.sequence("proces", *elements, ids=ids))])
    with service.command(SYSTEM) as ctx:
        return instances.create(ctx, process_id="proces", variables={}).key


def start_with_job(service, job_type):
    start(service, diagrams.service_task("Kald", job_type), ids=["Kald"])
    with service.database.transaction() as session:
        return session.scalars(select(Job.key)).one()


def lease(service, key, name):
    with service.command(SYSTEM) as ctx:
        return jobs.lease(ctx, key, worker=name, timeout=LEASE)


def one(service, table):
    with service.database.transaction() as session:
        return session.scalars(select(table)).one()


def test_a_running_instance_that_waits_for_something_is_no_orphan(service):
    start(service, diagrams.user_task("Opgave"), ids=["Opgave"])
    with service.command(SYSTEM) as ctx:
        assert orphans.report(ctx) == []


def test_a_planted_orphan_becomes_an_incident_once(service):
    key = start(service, diagrams.user_task("Opgave"), ids=["Opgave"])
    with service.database.transaction() as session:
        session.execute(update(UserTask).values(state="CANCELED"))
    for expected in ([key], []):
        with service.command(SYSTEM) as ctx:
            assert orphans.report(ctx) == expected
    incident = one(service, Incident)
    assert (incident.kind, incident.state, incident.instance_key) == ("ORPHAN_TOKEN", "ACTIVE", key)
    with service.command(SYSTEM) as ctx:
        incidents.resolve(ctx, incident.key)
    with service.command(SYSTEM) as ctx:
        assert orphans.report(ctx) == []


def test_an_instance_that_waits_for_the_process_it_called_is_no_orphan(service):
    inner = diagrams.sequence("indre", diagrams.user_task("Inde"), ids=["Inde"])
    with service.command(SYSTEM) as ctx:
        deployments.deploy(ctx, [("indre.bpmn", inner)])
    start(service, diagrams.call_activity("Kald", "indre"), ids=["Kald"])
    with service.command(SYSTEM) as ctx:
        assert orphans.report(ctx) == []


def test_a_beat_finds_an_orphan_without_being_asked(service):
    start(service, diagrams.user_task("Opgave"), ids=["Opgave"])
    with service.database.transaction() as session:
        session.execute(update(UserTask).values(state="CANCELED"))
    Pulse(service, "a").beat()
    assert one(service, Incident).kind == "ORPHAN_TOKEN"


def test_a_beat_tells_that_the_worker_lives(service, clock):
    worker = Worker(service)
    worker.drain()
    worker.pulse.beat()
    clock.at += timedelta(seconds=3)
    worker.pulse.beat()
    seen = one(service, WorkerProcess)
    assert (seen.name, seen.seen_at, clock.at - seen.started_at) == (worker.name, clock.at, timedelta(seconds=3))
    worker.pulse.leave()
    with service.database.transaction() as session:
        assert session.scalars(select(WorkerProcess)).all() == []


def test_what_a_killed_worker_had_leased_is_given_back(service, clock):
    key = start_with_job(service, "ukendt")
    Pulse(service, "dræbt").beat()
    assert lease(service, key, "dræbt") is not None
    clock.at += workers.LOST_AFTER
    Pulse(service, "anden").beat()
    assert lease(service, key, "anden") is None
    clock.at += timedelta(seconds=1)
    Pulse(service, "anden").beat()
    assert lease(service, key, "anden").attempts == 2


def test_a_job_that_kills_its_workers_waits_for_a_person(service, clock):
    key = start_with_job(service, "ukendt")
    for number in range(workers.MOST_ATTEMPTS):
        Pulse(service, f"w{number}").beat()
        assert lease(service, key, f"w{number}") is not None
        clock.at += workers.LOST_AFTER + timedelta(seconds=1)
        with service.command(SYSTEM) as ctx:
            workers.bury(ctx)
    assert lease(service, key, "anden") is None
    assert (one(service, Incident).kind, one(service, Job).retries) == ("JOB_NO_RETRIES", 0)


def test_a_bell_for_an_outside_workers_job_leaves_the_job_alone(service, worker):
    key = start_with_job(service, "en_andens_arbejde")
    assert worker.work(Bell("job", key)) is False
    assert (one(service, Job).attempts, one(service, Job).lease_until) == (0, None)


def test_a_bell_for_a_due_job_is_answered_and_counted(service, worker):
    @handlers.handler("ringet_efter")
    def work(_context, _variables):
        return {}

    key = start_with_job(service, "ringet_efter")
    assert worker.answer([Bell("job", key)]) == 1
    assert (worker.pulse.rung, worker.pulse.swept, one(service, ProcessInstance).state) == (1, 0, "COMPLETED")


def test_the_bell_of_a_subscription_delivers_the_message_that_came_before_it(service, worker):
    root = diagrams.message("M1", "svar", "=noegle")
    source = diagrams.sequence("hoering", diagrams.message_catch("Afvent", "M1"), ids=["Afvent"], root=root)
    with service.command(SYSTEM) as ctx:
        deployments.deploy(ctx, [("p.bpmn", source)])
        messages.publish(ctx, name="svar", correlation_key="7", variables={}, ttl=timedelta(hours=1))
    with service.command(SYSTEM) as ctx:
        instances.create(ctx, process_id="hoering", variables={"noegle": "7"})
    assert worker.answer(ctx.bells) == 1
    assert one(service, ProcessInstance).state == "COMPLETED"


def test_the_bells_of_two_subscriptions_deliver_to_both(service, worker):
    root = diagrams.message("M1", "svar", "=noegle")
    source = diagrams.sequence("hoering", diagrams.message_catch("Afvent", "M1"), ids=["Afvent"], root=root)
    with service.command(SYSTEM) as ctx:
        deployments.deploy(ctx, [("p.bpmn", source)])
        for key in "78":
            messages.publish(ctx, name="svar", correlation_key=key, variables={}, ttl=timedelta(hours=1))
    with service.command(SYSTEM) as ctx:
        for key in "78":
            instances.create(ctx, process_id="hoering", variables={"noegle": key})
    assert worker.answer(ctx.bells) == 2


def test_a_lease_that_its_worker_never_heard_of_is_given_back(service):
    key = start_with_job(service, "ukendt")
    pulse = Pulse(service, "a")
    assert lease(service, key, "a") is not None
    with pulse.holding(key):
        pulse.beat()
        assert lease(service, key, "a") is None
    pulse.beat()
    assert lease(service, key, "a") is not None


def test_a_result_is_stored_when_the_database_is_back(service, worker):
    away = iter([True])

    @handlers.handler("afbrudt")
    def work(_context, _variables):
        return {}

    command = service.command

    def interrupted(*given, **named):
        waits = one(service, Job).lease_until is not None
        if waits and next(away, False):
            raise Unavailable
        return command(*given, **named)

    key = start_with_job(service, "afbrudt")
    service.command = interrupted
    assert worker.run_job(key) is True
    assert (one(service, Job).state, one(service, Job).attempts) == ("COMPLETED", 1)


def test_a_timer_that_cannot_fire_becomes_an_incident_and_keeps_nobody_waiting(service, clock, worker):
    key = start(service, diagrams.timer_catch("Vent", "PT1H"), ids=["Vent"])
    with service.database.transaction() as session:
        sound = session.get_one(ProcessInstance, key).snapshot
        session.execute(update(ProcessInstance).values(snapshot=b"broken"))
    clock.at += timedelta(hours=1)
    assert (worker.drain(), worker.drain()) == (0, 0)
    incident = one(service, Incident)
    assert (incident.kind, incident.element_id, incident.state) == ("TIMER_FAILED", "Vent", "ACTIVE")
    with service.database.transaction() as session:
        session.execute(update(ProcessInstance).values(snapshot=sound))
    with service.command(SYSTEM) as ctx:
        incidents.resolve(ctx, incident.key)
    assert (worker.drain(), one(service, ProcessInstance).state) == (1, "COMPLETED")
