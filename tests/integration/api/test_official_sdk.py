"""The official, unmodified Camunda 8 SDK for Python works a case from deployment to its end."""

from pathlib import Path

import pytest
from camunda_orchestration_sdk import CamundaClient
from camunda_orchestration_sdk.models import (
    JobActivationRequest,
    JobCompletionRequest,
    JobCompletionRequestVariables,
    MessageCorrelationRequest,
    ProcessCreationById,
    ProcessInstanceCreationInstructionBaseVariables,
    UserTaskAssignmentRequest,
    UserTaskCompletionRequest,
    UserTaskSearchQuery,
    UserTaskSearchQueryFilter,
    UserTaskStateExactMatch,
)
from camunda_orchestration_sdk.models.user_task_completion_request_variables import UserTaskCompletionRequestVariables

from kfflow.demo.accounts import CLIENT_ID, CLIENT_SECRET, PASSWORD
from tests.integration.api.conftest import DIAGRAM

BASIC = {
    "CAMUNDA_AUTH_STRATEGY": "BASIC",
    "CAMUNDA_BASIC_AUTH_USERNAME": CLIENT_ID,
    "CAMUNDA_BASIC_AUTH_PASSWORD": CLIENT_SECRET,
}
OAUTH = {
    "CAMUNDA_AUTH_STRATEGY": "OAUTH",
    "CAMUNDA_CLIENT_ID": CLIENT_ID,
    "CAMUNDA_CLIENT_SECRET": CLIENT_SECRET,
    "CAMUNDA_TOKEN_DISK_CACHE_DISABLE": "true",
}


def _client(live_server: str, given: dict[str, str]) -> CamundaClient:
    configuration = {"CAMUNDA_REST_ADDRESS": live_server, **given}
    if given is OAUTH:
        configuration["CAMUNDA_OAUTH_URL"] = f"{live_server}/oauth/token"
    return CamundaClient(configuration=configuration)


@pytest.mark.parametrize("given", [BASIC, OAUTH], ids=["basic", "oauth"])
def test_a_case_runs_from_deployment_to_its_end(live_server: str, given: dict[str, str], tmp_path: Path) -> None:
    diagram = tmp_path / "proeve.bpmn"
    diagram.write_bytes(DIAGRAM)
    with _client(live_server, given) as camunda:
        deployed = camunda.deploy_resources_from_files([diagram])
        assert [(p.process_definition_id, p.process_definition_version) for p in deployed.processes] == [("proeve", 1)]

        variables = ProcessInstanceCreationInstructionBaseVariables.from_dict({"ansoeger": "A-1"})
        created = camunda.create_process_instance(
            data=ProcessCreationById(process_definition_id="proeve", variables=variables)
        )

        activation = JobActivationRequest(type_="beregn", timeout=60_000, max_jobs_to_activate=5, worker="test")
        jobs = camunda.activate_jobs(data=activation).jobs
        assert [(j.element_id, j.retries, j.worker, j.custom_headers["takst"]) for j in jobs] == [
            ("Beregn", 3, "test", "2")
        ]
        assert jobs[0].variables["ansoeger"] == "A-1"
        result = JobCompletionRequestVariables.from_dict({"beloeb": 14})
        camunda.complete_job(job_key=jobs[0].job_key, data=JobCompletionRequest(variables=result))

        query = UserTaskSearchQuery(
            filter_=UserTaskSearchQueryFilter(
                state=UserTaskStateExactMatch.CREATED, process_instance_key=created.process_instance_key
            )
        )
        task = camunda.search_user_tasks(data=query).items[0]
        assert (task.name, task.candidate_groups, task.assignee) == ("Vurder", ["sagsbehandler"], None)
        camunda.assign_user_task(user_task_key=task.user_task_key, data=UserTaskAssignmentRequest(assignee="worker"))
        answers = UserTaskCompletionRequestVariables.from_dict({"godkendt": True})
        camunda.complete_user_task(user_task_key=task.user_task_key, data=UserTaskCompletionRequest(variables=answers))

        correlated = camunda.correlate_message(
            data=MessageCorrelationRequest(name="svar", correlation_key=created.business_id)
        )
        assert correlated.process_instance_key == created.process_instance_key

        ended = camunda.get_process_instance(process_instance_key=created.process_instance_key)
        assert (ended.state.value, ended.business_id, ended.has_incident) == ("COMPLETED", created.business_id, False)


def test_topology_and_identity(live_server: str) -> None:
    person = {
        "CAMUNDA_AUTH_STRATEGY": "BASIC",
        "CAMUNDA_BASIC_AUTH_USERNAME": "sagsbehandler",
        "CAMUNDA_BASIC_AUTH_PASSWORD": PASSWORD,
    }
    with _client(live_server, person) as camunda:
        camunda.get_status()
        assert camunda.get_topology().cluster_size == 1
        assert camunda.get_authentication().username == "sagsbehandler"
