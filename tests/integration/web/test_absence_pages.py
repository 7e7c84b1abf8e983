"""Absence on the screen: one's own from the name at the top, that of staff from the board, tasks put back."""

import pytest
from sqlalchemy import update

from kfflow.persistence.tables import UserTask
from tests.integration.web import visiting

DAYS = {"fra": "2030-03-04", "til": "2030-03-08"}
PAGE = "/fravaer/sagsbehandler"


def words(page):
    return " ".join(page.split())


@pytest.fixture
def held(service):
    """Two of three tasks are held by the caseworker."""
    visiting.deploy_form_process(service)
    visiting.open_cases(service, 3)
    keys = [task.key for task in visiting.tasks_of(service)][:2]
    with service.database.transaction() as session:
        session.execute(update(UserTask).where(UserTask.key.in_(keys)).values(assignee="sagsbehandler"))


@pytest.mark.usefixtures("held")
def test_a_supervisor_tells_an_absence_and_puts_the_tasks_back(client, service):
    token = visiting.log_in(client, "teamleder")
    assert client.get("/fravaer?hvem=sagsbehandler").location == PAGE
    client.post(PAGE, data={**DAYS, "handling": "meld", "csrf_token": token})
    shown = words(client.get(PAGE).text)
    assert "Sanne Kjærsgaard har 2 åbne opgaver." in shown
    assert "Læg 2 opgaver tilbage til gruppen" in shown
    assert (
        f'<a href="{PAGE}">Sanne Kjærsgaard</a> <span class="kf-meta">fraværende 04.03.2030–08.03.2030</span>'
        in words(client.get("/tavle").text)
    )
    client.post(PAGE, data={"handling": "laeg-tilbage", "csrf_token": token})
    assert [task.assignee for task in visiting.tasks_of(service)] == [None] * 3
    assert "2 opgaver er lagt tilbage." in client.get(PAGE).text
    assert "fraværende 04.03.2030–08.03.2030" in client.get("/fravaer").text


def test_one_tells_ones_own_and_takes_it_off(client):
    token = visiting.log_in(client, "sagsbehandler")
    assert f'href="{PAGE}"' in client.get("/indbakke").text
    client.post(PAGE, data={"fra": "2030-03-04", "til": "", "csrf_token": token})
    assert "fraværende fra 04.03.2030 indtil videre" in client.get(PAGE).text
    client.post(PAGE, data={"handling": "slut", "csrf_token": token})
    assert "ikke meldt fraværende" in client.get(PAGE).text
    assert client.get("/fravaer/betjent").status_code == 403


@pytest.mark.parametrize(
    ("language", "given", "told"),
    [
        (
            "da",
            {"fra": "2030-03-08", "til": "2030-03-04"},
            "Sidste dag: Sidste dag 2030-03-04 er før første dag 2030-03-08.",
        ),
        (
            "en",
            {"fra": "2030-03-08", "til": "2030-03-04"},
            "Last day: The last day 2030-03-04 is before the first, 2030-03-08.",
        ),
        ("da", {"fra": "i dag", "til": ""}, "Første dag: Skriv datoen som ÅÅÅÅ-MM-DD."),
    ],
)
def test_what_cannot_be_told_is_refused_at_its_field(client, language, given, told):
    token = visiting.log_in(client, "sagsbehandler")
    client.post("/sprog", data={"language": language, "next": "/", "csrf_token": token})
    answer = client.post(PAGE, data={**given, "csrf_token": token})
    assert (answer.status_code, told in answer.text) == (422, True)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_as_many_statements_for_one_as_for_three(client, service, count):
    token = visiting.log_in(client, "teamleder")
    for username in ("leif.kold", "signe.friis", "lone.riis")[:count]:
        client.post(f"/fravaer/{username}", data={**DAYS, "csrf_token": token})
    with visiting.statements(service) as sent:
        assert client.get("/fravaer").text.count('kf-meta">fraværende 04.03.2030') == count
    assert len([one for one in sent if "FROM account" in one]) == 3
