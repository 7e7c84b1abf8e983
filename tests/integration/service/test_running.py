"""A case runs: tasks, jobs, timers, messages and called processes, through the commands."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from kfflow.domain.authorization import Actor, Role
from kfflow.domain.law import Validity
from kfflow.errors import Conflict, Forbidden, NotFound, TaskTaken
from kfflow.jobs import handlers
from kfflow.persistence.tables import (
    Case,
    Deadline,
    DeadlineEntry,
    HistoryEvent,
    Incident,
    Job,
    ProcessInstance,
    Timer,
    UserTask,
)
from kfflow.service import deployments, execution, incidents, instances, jobs, messages, tasks
from kfflow.service.accounts import SYSTEM
from kfflow.service.cases import CaseDetails
from tests.integration.service import diagrams

GROUPS = frozenset({"sagsbehandler", "betjent"})
METTE = Actor("mette", "Mette", frozenset({Role.CASEWORKER}), GROUPS, institution="SDO", area="vest")
OLE = Actor("ole", "Ole", frozenset({Role.CASEWORKER}), GROUPS, institution="SDO", area="vest")
NYBORG = Actor("nina", "Nina", frozenset({Role.CASEWORKER}), GROUPS, institution="NYB", area="vest")
LEADER = Actor("lea", "Lea", frozenset({Role.SUPERVISOR}), GROUPS, institution="SDO", area="vest")


def deploy(service, *sources):
    with service.command(SYSTEM) as ctx:
        return deployments.deploy(ctx, [(f"p{n}.bpmn", s) for n, s in enumerate(sources)])


def create(service, process_id, variables=None, actor=METTE, **named):
    with service.command(actor) as ctx:
        return instances.create(ctx, process_id=process_id, variables=variables or {}, **named)


def open_tasks(service, state="CREATED"):
    with service.database.transaction() as session:
        return list(session.scalars(select(UserTask).where(UserTask.state == state).order_by(UserTask.key)))


def complete(service, task, variables=None, actor=METTE):
    with service.command(actor) as ctx:
        return tasks.complete(ctx, task.key, variables=variables or {})


def instance_of(service, key):
    with service.database.transaction() as session:
        return session.get_one(ProcessInstance, key)


def two_tasks():
    return diagrams.sequence("to_trin", diagrams.user_task("Foerst"), diagrams.user_task("Saa"), ids=["Foerst", "Saa"])


def test_tasks_open_one_after_the_other_and_the_case_closes(service):
    deploy(service, two_tasks())
    instance = create(service, "to_trin", {"navn": "x"})
    assert [t.element_id for t in open_tasks(service)] == ["Foerst"]
    complete(service, open_tasks(service)[0], {"svar": 1})
    assert [t.element_id for t in open_tasks(service)] == ["Saa"]
    done = complete(service, open_tasks(service)[0])
    ended = instance_of(service, instance.key)
    assert (done.state, done.completed_by) == ("COMPLETED", "mette")
    assert (ended.state, ended.snapshot, ended.variables["svar"]) == ("COMPLETED", None, 1)
    with service.database.transaction() as session:
        assert session.scalars(select(Case)).one().state == "COMPLETED"
        kinds = set(session.scalars(select(HistoryEvent.kind)))
    assert {"INSTANCE_STARTED", "ELEMENT_ACTIVATED", "ELEMENT_COMPLETED", "INSTANCE_COMPLETED"} <= kinds


def test_completing_a_completed_task_says_who_and_when(service):
    deploy(service, two_tasks())
    create(service, "to_trin")
    task = open_tasks(service)[0]
    complete(service, task)
    with pytest.raises(TaskTaken, match=r"completed by mette on 24\.11\.2026 at 09\.00\."):
        complete(service, task, actor=OLE)


def test_a_task_held_by_another_is_refused(service):
    deploy(service, two_tasks())
    create(service, "to_trin")
    task = open_tasks(service)[0]
    with service.command(METTE) as ctx:
        tasks.claim(ctx, task.key)
    with pytest.raises(TaskTaken, match=r"held by mette since 24\.11\.2026 at 09\.00\."):
        complete(service, task, actor=OLE)


def test_another_institutions_task_does_not_exist(service):
    deploy(service, two_tasks())
    create(service, "to_trin")
    with pytest.raises(NotFound):
        complete(service, open_tasks(service)[0], actor=NYBORG)


def test_a_caseworker_may_not_assign_to_others(service):
    deploy(service, two_tasks())
    create(service, "to_trin")
    task = open_tasks(service)[0]
    with pytest.raises(Forbidden), service.command(METTE) as ctx:
        tasks.assign(ctx, task.key, assignee="sagsbehandler")
    with service.command(LEADER) as ctx:
        assert tasks.assign(ctx, task.key, assignee="sagsbehandler").assignee == "sagsbehandler"


def test_four_eyes_keeps_the_same_person_from_both_steps(service):
    second = diagrams.user_task("Saa", extra='<kf:fourEyes differentFrom="Foerst"/>')
    deploy(service, diagrams.sequence("fire", diagrams.user_task("Foerst"), second, ids=["Foerst", "Saa"]))
    create(service, "fire")
    complete(service, open_tasks(service)[0])
    with pytest.raises(Forbidden, match="four eyes"):
        complete(service, open_tasks(service)[0])
    assert complete(service, open_tasks(service)[0], actor=OLE).state == "COMPLETED"


def test_a_job_is_worked_by_an_outside_worker(service):
    deploy(service, diagrams.sequence("med_job", diagrams.service_task("Kald", "ekstern"), ids=["Kald"]))
    instance = create(service, "med_job", {"a": 1})
    with service.command(SYSTEM) as ctx:
        leased = jobs.activate(ctx, type="ekstern", worker="w1", timeout=timedelta(minutes=1), max_jobs=5)
        key = leased[0].key
        assert [j.variables["a"] for j in leased] == [1]
        assert jobs.activate(ctx, type="ekstern", worker="w2", timeout=timedelta(minutes=1), max_jobs=5) == []
        jobs.complete(ctx, key, {"b": 2})
    assert instance_of(service, instance.key).variables["b"] == 2
    with pytest.raises(Conflict), service.command(SYSTEM) as ctx:
        jobs.complete(ctx, key, {})


def test_a_handler_that_fails_is_retried_then_becomes_an_incident_that_can_be_resolved(service, clock, worker):
    runs = []

    @handlers.handler("vakler")
    def falters(_context, _variables):
        runs.append(1)
        if len(runs) <= 2:
            raise RuntimeError("ikke endnu")
        return {"klar": True}

    deploy(service, diagrams.sequence("vaklende", diagrams.service_task("Kald", "vakler", retries=2), ids=["Kald"]))
    instance = create(service, "vaklende")
    for _ in range(3):
        worker.drain()
        clock.at += timedelta(minutes=10)
    with service.database.transaction() as session:
        incident = session.scalars(select(Incident)).one()
        assert (incident.kind, incident.state) == ("JOB_NO_RETRIES", "ACTIVE")
        assert "RuntimeError: ikke endnu" in incident.message_da
        assert session.scalars(select(Job)).one().attempts == 2
    with service.command(LEADER) as ctx:
        incidents.resolve(ctx, incident.key)
    worker.drain()
    assert instance_of(service, instance.key).state == "COMPLETED"


def test_a_timer_fires_once_when_it_is_due_and_not_before(service, clock, worker):
    source = diagrams.sequence("venter", diagrams.timer_catch("Vent", "PT2H"), ids=["Vent"])
    deploy(service, source)
    instance = create(service, "venter")
    clock.at += timedelta(hours=1, minutes=59)
    assert worker.drain() == 0
    clock.at += timedelta(minutes=1)
    assert worker.drain() == 1
    assert worker.drain() == 0
    assert instance_of(service, instance.key).state == "COMPLETED"
    with service.database.transaction() as session:
        assert session.scalars(select(Timer)).one().state == "FIRED"


def waiting_for_answer():
    root = diagrams.message("M1", "svar", "=noegle")
    return diagrams.sequence("hoering", diagrams.message_catch("AfventSvar", "M1"), ids=["AfventSvar"], root=root)


def test_a_message_reaches_the_instance_with_its_key_and_no_other(service):
    deploy(service, waiting_for_answer())
    first, second = create(service, "hoering", {"noegle": "1"}), create(service, "hoering", {"noegle": "2"})
    with service.command(METTE) as ctx:
        messages.publish(ctx, name="svar", correlation_key="2", variables={"ja": True})
    assert [instance_of(service, i.key).state for i in (first, second)] == ["ACTIVE", "COMPLETED"]
    assert instance_of(service, second.key).variables["ja"] is True


def test_a_message_that_comes_early_is_kept_until_somebody_waits(service, worker):
    deploy(service, waiting_for_answer())
    with service.command(METTE) as ctx:
        messages.publish(ctx, name="svar", correlation_key="7", variables={}, ttl=timedelta(hours=1))
    instance = create(service, "hoering", {"noegle": "7"})
    worker.drain()
    assert instance_of(service, instance.key).state == "COMPLETED"


def test_the_same_message_id_is_refused_the_second_time(service):
    deploy(service, waiting_for_answer())
    for again in (False, True):
        named = {"name": "svar", "correlation_key": "9", "variables": {}, "message_id": "m-1"}
        if again:
            with pytest.raises(Conflict), service.command(METTE) as ctx:
                messages.publish(ctx, **named)
        else:
            with service.command(METTE) as ctx:
                messages.publish(ctx, **named)


def test_a_called_process_is_an_instance_of_its_own_in_the_same_case(service):
    inner = diagrams.sequence("indre", diagrams.user_task("Inde"), ids=["Inde"])
    outer = diagrams.sequence("ydre", diagrams.call_activity("Kald", "indre"), ids=["Kald"])
    deploy(service, inner, outer)
    instance = create(service, "ydre", {"x": 1})
    task = open_tasks(service)[0]
    assert (task.element_id, task.case_key, task.instance_key != instance.key) == ("Inde", instance.case_key, True)
    complete(service, task, {"fundet": "ja"})
    ended = instance_of(service, instance.key)
    assert (ended.state, ended.variables["fundet"]) == ("COMPLETED", "ja")


def test_canceling_an_instance_cancels_what_it_called(service):
    inner = diagrams.sequence("indre", diagrams.user_task("Inde"), ids=["Inde"])
    outer = diagrams.sequence("ydre", diagrams.call_activity("Kald", "indre"), ids=["Kald"])
    deploy(service, inner, outer)
    instance = create(service, "ydre")
    with service.command(LEADER) as ctx:
        instances.cancel(ctx, instance.key, reason="fejloprettet")
    with service.database.transaction() as session:
        states = set(session.scalars(select(ProcessInstance.state)))
        assert states == {"TERMINATED"}
    assert open_tasks(service) == []


def test_a_missing_called_process_is_an_incident_not_an_error(service):
    deploy(service, diagrams.sequence("ydre", diagrams.call_activity("Kald", "findes_ikke"), ids=["Kald"]))
    create(service, "ydre")
    with service.database.transaction() as session:
        incident = session.scalars(select(Incident)).one()
        assert incident.kind == "CALLED_PROCESS_MISSING"
    deploy(service, diagrams.sequence("findes_ikke", diagrams.user_task("Inde"), ids=["Inde"]))
    with service.command(LEADER) as ctx:
        incidents.resolve(ctx, incident.key)
    assert [t.element_id for t in open_tasks(service)] == ["Inde"]


def test_a_process_that_calls_itself_without_end_is_an_incident_not_a_command_without_end(service):
    deploy(service, diagrams.sequence("evig", diagrams.call_activity("Kald", "evig"), ids=["Kald"]))
    create(service, "evig")
    with service.database.transaction() as session:
        incident = session.scalars(select(Incident)).one()
        assert (incident.kind, incident.element_id) == ("CALL_BUDGET_EXCEEDED", "Kald")
        assert session.scalar(select(func.count()).select_from(ProcessInstance)) == execution.MOST_DEPTH + 1


def test_a_missing_decision_is_an_incident_at_its_element_and_the_token_stays(service):
    extra = '<zeebe:calledDecision decisionId="mangler" resultVariable="r"/>'
    rule = f"""<bpmn:businessRuleTask id="Slaa" name="Slå op"><bpmn:extensionElements>{extra}</bpmn:extensionElements>
      </bpmn:businessRuleTask>"""
    deploy(service, diagrams.sequence("slaar_op", rule, ids=["Slaa"]))
    instance = create(service, "slaar_op")
    with service.database.transaction() as session:
        incident = session.scalars(select(Incident)).one()
    assert (incident.kind, incident.element_id) == ("DECISION_MISSING", "Slaa")
    assert instance_of(service, instance.key).state == "ACTIVE"


def test_a_worker_of_one_institution_leases_no_job_of_another(service):
    deploy(service, diagrams.sequence("med_job", diagrams.service_task("Kald", "ekstern"), ids=["Kald"]))
    create(service, "med_job")
    elsewhere = Actor("w", "W", frozenset({Role.WORKER}), institution="NYB", area="vest")
    with service.command(elsewhere) as ctx:
        assert jobs.activate(ctx, type="ekstern", worker="w", timeout=timedelta(minutes=1), max_jobs=5) == []


def test_the_whole_cases_deadline_is_met_by_the_element_that_meets_it(service, clock):
    source = two_tasks().replace(
        b'isExecutable="true">',
        b'isExecutable="true"><bpmn:extensionElements>'
        b'<kf:deadline rule="15 AD" kind="internal" metBy="Foerst" hjemmel="internt"/></bpmn:extensionElements>',
    )
    deploy(service, source)
    create(service, "to_trin")
    with service.database.transaction() as session:
        deadline = session.scalars(select(Deadline)).one()
        assert (deadline.state, deadline.task_key, deadline.due_at.date().isoformat()) == (
            "RUNNING",
            None,
            "2026-12-15",
        )
    clock.at += timedelta(days=1)
    complete(service, open_tasks(service)[0])
    with service.database.transaction() as session:
        assert session.scalars(select(Deadline)).one().state == "MET"
        assert [e.kind for e in session.scalars(select(DeadlineEntry).order_by(DeadlineEntry.key))] == ["START", "MET"]


@pytest.mark.parametrize(("ends", "running"), [("2026-12-07", [("kaldt", "2026-12-07", "RUNNING")]), (None, [])])
def test_a_called_process_has_the_deadline_that_it_names(service, ends, running):
    named = b'<kf:deadline until="=senest" kind="legal" hjemmel="loven"/></bpmn:extensionElements>'
    plain = diagrams.sequence("kaldt", diagrams.user_task("Skriv"), ids=["Skriv"])
    with_deadline = plain.replace(b'isExecutable="true">', b'isExecutable="true"><bpmn:extensionElements>' + named)
    caller = diagrams.sequence("kalder", diagrams.call_activity("Kald", "kaldt"), ids=["Kald"])
    with service.command(SYSTEM) as ctx:
        deployments.deploy(ctx, [("kalder.bpmn", caller), ("kaldt.bpmn", with_deadline)])
    create(service, "kalder", {"senest": ends})
    with service.database.transaction() as session:
        found = session.scalars(select(Deadline)).all()
        assert [(one.element_id, one.due_at.date().isoformat(), one.state) for one in found] == running
    complete(service, open_tasks(service)[0])
    with service.database.transaction() as session:
        assert [one.state for one in session.scalars(select(Deadline))] == ["MET" for _ in running]


def test_the_legal_date_that_the_process_names_picks_the_version(service):
    extension = b'<bpmn:extensionElements><kf:case legalDate="=ansoegt"/></bpmn:extensionElements>'

    def version(name):
        plain = diagrams.sequence("lov", diagrams.user_task(name), ids=[name])
        return plain.replace(b'isExecutable="true">', b'isExecutable="true">' + extension)

    for name, day in (("Gammel", date(2026, 1, 1)), ("Ny", date(2027, 1, 1))):
        with service.command(SYSTEM) as ctx:
            deployments.deploy(ctx, [("lov.bpmn", version(name))], validity=Validity(day))
    old, new = create(service, "lov", {"ansoegt": "2026-12-31"}), create(service, "lov", {"ansoegt": "2027-01-01"})
    assert (old.version, new.version) == (1, 2)


@pytest.mark.parametrize(
    ("binding", "version"),
    [
        ("", 2),
        ('bindingType="legalDate"', 2),
        ('bindingType="latest"', 3),
        ('bindingType="deployment"', 1),
        ('bindingType="versionTag" versionTag="anden"', 2),
    ],
)
def test_a_call_binds_to_the_version_that_it_names(service, binding, version):
    def called(name):
        tag = f'isExecutable="true"><bpmn:extensionElements><zeebe:versionTag value="{name}"/></bpmn:extensionElements>'
        plain = diagrams.sequence("kaldt", diagrams.user_task(name), ids=[name])
        return "kaldt.bpmn", plain.replace(b'isExecutable="true">', tag.encode())

    caller = diagrams.sequence("kalder", diagrams.call_activity("Kald", "kaldt", binding=binding), ids=["Kald"])
    with service.command(SYSTEM) as ctx:
        deployments.deploy(ctx, [("kalder.bpmn", caller), called("foerste")], validity=Validity(date(2025, 1, 1)))
        deployments.deploy(ctx, [called("anden")], validity=Validity(date(2026, 1, 1)))
        deployments.deploy(ctx, [called("tredje")], validity=Validity(date(2026, 11, 1)))
        case = CaseDetails(legal_date=date(2026, 5, 1))
        instances.create(ctx, process_id="kalder", variables={}, case=case)
    with service.database.transaction() as session:
        of_called = select(ProcessInstance.version).where(ProcessInstance.process_id == "kaldt")
        assert session.scalars(of_called).one() == version
