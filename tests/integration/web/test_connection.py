"""The page of the client system: what differs, what waits and why, and trying again."""

import re

import pytest
from sqlalchemy import select

from kfflow.jobs.client_system import NAME, RECONCILIATION
from kfflow.persistence import connection
from kfflow.persistence.tables import AuditEvent, Case, Duty, Outbox, Person, Reconciliation
from kfflow.service.accounts import SYSTEM
from tests.integration.web import visiting

COUNTS = {"persons": 3, "equal": 0, "unknown_there": 1, "unusable": 0, "unsent": 2, "refused": 1, "outcomes_sent": 4}
DIFFERENCES = [
    {"person": "P-1", "field": "unknown_there", "here": "", "there": ""},
    {"person": "P-2", "field": "institution", "here": "SDO", "there": "NYB"},
    {"person": "P-3", "field": "straf_slut", "here": "", "there": ""},
    {"person": "P-1", "field": "straf_slut", "here": "", "there": ""},
    {"person": "P-1", "field": "ukendt_felt", "here": "", "there": ""},
    {"outcome": "9:klientsystem:0", "field": "missing_there"},
]


@pytest.fixture
def reported(service):
    """Two persons of the supervisor's area and one of another, a report about all, a refused and a waiting outcome."""
    visiting.deploy_form_process(service)
    numbers = visiting.open_cases(service, 1) + visiting.open_cases(service, 1, institution="HOR")
    with service.command(SYSTEM) as ctx:
        for number, institution in (("P-1", "SDO"), ("P-2", "SDO"), ("P-3", "HOR")):
            row = Person(key=ctx.new_key(), person_number=number, name=f"Navn {number}", institution_code=institution)
            ctx.session.add(row)
        ctx.session.add(
            Reconciliation(key=ctx.new_key(), system=NAME, at=ctx.at, counts=COUNTS, differences=DIFFERENCES)
        )
        for place, number in enumerate(numbers):
            case = ctx.session.scalars(select(Case.key).where(Case.number == number)).one()
            ctx.session.add(outcome(ctx, case, place))
    return numbers


def outcome(ctx, case_key, place):
    return Outbox(
        key=ctx.new_key(),
        case_key=case_key,
        system=NAME,
        idempotency_key=f"{place}:klientsystem:0",
        payload={"haendelse": "loesladt"},
        created_at=ctx.at,
        attempts=3,
        refused_at=ctx.at,
        problem_da="Klientsystemet afviste: skrivebeskyttet",
        problem_en="The client system refused: read-only",
    )


def page(client, username):
    visiting.log_in(client, username)
    return client.get("/klientsystem").text


def test_a_supervisor_sees_own_conflicts_and_calls_and_how_many_others_there_are(client, reported):
    shown = page(client, "teamleder")
    assert "Anbringelse: kfflow siger SDO, klientsystemet NYB. Vores står; ret det, der er forkert." in shown
    assert "1 forskelle handler om personer, som du ikke har adgang til." in " ".join(shown.split())
    assert ("Klientsystemet afviste: skrivebeskyttet" in shown, "Navn P-3" in shown) == (True, False)
    assert [number in shown for number in reported] == [True, False]
    assert shown.index("Navn P-2") < shown.index("Navn P-1")


def test_the_page_speaks_english(client, reported):
    assert reported
    token = visiting.log_in(client, "teamleder")
    client.post("/sprog", data={"language": "en", "next": "/klientsystem", "csrf_token": token})
    shown = client.get("/klientsystem").text
    assert "Placement: kfflow says SDO, the client system NYB. Ours stays; correct whichever is wrong." in shown
    assert "End of sentence: taken over from the client system." in shown
    assert ("The client system refused: read-only" in shown, "skrivebeskyttet" in shown) == (True, False)


def test_what_was_taken_over_is_called_by_its_name(client, reported):
    assert reported
    shown = page(client, "teamleder")
    assert "Endt straf: overtaget fra klientsystemet." in shown
    assert ("straf_slut" in shown, "ukendt_felt: overtaget fra klientsystemet." in shown) == (False, True)


def test_whoever_runs_kfflow_sees_the_calls_but_no_persons(client, reported):
    shown = page(client, "administrator")
    assert all(number in shown for number in reported)
    assert ("Navn P-" in shown, f'href="/sager/{reported[0]}"' in shown) == (False, False)


def test_a_call_is_tried_again_from_the_page(client, service, reported):
    assert reported
    token = visiting.log_in(client, "teamleder")
    address = re.search(r'action="(/klientsystem/\d+/proev-igen)"', client.get("/klientsystem").text)[1]
    answer = client.post(address, data={"csrf_token": token})
    assert (answer.status_code, answer.location) == (303, "/klientsystem#koe")
    with service.database.transaction() as session:
        assert [c.refused_at is None for c in session.scalars(select(Outbox).order_by(Outbox.key))] == [True, False]


def test_a_call_of_another_area_cannot_be_tried_again(client, service, reported):
    assert reported
    token = visiting.log_in(client, "teamleder")
    with service.database.transaction() as session:
        foreign = session.scalars(select(Outbox.key).order_by(Outbox.key.desc())).first()
    assert client.post(f"/klientsystem/{foreign}/proev-igen", data={"csrf_token": token}).status_code == 404


def test_a_comparison_can_be_ordered(client, service):
    with service.command(SYSTEM) as ctx:
        ctx.session.add(Duty(name=RECONCILIATION, begun_at=ctx.at, done=True))
    token = visiting.log_in(client, "administrator")
    assert client.post("/klientsystem/afstem", data={"csrf_token": token}).status_code == 303
    with service.database.transaction() as session:
        duty = session.get_one(Duty, RECONCILIATION)
    assert (duty.begun_at, duty.done) == (None, False)


def test_why_the_last_comparison_failed_is_told(client, service):
    with service.command(SYSTEM) as ctx:
        told = {"problem_da": "Klientsystemet svarer ikke.", "problem_en": "The client system does not answer."}
        ctx.session.add(Duty(name=RECONCILIATION, begun_at=ctx.at, not_before=ctx.at, **told))
    assert "Senest forgæves: Klientsystemet svarer ikke." in " ".join(page(client, "revisor").split())


def test_reading_the_page_is_audited(client, service, reported):
    assert reported
    page(client, "revisor")
    with service.database.transaction() as session:
        verbs = list(session.scalars(select(AuditEvent.verb).where(AuditEvent.verb == "web:connection:read")))
    assert len(verbs) == 1


def test_calls_are_counted_up_to_what_a_page_has_time_for(client, service, reported, monkeypatch):
    with service.command(SYSTEM) as ctx:
        case = ctx.session.scalars(select(Case.key).where(Case.number == reported[0])).one()
        ctx.session.add_all(outcome(ctx, case, 10 + place) for place in range(2))
    visiting.log_in(client, "teamleder")
    tiles = {}
    for most in (3, 2):
        monkeypatch.setattr(connection, "MOST_COUNTED", most)
        shown = client.get("/klientsystem").text
        tiles[most] = re.findall(r'kf-tile__number">([^<]*)</span>', shown)
    assert tiles == {3: ["1", "3", "0", "0"], 2: ["1", "2+", "0", "0"]}
