"""A case with one of everything that can be open, and what stands open of it: for tests of what stops a case."""

from sqlalchemy import select

from kfflow.domain.authorization import Actor, Role
from kfflow.persistence.tables import (
    Deadline,
    Incident,
    Job,
    MessageSubscription,
    ProcessInstance,
    SignalSubscription,
    Timer,
    UserTask,
)
from kfflow.service import deployments, instances, suspension
from kfflow.service.accounts import SYSTEM
from tests.integration.service import diagrams

GROUPS = frozenset({"sagsbehandler"})
METTE = Actor("mette", "Mette", frozenset({Role.CASEWORKER}), GROUPS, national=True)
LEADER = Actor("lea", "Lea", frozenset({Role.SUPERVISOR}), GROUPS, national=True)
NUMBER = "=sagsnummer"
INTERNAL = '<kf:deadline rule="{rule}" calendar="dk" kind="internal" hjemmel="Internt mål"/>'
LEGAL = '<kf:deadline rule="{rule}" calendar="dk" kind="legal" hjemmel="straffuldbyrdelsesloven § 46"/>'

_BRANCHES = ("Opgave", "Job", "Timer", "Besked", "Signal", "Kald", "Stop")


def everything() -> list[bytes]:
    """Give a process whose branches wait at a task, a job, a timer, a message, a signal, a call and an incident."""
    elements = (
        diagrams.user_task("Opgave", extra=INTERNAL.format(rule="10 AD")),
        diagrams.service_task("Job", "udenfor"),
        diagrams.timer_catch("Timer", "PT1H"),
        diagrams.message_catch("Besked", "M_svar"),
        diagrams.signal_catch("Signal", "S_alle"),
        diagrams.call_activity("Kald", "kaldt"),
        diagrams.call_activity("Stop", "findes_ikke"),
    )
    outgoing = "".join(
        f'<bpmn:sequenceFlow id="til_{b}" sourceRef="Del" targetRef="{b}"/>'
        f'<bpmn:sequenceFlow id="fra_{b}" sourceRef="{b}" targetRef="Saml"/>'
        for b in _BRANCHES
    )
    body = (
        '<bpmn:startEvent id="Begynd"/><bpmn:parallelGateway id="Del"/><bpmn:parallelGateway id="Saml"/>'
        f'{"".join(elements)}<bpmn:endEvent id="Slut"/>{outgoing}'
        '<bpmn:sequenceFlow id="ind" sourceRef="Begynd" targetRef="Del"/>'
        '<bpmn:sequenceFlow id="ud" sourceRef="Saml" targetRef="Slut"/>'
    )
    root = diagrams.message("M_svar", "svar", NUMBER) + '<bpmn:signal id="S_alle" name="alle"/>'
    source = f'{diagrams.HEAD}{root}<bpmn:process id="alt" name="alt" isExecutable="true">{body}</bpmn:process>'
    called = diagrams.sequence("kaldt", diagrams.user_task("I_kaldt"), ids=["I_kaldt"])
    return [f"{source}</bpmn:definitions>".encode(), called]


def start(service, *sources: bytes, process_id: str = "alt", **variables) -> ProcessInstance:
    with service.command(SYSTEM) as ctx:
        deployments.deploy(ctx, [(f"p{n}.bpmn", source) for n, source in enumerate(sources)])
    return another(service, process_id, **variables)


def another(service, process_id: str, **variables) -> ProcessInstance:
    with service.command(METTE) as ctx:
        return instances.create(ctx, process_id=process_id, variables=variables)


def suspend(service, key: int, reason: str = "Anke i højesteret", hjemmel: str = "", actor: Actor = LEADER) -> None:
    with service.command(actor) as ctx:
        suspension.suspend(ctx, key, reason=reason, hjemmel=hjemmel)


def resume(service, key: int, reason: str = "") -> None:
    with service.command(LEADER) as ctx:
        suspension.resume(ctx, key, reason=reason)


def open_task(service, element_id: str) -> UserTask:
    with service.database.transaction() as session:
        chosen = select(UserTask).where(UserTask.element_id == element_id, UserTask.state == "CREATED")
        return session.scalars(chosen).one()


def states(service) -> dict[str, list[str]]:
    """Give the states of everything that the tables hold, by table."""
    tables = (ProcessInstance, UserTask, Job, Timer, MessageSubscription, SignalSubscription, Incident, Deadline)
    with service.database.transaction() as session:
        return {
            table.__tablename__: sorted(session.scalars(select(table.state).where(table.key.is_not(None))))
            for table in tables
        }
