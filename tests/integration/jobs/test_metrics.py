"""What `/metrics` tells operators."""

from datetime import timedelta

from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from kfflow.jobs.pulse import Pulse
from kfflow.persistence.tables import Incident, Timer
from kfflow.service import deployments, instances, messages
from kfflow.service.accounts import SYSTEM
from tests.integration.service import diagrams


def figures(client):
    response = client.get("/metrics")
    assert (response.status_code, response.mimetype) == (200, "text/plain")
    families = text_string_to_metric_families(response.get_data(as_text=True))
    return {(s.name, *sorted(s.labels.values())): s.value for family in families for s in family.samples}


def start(service, *elements, ids):
    with service.command(SYSTEM) as ctx:
        deployments.deploy(ctx, [("p.bpmn", diagrams.sequence("proces", *elements, ids=ids))])
    with service.command(SYSTEM) as ctx:
        return instances.create(ctx, process_id="proces", variables={}).key


def test_an_idle_installation_waits_for_nothing(client):
    told = figures(client)
    names = ("kfflow_oldest_due_timer_age_seconds", "kfflow_due_timers", "kfflow_buffered_messages", "kfflow_workers")
    assert [told[(name,)] for name in names] == [0, 0, 0, 0]


def test_what_waits_is_counted(client, service):
    start(service, diagrams.service_task("Kald", "ukendt"), ids=["Kald"])
    with service.command(SYSTEM) as ctx:
        messages.publish(ctx, name="m", correlation_key="1", variables={}, ttl=timedelta(hours=1))
    told = figures(client)
    assert told[("kfflow_jobs", "ukendt", "waiting")] == 1
    assert told[("kfflow_jobs", "leased", "ukendt")] == 0
    assert told[("kfflow_buffered_messages",)] == 1
    assert told[("kfflow_process_instances_active",)] == 1


def test_a_due_timer_tells_how_late_it_is(client, service):
    start(service, diagrams.timer_catch("Vent", "PT2H"), ids=["Vent"])
    with service.database.transaction() as session:
        session.execute(text("UPDATE timer SET due_at = now() - interval '90 seconds'"))
        assert session.query(Timer).count() == 1
    told = figures(client)
    assert 90 <= told[("kfflow_oldest_due_timer_age_seconds",)] < 120
    assert told[("kfflow_due_timers",)] == 1


def test_incidents_are_counted_by_kind(client, service):
    start(service, diagrams.call_activity("Kald", "findes_ikke"), ids=["Kald"])
    with service.database.transaction() as session:
        assert session.query(Incident).count() == 1
    assert figures(client)[("kfflow_incidents_active", "CALLED_PROCESS_MISSING")] == 1


def test_each_worker_is_shown_with_its_pulse(client, service):
    Pulse(service, "arbejder-1").beat()
    told = figures(client)
    assert told[("kfflow_workers",)] == 1
    assert told[("kfflow_worker_beat_age_seconds", "arbejder-1")] < float("inf")
    assert told[("kfflow_worker_pieces", "arbejder-1", "bell")] == 0
