"""Whatever is sent to whichever operation, the answer is an answer: never a 500, always a problem that is one."""

import re

import pytest

from kfflow import api

GARBAGE = (
    None,
    {},
    [],
    "text",
    7,
    {"filter": {"name": {"$like": "\\"}, "state": None}, "page": {"from": 1_000_000, "limit": 1}},
    {"filter": {"$or": [{}, {"processDefinitionId": {"$in": []}}]}, "sort": [{"field": "state"}] * 10},
    {"page": {"before": "bzA="}},
    {"page": {"after": "bzA="}, "filter": {"processInstanceKey": {"$in": ["1", 2], "$exists": True}}},
    {"variables": {"": 1, "a b": [[[]]], "å": 10**30, "sagsnummer": None}, "processDefinitionId": "x"},
    {"assignee": "findes-ikke", "allowOverride": None},
    {"name": "x", "correlationKey": "", "timeToLive": 0, "messageId": "", "variables": {"x": 1e308}},
    {"signalName": "x" * 255, "variables": {}},
    {"decisionDefinitionKey": "1", "variables": {}},
    {"processDefinitionKey": str(2**63 - 1)},
    {"changeset": {"dueDate": "0001-01-01T00:00:00Z", "candidateGroups": []}},
    {"changeset": {"retries": 1, "timeout": 0}},
    {"errorCode": "x", "variables": {"x": "\ud800".encode("utf-8", "replace").decode()}},
    {"type": "x", "timeout": 1, "maxJobsToActivate": 1, "requestTimeout": -1, "fetchVariable": ["a"]},
)


@pytest.mark.parametrize("operation", api.OPERATIONS, ids=lambda o: f"{o.method} {o.path}")
def test_garbage_is_answered(program, task_key, operation):
    instance = program.get(f"/v2/user-tasks/{task_key}").json["processInstanceKey"]
    for key in ("1", task_key, instance, "0", "-1", "x", str(2**63)):
        path = "/v2" + re.sub(r"{\w+}", key, operation.path)
        bodies = GARBAGE if operation.method != "GET" else (None,)
        for body in bodies if "{" in operation.path or key == "1" else ():
            answer = program.send(operation.method, path, body)
            assert answer.status_code < 500, (path, body, answer.json)
            if answer.status_code >= 400:
                assert answer.json["status"] == answer.status_code


@pytest.mark.usefixtures("service")
def test_null_characters_outside_bodies_are_answered(client, program):
    assert program.get("/v2/kf/cases/%00").status_code == 404
    assert program.get("/v2/kf/versions?at=%00").status_code == 400
    assert client.get("/v2/topology", auth=("a\0b", "x")).status_code == 401
    asked = {"grant_type": "client_credentials", "client_id": "a\0b", "client_secret": "x"}
    assert client.post("/oauth/token", data=asked).status_code == 401
