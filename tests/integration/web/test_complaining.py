"""A complaint is started from the page into the case that it is about."""

import pytest
from sqlalchemy import select

from kfflow.persistence.tables import Case, Person, ProcessInstance
from kfflow.service.accounts import SYSTEM
from tests.integration.web import visiting

COMPLAINT = {
    "proces": "kf_klage",
    "indsat_id": "P-7",
    "sagstype": "udgang",
    "meddelt_dato": "20.11.2026",
    "klage_modtaget_dato": "23.11.2026",
}


@pytest.fixture
def number(in_operation):
    """A case about P-7, with the complaint process deployed beside it."""
    service = in_operation.service
    visiting.deploy_form_process(service)
    with service.command(SYSTEM) as ctx:
        for person in ("P-7", "P-8"):
            ctx.session.add(Person(key=ctx.new_key(), person_number=person, name=person, institution_code="SDO"))
    (opened,) = visiting.open_cases(service, 1)
    with service.command(SYSTEM) as ctx:
        person = ctx.session.scalars(select(Person).where(Person.person_number == "P-7")).one()
        ctx.session.scalars(select(Case).where(Case.number == opened)).one().person_key = person.key
    return opened


def complain(client, **answers):
    token = visiting.log_in(client, "sagsbehandler")
    return client.post("/sager/ny", data={**COMPLAINT, "csrf_token": token, **answers})


def instances(service):
    """Each root instance's process with the number of its case."""
    with service.database.transaction() as session:
        found = (
            select(ProcessInstance.process_id, Case.number)
            .join(Case, Case.key == ProcessInstance.case_key)
            .where(ProcessInstance.parent_key.is_(None))
        )
        return sorted(tuple(row) for row in session.execute(found))


def test_a_complaint_belongs_to_the_case_complained_about(client, service, number):
    answer = complain(client, sagsnummer=number)
    assert (answer.status_code, answer.location) == (303, f"/sager/{number}")
    assert instances(service) == [("kf_klage", number), ("vurder", number)]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"sagsnummer": "2026-999999"}, "Sag 2026-999999 findes ikke; ret nummeret."),
        ({"indsat_id": "P-8"}, "handler om en anden person; ret sagens eller personens nummer."),
        (
            {"klage_modtaget_dato": "19.11.2026"},
            "kan ikke ligge før den dag, afgørelsen er meddelt (20.11.2026); ret den dato, der er forkert.",
        ),
    ],
)
def test_a_complaint_that_cannot_be_is_refused_at_its_field_and_nothing_is_stored(client, service, number, wrong, told):
    answer = complain(client, **{"sagsnummer": number, **wrong})
    assert (answer.status_code, told in answer.text) == (422, True)
    assert instances(service) == [("vurder", number)]


@pytest.mark.usefixtures("number")
def test_a_complaint_about_what_kfflow_did_not_decide_opens_its_own_case(client, service):
    answer = complain(client)
    assert answer.status_code == 303
    assert [process for process, _ in instances(service)] == ["kf_klage", "vurder"]
    assert len({case for _, case in instances(service)}) == 2
