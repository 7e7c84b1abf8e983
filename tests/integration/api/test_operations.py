"""Operations one by one, where the SDK's walk does not go; idempotency; the description of it all."""

import time

import pytest

from tests.integration.api.conftest import DIAGRAM
from tests.integration.service import diagrams

WAITING = diagrams.sequence("venter", diagrams.timer_catch("Vent", "PT2H"), ids=["Vent"])

TABLE = b"""<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="model" name="Takster" namespace="urn:test">
  <decision id="takst" name="Takst"><decisionTable id="t" hitPolicy="UNIQUE">
    <input id="i1" label="dage"><inputExpression id="e1" typeRef="number"><text>dage</text></inputExpression></input>
    <output id="o1" name="takst" typeRef="number"/>
    <rule id="r1"><inputEntry id="a1"><text>&lt; 10</text></inputEntry>
      <outputEntry id="b1"><text>1</text></outputEntry></rule>
    <rule id="r2"><inputEntry id="a2"><text>&gt;= 10</text></inputEntry>
      <outputEntry id="b2"><text>2</text></outputEntry></rule>
  </decisionTable></decision>
</definitions>"""


def test_the_same_bytes_stay_the_same_version(program):
    program.upload("/v2/deployments", ("proeve.bpmn", DIAGRAM))
    again = program.upload("/v2/deployments", ("proeve.bpmn", DIAGRAM)).json
    assert again["deployments"][0]["processDefinition"]["processDefinitionVersion"] == 1


def test_a_diagram_comes_back_byte_for_byte(program, deployed):
    assert program.get(f"/v2/process-definitions/{deployed}/xml").data == DIAGRAM
    assert program.get(f"/v2/process-definitions/{deployed}").json["processDefinitionId"] == "proeve"
    assert program.get(f"/v2/process-definitions/{deployed}/form").status_code == 204


def test_a_resource_comes_back_byte_for_byte(program):
    program.upload("/v2/deployments", ("proeve.bpmn", DIAGRAM))
    (resource,) = program.post("/v2/resources/search").json["items"]
    assert program.get(f"/v2/resources/{resource['resourceKey']}/content/binary").data == DIAGRAM


def test_a_key_may_be_a_number(program, deployed):
    assert program.post("/v2/process-instances", {"processDefinitionKey": int(deployed)}).status_code == 200


def test_canceling_ends_an_instance_once(program, deployed):
    key = program.post("/v2/process-instances", {"processDefinitionKey": deployed}).json["processInstanceKey"]
    assert program.post(f"/v2/process-instances/{key}/cancellation").status_code == 204
    assert program.get(f"/v2/process-instances/{key}").json["state"] == "TERMINATED"
    assert program.post(f"/v2/process-instances/{key}/cancellation").status_code == 409


def test_a_task_is_assigned_changed_and_put_back(as_user, task_key):
    leader = as_user("teamleder")
    path = f"/v2/user-tasks/{task_key}"
    assert leader.post(f"{path}/assignment", {"assignee": "sagsbehandler"}).status_code == 204
    changes = {"priority": 80, "dueDate": "2026-12-01T12:00:00+01:00"}
    assert leader.send("PATCH", path, {"changeset": changes}).status_code == 204
    task = leader.get(path).json
    assert (task["assignee"], task["priority"], task["dueDate"]) == ("sagsbehandler", 80, "2026-12-01T11:00:00+00:00")
    assert as_user("betjent").post(f"{path}/completion").status_code in (403, 409)
    assert leader.send("DELETE", f"{path}/assignee").status_code == 204
    assert leader.get(path).json["assignee"] is None
    assert leader.get(f"{path}/form").status_code == 204


@pytest.mark.parametrize("beyond", ["9999-12-31T23:59:59-05:00", "0001-01-01T00:00:00+05:00", "2200-01-01T00:00:00Z"])
def test_an_instant_beyond_the_years_of_a_case_is_refused_by_field(as_user, task_key, beyond):
    leader = as_user("teamleder")
    path = f"/v2/user-tasks/{task_key}"
    for name in ("dueDate", "followUpDate"):
        refused = leader.send("PATCH", path, {"changeset": {name: beyond}})
        (problem,) = refused.json["errors"]
        assert (refused.status_code, problem["field"], problem["code"]) == (400, f"changeset.{name}", "instant_beyond")
        assert (problem["messageDa"], problem["messageEn"]) == (
            "Årstallet skal ligge mellem 1900 og 2199.",
            "The year must lie between 1900 and 2199.",
        )
    asked = leader.post("/v2/user-tasks/search", {"filter": {"dueDate": {"$lt": beyond}}})
    assert (asked.status_code, asked.json["errors"][0]["code"]) == (400, "instant_beyond")
    assert leader.get(path).json["dueDate"] is None


def test_a_failed_job_becomes_an_incident_that_can_be_resolved(program, deployed):
    instance = program.post("/v2/process-instances", {"processDefinitionKey": deployed}).json["processInstanceKey"]
    lease = {"type": "beregn", "timeout": 1000, "maxJobsToActivate": 1}
    (job,) = program.post("/v2/jobs/activation", lease).json["jobs"]
    failed = program.post(f"/v2/jobs/{job['jobKey']}/failure", {"retries": 0, "errorMessage": "ingen forbindelse"})
    assert failed.status_code == 204
    assert program.get(f"/v2/process-instances/{instance}").json["hasIncident"] is True
    found = program.post(f"/v2/process-instances/{instance}/incidents/search").json["items"]
    assert [(i["errorType"], i["jobKey"], i["state"]) for i in found] == [("JOB_NO_RETRIES", job["jobKey"], "ACTIVE")]
    assert program.post(f"/v2/incidents/{found[0]['incidentKey']}/resolution").status_code == 204
    assert program.get(f"/v2/incidents/{found[0]['incidentKey']}").json["state"] == "RESOLVED"
    assert len(program.post("/v2/jobs/activation", lease).json["jobs"]) == 1


def test_activation_waits_no_longer_than_asked(program):
    lease = {"type": "intet", "timeout": 1000, "maxJobsToActivate": 1}
    began = time.monotonic()
    assert program.post("/v2/jobs/activation", {**lease, "requestTimeout": 300}).json == {"jobs": []}
    assert 0.3 <= time.monotonic() - began < 2
    assert program.post("/v2/jobs/activation", {**lease, "requestTimeout": -1}).json == {"jobs": []}


def test_a_lease_and_retries_can_be_changed(program, deployed):
    program.post("/v2/process-instances", {"processDefinitionKey": deployed})
    (job,) = program.post("/v2/jobs/activation", {"type": "beregn", "timeout": 1000, "maxJobsToActivate": 1}).json[
        "jobs"
    ]
    assert program.send("PATCH", f"/v2/jobs/{job['jobKey']}", {"changeset": {"retries": 7}}).status_code == 204
    assert program.post("/v2/jobs/search").json["items"][0]["retries"] == 7


def test_variables_are_set_on_what_runs(program, task_key):
    instance = program.get(f"/v2/user-tasks/{task_key}").json["processInstanceKey"]
    put = program.send("PUT", f"/v2/element-instances/{instance}/variables", {"variables": {"ny": [1, {"a": None}]}})
    assert put.status_code == 204
    (ny,) = program.post("/v2/variables/search", {"filter": {"name": "ny"}}).json["items"]
    assert ny["value"].replace(" ", "") == '[1,{"a":null}]'


def test_messages_and_signals(program):
    published = program.post("/v2/messages/publication", {"name": "svar", "correlationKey": "x", "timeToLive": 60000})
    assert published.status_code == 200
    nobody = program.post("/v2/messages/correlation", {"name": "svar", "correlationKey": "y"})
    assert (nobody.status_code, nobody.json["code"]) == (404, "NOT_FOUND")
    assert program.post("/v2/signals/broadcast", {"signalName": "alarm"}).json["tenantId"] == "<default>"


def test_a_decision_is_evaluated_and_kept(program):
    deployed = program.upload("/v2/deployments", ("takst.dmn", TABLE))
    assert deployed.status_code == 200, deployed.json
    answer = program.post(
        "/v2/decision-definitions/evaluation", {"decisionDefinitionId": "takst", "variables": {"dage": 12}}
    )
    assert (answer.status_code, answer.json["output"]) == (200, "2")
    (rule,) = answer.json["evaluatedDecisions"][0]["matchedRules"]
    assert rule["ruleId"] == "r2"
    kept = program.get(f"/v2/decision-instances/{answer.json['decisionEvaluationKey']}-1").json
    assert (kept["result"], kept["matchedRules"][0]["ruleId"]) == ("2", "r2")
    assert program.get(f"/v2/decision-definitions/{answer.json['decisionDefinitionKey']}/xml").data == TABLE


def test_the_same_idempotency_key_gives_the_same_answer(program, deployed):
    body = {"processDefinitionKey": deployed}
    first = program.post("/v2/process-instances", body, **{"Idempotency-Key": "k-1"})
    second = program.post("/v2/process-instances", body, **{"Idempotency-Key": "k-1"})
    assert second.data == first.data
    assert second.headers["Idempotency-Replayed"] == "true"
    assert program.post("/v2/process-instances/search").json["page"]["totalItems"] == 1


def test_an_idempotency_key_belongs_to_one_request(program, deployed):
    program.post("/v2/process-instances", {"processDefinitionKey": deployed}, **{"Idempotency-Key": "k-1"})
    other = program.post("/v2/signals/broadcast", {"signalName": "x"}, **{"Idempotency-Key": "k-1"})
    assert (other.status_code, other.json["code"]) == (409, "IDEMPOTENCY_CLASH")


def test_a_refused_request_may_be_tried_again_under_its_key(program, deployed):
    refused = program.post("/v2/process-instances", {"processDefinitionId": "findes-ikke"}, **{"Idempotency-Key": "k"})
    assert refused.status_code == 404
    again = program.post("/v2/process-instances", {"processDefinitionKey": deployed}, **{"Idempotency-Key": "k"})
    assert again.status_code == 200


def test_uploading_twice_under_one_key(program):
    first = program.upload("/v2/deployments", ("p.bpmn", DIAGRAM), **{"Idempotency-Key": "d"})
    second = program.upload("/v2/deployments", ("p.bpmn", DIAGRAM), **{"Idempotency-Key": "d"})
    assert second.data == first.data


def test_a_case_its_history_and_versions(program, as_user, deployed, task_key):
    number = program.get(f"/v2/user-tasks/{task_key}").json["businessId"]
    assert as_user("sagsbehandler").get(f"/v2/kf/cases/{number}").json["caseNumber"] == number
    history = program.get(f"/v2/kf/cases/{number}/history").json
    assert history["page"]["totalItems"] == len(history["items"]) > 0
    (version,) = program.get("/v2/kf/versions?at=2026-11-24").json["items"]
    assert (version["kind"], version["id"], version["key"]) == ("process", "proeve", deployed)
    assert program.get("/v2/kf/versions?at=i-dag").status_code == 400


def test_lint_finds_without_storing(program):
    answer = program.upload("/v2/kf/lint", ("a.bpmn", b"<x/>"))
    assert answer.status_code == 200
    assert answer.json["findings"][0]["resource"] == "a.bpmn"


def test_a_token_is_for_clients_only(client):
    asked = {"grant_type": "client_credentials", "client_id": "sagsbehandler", "client_secret": "synthetic-demo-1"}
    assert client.post("/oauth/token", data=asked).json["error"] == "invalid_client"
    assert client.post("/oauth/token", data={"grant_type": "password"}).json["error"] == "unsupported_grant_type"


def test_a_token_is_over_after_an_hour(client, clock):
    from datetime import timedelta

    asked = {"grant_type": "client_credentials", "client_id": "worker", "client_secret": "worker-secret-1"}
    token = client.post("/oauth/token", data=asked).json["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    assert client.get("/v2/authentication/me", headers=headers).json["username"] == "worker"
    assert client.get("/v2/authentication/me", headers={"Authorization": f"Bearer {token}x"}).status_code == 401
    clock.at += timedelta(hours=1)
    assert client.get("/v2/authentication/me", headers=headers).status_code == 401


def test_the_description_is_complete_and_stays_here(client):
    described = client.get("/openapi.json").json
    assert described["openapi"] == "3.1.0"
    names = set(described["components"]["schemas"])
    text = client.get("/openapi.json").get_data(as_text=True)
    referred = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert referred <= names
    page = client.get("/docs").get_data(as_text=True)
    assert all(path in page for path in described["paths"])
    assert "//" not in page.replace("<!DOCTYPE", "")
    with client.get("/docs/static/docs.css") as style:
        assert style.status_code == 200


def test_a_timer_is_found_and_moved_by_a_supervisor(as_user, program):
    program.upload("/v2/deployments", ("venter.bpmn", WAITING))
    started = program.post("/v2/process-instances", {"processDefinitionId": "venter"}).json
    leader = as_user("teamleder")
    (timer,) = leader.post("/v2/kf/timers/search", {"filter": {"state": "ARMED"}}).json["items"]
    assert (timer["dueDate"], timer["processInstanceKey"]) == (
        "2026-11-24T10:00:00+00:00",
        started["processInstanceKey"],
    )
    path = f"/v2/kf/timers/{timer['timerKey']}/due-date"
    moved = leader.send("PUT", path, {"dueDate": "2026-11-25T09:00:00+01:00", "reason": "udsat"})
    assert (moved.status_code, moved.json["dueDate"]) == (200, "2026-11-25T08:00:00+00:00")
    beyond = leader.send("PUT", path, {"dueDate": "9999-12-31T23:59:59-05:00", "reason": "udsat"})
    assert (beyond.status_code, [e["field"] for e in beyond.json["errors"]]) == (400, ["dueDate"])
    late = leader.send("PUT", path, {"dueDate": "2026-11-01T09:00:00+01:00", "reason": "udsat"})
    assert (late.status_code, [e["field"] for e in late.json["errors"]]) == (400, ["dueDate"])
    assert leader.send("PUT", path, {"dueDate": "2026-11-25T09:00:00+01:00"}).status_code == 400
    asked = {"dueDate": "2026-12-01T09:00:00Z", "reason": "x"}
    assert as_user("sagsbehandler").send("PUT", path, asked).status_code == 403


def test_a_deployed_letter_is_told_as_a_resource(program):
    answer = program.upload("/v2/deployments", ("ord.typ", b"#let hilsen = [Hej]"))
    (item,) = answer.json["deployments"]
    told = item["resource"]
    assert (told["resourceId"], told["resourceName"], told["version"]) == ("ord", "ord.typ", 1)
    assert program.get(f"/v2/resources/{told['resourceKey']}/content/binary").data == b"#let hilsen = [Hej]"
