"""Importing open cases from the page: tried first, then imported whole."""

from io import BytesIO

import orjson
import pytest
from sqlalchemy import select

from kfflow.persistence.tables import Case
from tests.integration.web import visiting

ROW = {"external_id": "K-1", "process": "vurder", "element": "Vurder", "institution": "SDO", "opened_at": "2026-11-02"}


@pytest.fixture
def token(client, service):
    visiting.deploy_form_process(service)
    return visiting.log_in(client, "teamleder")


def send(client, token, button, *rows):
    file = (BytesIO(orjson.dumps(rows)), "sager.json")
    return client.post("/sager/indlaes", data={"csrf_token": token, "handling": button, "fil": file})


def cases(service):
    with service.database.transaction() as session:
        return len(session.scalars(select(Case.key)).all())


def test_a_file_is_tried_without_storing_anything(client, service, token):
    answer = send(client, token, "proev", ROW, ROW | {"external_id": "K-2"})
    assert (answer.status_code, "Filen kan indlæses." in answer.text, cases(service)) == (200, True, 0)


def test_a_file_is_imported_and_a_second_time_changes_nothing(client, service, token):
    assert send(client, token, "indlaes", ROW).status_code == 303
    assert "1 sager er indlæst, 0 var her." in client.get("/sager/indlaes").text
    assert send(client, token, "indlaes", ROW).status_code == 303
    assert ("0 sager er indlæst, 1 var her." in client.get("/sager/indlaes").text, cases(service)) == (True, 1)


def test_every_row_with_its_problem_is_listed(client, service, token):
    answer = send(client, token, "indlaes", ROW, ROW | {"external_id": "K-2", "element": "X"}, {"external_id": "K-3"})
    rows = [line for line in answer.text.splitlines() if 'data-label="Række"' in line]
    assert (answer.status_code, len(rows), cases(service)) == (422, 5, 0)


def test_without_a_file_one_is_asked_for(client, token):
    answer = client.post("/sager/indlaes", data={"csrf_token": token, "handling": "proev"})
    assert (answer.status_code, "Vælg en fil." in answer.text) == (422, True)
