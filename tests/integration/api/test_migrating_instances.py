"""Migration over HTTP: as the official SDK sends it, with kfflow's plans, checks and undo."""

import pytest
from camunda_orchestration_sdk.models import (
    MigrateProcessInstanceMappingInstruction,
    ProcessInstanceCancellationBatchOperationRequestFilter,
    ProcessInstanceMigrationBatchOperationRequest,
    ProcessInstanceMigrationBatchOperationRequestMigrationPlan,
    ProcessInstanceMigrationInstruction,
    ProcessInstanceModificationBatchOperationRequest,
    ProcessInstanceModificationMoveBatchOperationInstruction,
)

from tests.integration.api.conftest import DIAGRAM
from tests.integration.api.test_official_sdk import BASIC, _client

SECOND = DIAGRAM.replace(b'"Beregn"', b'"Udregn"')


@pytest.fixture
def versions(program, deployed):
    answer = program.upload("/v2/deployments", ("proeve.bpmn", SECOND))
    return deployed, answer.json["deployments"][0]["processDefinition"]["processDefinitionKey"]


@pytest.fixture
def instance(program, versions):
    return program.post("/v2/process-instances", {"processDefinitionKey": versions[0]}).json["processInstanceKey"]


def body(target, **mapping):
    instructions = [{"sourceElementId": old, "targetElementId": new} for old, new in mapping.items()]
    return {"targetProcessDefinitionKey": target, "mappingInstructions": instructions}


def test_the_official_sdk_migrates(live_server, program, versions, instance):
    mapping = MigrateProcessInstanceMappingInstruction("Beregn", "Udregn")
    with _client(live_server, BASIC) as camunda:
        data = ProcessInstanceMigrationInstruction(versions[1], [mapping])
        camunda.migrate_process_instance(process_instance_key=instance, data=data)
        moved = camunda.get_process_instance(process_instance_key=instance)
    assert (moved.process_definition_version, moved.process_definition_key) == (2, versions[1])
    job = program.post("/v2/jobs/search", {}).json["items"][0]
    assert (job["elementId"], job["processDefinitionKey"]) == ("Udregn", versions[1])


def test_a_check_names_each_element_and_a_plan_maps_it(program, versions, instance):
    checked = program.post(f"/v2/kf/process-instances/{instance}/migration-check", body(versions[1])).json
    assert (checked["isPossible"], [o["elementId"] for o in checked["obstacles"]]) == (False, ["Beregn"])
    refused = program.post(f"/v2/process-instances/{instance}/migration", body(versions[1]))
    assert (refused.status_code, refused.json["errors"][0]["field"]) == (400, "Beregn")
    keys = {"sourceProcessDefinitionKey": versions[0], "targetProcessDefinitionKey": versions[1]}
    planned = program.post("/v2/kf/migration-plans", keys).json
    assert planned["unmapped"] == ["Beregn"]
    assert {d["elementId"] for d in planned["differences"]} >= {"Beregn", "Udregn"}


def test_a_migration_is_undone_until_the_instance_goes_on(program, versions, instance):
    assert program.post(f"/v2/kf/process-instances/{instance}/migration-undo").status_code == 404
    assert (
        program.post(f"/v2/process-instances/{instance}/migration", body(versions[1], Beregn="Udregn")).status_code
        == 204
    )
    assert program.post(f"/v2/kf/process-instances/{instance}/migration-undo").status_code == 204
    assert program.get(f"/v2/process-instances/{instance}").json["processDefinitionVersion"] == 1
    assert program.post(f"/v2/kf/process-instances/{instance}/migration-undo").status_code == 409


def test_a_caseworker_migrates_nothing(as_user, versions, instance):
    answer = as_user("sagsbehandler").post(f"/v2/process-instances/{instance}/migration", body(versions[1]))
    assert answer.status_code == 403


def test_the_official_sdk_migrates_and_moves_many(live_server, worker, program, versions, instance):
    only_these = ProcessInstanceCancellationBatchOperationRequestFilter.from_dict({"processDefinitionId": "proeve"})
    plan = ProcessInstanceMigrationBatchOperationRequestMigrationPlan.from_dict(body(versions[1], Beregn="Udregn"))
    moves = [ProcessInstanceModificationMoveBatchOperationInstruction("Udregn", "Vurder")]
    with _client(live_server, BASIC) as camunda:
        request = ProcessInstanceMigrationBatchOperationRequest(only_these, plan)
        begun = camunda.migrate_process_instances_batch_operation(data=request)
        worker.drain()
        assert program.get(f"/v2/process-instances/{instance}").json["processDefinitionVersion"] == 2
        request = ProcessInstanceModificationBatchOperationRequest(only_these, moves)
        camunda.modify_process_instances_batch_operation(data=request)
        worker.drain()
        batch = camunda.get_batch_operation(batch_operation_key=begun.batch_operation_key)
    assert (batch.batch_operation_type.value, batch.operations_completed_count) == ("MIGRATE_PROCESS_INSTANCE", 1)
    standing = program.get(f"/v2/kf/process-instances/{instance}/element-instances").json["items"]
    assert [one["elementId"] for one in standing] == ["proeve", "Vurder"]
