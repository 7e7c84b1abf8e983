"""Element instances over the API: what ran in an instance, by which keys, and by the official SDK."""

import pytest
from camunda_orchestration_sdk import CamundaClient
from camunda_orchestration_sdk.models import ElementInstanceSearchQuery, ElementInstanceSearchQueryFilter

from kfflow.demo.accounts import CLIENT_ID, CLIENT_SECRET
from kfflow.service import element_instances


def find(caller, **body):
    answer = caller.post("/v2/element-instances/search", body)
    assert answer.status_code == 200, answer.json
    return answer.json


@pytest.fixture
def instance(program, task_key):
    return program.get(f"/v2/user-tasks/{task_key}").json["processInstanceKey"]


def test_what_ran_in_an_instance_is_told_with_its_state(program, instance, task_key):
    asked = {"filter": {"processInstanceKey": instance}, "sort": [{"field": "elementInstanceKey"}]}
    found = find(program, **asked)
    told = {item["elementId"]: (item["type"], item["state"]) for item in found["items"]}
    assert told == {
        "proeve": ("PROCESS", "ACTIVE"),
        "Modtaget": ("START_EVENT", "COMPLETED"),
        "Beregn": ("SERVICE_TASK", "COMPLETED"),
        "Vurder": ("USER_TASK", "ACTIVE"),
    }
    keys = {item["elementId"]: item["elementInstanceKey"] for item in found["items"]}
    assert (keys["proeve"], keys["Vurder"]) == (instance, task_key)
    assert found["page"]["totalItems"] == 4


def test_filters_sorts_and_pages_work_as_elsewhere(program, instance):
    where = {"processInstanceKey": instance}
    sort = [{"field": "elementName", "order": "DESC"}]
    first = find(program, filter=where, sort=sort, page={"limit": 2})
    after = {"limit": 2, "after": first["page"]["endCursor"]}
    second = find(program, filter=where, sort=sort, page=after)
    assert [i["elementName"] for i in first["items"] + second["items"]] == ["Vurder", "Prøve", "Modtaget", "Beregn"]
    active = find(program, filter={**where, "state": "ACTIVE", "type": {"$neq": "PROCESS"}})["items"]
    assert [item["elementId"] for item in active] == ["Vurder"]
    ended = find(program, filter={"endDate": {"$exists": True}, "elementId": {"$like": "Be*"}})["items"]
    assert [(item["elementId"], item["state"]) for item in ended] == [("Beregn", "COMPLETED")]


def test_each_is_found_by_its_key(program, instance, task_key):
    for item in find(program, filter={"processInstanceKey": instance})["items"]:
        assert program.get(f"/v2/element-instances/{item['elementInstanceKey']}").json == item
    (found,) = find(program, filter={"elementInstanceKey": task_key})["items"]
    assert found["elementId"] == "Vurder"
    assert program.get("/v2/element-instances/17").status_code == 404


def test_an_incident_is_told_at_its_element(program, deployed):
    program.post("/v2/process-instances", {"processDefinitionKey": deployed})
    taken = program.post("/v2/jobs/activation", {"type": "beregn", "timeout": 60000, "maxJobsToActivate": 1}).json
    program.post(f"/v2/jobs/{taken['jobs'][0]['jobKey']}/failure", {"retries": 0, "errorMessage": "nej"})
    (stopped,) = find(program, filter={"hasIncident": True})["items"]
    (incident,) = program.post("/v2/incidents/search", {}).json["items"]
    told = (stopped["elementId"], stopped["incidentKey"], stopped["state"])
    assert told == ("Beregn", incident["incidentKey"], "ACTIVE")


def test_nothing_is_told_of_other_places(as_user, program, instance):
    assert find(as_user("sagsbehandler"), filter={"processInstanceKey": instance})["items"] != []
    program.post("/v2/process-instances", {"processDefinitionId": "proeve", "businessId": "ANDEN"})
    elsewhere = program.post("/v2/process-instances/search", {"filter": {"businessId": "ANDEN"}}).json["items"]
    assert len(elsewhere) == 1
    assert as_user("procesdesigner").post("/v2/element-instances/search", {}).status_code == 403


def test_a_search_in_too_many_instances_is_refused_by_field(program, deployed, monkeypatch):
    for _ in range(2):
        program.post("/v2/process-instances", {"processDefinitionKey": deployed})
    monkeypatch.setattr(element_instances, "MOST_INSTANCES", 1)
    refused = program.post("/v2/element-instances/search", {})
    told = [(problem["field"], problem["messageEn"]) for problem in refused.json["errors"]]
    words = "The search would look into more than 1 process instances; say which."
    assert (refused.status_code, told) == (400, [("filter.processInstanceKey", words)])


def test_the_official_sdk_finds_element_instances(live_server, instance):
    auth = {"CAMUNDA_AUTH_STRATEGY": "BASIC", "CAMUNDA_BASIC_AUTH_USERNAME": CLIENT_ID}
    auth["CAMUNDA_BASIC_AUTH_PASSWORD"] = CLIENT_SECRET
    with CamundaClient(configuration={"CAMUNDA_REST_ADDRESS": live_server, **auth}) as camunda:
        query = ElementInstanceSearchQuery(
            filter_=ElementInstanceSearchQueryFilter(process_instance_key=instance, element_id="Vurder")
        )
        (found,) = camunda.search_element_instances(data=query).items
        again = camunda.get_element_instance(element_instance_key=found.element_instance_key)
    assert (found.element_name, str(found.type_), str(found.state)) == ("Vurder", "USER_TASK", "ACTIVE")
    assert again == found
