"""Every kind of incident: what stops a case keeps its token; a person lets it go on, changes it, moves or ends it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from kfflow.domain.authorization import Actor, Role
from kfflow.engine.instructions import Move, Source
from kfflow.errors import Conflict, Forbidden
from kfflow.jobs.worker import Worker
from kfflow.persistence.tables import HistoryEvent, Incident, Job, ProcessInstance, UserTask
from kfflow.service import deployments, incidents, instances, jobs, modifications, tasks
from kfflow.service.accounts import SYSTEM
from tests.integration.service import diagrams
from tests.integration.service.test_timers import CASEWORKER, count, deploy, one

LEADER = Actor("lea", "Lea", frozenset({Role.SUPERVISOR}), national=True)
SEE = diagrams.user_task("Se")
WAIT = diagrams.timer_catch("Vent", "=ventetid")
RULE = """<bpmn:businessRuleTask id="Slaa"><bpmn:extensionElements>
  <zeebe:calledDecision decisionId="takst" resultVariable="r"/></bpmn:extensionElements></bpmn:businessRuleTask>"""
LOOP = f"""<bpmn:exclusiveGateway id="Ind"/>{diagrams.script_task("Taeller", "=(n) + 1", "n")}
  <bpmn:exclusiveGateway id="Ud" default="igen"/><bpmn:sequenceFlow id="igen" sourceRef="Ud" targetRef="Ind"/>"""
GATE = """<bpmn:exclusiveGateway id="Vaelg"/><bpmn:sequenceFlow id="ja" sourceRef="Vaelg" targetRef="Se">
  <bpmn:conditionExpression>=svar</bpmn:conditionExpression></bpmn:sequenceFlow>"""
TABLE = b"""<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="model" name="Takster" namespace="urn:test">
  <decision id="takst" name="Takst"><literalExpression id="l"><text>7</text></literalExpression></decision>
</definitions>"""


def failed_expression():
    return diagrams.sequence("p", WAIT, SEE, ids=["Vent", "Se"])


def unclear_condition():
    source = diagrams.sequence("p", GATE, SEE, ids=["Vaelg", "Se"]).decode()
    return source.replace('<bpmn:sequenceFlow id="f1" sourceRef="Vaelg" targetRef="Se"/>', "").encode()


def endless_loop():
    source = diagrams.sequence("p", LOOP, SEE, ids=["Ind", "Taeller", "Ud", "Se"]).decode()
    bare = '<bpmn:sequenceFlow id="f3" sourceRef="Ud" targetRef="Se"/>'
    condition = "<bpmn:conditionExpression>=slut</bpmn:conditionExpression>"
    return source.replace(bare, bare.replace("/>", f">{condition}</bpmn:sequenceFlow>")).encode()


STOPS = [
    (failed_expression(), {}, ("INVALID_TIMER", "Vent"), {"ventetid": "PT1H"}, None),
    (unclear_condition(), {"svar": "tekst"}, ("EXTRACT_VALUE_ERROR", "Vaelg"), {"svar": True}, "Se"),
    (endless_loop(), {"n": 0, "slut": False}, ("STEP_BUDGET_EXCEEDED", None), {"slut": True}, "Se"),
]


def stop(service, source, variables):
    deploy(service, source)
    with service.command(CASEWORKER) as ctx:
        return instances.create(ctx, process_id="p", variables=variables).key


def resolve(service, incident, actor=LEADER, **named):
    with service.command(actor) as ctx:
        return incidents.resolve(ctx, incident.key, **named)


def active(service):
    with service.database.transaction() as session:
        return session.scalars(select(Incident).where(Incident.state == "ACTIVE")).all()


@pytest.mark.parametrize("case", STOPS, ids=[s[2][0] for s in STOPS])
def test_a_retry_fails_again_as_a_new_incident_until_the_variables_are_right(service, case):
    source, variables, (kind, element), right, task = case
    stop(service, source, variables)
    (incident,) = active(service)
    assert (incident.kind, element or incident.element_id) == (kind, incident.element_id)
    resolve(service, incident)
    (again,) = active(service)
    assert (again.kind, again.key != incident.key) == (kind, True)
    resolve(service, again, variables=right)
    assert active(service) == []
    if task:
        assert one(service, UserTask).element_id == task


@pytest.mark.parametrize("case", STOPS, ids=[s[2][0] for s in STOPS])
def test_what_stopped_can_be_moved_elsewhere(service, case):
    source, variables, *_ = case
    key = stop(service, source, variables)
    (incident,) = active(service)
    with service.command(LEADER) as ctx:
        modifications.modify(ctx, key, [Move(Source(element_id=incident.element_id), "Se")], reason="uden om")
    assert (active(service), one(service, UserTask).element_id) == ([], "Se")


@pytest.mark.parametrize("case", STOPS, ids=[s[2][0] for s in STOPS])
def test_what_stopped_can_be_ended(service, case):
    source, variables, *_ = case
    key = stop(service, source, variables)
    with service.command(LEADER) as ctx:
        assert instances.cancel(ctx, key, reason="opgivet").state == "TERMINATED"
    assert active(service) == []


@pytest.mark.parametrize("day", ["9999-12-31T23:59:59Z", "9999-12-31T23:59:59-05:00", "0001-01-01T00:00:00+05:00"])
@pytest.mark.parametrize(
    "said",
    [
        '<zeebe:taskSchedule dueDate="=dag"/>',
        '<kf:deadline until="=dag" kind="internal" hjemmel="Internt mål"/>',
        '<kf:deadline rule="10 AD" start="=dag" calendar="dk" kind="internal" hjemmel="Internt mål"/>',
    ],
)
def test_an_instant_that_cannot_be_shown_is_an_incident_that_a_right_one_resolves(service, said, day):
    stop(service, diagrams.sequence("p", diagrams.user_task("Se", extra=said), ids=["Se"]), {"dag": day})
    (incident,) = active(service)
    assert (incident.kind, incident.element_id) == ("INVALID_DATE", "Se")
    assert incident.message_en == f"{day!r} is no date or duration."
    resolve(service, incident, variables={"dag": "2026-12-31"})
    assert (active(service), one(service, UserTask).due_at is not None) == ([], True)


def test_a_missing_decision_is_found_once_it_is_deployed(service):
    stop(service, diagrams.sequence("p", RULE, SEE, ids=["Slaa", "Se"]), {})
    (incident,) = active(service)
    assert (incident.kind, incident.element_id) == ("DECISION_MISSING", "Slaa")
    with service.command(SYSTEM) as ctx:
        deployments.deploy(ctx, [("t.dmn", TABLE)])
    resolve(service, incident)
    assert (active(service), one(service, UserTask).element_id) == ([], "Se")


def test_an_error_end_that_nobody_catches_waits_for_a_person(service):
    source = diagrams.sequence("p", SEE, ids=["Se"], root='<bpmn:error id="E" errorCode="NEJ"/>')
    ending = '<bpmn:endEvent id="Slut"><bpmn:errorEventDefinition id="D" errorRef="E"/></bpmn:endEvent>'
    key = stop(service, source.replace(b'<bpmn:endEvent id="Slut"/>', ending.encode()), {})
    with service.command(CASEWORKER) as ctx:
        tasks.complete(ctx, one(service, UserTask).key, variables={})
    (incident,) = active(service)
    assert (incident.kind, incident.element_id, incident.instance_key) == ("UNHANDLED_ERROR", "Slut", key)
    resolve(service, incident)
    (again,) = active(service)
    assert (again.kind, again.key != incident.key) == ("UNHANDLED_ERROR", True)
    with service.command(LEADER) as ctx:
        assert instances.cancel(ctx, key, reason="kan ikke gå videre").state == "TERMINATED"
    assert active(service) == []


SEND = """<bpmn:serviceTask id="Send"><bpmn:extensionElements><zeebe:taskDefinition type="ukendt"/>
  </bpmn:extensionElements></bpmn:serviceTask>"""


def calling(process_id, called, catches=""):
    caught = f"""<bpmn:boundaryEvent id="Grib" attachedToRef="Kald"><bpmn:errorEventDefinition errorRef="E"/>
      </bpmn:boundaryEvent>{SEE}<bpmn:sequenceFlow id="g" sourceRef="Grib" targetRef="Se"/>"""
    call = diagrams.call_activity("Kald", called) + (caught if catches else "")
    root = f'<bpmn:error id="E" errorCode="{catches}"/>' if catches else ""
    return diagrams.sequence(process_id, call, ids=["Kald"], root=root)


def throw(service, code):
    key = max(job.key for job in jobs_of(service))
    with service.command(SYSTEM) as ctx:
        jobs.throw_error(ctx, key, code=code, message="afvist", variables={"svar": 1})


def jobs_of(service):
    with service.database.transaction() as session:
        return session.scalars(select(Job).order_by(Job.key)).all()


def states_of(service, process_ids):
    with service.database.transaction() as session:
        found = session.execute(select(ProcessInstance.process_id, ProcessInstance.state))
        states = dict(tuple(row) for row in found)
    return [states[process_id] for process_id in process_ids]


def test_an_error_that_no_caller_catches_stops_the_job_and_nothing_else(service):
    deploy(service, diagrams.sequence("q", SEND, ids=["Send"]))
    deploy(service, calling("m", "q"))
    stop(service, calling("p", "m", "NEJ"), {})
    throw(service, "ANDET")
    (incident,) = active(service)
    assert (incident.kind, incident.element_id, incident.process_id) == ("UNHANDLED_ERROR", "Send", "q")
    assert states_of(service, "pmq") == ["ACTIVE"] * 3
    resolve(service, incident)
    assert [job.state for job in jobs_of(service)] == ["ERROR_THROWN", "CREATED"]


def test_an_error_is_caught_by_the_caller_of_the_caller(service):
    deploy(service, diagrams.sequence("q", SEND, ids=["Send"]))
    deploy(service, calling("m", "q"))
    stop(service, calling("p", "m", "NEJ"), {})
    throw(service, "NEJ")
    assert (active(service), one(service, UserTask).element_id) == ([], "Se")
    assert states_of(service, "pmq") == ["ACTIVE", "TERMINATED", "TERMINATED"]


def test_an_incident_is_resolved_once_and_by_those_who_may(service):
    stop(service, failed_expression(), {})
    (incident,) = active(service)
    with pytest.raises(Forbidden):
        resolve(service, incident, actor=CASEWORKER)
    resolve(service, incident, variables={"ventetid": "PT1H"})
    with pytest.raises(Conflict):
        resolve(service, incident)
    assert count(service, HistoryEvent, HistoryEvent.kind == "VARIABLES_SET") == 1


def test_a_failure_that_is_told_twice_is_one_incident(service):
    job = """<bpmn:serviceTask id="Send"><bpmn:extensionElements><zeebe:taskDefinition type="ukendt"/>
      </bpmn:extensionElements></bpmn:serviceTask>"""
    stop(service, diagrams.sequence("p", job, ids=["Send"]), {})
    key = one(service, Job).key
    with service.command(SYSTEM) as ctx:
        jobs.fail(ctx, key, retries=0, message="optaget")
    for retries in (0, 2):
        with pytest.raises(Conflict, match="waits for its incident"), service.command(SYSTEM) as ctx:
            jobs.fail(ctx, key, retries=retries, message="optaget")
    assert [(i.kind, i.job_key) for i in active(service)] == [("JOB_NO_RETRIES", key)]
    assert one(service, Job).retries == 0


def test_an_incident_of_a_job_that_is_withdrawn_is_resolved_with_it(service, clock):
    limit = """<bpmn:boundaryEvent id="Graense" attachedToRef="Send"><bpmn:timerEventDefinition id="T">
      <bpmn:timeDuration>PT2H</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>
      <bpmn:endEvent id="ForSent"/><bpmn:sequenceFlow id="sent" sourceRef="Graense" targetRef="ForSent"/>"""
    job = """<bpmn:serviceTask id="Send"><bpmn:extensionElements><zeebe:taskDefinition type="ukendt"/>
      </bpmn:extensionElements></bpmn:serviceTask>"""
    stop(service, diagrams.sequence("p", job, limit, ids=["Send"]), {})
    with service.command(SYSTEM) as ctx:
        jobs.fail(ctx, one(service, Job).key, retries=0, message="optaget")
    clock.at += timedelta(hours=3)
    assert Worker(service).fire_due() == 1
    assert (one(service, Job).state, one(service, Incident).state) == ("CANCELED", "RESOLVED")
