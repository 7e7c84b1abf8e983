"""Messages and signals on the database: once each, in order, never lost, and one that fails holds up nobody else."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from kfflow.domain.authorization import Actor, Role
from kfflow.errors import Conflict, NotFound
from kfflow.jobs.worker import Worker
from kfflow.persistence.tables import HistoryEvent, Incident, Message, ProcessInstance, SignalSubscription, UserTask
from kfflow.service import incidents, instances, messages, signals, tasks, timers
from kfflow.service.accounts import SYSTEM
from tests.integration.service import diagrams
from tests.integration.service.test_timers import count, deploy, one, together

HOUR = timedelta(hours=1)
METTE = Actor("mette", "Mette", frozenset({Role.CASEWORKER}), frozenset({"sagsbehandler"}), national=True)
LEADER = Actor("lea", "Lea", frozenset({Role.SUPERVISOR}), national=True)
MESSAGE = diagrams.message("M", "svar", "=noegle")


def begun_by(definition, process_id="aabnet", root=MESSAGE):
    """A process that an event starts, with a task in each case."""
    body = f"""<bpmn:startEvent id="Kom">{definition}</bpmn:startEvent>{diagrams.user_task("Se")}
      <bpmn:endEvent id="Slut"/><bpmn:sequenceFlow id="a" sourceRef="Kom" targetRef="Se"/>
      <bpmn:sequenceFlow id="b" sourceRef="Se" targetRef="Slut"/>"""
    process = f'<bpmn:process id="{process_id}" isExecutable="true">{body}</bpmn:process>'
    return f"{diagrams.HEAD}{root}{process}</bpmn:definitions>".encode()


BEGUN = begun_by('<bpmn:messageEventDefinition id="D" messageRef="M"/>')
CATCH = diagrams.sequence("hoering", diagrams.message_catch("Afvent", "M"), ids=["Afvent"], root=MESSAGE)
TWICE = diagrams.sequence(
    "to_svar", diagrams.message_catch("A", "M"), diagrams.message_catch("B", "M"), ids=["A", "B"], root=MESSAGE
)


def attached(definition, root=MESSAGE, interrupting="true"):
    """A task with an event on its edge that leads to an end of its own."""
    edge = f"""<bpmn:boundaryEvent id="Kant" attachedToRef="Vurder" cancelActivity="{interrupting}">{definition}
      </bpmn:boundaryEvent><bpmn:endEvent id="Afbrudt"/>
      <bpmn:sequenceFlow id="ud" sourceRef="Kant" targetRef="Afbrudt"/>"""
    return diagrams.sequence("kantet", diagrams.user_task("Vurder"), edge, ids=["Vurder"], root=root)


def publish(service, key="1", ttl=timedelta(0), variables=None, **named):
    with service.command(METTE) as ctx:
        return messages.publish(ctx, name="svar", correlation_key=key, variables=variables or {}, ttl=ttl, **named).key


def create(service, process_id, **variables):
    with service.command(METTE) as ctx:
        return instances.create(ctx, process_id=process_id, variables=variables).key


def state(service, key):
    return one(service, ProcessInstance, ProcessInstance.key == key).state


def break_snapshot(service, key):
    """Make an instance unable to go on; gives what puts it right."""
    sound = one(service, ProcessInstance, ProcessInstance.key == key).snapshot
    with service.database.transaction() as session:
        session.execute(update(ProcessInstance).where(ProcessInstance.key == key).values(snapshot=b"broken"))

    def mend():
        with service.database.transaction() as session:
            session.execute(update(ProcessInstance).where(ProcessInstance.key == key).values(snapshot=sound))

    return mend


# ------------------------------------------------------------ once


def test_a_message_starts_one_instance_per_key_while_it_runs_and_the_next_when_it_has_ended(service, worker):
    deploy(service, BEGUN)
    publish(service, "S1", ttl=HOUR)
    publish(service, "S1", ttl=HOUR)
    publish(service, "S2")
    assert (worker.drain(), count(service, ProcessInstance)) == (0, 2)
    first = one(service, ProcessInstance, ProcessInstance.correlation_key == "S1")
    with service.command(METTE) as ctx:
        tasks.complete(ctx, one(service, UserTask, UserTask.instance_key == first.key).key, variables={})
    assert (worker.drain(), count(service, ProcessInstance)) == (1, 3)


def test_two_publishers_of_one_key_start_one_instance_together(service):
    deploy(service, BEGUN)
    for number in range(10):
        together(*[lambda n=number: publish(service, f"S{n}", ttl=HOUR)] * 2)
        assert count(service, ProcessInstance, ProcessInstance.correlation_key == f"S{number}") == 1


def test_messages_without_a_key_start_an_instance_each(service):
    deploy(service, BEGUN)
    publish(service, None)
    publish(service, None)
    assert count(service, ProcessInstance) == 2


def test_one_message_reaches_one_instance_of_each_process_and_starts_the_others(service):
    deploy(service, BEGUN)
    deploy(service, CATCH)
    waiting = [create(service, "hoering", noegle="1") for _ in range(2)]
    publish(service)
    assert [state(service, key) for key in waiting] == ["COMPLETED", "ACTIVE"]
    assert count(service, ProcessInstance, ProcessInstance.process_id == "aabnet") == 1


def test_two_publishers_of_one_message_id_are_told_apart_by_words(service):
    deploy(service, CATCH)
    results = together(*[lambda: publish(service, message_id="m-1")] * 2)
    (refused,) = [r for r in results if isinstance(r, Conflict)]
    assert str(refused) == "Message svar with id m-1 was already published."


def test_a_message_and_a_time_limit_at_the_same_moment_end_the_task_once(service, clock):
    limit = """<bpmn:boundaryEvent id="Graense" attachedToRef="Vurder"><bpmn:timerEventDefinition id="T">
      <bpmn:timeDuration>PT2H</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>
      <bpmn:endEvent id="ForSent"/><bpmn:sequenceFlow id="sent" sourceRef="Graense" targetRef="ForSent"/>"""
    both = attached('<bpmn:messageEventDefinition id="D" messageRef="M"/>').replace(
        b'<bpmn:endEvent id="Slut"/>', f'<bpmn:endEvent id="Slut"/>{limit}'.encode()
    )
    deploy(service, both)
    for number in range(10):
        key = create(service, "kantet", noegle=str(number))
        clock.at += 3 * HOUR

        def fire():
            with service.command(SYSTEM) as ctx:
                claimed = timers.claim_next(ctx)
                return claimed is not None and timers.fire_claimed(ctx, claimed) is None

        together(fire, lambda n=number: publish(service, str(n)))
        Worker(service).fire_due()
        ends = select(HistoryEvent.element_id).where(
            HistoryEvent.instance_key == key,
            HistoryEvent.kind == "ELEMENT_COMPLETED",
            HistoryEvent.element_id.in_(["Afbrudt", "ForSent"]),
        )
        with service.database.transaction() as session:
            assert len(session.scalars(ends).all()) == 1
        assert state(service, key) == "COMPLETED"


# ------------------------------------------------------------ buffered


def test_buffered_messages_are_taken_in_the_order_in_which_they_came(service, clock, worker):
    deploy(service, TWICE)
    for number in (1, 2):
        publish(service, ttl=HOUR, variables={f"nr{number}": number, "sidst": number})
        clock.at += timedelta(seconds=1)
    key = create(service, "to_svar", noegle="1")
    publish(service, variables={"sidst": 3})
    worker.drain()
    ended = one(service, ProcessInstance, ProcessInstance.key == key)
    assert (ended.state, ended.variables["sidst"]) == ("COMPLETED", 2)


def test_a_message_is_not_delivered_after_its_time(service, clock, worker):
    deploy(service, CATCH)
    publish(service, ttl=HOUR)
    clock.at += HOUR
    key = create(service, "hoering", noegle="1")
    with service.command(SYSTEM) as ctx:
        assert messages.deliverable(ctx, limit=9) == []
    worker.drain()
    assert (state(service, key), one(service, Message).state) == ("ACTIVE", "EXPIRED")


def test_messages_that_are_done_with_are_deleted_in_batches_when_they_were_kept_long_enough(service, clock):
    deploy(service, CATCH)
    for _ in range(3):
        publish(service)
    with service.command(SYSTEM) as ctx:
        messages.expire(ctx)
    clock.at += messages.KEPT_FOR + HOUR
    publish(service, ttl=HOUR)
    gone = []
    for _ in range(3):
        with service.command(SYSTEM) as ctx:
            gone.append(messages.forget_old(ctx, limit=2))
    assert (gone, count(service, Message)) == ([2, 1, 0], 1)


# ------------------------------------------------------------ failing


def test_a_message_that_cannot_be_delivered_opens_one_incident_and_others_get_theirs(service, worker):
    deploy(service, CATCH)
    deploy(service, CATCH.replace(b'"hoering"', b'"anden"'))
    broken, sound = create(service, "hoering", noegle="1"), create(service, "anden", noegle="1")
    mend = break_snapshot(service, broken)
    publish(service)
    assert (worker.drain(), worker.drain()) == (0, 0)
    assert (state(service, broken), state(service, sound)) == ("ACTIVE", "COMPLETED")
    incident = one(service, Incident)
    assert (incident.kind, incident.element_id, incident.instance_key) == ("MESSAGE_FAILED", "Afvent", broken)
    mend()
    with service.command(LEADER) as ctx:
        incidents.resolve(ctx, incident.key)
    assert (worker.drain(), state(service, broken)) == (1, "COMPLETED")


def test_a_message_that_fails_again_is_kept_behind_a_new_incident(service, worker):
    deploy(service, CATCH)
    broken = create(service, "hoering", noegle="1")
    break_snapshot(service, broken)
    publish(service)
    with service.command(LEADER) as ctx:
        incidents.resolve(ctx, one(service, Incident).key)
    assert worker.drain() == 1
    assert worker.drain() == 0
    assert [count(service, Incident, Incident.state == s) for s in ("ACTIVE", "RESOLVED")] == [1, 1]


def test_correlating_tells_that_nobody_waits(service):
    deploy(service, CATCH)
    with pytest.raises(NotFound), service.command(METTE) as ctx:
        messages.correlate(ctx, name="svar", correlation_key="1", variables={})


# ------------------------------------------------------------ signals

SIGNAL = '<bpmn:signal id="S" name="alarm"/>'
HEARS = '<bpmn:signalEventDefinition id="D" signalRef="S"/>'
EVENT_SUBPROCESS = f"""<bpmn:subProcess id="Beredskab" triggeredByEvent="true">
  <bpmn:startEvent id="Hoert" isInterrupting="false">{HEARS}</bpmn:startEvent><bpmn:endEvent id="Noteret"/>
  <bpmn:sequenceFlow id="n" sourceRef="Hoert" targetRef="Noteret"/></bpmn:subProcess>"""


def listeners(service):
    """A case that catches the signal, one with it on a task's edge, one with an event subprocess, and a start."""
    catch = f'<bpmn:intermediateCatchEvent id="Lyt">{HEARS}</bpmn:intermediateCatchEvent>'
    deploy(service, diagrams.sequence("lytter", catch, ids=["Lyt"], root=SIGNAL))
    deploy(service, attached(HEARS, root=SIGNAL, interrupting="false"))
    inside = diagrams.sequence("beredt", diagrams.user_task("Vurder"), EVENT_SUBPROCESS, ids=["Vurder"], root=SIGNAL)
    deploy(service, inside)
    deploy(service, begun_by(HEARS, "alarmeret", root=SIGNAL))
    return [create(service, process_id) for process_id in ("lytter", "kantet", "beredt", "lytter")]


def heard(service):
    heard_at = HistoryEvent.element_id.in_(["Lyt", "Kant", "Noteret", "Kom"])
    with service.database.transaction() as session:
        found = session.scalars(
            select(HistoryEvent.element_id).where(heard_at, HistoryEvent.kind == "ELEMENT_COMPLETED")
        )
        return sorted(found)


def broadcast(service):
    with service.command(METTE) as ctx:
        return signals.broadcast(ctx, name="alarm", variables={"sted": "A"}).key


def test_a_signal_reaches_everybody_who_listens_once_also_from_two_workers(service):
    listeners(service)
    key = broadcast(service)
    together(*[lambda: Worker(service).spread(key)] * 2)
    Worker(service).drain()
    assert heard(service) == ["Kant", "Kom", "Lyt", "Lyt", "Noteret"]


def deliver_and_die(service, key):
    with service.command(SYSTEM) as ctx:
        signals.deliver(ctx, signals.next_receiver(ctx, key))
        raise KeyboardInterrupt


def test_a_broadcast_that_is_cut_short_goes_on_where_it_was(service):
    listeners(service)
    key = broadcast(service)
    for _ in range(2):
        with service.command(SYSTEM) as ctx:
            signals.deliver(ctx, signals.next_receiver(ctx, key))
    with pytest.raises(KeyboardInterrupt):
        deliver_and_die(service, key)
    Worker(service).drain()
    assert heard(service) == ["Kant", "Kom", "Lyt", "Lyt", "Noteret"]


def test_a_case_that_cannot_hear_a_signal_gets_an_incident_and_the_signal_when_it_is_mended(service, worker):
    first, *_ = listeners(service)
    mend = break_snapshot(service, first)
    broadcast(service)
    worker.drain()
    assert heard(service) == ["Kant", "Kom", "Lyt", "Noteret"]
    incident = one(service, Incident)
    assert (incident.kind, incident.instance_key, worker.drain()) == ("SIGNAL_FAILED", first, 0)
    mend()
    with service.command(LEADER) as ctx:
        incidents.resolve(ctx, incident.key)
    worker.drain()
    assert (state(service, first), heard(service)) == ("COMPLETED", ["Kant", "Kom", "Lyt", "Lyt", "Noteret"])
    assert count(service, SignalSubscription, SignalSubscription.instance_key == first) == 1
