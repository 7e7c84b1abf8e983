"""Beside the client system: data read, outcomes written, while it is slow, away, stale, wrong or repeats itself."""

import threading
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from kfflow.errors import Conflict, InvalidInput, Unavailable
from kfflow.fakes.client_system import FakeClientSystem, FakeServer, Faults
from kfflow.jobs import client_system
from kfflow.klientsystem.http import HttpClientSystem
from kfflow.persistence.tables import Incident, Message, Outbox, Person, Reconciliation
from kfflow.service import deployments, instances, outbound, persons
from kfflow.service.accounts import SYSTEM
from kfflow.service.effects import Effects
from tests.integration.service import diagrams, standing

SENTENCE = {"straf_slut": "2028-01-01", "straf_maaneder": 24}
READS = diagrams.sequence(
    "henter", diagrams.service_task("Hent", "svc_klientsystem_hent"), diagrams.user_task("Se"), ids=["Hent", "Se"]
)
WRITES = diagrams.sequence(
    "skriver", diagrams.service_task("Skriv", "svc_klientsystem_skriv"), diagrams.user_task("Se"), ids=["Skriv", "Se"]
)


@pytest.fixture
def register() -> FakeClientSystem:
    fake = FakeClientSystem()
    fake.know("P-7", name="Per", born_on="1990-02-28", institution="SDO", facts=SENTENCE)
    return fake


@pytest.fixture
def address(register) -> Iterator[str]:
    with FakeServer(register) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield server.address
        server.shutdown()
        thread.join()


class Seconds:
    """The seconds that the circuit counts by, moved by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def beside(service, worker, address, seconds):
    """The service connected to the fake, with both processes deployed."""
    assert worker
    service.client_system = HttpClientSystem(address, elapsed=seconds)
    with service.command(SYSTEM) as ctx:
        deployments.deploy(ctx, [("henter.bpmn", READS), ("skriver.bpmn", WRITES)])
    return service


def start(service, process_id, **variables):
    with service.command(SYSTEM) as ctx:
        return instances.create(ctx, process_id=process_id, variables={"indsat_id": "P-7", **variables}).key


def rows(service, table):
    with service.database.transaction() as session:
        return list(session.scalars(select(table).order_by(table.key)))


def read(service):
    effects = Effects()
    return client_system.read_facts(service, "P-7", effects=effects, reason="prøve"), effects.conflicts


def moved(service, institution):
    with service.command(SYSTEM) as ctx:
        key = start(service, "skriver")
        case = ctx.session.get_one(instances.ProcessInstance, key).case_key
        persons.move(ctx, case, "P-7", persons.Arrival(institution))


def test_a_person_whom_only_the_client_system_knows_is_entered_and_the_case_gets_the_data(beside, worker):
    start(beside, "henter")
    worker.drain()
    (person,) = rows(beside, Person)
    assert (person.name, person.born_on, person.institution_code) == ("Per", date(1990, 2, 28), "SDO")
    (instance,) = rows(beside, instances.ProcessInstance)
    assert instance.variables["stamdata"]["straf_slut"] == "2028-01-01"


def test_reading_again_changes_nothing_and_a_newer_version_tells_the_running_cases(beside, register):
    read(beside)
    read(beside)
    assert rows(beside, Message) == []
    register.know("P-7", facts={**SENTENCE, "straf_slut": "2028-06-01"})
    facts, conflicts = read(beside)
    (message,) = rows(beside, Message)
    assert (facts["straf_slut"], conflicts) == ("2028-06-01", [])
    told = {"straf_slut": "2028-06-01"}
    assert (message.name, message.correlation_key, message.variables) == ("stamdata_aendret", "P-7", told)


@pytest.mark.parametrize("faults", [Faults(down=True), Faults(slow=0.6), Faults(stale=True)])
def test_what_is_known_here_is_used_while_the_other_side_is_away_slow_or_stale(beside, register, faults):
    register.know("P-7", facts={"straf_slut": "2028-06-01"})
    read(beside)
    register.faults = faults
    if faults.slow:
        beside.client_system.time_limit = faults.slow / 2
    facts, conflicts = read(beside)
    assert (facts["straf_slut"], conflicts) == ("2028-06-01", [])


def test_data_that_cannot_be_are_refused_and_nothing_is_taken_over(beside, register, worker):
    read(beside)
    register.faults = Faults(wrong=True)
    with pytest.raises(InvalidInput, match=r"cannot be used \(born_on: "):
        read(beside)
    start(beside, "henter")
    worker.drain()
    assert [i.kind for i in rows(beside, Incident)] == ["UNHANDLED_ERROR"]
    assert rows(beside, Person)[0].born_on == date(1990, 2, 28)


def test_an_institution_that_was_decided_here_stays_and_a_person_is_told(beside, worker):
    read(beside)
    with beside.database.transaction() as session:
        session.scalars(select(Person)).one().institution_code = "NYB"
    start(beside, "henter")
    worker.drain()
    (incident,) = rows(beside, Incident)
    assert (incident.kind, incident.element_id) == ("MASTER_DATA_CONFLICT", "Hent")
    assert incident.message_en == (
        "The client system says institution SDO, kfflow NYB; ours stays. Correct whichever is wrong."
    )
    assert rows(beside, Person)[0].institution_code == "NYB"


def test_outcomes_wait_for_half_an_hour_of_silence_and_arrive_once_in_order(beside, worker, register, clock, seconds):
    register.faults = Faults(down=True)
    start(beside, "skriver", indhold=1)
    start(beside, "skriver", indhold=2)
    for _ in range(30):
        worker.drain()
        clock.at += timedelta(minutes=1)
        seconds.now += 60
    assert (register.outcomes, [c.sent_at for c in rows(beside, Outbox)]) == ({}, [None, None])
    register.faults = Faults()
    clock.at += timedelta(minutes=5)
    seconds.now += 300
    worker.drain()
    calls = rows(beside, Outbox)
    assert [c.sent_at for c in calls] == [clock.at, clock.at]
    assert list(register.outcomes) == [c.idempotency_key for c in calls]
    assert [o["indhold"] for o in register.outcomes.values()] == [1, 2]


def test_an_answer_that_was_lost_makes_the_outcome_come_again_and_count_once(beside, worker, register, clock, seconds):
    register.faults = Faults(duplicate=True)
    start(beside, "skriver")
    worker.drain()
    clock.at += timedelta(minutes=1)
    seconds.now += 60
    worker.drain()
    (call,) = rows(beside, Outbox)
    assert (call.sent_at, call.attempts) == (clock.at, 2)
    assert (list(register.arrivals.values()), len(register.outcomes)) == ([2], 1)


def test_an_outcome_that_is_refused_is_told_to_a_person_and_not_tried_again(beside, worker, register, clock):
    register.faults = Faults(readonly=True)
    start(beside, "skriver")
    worker.drain()
    (incident,) = rows(beside, Incident)
    assert (incident.kind, incident.element_id) == ("OUTBOUND_REFUSED", "Skriv")
    assert incident.message_en.endswith("Enter the outcome by hand.")
    register.faults = Faults()
    clock.at += timedelta(hours=1)
    worker.drain()
    (call,) = rows(beside, Outbox)
    assert (call.attempts, call.refused_at is not None, register.outcomes) == (1, True, {})


def test_a_refused_outcome_is_sent_again_when_a_person_asks_for_it(beside, worker, register):
    register.faults = Faults(readonly=True)
    start(beside, "skriver")
    worker.drain()
    (call,) = rows(beside, Outbox)
    assert call.problem_da.startswith("Klientsystemet afviste: ")
    register.faults = Faults()
    with beside.command(SYSTEM) as ctx:
        outbound.retry(ctx, call.key)
    worker.drain()
    (sent,) = rows(beside, Outbox)
    assert (sent.sent_at is not None, sent.refused_at, sent.problem_en) == (True, None, None)
    assert [i.state for i in rows(beside, Incident)] == ["RESOLVED"]
    with pytest.raises(Conflict), beside.command(SYSTEM) as ctx:
        outbound.retry(ctx, call.key)


def test_nobody_waits_for_a_side_that_is_away(beside, register, seconds):
    register.faults = Faults(down=True)
    client = beside.client_system
    for pause in (1, 2, 4):
        register.faults = Faults(down=True)
        with pytest.raises(Unavailable, match="status 503"):
            client.master_data("P-7", reason="prøve")
        register.faults = Faults()
        with pytest.raises(Unavailable, match="no call before the pause is over"):
            client.master_data("P-7", reason="prøve")
        seconds.now += pause
    assert client.master_data("P-7", reason="prøve").name == "Per"


def test_the_report_tells_what_differs_takes_over_what_is_newer_and_is_stored(beside, worker, register):
    read(beside)
    start(beside, "skriver")
    worker.drain()
    with beside.command(SYSTEM) as ctx:
        ctx.session.add(Person(key=ctx.new_key(), person_number="P-8", name="Pia", institution_code="SDO"))
    register.know("P-7", name="Per Skov")
    register.outcomes["fremmed"] = {}
    client_system.reconcile(beside, beside.client_system)
    (report,) = rows(beside, Reconciliation)
    assert report.counts == {
        "persons": 2,
        "equal": 0,
        "unknown_there": 1,
        "unusable": 0,
        "unsent": 0,
        "refused": 0,
        "outcomes_sent": 1,
    }
    assert [(line.get("person") or line["outcome"], line["field"]) for line in report.differences] == [
        ("P-7", "indsat_navn"),
        ("P-8", "unknown_there"),
        ("fremmed", "unknown_here"),
    ]
    assert client_system.reconcile(beside, beside.client_system).counts["equal"] == 1


def test_a_report_is_not_made_of_half_a_comparison(beside, register):
    read(beside)
    register.faults = Faults(down=True)
    with pytest.raises(Unavailable):
        client_system.reconcile(beside, beside.client_system)
    assert rows(beside, Reconciliation) == []


def test_without_a_client_system_everything_goes_on_with_what_kfflow_knows(service, worker):
    with service.command(SYSTEM) as ctx:
        deployments.deploy(ctx, [("henter.bpmn", READS), ("skriver.bpmn", WRITES)])
        ctx.session.add(Person(key=ctx.new_key(), person_number="P-7", name="Per", facts=SENTENCE))
    start(service, "henter")
    start(service, "skriver")
    worker.drain()
    assert standing.states(service)["user_task"] == ["CREATED", "CREATED"]
    (call,) = rows(service, Outbox)
    assert (call.sent_at, call.attempts) == (None, 0)
