"""The institutions on the screen: listed for everybody, moved by an administrator, refused in words."""

import pytest

from kfflow.persistence.tables import Institution
from tests.integration.web import visiting


def words(page):
    return " ".join(page.split())


@pytest.fixture
def cases(service):
    visiting.deploy_form_process(service)
    return visiting.open_cases(service, 3)


def area(service):
    with service.database.transaction() as session:
        return session.get_one(Institution, "SDO").area


@pytest.mark.usefixtures("cases")
def test_the_list_tells_area_places_and_what_runs(client):
    visiting.log_in(client, "sagsbehandler")
    shown = words(client.get("/institutioner").text)
    row = shown[shown.index('href="/institutioner/SDO"') :]
    assert "vest" in row[: row.index("</tr>")]
    assert "åbent 222/222, lukket" in row[: row.index("</tr>")]
    assert "vurder 3" in row[: row.index("</tr>")]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_as_many_statements_for_one_case_as_for_three(client, service, count):
    visiting.deploy_form_process(service)
    visiting.open_cases(service, count)
    visiting.log_in(client, "sagsbehandler")
    with visiting.statements(service) as sent:
        client.get("/institutioner")
    assert len([one for one in sent if one.startswith("SELECT")]) == 8


@pytest.mark.usefixtures("cases")
def test_an_administrator_is_told_what_would_go_along(client):
    visiting.log_in(client, "administrator")
    shown = words(client.get("/institutioner/SDO").text)
    assert "3 åbne sager og 3 åbne opgaver følger med straks" in shown


def test_nobody_else_sees_the_form(client):
    visiting.log_in(client, "teamleder")
    assert "Flyt institutionen" not in client.get("/institutioner/SDO").text


@pytest.mark.usefixtures("cases")
def test_an_institution_is_moved_with_a_reason(client, service):
    token = visiting.log_in(client, "administrator")
    data = {"omraade": "oest", "grund": "Ny områdestruktur", "csrf_token": token}
    answer = client.post("/institutioner/SDO", data=data)
    assert (answer.status_code, answer.location, area(service)) == (303, "/institutioner/SDO", "oest")
    told = "SDO ligger nu i oest; 3 sager og 3 opgaver fulgte med."
    assert told in client.get("/institutioner/SDO").text


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("da", ["Institutionen kan ikke flyttes.", "Hvorfor: Skal udfyldes."]),
        ("en", ["The institution cannot be moved.", "Why: Must be given."]),
    ],
)
def test_a_move_without_a_reason_is_refused_at_its_field(client, service, language, told):
    token = visiting.log_in(client, "administrator")
    client.post("/sprog", data={"language": language, "next": "/", "csrf_token": token})
    answer = client.post("/institutioner/SDO", data={"omraade": "oest", "grund": " ", "csrf_token": token})
    assert (answer.status_code, [one in answer.text for one in told]) == (422, [True, True])
    assert area(service) == "vest"


def test_who_may_not_administer_moves_nothing(client, service):
    token = visiting.log_in(client, "teamleder")
    answer = client.post("/institutioner/SDO", data={"omraade": "oest", "grund": "Nej", "csrf_token": token})
    assert (answer.status_code, area(service)) == (403, "vest")
