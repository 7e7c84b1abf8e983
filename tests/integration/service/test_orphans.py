"""Orphans: tokens without rows, rows without tokens, nothing at all — found, told once, mended, and forgotten again."""

import pytest
from sqlalchemy import insert, select, update

from kfflow.domain.authorization import Actor, Role
from kfflow.errors import Conflict
from kfflow.jobs.pulse import BEAT_EVERY, KEEP_HOUSE_EVERY, Pulse
from kfflow.persistence.tables import (
    Incident,
    Job,
    MessageSubscription,
    ProcessInstance,
    SignalSubscription,
    Timer,
    UserTask,
)
from kfflow.service import incidents, instances, orphans
from kfflow.service.accounts import SYSTEM
from kfflow.service.orphans import Lookout
from kfflow.service.raising import TIMER_FAILED, raise_incident
from tests.integration.service import diagrams
from tests.integration.service.test_messages import CATCH, HEARS, SIGNAL
from tests.integration.service.test_timers import count, deploy, limited, one

LEADER = Actor("lea", "Lea", frozenset({Role.SUPERVISOR}), national=True)
WORKED = diagrams.sequence("arbejdet", diagrams.user_task("Vurder"), ids=["Vurder"])
CONDITION = (
    '<bpmn:condition xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="bpmn:tFormalExpression">'
    "=klar</bpmn:condition>"
)
WISHES = f"""<bpmn:intermediateCatchEvent id="Naar"><bpmn:conditionalEventDefinition id="K">{CONDITION}
  </bpmn:conditionalEventDefinition></bpmn:intermediateCatchEvent>"""
LISTENS = f'<bpmn:intermediateCatchEvent id="Lyt">{HEARS}</bpmn:intermediateCatchEvent>'
PLACES = [
    (WORKED, "arbejdet", UserTask, "CANCELED", "CREATED", "Vurder"),
    (diagrams.sequence("kalder", diagrams.service_task("Kald", "ude"), ids=["Kald"]), "kalder", Job, "CANCELED",
     "CREATED", "Kald"),
    (diagrams.sequence("venter", diagrams.timer_catch("Vent", "PT2H"), ids=["Vent"]), "venter", Timer, "CANCELED",
     "ARMED", "Vent"),
    (limited(), "begraenset", Timer, "CANCELED", "ARMED", "Graense"),
    (CATCH, "hoering", MessageSubscription, "CANCELED", "OPEN", "Afvent"),
    (diagrams.sequence("lytter", LISTENS, ids=["Lyt"], root=SIGNAL), "lytter", SignalSubscription, "CANCELED", "OPEN",
     "Lyt"),
]  # fmt: skip


def start(service, source, process_id):
    deploy(service, source)
    with service.command(SYSTEM) as ctx:
        return instances.create(ctx, process_id=process_id, variables={"noegle": "1"}).key


def look(service, lookout=None):
    with service.command(SYSTEM) as ctx:
        return orphans.report(ctx, lookout)


def lose(service, table, state="CANCELED"):
    with service.database.transaction() as session:
        session.execute(update(table).values(state=state))


def retry(service, key):
    with service.command(LEADER) as ctx:
        return incidents.resolve(ctx, key)


@pytest.mark.parametrize("place", PLACES, ids=[p[1] for p in PLACES])
def test_a_token_whose_row_is_gone_is_told_once_and_its_row_opened_again_by_a_retry(service, place):
    source, process_id, table, gone, opened, element = place
    key = start(service, source, process_id)
    assert look(service) == []
    lose(service, table, gone)
    assert (look(service), look(service)) == ([key], [])
    incident = one(service, Incident)
    assert (incident.kind, incident.element_id) == ("ORPHAN_TOKEN", element)
    retry(service, incident.key)
    assert count(service, table, table.state == opened) == 1
    assert (look(service), count(service, Incident, Incident.state == "ACTIVE")) == ([], 0)


def test_an_orphan_that_is_none_any_more_is_resolved_by_the_next_look(service):
    start(service, WORKED, "arbejdet")
    lose(service, UserTask)
    look(service)
    lose(service, UserTask, "CREATED")
    assert look(service) == []
    resolved = one(service, Incident)
    assert (resolved.state, resolved.resolved_by) == ("RESOLVED", "system")


def test_a_row_that_no_token_waits_for_is_told_and_closed_by_a_retry(service, clock):
    key = start(service, WORKED, "arbejdet")
    stray = {"key": 1, "instance_key": key, "root_key": key, "token": "Vent:99", "element_id": "Vent"}
    with service.database.transaction() as session:
        definition = session.scalars(select(ProcessInstance.definition_key)).one()
        times = {"due_at": clock.at, "created_at": clock.at, "definition_key": definition, "state": "ARMED"}
        session.execute(insert(Timer).values(**stray, **times))
    assert look(service) == [key]
    incident = one(service, Incident)
    assert (incident.kind, incident.element_id, incident.token) == ("ORPHAN_ROW", "Vent", "Vent:99")
    retry(service, incident.key)
    assert (one(service, Timer).state, look(service)) == ("CANCELED", [])


def test_an_instance_that_waits_for_a_condition_alone_is_no_orphan(service):
    start(service, diagrams.sequence("oensker", WISHES, ids=["Naar"]), "oensker")
    assert look(service) == []


def test_an_instance_without_anything_open_cannot_be_retried_only_moved_or_ended(service):
    key = start(service, diagrams.sequence("oensker", WISHES, ids=["Naar"]), "oensker")
    with service.database.transaction() as session:
        sound = session.scalars(select(ProcessInstance.snapshot)).one()
        session.execute(update(ProcessInstance).values(snapshot=sound.replace(b'"condition"', b"null")))
    assert look(service) == [key]
    incident = one(service, Incident)
    with pytest.raises(Conflict, match="Move it to an element"):
        retry(service, incident.key)
    with service.command(LEADER) as ctx:
        instances.cancel(ctx, key, reason="forladt")
    assert one(service, Incident).state == "RESOLVED"


def test_a_state_that_cannot_be_read_is_told(service):
    key = start(service, WORKED, "arbejdet")
    with service.database.transaction() as session:
        session.execute(update(ProcessInstance).values(snapshot=b"broken"))
    assert (look(service), look(service)) == ([key], [])
    assert one(service, Incident).kind == "STATE_UNREADABLE"


def test_an_instance_that_stepped_long_ago_is_looked_at_in_its_turn(service, monkeypatch):
    monkeypatch.setattr(orphans, "MOST_IN_TURN", 1)
    first, second = (start(service, limited(), "begraenset") for _ in range(2))
    lose(service, Timer)
    lookout = Lookout(step=10**9)
    assert [look(service, lookout) for _ in range(4)] == [[first], [second], [], []]


def test_an_orphan_is_found_within_a_minute_by_the_schedule_of_the_workers_themselves(service):
    """The pulse is given a stopwatch that every beat moves as far as the real pause between two would."""
    stopwatch = [0.0]
    pulse = Pulse(service, "w", elapsed=lambda: stopwatch[0])
    pulse.beat()
    key, planted_at = start(service, WORKED, "arbejdet"), stopwatch[0]
    lose(service, UserTask)
    while count(service, Incident) == 0:
        stopwatch[0] += BEAT_EVERY
        pulse.beat()
    assert one(service, Incident).instance_key == key
    assert stopwatch[0] - planted_at <= KEEP_HOUSE_EVERY + BEAT_EVERY <= 60


def test_an_incident_of_a_timer_that_nobody_waits_for_any_more_is_resolved(service):
    key = start(service, limited(), "begraenset")
    with service.command(SYSTEM) as ctx:
        raise_incident(ctx, TIMER_FAILED, key, "Graense", ("itu", "broken"))
    look(service)
    assert one(service, Incident).state == "ACTIVE"
    lose(service, Timer)
    look(service)
    assert one(service, Incident, Incident.kind == "TIMER_FAILED").state == "RESOLVED"
