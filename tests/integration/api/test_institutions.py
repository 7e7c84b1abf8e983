"""Institutions over the API: listed with their places, and put in another area with a reason."""

import pytest

from tests.integration import whole


def test_an_institution_is_listed_with_area_places_and_what_runs_there(as_user, task_key):
    assert task_key
    listed = as_user("sagsbehandler").get("/v2/kf/institutions").json["items"]
    sdo = next(one for one in listed if one["institutionCode"] == "SDO")
    assert (sdo["area"], sdo["running"]) == ("vest", [{"processDefinitionId": "proeve", "name": "Prøve", "count": 1}])
    assert sdo["regimes"][0] == {"regime": "aaben", "places": 222, "living": 0, "held": 0, "free": 222}
    assert as_user("sagsbehandler").get("/v2/kf/institutions/SDO").json == sdo


def test_an_institution_moves_with_what_is_open_there(as_user, task_key):
    assert task_key
    body = {"area": "oest", "reason": "Ny områdestruktur"}
    moved = as_user("administrator").send("PUT", "/v2/kf/institutions/SDO/area", body)
    assert moved.json == {"institutionCode": "SDO", "area": "oest", "cases": 1, "tasks": 1}
    assert as_user("sagsbehandler").get("/v2/kf/institutions/SDO").json["area"] == "oest"


def test_a_new_area_is_said_to_be_new(as_user, task_key):
    assert task_key
    body = {"area": "midt", "isNew": True, "reason": "Ny områdestruktur"}
    moved = as_user("administrator").send("PUT", "/v2/kf/institutions/SDO/area", body)
    assert (moved.status_code, moved.json["area"]) == (200, "midt")


REFUSED = [
    ("administrator", "SDO", {"area": "oest", "reason": " "}, (400, ["reason"])),
    ("administrator", "SDO", {"area": " ", "reason": ""}, (400, ["area", "reason"])),
    ("administrator", "SDO", {"area": "mars", "reason": "Nej"}, (400, ["area"])),
    ("administrator", "SDO", {"area": "vest", "reason": "Nej"}, (409, [])),
    ("administrator", "XXX", {"area": "oest", "reason": "Nej"}, (404, [])),
    ("teamleder", "SDO", {"area": "oest", "reason": "Nej"}, (403, [])),
]


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_moved_is_refused_and_stays(as_user, service, case):
    who, code, body, told = case
    before = whole.database(service)
    refused = as_user(who).send("PUT", f"/v2/kf/institutions/{code}/area", body)
    assert (refused.status_code, [problem["field"] for problem in refused.json.get("errors", [])]) == told
    assert whole.database(service) == before
