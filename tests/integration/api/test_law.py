"""Changes of law over the API: publish, ask, apply; what is wrong is told by field."""

import pytest

from tests.integration import whole
from tests.integration.api.conftest import DIAGRAM

LAW = "gyldig_fra=2026-01-01&lov=lov+nr.+1&overgang=ALL_RUNNING"


def publish(caller, query=LAW):
    return caller.upload(f"/v2/kf/law?{query}", ("p.bpmn", DIAGRAM.replace(b"sagsbehandler", b"enhedschef")))


@pytest.mark.usefixtures("deployed", "task_key")
def test_a_law_is_published_asked_about_and_applied(program, as_user, worker):
    designer = as_user("procesdesigner")
    made = publish(designer).json
    (version,) = program.get("/v2/kf/versions?at=2026-11-24").json["items"]
    told = (version["version"], version["gyldigFra"], version["lov"], version["overgang"])
    assert told == (2, "2026-01-01", "lov nr. 1", "ALL_RUNNING")
    path = f"/v2/kf/law/{made['deploymentKey']}"
    (item,) = designer.get(f"{path}/affected").json["items"]
    assert (item["way"], item["version"], item["isBlocked"]) == ("MIGRATE", 2, False)
    batch = designer.post(f"{path}/application", {"reason": "Loven er trådt i kraft"}).json
    assert batch["batchOperationType"] == "FOLLOW_LAW"
    worker.drain()
    assert designer.get(f"{path}/affected").json["items"] == []


@pytest.mark.usefixtures("deployed", "task_key")
@pytest.mark.parametrize("publisher", ["procesdesigner", "administrator"])
def test_whom_files_would_name_is_told_without_publishing_them(program, as_user, service, publisher):
    before = whole.database(service)
    files = ("p.bpmn", DIAGRAM.replace(b"sagsbehandler", b"enhedschef"))
    told = as_user(publisher).upload(f"/v2/kf/law/preview?{LAW}", files)
    (item,) = told.json["items"]
    assert (item["way"], item["version"], item["whyEn"]) == ("MIGRATE", 2, "All running cases are named")
    after = whole.database(service)
    assert {name for name in after if after[name] != before[name]} == {"audit_event"}
    (version,) = program.get("/v2/kf/versions?at=2026-11-24").json["items"]
    assert version["version"] == 1


def test_what_is_wrong_with_a_publication_is_told_by_field(as_user):
    refused = publish(as_user("procesdesigner"), "gyldig_fra=1.1.2026&overgang=ALLE")
    assert (refused.status_code, [e["field"] for e in refused.json["errors"]]) == (400, ["gyldig_fra", "overgang"])


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("gyldigFra=2027-01-01&lov=lov+1&overgang=ALL_RUNNING", ["gyldigFra"]),
        ("lov=lov+1&overgang=ALL_RUNNING", ["gyldig_fra"]),
        ("", ["gyldig_fra"]),
    ],
)
def test_a_law_whose_day_is_misspelt_or_missing_is_not_published(program, as_user, query, fields):
    refused = publish(as_user("administrator"), query)
    assert (refused.status_code, [e["field"] for e in refused.json["errors"]]) == (400, fields)
    assert program.get("/v2/kf/versions?at=2026-11-24").json["items"] == []


def test_an_address_of_ours_takes_no_other_names(program, deployed):
    assert deployed
    told = {path: program.get(path).status_code for path in ("/v2/kf/versions?dag=2030-01-01", "/v2/topology?x=1")}
    assert told == {"/v2/kf/versions?dag=2030-01-01": 400, "/v2/topology?x=1": 200}


def test_a_caseworker_may_not_ask_whom_a_law_names(as_user):
    assert as_user("sagsbehandler").get("/v2/kf/law/1/affected").status_code == 403
