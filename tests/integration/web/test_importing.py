"""Importing open cases from the page: tried first, then imported whole."""

from io import BytesIO

import orjson
import pytest
from sqlalchemy import select

from kfflow.persistence.tables import Case
from kfflow.web import imports
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


# ------------------------------------------------------------------ long files


@pytest.fixture
def long_rows():
    rows = [ROW | {"external_id": f"K-{number}", "title": "x" * 100} for number in range(120)]
    assert len(orjson.dumps(rows)) > imports.LONG
    return rows


def words(answer):
    return " ".join(answer.text.split())


def test_a_long_file_is_tried_with_how_far_it_is(client, service, token, long_rows):
    page = words(send(client, token, "proev", *long_rows))
    assert ("6 af 120 rækker, 0 med fejl" in page, "120 af 120 rækker, 0 med fejl" in page) == (True, True)
    assert ("Filen kan indlæses." in page, cases(service)) == (True, 0)


def test_a_long_file_is_imported_whole(client, service, token, long_rows):
    page = words(send(client, token, "indlaes", *long_rows))
    assert ("120 sager er indlæst, 0 var her." in page, cases(service)) == (True, 120)


@pytest.mark.parametrize("button", ["proev", "indlaes"])
def test_a_long_file_with_errors_tells_every_row_and_stores_nothing(client, service, token, long_rows, button):
    for number in (3, 100):
        long_rows[number] |= {"institution": "XXX"}
    page = words(send(client, token, button, *long_rows))
    assert ("120 af 120 rækker, 2 med fejl" in page, page.count("Institutionen kendes ikke;")) == (True, 2)
    assert ("Intet er gemt." in page, cases(service)) == (True, 0)


def test_a_page_that_is_closed_on_the_way_leaves_nothing(client, service, token, long_rows):
    file = (BytesIO(orjson.dumps(long_rows)), "sager.json")
    data = {"csrf_token": token, "handling": "indlaes", "fil": file}
    answer = client.post("/sager/indlaes", data=data, buffered=False)
    told = ""
    for part in answer.response:
        told += part if isinstance(part, str) else part.decode()
        if "60 af 120" in told:
            break
    answer.close()
    assert ("60 af 120" in told, "120 af 120" in told, cases(service)) == (True, False, 0)
