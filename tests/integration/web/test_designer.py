"""The list of processes, the designer's page and what its island asks for, and uploading files."""

import io
import json
import re

import pytest

from kfflow.service import definitions
from kfflow.service.accounts import SYSTEM
from tests.integration.service import diagrams
from tests.integration.web import visiting

NAME = "vurder.bpmn"


def drawn(name="Vurder", **more):
    return diagrams.sequence("vurder", diagrams.user_task(name, **more), ids=[name]).decode()


def send(client, verb, token, body):
    return client.post(f"/processer/{NAME}/{verb}", json=body, headers={"X-CSRFToken": token})


def latest_version(service):
    with service.query(SYSTEM) as ctx:
        found = definitions.find_latest(ctx, "vurder")
    return found.version if found else None


def opened(client):
    page = client.get(f"/processer/{NAME}/tegn").text
    data = re.search(r'id="kf-designer-data">(.*?)</script>', page, re.DOTALL)
    return json.loads(data[1])


def test_the_page_opens_what_is_in_operation(client, service):
    visiting.deploy_form_process(service)
    visiting.log_in(client, "procesdesigner")
    data = opened(client)
    assert (data["kind"], data["revision"], data["runningVersion"], data["language"]) == ("bpmn", 0, 1, "da")
    assert 'id="Vurder"' in data["xml"]


def test_a_new_name_opens_an_empty_diagram_that_can_be_checked(client):
    token = visiting.log_in(client, "procesdesigner")
    data = opened(client)
    assert (data["runningVersion"], 'id="vurder"' in data["xml"]) == (None, True)
    findings = send(client, "tjek", token, {"xml": data["xml"]}).json["findings"]
    assert [finding["rule"] for finding in findings if finding["rule"] == "not-xml"] == []


def test_a_draft_is_saved_with_what_is_wrong_in_it(client):
    token = visiting.log_in(client, "procesdesigner")
    answer = send(client, "gem", token, {"xml": drawn(), "revision": 0})
    assert (answer.status_code, answer.json["revision"]) == (200, 1)
    assert {finding["element_id"] for finding in answer.json["findings"]} >= {"Vurder"}
    assert opened(client)["revision"] == 1


def test_a_stale_draft_is_refused_and_says_who_saved(client):
    token = visiting.log_in(client, "procesdesigner")
    send(client, "gem", token, {"xml": drawn(), "revision": 0})
    send(client, "gem", token, {"xml": drawn(), "revision": 1})
    answer = send(client, "gem", token, {"xml": drawn(), "revision": 1})
    assert (answer.status_code, answer.json["revision"], answer.json["savedBy"]) == (409, 2, "Palle Stenbæk")


def test_a_comparison_tells_in_words_what_is_new(client, service):
    visiting.deploy_form_process(service)
    token = visiting.log_in(client, "procesdesigner")
    changes = send(client, "sammenlign", token, {"xml": drawn("Afgoer")}).json["changes"]
    texts = [change["text"] for change in changes]
    assert ("Opgaven »Vurder« er fjernet." in texts, "Opgaven »Afgoer« er ny." in texts) == (True, True)


def test_deploying_makes_the_next_version(client, service):
    visiting.deploy_form_process(service)
    token = visiting.log_in(client, "procesdesigner")
    send(client, "gem", token, {"xml": drawn("Afgoer"), "revision": 0})
    answer = send(client, "saet-i-drift", token, {"revision": 1, "uden_proeve": "Haster"})
    assert (answer.status_code, answer.json["version"], latest_version(service)) == (200, 2, 2)
    assert opened(client)["revision"] == 0


def test_a_diagram_with_errors_is_not_deployed_and_every_finding_is_told(client, service):
    token = visiting.log_in(client, "procesdesigner")
    broken = drawn().replace('targetRef="Vurder"', 'targetRef="Ingenting"')
    send(client, "gem", token, {"xml": broken, "revision": 0})
    answer = send(client, "saet-i-drift", token, {"revision": 1, "uden_proeve": "Haster"})
    assert (answer.status_code, answer.json["code"], latest_version(service)) == (400, "DEPLOYMENT_REFUSED", None)
    assert answer.json["findings"]


def test_what_stands_against_publishing_is_told_with_the_comparison(client, service):
    service.publish_alone = False
    token = visiting.log_in(client, "procesdesigner")
    send(client, "gem", token, {"xml": drawn(), "revision": 0})
    told = send(client, "sammenlign", token, {"xml": drawn()}).json
    assert told["eyes"] == "Du har selv gemt vurder.bpmn sidst. En kollega skal udgive (fire øjne)."
    assert told["trial"] == "Kladden vurder.bpmn er ikke prøvet, som den er nu."
    assert told["tryAt"] == "/lov/ny?fil=vurder.bpmn"


def test_a_colleague_publishes_what_a_designer_drew(client, service):
    service.publish_alone = False
    token = visiting.log_in(client, "procesdesigner")
    send(client, "gem", token, {"xml": drawn(), "revision": 0})
    refused = send(client, "saet-i-drift", token, {"revision": 1, "uden_proeve": "Haster"})
    assert (refused.status_code, "(fire øjne)" in refused.json["detail"], latest_version(service)) == (403, True, None)
    other = client.application.test_client()
    token = visiting.log_in(other, "administrator")
    answer = send(other, "saet-i-drift", token, {"revision": 1, "uden_proeve": "Haster"})
    assert (answer.status_code, latest_version(service)) == (200, 1)


def test_a_draft_that_was_not_tried_is_published_with_a_reason_only(client, service):
    token = visiting.log_in(client, "procesdesigner")
    send(client, "gem", token, {"xml": drawn(), "revision": 0})
    refused = send(client, "saet-i-drift", token, {"revision": 1})
    assert (refused.status_code, refused.json["errors"][0]["field"]) == (400, "uden_proeve")
    assert latest_version(service) is None


@pytest.mark.parametrize("body", ["x", [], {"xml": 7}, {"revision": 1}])
def test_a_body_without_a_file_is_refused(client, body):
    token = visiting.log_in(client, "procesdesigner")
    answer = send(client, "tjek", token, body)
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (400, "xml")


@pytest.mark.parametrize("name", ["../../etc/passwd", "a.exe", "a b.bpmn", "x" * 200 + ".bpmn"])
def test_only_names_of_resources_are_opened(client, name):
    visiting.log_in(client, "procesdesigner")
    assert client.get(f"/processer/{name}/tegn").status_code == 404


def upload(client, token, *files):
    data = {"csrf_token": token, "filer": [(io.BytesIO(source), name) for name, source in files]}
    return client.post("/processer", data=data, content_type="multipart/form-data")


def test_an_uploaded_process_is_in_operation(client, service):
    token = visiting.log_in(client, "procesdesigner")
    assert upload(client, token, (NAME, drawn().encode())).status_code == 303
    assert latest_version(service) == 1
    assert "vurder" in client.get("/processer").text


HOSTILE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]><x>&y;</x>'


@pytest.mark.parametrize(
    ("name", "source"),
    [("a.bpmn", b"ingen xml"), ("a.bpmn", HOSTILE), ("a.png", b"\x89PNG"), ("a.dmn", b"<x/>"), ("a.form", b"{")],
)
def test_a_bad_file_is_refused_with_its_findings(client, service, name, source):
    token = visiting.log_in(client, "procesdesigner")
    answer = upload(client, token, (NAME, drawn().encode()), (name, source))
    assert (answer.status_code, f"<td>{name}</td>" in answer.text) == (400, True)
    assert ("Intet er gemt." in answer.text, latest_version(service)) == (True, None)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries_for_one_process_and_three(client, service, count):
    for number in range(count):
        visiting.deploy_form_process(service, f"vurder{number}")
    visiting.log_in(client, "procesdesigner")
    with visiting.statements(service) as seen:
        assert client.get("/processer").status_code == 200
    assert len([statement for statement in seen if "process_definition" in statement]) == 1


def test_a_draft_is_published_with_date_law_and_rule_and_the_list_shows_them(client, service):
    token = visiting.log_in(client, "procesdesigner")
    law = {"gyldig_fra": "2027-01-01", "lov": "lov nr. 1 af 01.12.2026", "overgang": "ALL_RUNNING"}
    send(client, "gem", token, {"xml": drawn(), "revision": 0})
    answer = send(client, "saet-i-drift", token, {"revision": 1, "uden_proeve": "Haster", **law})
    assert answer.json["message"] == "Version 1 gælder fra 01.01.2027. Alle sager, også de igangværende."
    with service.query(SYSTEM) as ctx:
        found = definitions.find_latest(ctx, "vurder")
        assert (str(found.gyldig_fra), found.lov, found.overgang) == tuple(law.values())
    page = client.get("/processer").text
    assert [words in page for words in ("01.01.2027", law["lov"], "Alle sager, også de igangværende")] == [True] * 3


def test_a_rule_without_a_date_is_refused_by_field_and_nothing_is_published(client, service):
    token = visiting.log_in(client, "procesdesigner")
    send(client, "gem", token, {"xml": drawn(), "revision": 0})
    refused = send(client, "saet-i-drift", token, {"revision": 1, "uden_proeve": "Haster", "overgang": "NEW_CASES"})
    assert (refused.status_code, [e["field"] for e in refused.json["errors"]]) == (400, ["gyldig_fra"])
    assert latest_version(service) is None


def test_files_are_uploaded_with_a_date_and_a_wrong_one_is_told(client, service):
    token = visiting.log_in(client, "procesdesigner")

    def upload(day):
        data = {"csrf_token": token, "gyldig_fra": day, "filer": (io.BytesIO(drawn().encode()), NAME)}
        return client.post("/processer", data=data, content_type="multipart/form-data")

    refused = upload("1.1.2027")
    assert (refused.status_code, "Skriv datoen som ÅÅÅÅ-MM-DD." in refused.text) == (400, True)
    assert upload("2027-01-01").status_code == 303
    with service.query(SYSTEM) as ctx:
        assert str(definitions.find_latest(ctx, "vurder").gyldig_fra) == "2027-01-01"
