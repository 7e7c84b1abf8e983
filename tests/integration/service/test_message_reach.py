"""Messages that each waiting instance takes (`kf:message reach="every"`): all, each once, and not the thrower."""

from datetime import timedelta

from sqlalchemy import select

from kfflow.persistence.tables import Incident, Message, ProcessInstance, UserTask
from kfflow.service import incidents, messages, suspension, tasks
from tests.integration.service import diagrams
from tests.integration.service.test_messages import (
    BEGUN,
    CATCH,
    HOUR,
    LEADER,
    MESSAGE,
    METTE,
    TWICE,
    break_snapshot,
    create,
    publish,
    state,
)
from tests.integration.service.test_timers import count, deploy, one


def every(diagram):
    said = b'<bpmn:extensionElements><kf:message reach="every"/></bpmn:extensionElements><bpmn:messageEventDefinition'
    return diagram.replace(b"<bpmn:messageEventDefinition", said)


BUSY = every(
    diagrams.sequence(
        "optaget",
        diagrams.user_task("Vurder"),
        diagrams.message_catch("Afvent", "M"),
        ids=["Vurder", "Afvent"],
        root=MESSAGE,
    )
)
THROWER = every(
    diagrams.sequence(
        "melder",
        diagrams.user_task("Vurder"),
        """<bpmn:intermediateThrowEvent id="Meld"><bpmn:extensionElements><kf:message timeToLive="P14D"/>
           </bpmn:extensionElements></bpmn:intermediateThrowEvent>""",
        diagrams.message_catch("Afvent", "M"),
        ids=["Vurder", "Meld", "Afvent"],
        root=MESSAGE,
    )
).replace(
    b"</bpmn:extensionElements></bpmn:intermediateThrowEvent>",
    b'</bpmn:extensionElements><bpmn:messageEventDefinition id="T" messageRef="M"/></bpmn:intermediateThrowEvent>',
)


def complete(service, instance_key):
    with service.command(METTE) as ctx:
        tasks.complete(ctx, one(service, UserTask, UserTask.instance_key == instance_key).key, variables={})


def states(service, keys):
    return [state(service, key) for key in keys]


def test_every_instance_that_waits_takes_it_and_one_of_a_process_that_does_not_say_so(service):
    deploy(service, every(CATCH))
    deploy(service, CATCH.replace(b'"hoering"', b'"anden"'))
    waiting = [create(service, "hoering", noegle=key) for key in ("1", "1", "2")]
    others = [create(service, "anden", noegle="1") for _ in range(2)]
    publish(service)
    assert states(service, waiting) == ["COMPLETED", "COMPLETED", "ACTIVE"]
    assert states(service, others) == ["COMPLETED", "ACTIVE"]
    assert one(service, Message).state == "CORRELATED"


def test_it_waits_for_who_is_busy_until_it_expires_and_starts_nobody_then(service, worker, clock):
    deploy(service, BUSY)
    busy = [create(service, "optaget", noegle="1") for _ in range(3)]
    complete(service, busy[0])
    publish(service, ttl=HOUR)
    deploy(service, BEGUN)
    deploy(service, CATCH)
    ordinary = create(service, "hoering", noegle="1")
    complete(service, busy[1])
    worker.drain()
    assert (states(service, busy), state(service, ordinary)) == (["COMPLETED", "COMPLETED", "ACTIVE"], "ACTIVE")
    assert count(service, ProcessInstance, ProcessInstance.process_id == "aabnet") == 0
    clock.at += HOUR
    complete(service, busy[2])
    worker.drain()
    assert (state(service, busy[2]), one(service, Message).state) == ("ACTIVE", "CORRELATED")


def test_who_begins_after_it_was_published_does_not_take_it(service, worker, clock):
    deploy(service, every(CATCH))
    publish(service, ttl=HOUR)
    clock.at += timedelta(minutes=1)
    late = create(service, "hoering", noegle="1")
    worker.drain()
    assert state(service, late) == "ACTIVE"


def test_each_instance_takes_one_message_once(service, worker):
    deploy(service, every(TWICE))
    twice = [create(service, "to_svar", noegle="1") for _ in range(2)]
    publish(service, ttl=HOUR)
    worker.drain()
    assert states(service, twice) == ["ACTIVE", "ACTIVE"]
    publish(service, ttl=HOUR)
    worker.drain()
    assert states(service, twice) == ["COMPLETED", "COMPLETED"]


def test_a_suspended_case_takes_it_when_it_is_resumed(service, worker):
    deploy(service, every(CATCH))
    going, suspended = (create(service, "hoering", noegle="1") for _ in range(2))
    with service.command(LEADER) as ctx:
        suspension.suspend(ctx, suspended, reason="Akter mangler")
    publish(service, ttl=HOUR)
    worker.drain()
    assert states(service, (going, suspended)) == ["COMPLETED", "ACTIVE"]
    with service.command(LEADER) as ctx:
        suspension.resume(ctx, suspended, reason="Akter modtaget")
    worker.drain()
    assert state(service, suspended) == "COMPLETED"


def test_one_that_cannot_take_it_gets_an_incident_and_later_the_message_once(service, worker):
    deploy(service, every(CATCH))
    broken, sound = (create(service, "hoering", noegle="1") for _ in range(2))
    mend = break_snapshot(service, broken)
    publish(service, ttl=HOUR)
    worker.drain()
    assert states(service, (broken, sound)) == ["ACTIVE", "COMPLETED"]
    mend()
    with service.command(LEADER) as ctx:
        incidents.resolve(ctx, one(service, Incident).key)
    worker.drain()
    assert (state(service, broken), count(service, Incident)) == ("COMPLETED", 1)


def test_the_case_that_throws_it_tells_the_others_for_as_long_as_it_says(service, worker, clock):
    deploy(service, THROWER)
    deploy(service, BUSY)
    thrower, busy = create(service, "melder", noegle="1"), create(service, "optaget", noegle="1")
    complete(service, thrower)
    worker.drain()
    clock.at += timedelta(days=13)
    complete(service, busy)
    worker.drain()
    assert (state(service, thrower), state(service, busy)) == ("ACTIVE", "COMPLETED")


def test_messages_that_were_taken_are_deleted_with_their_takers(service, clock):
    deploy(service, every(CATCH))
    create(service, "hoering", noegle="1")
    publish(service, ttl=HOUR)
    clock.at += HOUR + messages.KEPT_FOR + HOUR
    with service.command(METTE) as ctx:
        messages.expire(ctx)
        messages.forget_old(ctx)
        assert list(ctx.session.scalars(select(Message.key))) == []
