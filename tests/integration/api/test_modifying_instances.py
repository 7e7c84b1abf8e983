"""Modification over HTTP: as the official SDK sends it, and what is refused."""

import pytest
from camunda_orchestration_sdk.models import (
    DirectAncestorKeyInstruction,
    InferredAncestorKeyInstruction,
    ModifyProcessInstanceVariableInstruction,
    ModifyProcessInstanceVariableInstructionVariables,
    ProcessCreationById,
    ProcessInstanceModificationActivateInstruction,
    ProcessInstanceModificationInstruction,
    ProcessInstanceModificationMoveInstruction,
    ProcessInstanceModificationTerminateByIdInstruction,
    ProcessInstanceModificationTerminateByKeyInstruction,
    SourceElementIdInstruction,
    SourceElementInstanceKeyInstruction,
)

from tests.integration.api.test_official_sdk import BASIC, _client


@pytest.fixture
def instance(program, deployed):
    return program.post("/v2/process-instances", {"processDefinitionKey": deployed}).json["processInstanceKey"]


def modify(program, instance, **instructions):
    return program.post(f"/v2/process-instances/{instance}/modification", instructions)


def tokens(program, instance):
    answer = program.get(f"/v2/kf/process-instances/{instance}/element-instances")
    assert answer.status_code == 200, answer.json
    return answer.json["items"]


def test_the_official_sdk_moves_activates_and_terminates(live_server, program, deployed):
    assert deployed
    with _client(live_server, BASIC) as camunda:
        created = camunda.create_process_instance(data=ProcessCreationById(process_definition_id="proeve"))
        key = created.process_instance_key
        values = ModifyProcessInstanceVariableInstructionVariables.from_dict({"beloeb": 3})
        move = ProcessInstanceModificationMoveInstruction(
            source_element_instruction=SourceElementIdInstruction("byId", "Beregn"),
            target_element_id="Vurder",
            ancestor_scope_instruction=InferredAncestorKeyInstruction("inferred"),
            variable_instructions=[ModifyProcessInstanceVariableInstruction(values)],
        )
        activate = ProcessInstanceModificationActivateInstruction("Beregn", ancestor_element_instance_key=key)
        data = ProcessInstanceModificationInstruction(activate_instructions=[activate], move_instructions=[move])
        camunda.modify_process_instance(process_instance_key=key, data=data)
        standing = {one["elementId"]: one for one in tokens(program, key)}
        assert list(standing) == ["proeve", "Beregn", "Vurder"]
        assert standing["proeve"]["elementInstanceKey"] == key

        move = ProcessInstanceModificationMoveInstruction(
            source_element_instruction=SourceElementInstanceKeyInstruction(
                "byKey", standing["Vurder"]["elementInstanceKey"]
            ),
            target_element_id="AfventSvar",
            ancestor_scope_instruction=DirectAncestorKeyInstruction("direct", "-1"),
        )
        by_key = ProcessInstanceModificationTerminateByKeyInstruction(standing["Beregn"]["elementInstanceKey"])
        data = ProcessInstanceModificationInstruction(move_instructions=[move], terminate_instructions=[by_key])
        camunda.modify_process_instance(process_instance_key=key, data=data)
        assert [one["elementId"] for one in tokens(program, key)] == ["proeve", "AfventSvar"]

        by_id = ProcessInstanceModificationTerminateByIdInstruction("AfventSvar")
        data = ProcessInstanceModificationInstruction(terminate_instructions=[by_id])
        camunda.modify_process_instance(process_instance_key=key, data=data)
        assert camunda.get_process_instance(process_instance_key=key).state.value == "TERMINATED"


def test_tokens_are_listed_with_the_keys_of_their_rows(program, instance):
    job = program.post("/v2/jobs/search", {}).json["items"][0]
    process, task = tokens(program, instance)
    assert process == {
        "elementInstanceKey": instance, "elementId": "proeve", "scopeKey": None, "token": "proeve:1",
        "waitsFor": None, "isScope": True,
    }  # fmt: skip
    assert task == {
        "elementInstanceKey": job["elementInstanceKey"], "elementId": "Beregn", "scopeKey": instance,
        "token": "Beregn:3", "waitsFor": "JOB", "isScope": False,
    }  # fmt: skip


def test_a_refusal_names_each_element_and_changes_nothing(program, instance):
    answer = modify(program, instance, activateInstructions=[{"elementId": "Modtaget"}, {"elementId": "Nowhere"}])
    assert answer.status_code == 400
    assert [(e["field"], e["code"]) for e in answer.json["errors"]] == [
        ("Modtaget", "NOT_ACTIVATABLE"), ("Nowhere", "UNKNOWN_ELEMENT"),
    ]  # fmt: skip
    assert [one["elementId"] for one in tokens(program, instance)] == ["proeve", "Beregn"]


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"terminateInstructions": [{}]},
        {"terminateInstructions": [{"elementId": "Beregn", "elementInstanceKey": "3"}]},
        {"terminateInstructions": [{"elementInstanceKey": "99"}]},
        {"terminateInstructions": [{"elementInstanceKey": "-2"}]},
        {"moveInstructions": [{"sourceElementInstruction": {"sourceType": "byId"}, "targetElementId": "Vurder"}]},
        {"activateInstructions": [{"elementId": "Vurder", "ancestorElementInstanceKey": "99"}]},
    ],
)
def test_a_body_that_names_nothing_or_too_much_is_refused(program, instance, wrong):
    answer = modify(program, instance, **wrong)
    assert (answer.status_code, answer.json["code"]) == (400, "INVALID_ARGUMENT")


def test_a_caseworker_modifies_nothing(as_user, instance):
    answer = modify(as_user("sagsbehandler"), instance, terminateInstructions=[{"elementId": "Beregn"}])
    assert answer.status_code == 403
