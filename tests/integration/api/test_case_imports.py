"""Importing open cases over HTTP: tried, imported, refused by row and column."""

import orjson
import pytest

from tests.integration.api.conftest import Caller


@pytest.fixture
def leader(as_user) -> Caller:
    return as_user("teamleder")


ROW = {
    "external_id": "K-1",
    "process": "proeve",
    "element": "Vurder",
    "institution": "SDO",
    "opened_at": "2026-11-02",
}


def upload(caller, path, *rows):
    return caller.upload(path, ("cases.json", orjson.dumps(rows)))


def test_a_file_is_tried_and_then_imported(leader, deployed):
    assert deployed
    tried = upload(leader, "/v2/kf/cases/import/dry-run", ROW, ROW | {"external_id": "K-2", "element": "X"}).json
    assert [(p["row"], p["column"], p["code"]) for p in tried["problems"]] == [(2, "element", "UNKNOWN_ELEMENT")]
    assert (tried["accepted"], tried["imported"]) == (1, [])
    done = upload(leader, "/v2/kf/cases/import", ROW).json
    assert (done["dryRun"], done["alreadyImported"], done["problems"]) == (False, 0, [])
    (number,) = done["imported"]
    assert leader.get(f"/v2/kf/cases/{number}").json["state"] == "ACTIVE"


def test_a_wrong_file_is_refused_by_row_and_column(leader, deployed):
    assert deployed
    refused = upload(leader, "/v2/kf/cases/import", ROW | {"element": "X"})
    assert (refused.status_code, [e["field"] for e in refused.json["errors"]]) == (400, ["rows.1.element"])
    assert leader.upload("/v2/kf/cases/import").status_code == 400


def test_a_row_nested_too_deep_is_told_by_number(leader, deployed):
    assert deployed
    for deep in ("[" * 300 + "]" * 300, "[" * 2000 + "]" * 2000):
        rows = b"[%s, %s]" % (orjson.dumps(ROW), orjson.dumps(ROW)[:-1] + b', "variables": {"x": %s}}' % deep.encode())
        tried = leader.upload("/v2/kf/cases/import/dry-run", ("cases.json", rows))
        assert (tried.status_code, [p["row"] for p in tried.json["problems"]]) == (200, [0])
    head, shallow = "external_id;process;element;institution;opened_at;variables", "[" * 150 + "]" * 150
    table = f'{head}\nK-1;proeve;Vurder;SDO;2026-11-02;{{"x": {shallow}}}'
    told = leader.upload("/v2/kf/cases/import/dry-run", ("cases.csv", table.encode())).json["problems"]
    assert [(p["row"], p["column"]) for p in told] == [(1, "variables")]


def test_an_institution_out_of_sight_is_as_unknown_as_one_that_does_not_exist(leader, deployed):
    assert deployed
    tried = upload(leader, "/v2/kf/cases/import/dry-run", ROW | {"institution": "NYB"}).json
    assert [(p["column"], p["code"]) for p in tried["problems"]] == [("institution", "unknown")]


def test_a_caseworker_may_not_import(as_user):
    assert upload(as_user("sagsbehandler"), "/v2/kf/cases/import", ROW).status_code == 403
