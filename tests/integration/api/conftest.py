"""A caller of the API with each demo account, and the diagram that most tests deploy."""

import base64
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient

from kfflow.demo.accounts import CLIENT_ID, CLIENT_SECRET, PASSWORD

DIAGRAM = b"""<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:modeler="http://camunda.org/schema/modeler/1.0"
  modeler:executionPlatform="Camunda Cloud" id="defs" targetNamespace="urn:test">
  <bpmn:message id="Svar" name="svar"><bpmn:extensionElements>
    <zeebe:subscription correlationKey="=sagsnummer"/></bpmn:extensionElements></bpmn:message>
  <bpmn:process id="proeve" name="Pr\xc3\xb8ve" isExecutable="true">
    <bpmn:startEvent id="Modtaget"/>
    <bpmn:serviceTask id="Beregn" name="Beregn"><bpmn:extensionElements>
      <zeebe:taskDefinition type="beregn"/><zeebe:taskHeaders><zeebe:header key="takst" value="2"/></zeebe:taskHeaders>
    </bpmn:extensionElements></bpmn:serviceTask>
    <bpmn:userTask id="Vurder" name="Vurder"><bpmn:extensionElements><zeebe:userTask/>
      <zeebe:assignmentDefinition candidateGroups="sagsbehandler"/></bpmn:extensionElements></bpmn:userTask>
    <bpmn:intermediateCatchEvent id="AfventSvar" name="Afvent svar">
      <bpmn:messageEventDefinition id="AfventSvar_def" messageRef="Svar"/></bpmn:intermediateCatchEvent>
    <bpmn:endEvent id="Afsluttet"/>
    <bpmn:sequenceFlow id="f1" sourceRef="Modtaget" targetRef="Beregn"/>
    <bpmn:sequenceFlow id="f2" sourceRef="Beregn" targetRef="Vurder"/>
    <bpmn:sequenceFlow id="f3" sourceRef="Vurder" targetRef="AfventSvar"/>
    <bpmn:sequenceFlow id="f4" sourceRef="AfventSvar" targetRef="Afsluttet"/>
  </bpmn:process>
</bpmn:definitions>"""


class Caller:
    """Sends requests as one account."""

    def __init__(self, client: FlaskClient, username: str, password: str = PASSWORD) -> None:
        secret = base64.b64encode(f"{username}:{password}".encode()).decode()
        self.client = client
        self.headers = {"Authorization": f"Basic {secret}", "Accept-Language": "en"}

    def send(self, method: str, path: str, body: Any = None, **headers: str):
        return self.client.open(path, method=method, json=body, headers={**self.headers, **headers})

    def get(self, path: str):
        return self.send("GET", path)

    def post(self, path: str, body: Any = None, **headers: str):
        return self.send("POST", path, {} if body is None else body, **headers)

    def upload(self, path: str, *files: tuple[str, bytes], **headers: str):
        parts = {"resources": [(BytesIO(content), name) for name, content in files]}
        return self.client.post(
            path, data=parts, headers={**self.headers, **headers}, content_type="multipart/form-data"
        )


@pytest.fixture
def as_user(client: FlaskClient) -> Callable[[str], Caller]:
    def caller(username: str) -> Caller:
        return Caller(client, username)

    return caller


@pytest.fixture
def program(client: FlaskClient) -> Caller:
    """The client program of the demo: may deploy, start and work jobs everywhere."""
    return Caller(client, CLIENT_ID, CLIENT_SECRET)


@pytest.fixture
def deployed(program: Caller) -> str:
    """The key of the diagram's process definition."""
    answer = program.upload("/v2/deployments", ("proeve.bpmn", DIAGRAM))
    assert answer.status_code == 200, answer.json
    return answer.json["deployments"][0]["processDefinition"]["processDefinitionKey"]


@pytest.fixture
def task_key(program: Caller, as_user: Callable[[str], Caller], deployed: str) -> str:
    """An open user task of a case in the caseworker's institution."""
    made = as_user("sagsbehandler").post("/v2/process-instances", {"processDefinitionKey": deployed})
    assert made.status_code == 200, made.json
    job = program.post("/v2/jobs/activation", {"type": "beregn", "timeout": 60000, "maxJobsToActivate": 1}).json
    program.post(f"/v2/jobs/{job['jobs'][0]['jobKey']}/completion", {"variables": {"beloeb": 7}})
    found = as_user("sagsbehandler").post("/v2/user-tasks/search", {"filter": {"state": "CREATED"}})
    return found.json["items"][0]["userTaskKey"]
