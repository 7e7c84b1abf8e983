"""The official, unmodified Camunda 8 SDK for Python works a case from deployment to its end."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from camunda_orchestration_sdk import (
    CamundaAsyncClient,
    CamundaClient,
    ConnectedJobContext,
    JobFailure,
    WorkerConfig,
)
from camunda_orchestration_sdk.models import (
    IncidentSearchQuery,
    JobActivationRequest,
    JobCompletionRequest,
    JobCompletionRequestVariables,
    JobSearchQuery,
    JobSearchQueryFilter,
    JobStateExactMatch,
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


def test_a_job_worker_of_the_sdk_works_and_fails_jobs(live_server: str, tmp_path: Path) -> None:
    diagram = tmp_path / "proeve.bpmn"
    diagram.write_bytes(DIAGRAM)
    with _client(live_server, BASIC) as camunda:
        camunda.deploy_resources_from_files([diagram])
        keys = [_start(camunda, number) for number in (1, 2)]
        with ThreadPoolExecutor(1) as beside:  # a browser of another test may hold this thread's event loop
            beside.submit(lambda: asyncio.run(_work(live_server))).result()
        tasks = camunda.search_user_tasks(data=UserTaskSearchQuery()).items
        assert [t.process_instance_key for t in tasks] == [keys[0]]
        incidents = camunda.search_incidents(data=IncidentSearchQuery()).items
        assert [(i.process_instance_key, i.error_type.value) for i in incidents] == [(keys[1], "JOB_NO_RETRIES")]
        assert "number two" in incidents[0].error_message


_WAITING = JobSearchQuery(filter_=JobSearchQueryFilter(state=JobStateExactMatch.CREATED, retries=3))


def _start(camunda: CamundaClient, number: int) -> str:
    variables = ProcessInstanceCreationInstructionBaseVariables.from_dict({"number": number})
    created = camunda.create_process_instance(
        data=ProcessCreationById(process_definition_id="proeve", variables=variables)
    )
    return created.process_instance_key


async def _work(live_server: str) -> None:
    """Let the SDK's own worker run until no job waits."""

    async def handle(job: ConnectedJobContext) -> dict[str, int]:
        if job.variables["number"] == 2:
            raise JobFailure("number two", retries=0)
        return {"beloeb": 14}

    configuration = {"CAMUNDA_REST_ADDRESS": live_server, **BASIC}
    async with CamundaAsyncClient(configuration=configuration) as camunda:
        worker = camunda.create_job_worker(
            config=WorkerConfig(job_type="beregn", job_timeout_milliseconds=60_000, request_timeout_milliseconds=300),
            callback=handle,
        )
        async with asyncio.timeout(120):
            while (await camunda.search_jobs(data=_WAITING)).items:  # noqa: ASYNC110 - the server tells nobody
                await asyncio.sleep(0.05)
        await worker.aclose()
