"""Suspending, resuming and doing something to many over the API: with plain requests, and with the official SDK."""

import pytest
from camunda_orchestration_sdk import CamundaClient
from camunda_orchestration_sdk.models import (
    BatchOperationItemSearchQuery,
    BatchOperationItemSearchQueryFilter,
    BatchOperationSearchQuery,
    BatchOperationTypeEnum,
    ProcessInstanceCancellationBatchOperationRequest,
    ProcessInstanceCancellationBatchOperationRequestFilter,
    ProcessInstanceIncidentResolutionBatchOperationRequest,
    ProcessInstanceSearchQuery,
    ProcessInstanceSearchQueryFilter,
    ProcessInstanceStateExactMatch,
    ProcessInstanceSuspensionBatchOperationRequest,
    SuspendProcessInstanceRequest,
)

from kfflow.demo.accounts import CLIENT_ID, CLIENT_SECRET
from tests.integration.api.conftest import Caller

OF_P = {"processDefinitionId": "proeve"}


@pytest.fixture
def sdk(live_server: str) -> CamundaClient:
    configuration = {
        "CAMUNDA_REST_ADDRESS": live_server,
        "CAMUNDA_AUTH_STRATEGY": "BASIC",
        "CAMUNDA_BASIC_AUTH_USERNAME": CLIENT_ID,
        "CAMUNDA_BASIC_AUTH_PASSWORD": CLIENT_SECRET,
    }
    return CamundaClient(configuration=configuration)


@pytest.fixture
def keys(program: Caller, deployed: str) -> list[str]:
    started = [program.post("/v2/process-instances", {"processDefinitionKey": deployed}) for _ in range(3)]
    return [answer.json["processInstanceKey"] for answer in started]


def state_of(program: Caller, key: str) -> str:
    return program.get(f"/v2/process-instances/{key}").json["state"]


def test_an_instance_is_suspended_with_reason_and_basis_and_resumed(program, keys):
    path = f"/v2/kf/process-instances/{keys[0]}"
    asked = {"reason": "Anke", "hjemmel": "retsplejeloven § 910"}
    assert program.post(f"{path}/suspension", asked).status_code == 204
    shown = program.get(f"/v2/process-instances/{keys[0]}").json
    assert (shown["state"], shown["suspendedDate"]) == ("SUSPENDED", "2026-11-24T08:00:00+00:00")
    again = program.post(f"{path}/suspension", asked)
    assert (again.status_code, again.json["title"]) == (409, "The case is suspended")
    assert "Anke (retsplejeloven § 910)" in again.json["detail"]
    assert program.post(f"{path}/resumption", {"reason": "hævet"}).status_code == 204
    assert (state_of(program, keys[0]), program.post(f"{path}/resumption").status_code) == ("ACTIVE", 409)


@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": "x" * 501}, {"reason": "x", "ukendt": 1}])
def test_a_suspension_without_a_reason_is_refused_by_field(program, keys, body):
    assert program.post(f"/v2/kf/process-instances/{keys[0]}/suspension", body).status_code == 400


def test_suspended_instances_are_found_by_state(program, keys):
    program.post(f"/v2/kf/process-instances/{keys[1]}/suspension", {"reason": "Anke"})
    found = {
        state: [
            item["processInstanceKey"]
            for item in program.post("/v2/process-instances/search", {"filter": {"state": state}}).json["items"]
        ]
        for state in ("SUSPENDED", "ACTIVE")
    }
    assert found == {"SUSPENDED": [keys[1]], "ACTIVE": [keys[0], keys[2]]}


def test_a_suspended_cases_task_and_job_over_the_api(program, as_user, task_key):
    instance = program.get(f"/v2/user-tasks/{task_key}").json["processInstanceKey"]
    program.post(f"/v2/kf/process-instances/{instance}/suspension", {"reason": "Anke"})
    caseworker = as_user("sagsbehandler")
    claimed = caseworker.post(f"/v2/user-tasks/{task_key}/assignment", {"assignee": "sagsbehandler"})
    completed = caseworker.post(f"/v2/user-tasks/{task_key}/completion", {"variables": {}})
    told = "The case was suspended by Klientprogram on 24.11.2026 at 09:00"
    assert [(a.status_code, told in a.json["detail"].replace("09.00", "09:00")) for a in (claimed, completed)] == [
        (409, True),
        (409, True),
    ]


def test_many_are_suspended_with_a_basis_and_resumed(program, worker, keys):
    asked = {"filter": OF_P, "reason": "Systemfejl", "hjemmel": "§ 1"}
    batch = program.post("/v2/kf/process-instances/suspension", asked).json
    assert batch["batchOperationType"] == "SUSPEND_PROCESS_INSTANCE"
    worker.drain()
    assert [state_of(program, key) for key in keys] == ["SUSPENDED"] * 3
    program.post("/v2/kf/process-instances/resumption", {"filter": {"state": "SUSPENDED"}, "reason": "Rettet"})
    worker.drain()
    assert [state_of(program, key) for key in keys] == ["ACTIVE"] * 3


def test_a_batch_without_a_filter_is_refused(program, keys):
    assert len(keys) == 3
    for body in ({}, {"filter": {}}, {"filter": None}, {"filter": {"ukendt": 1}}):
        assert program.post("/v2/process-instances/cancellation", body).status_code == 400, body


def test_a_caseworker_may_do_nothing_to_many(as_user, deployed):
    asked = {"filter": {"processDefinitionKey": deployed}}
    assert as_user("sagsbehandler").post("/v2/process-instances/cancellation", asked).status_code == 403


def test_an_unknown_batch_is_not_found(program):
    assert program.get("/v2/batch-operations/7").status_code == 404
    assert program.post("/v2/batch-operations/7/cancellation").status_code == 404


def test_the_sdk_cancels_many_and_reads_how_it_went(sdk, program, worker, keys):
    program.post(f"/v2/process-instances/{keys[2]}/cancellation")
    chosen = ProcessInstanceCancellationBatchOperationRequestFilter.from_dict(OF_P)
    asked = ProcessInstanceCancellationBatchOperationRequest(filter_=chosen)
    made = sdk.cancel_process_instances_batch_operation(data=asked)
    assert made.batch_operation_type is BatchOperationTypeEnum.CANCEL_PROCESS_INSTANCE
    program.post(f"/v2/process-instances/{keys[0]}/cancellation")
    worker.drain()
    batch = sdk.get_batch_operation(batch_operation_key=made.batch_operation_key)
    told = (batch.state, batch.operations_total_count, batch.operations_completed_count, batch.operations_failed_count)
    assert (told, batch.actor_id) == (("COMPLETED", 2, 1, 0), CLIENT_ID)
    of_batch = BatchOperationItemSearchQueryFilter.from_dict({"batchOperationKey": made.batch_operation_key})
    items = sdk.search_batch_operation_items(data=BatchOperationItemSearchQuery(filter_=of_batch)).items
    assert [(i.process_instance_key, i.state, i.error_message) for i in items] == [
        (keys[0], "CANCELED", f"Process instance {keys[0]} has already ended (TERMINATED)."),
        (keys[1], "COMPLETED", None),
    ]


def test_the_sdk_suspends_resumes_and_cancels_a_batch(sdk, program, worker, keys):
    chosen = ProcessInstanceCancellationBatchOperationRequestFilter.from_dict(OF_P)
    made = sdk.suspend_process_instances_batch_operation(
        data=ProcessInstanceSuspensionBatchOperationRequest(filter_=chosen)
    )
    sdk.suspend_batch_operation(batch_operation_key=made.batch_operation_key)
    worker.drain()
    found = sdk.search_batch_operations(data=BatchOperationSearchQuery()).items
    assert [(b.batch_operation_key, b.state, b.operations_completed_count) for b in found] == [
        (made.batch_operation_key, "SUSPENDED", 0)
    ]
    sdk.resume_batch_operation(batch_operation_key=made.batch_operation_key)
    sdk.cancel_batch_operation(batch_operation_key=made.batch_operation_key)
    worker.drain()
    assert [state_of(program, key) for key in keys] == ["ACTIVE"] * 3
    assert program.get(f"/v2/batch-operations/{made.batch_operation_key}").json["operationsSkippedCount"] == 3


def test_the_sdk_suspends_one_and_finds_it(sdk, keys):
    sdk.suspend_process_instance(process_instance_key=keys[0], data=SuspendProcessInstanceRequest())
    suspended = ProcessInstanceSearchQueryFilter(state=ProcessInstanceStateExactMatch.SUSPENDED)
    found = sdk.search_process_instances(data=ProcessInstanceSearchQuery(filter_=suspended)).items
    assert [(i.process_instance_key, str(i.state)) for i in found] == [(keys[0], "SUSPENDED")]


def test_the_sdk_resolves_the_incidents_of_many(sdk, worker, keys):
    chosen = ProcessInstanceCancellationBatchOperationRequestFilter.from_dict({"hasIncident": True})
    made = sdk.resolve_incidents_batch_operation(
        data=ProcessInstanceIncidentResolutionBatchOperationRequest(filter_=chosen)
    )
    worker.drain()
    batch = sdk.get_batch_operation(batch_operation_key=made.batch_operation_key)
    assert (len(keys), batch.operations_total_count, str(batch.state)) == (3, 0, "COMPLETED")
