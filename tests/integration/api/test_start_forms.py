"""A start over the API brings what the start's form asks for, or is refused field by field with nothing stored."""

import json

import pytest
from camunda_orchestration_sdk import CamundaClient
from camunda_orchestration_sdk.models import ProcessCreationById, ProcessInstanceCreationInstructionBaseVariables
from sqlalchemy import select

from kfflow.demo.accounts import CLIENT_ID, CLIENT_SECRET
from kfflow.persistence.tables import Person, ProcessInstance
from kfflow.service.accounts import SYSTEM
from tests.integration import whole
from tests.integration.service import diagrams

FORM = {
    "id": "ansoegning",
    "type": "default",
    "components": [
        {
            "type": "textfield",
            "key": "indsat_id",
            "label": "Nummer",
            "validate": {"required": True},
            "properties": {"label_en": "Number"},
        },
        {
            "type": "select",
            "key": "formaal",
            "label": "Formål",
            "values": [{"label": "Familie", "value": "familie"}, {"label": "Arbejde", "value": "arbejde"}],
            "properties": {"label_en": "Purpose"},
        },
        {
            "type": "datetime",
            "subtype": "date",
            "key": "ansoegt_dato",
            "dateLabel": "Ansøgt",
            "properties": {
                "label_en": "Applied",
                "not_before": "=indsat_dato",
                "not_before_text": "indsættelsen",
                "not_before_text_en": "the admission",
            },
        },
        {"type": "number", "key": "dage", "label": "Dage", "conditional": {"hide": '=formaal != "familie"'}},
    ],
}
ASKS = '<bpmn:extensionElements><zeebe:formDefinition formId="ansoegning"/></bpmn:extensionElements>'
BY_MESSAGE = '<bpmn:messageEventDefinition id="D" messageRef="M"/>'
PROCESS = f"""{diagrams.HEAD}{diagrams.message("M", "ansoegt", "=indsat_id")}
  <bpmn:process id="udgang" name="Udgang" isExecutable="true">
  <bpmn:startEvent id="Ansoegt">{ASKS}</bpmn:startEvent>
  <bpmn:startEvent id="Meldt">{ASKS}{BY_MESSAGE}</bpmn:startEvent>
  {diagrams.user_task("Behandl")}<bpmn:endEvent id="Slut"/>
  <bpmn:sequenceFlow id="a" sourceRef="Ansoegt" targetRef="Behandl"/>
  <bpmn:sequenceFlow id="b" sourceRef="Meldt" targetRef="Behandl"/>
  <bpmn:sequenceFlow id="c" sourceRef="Behandl" targetRef="Slut"/></bpmn:process></bpmn:definitions>""".encode()
WRONG = [
    ("indsat_id", "required", "Udfyld »Nummer«.", 'Fill in "Number".'),
    ("formaal", "choice", "Vælg blandt mulighederne under »Formål«.", 'Choose among the options of "Purpose".'),
]
DOORS = {
    "a start": ("/v2/process-instances", lambda given: {"processDefinitionId": "udgang", "variables": given}),
    "a message": ("/v2/messages/publication", lambda given: {"name": "ansoegt", "variables": given}),
    "a correlation": ("/v2/messages/correlation", lambda given: {"name": "ansoegt", "variables": given}),
}


@pytest.fixture
def udgang(program, service):
    files = ("udgang.bpmn", PROCESS), ("ansoegning.form", json.dumps(FORM).encode())
    assert program.upload("/v2/deployments", *files).status_code == 200
    return service


def variables(service):
    """Give the variables of the one instance there is."""
    with service.command(SYSTEM) as ctx:
        return ctx.session.scalars(select(ProcessInstance)).one().variables


def admit(service, institution):
    with service.command(SYSTEM) as ctx:
        facts = {"indsat_dato": "2026-11-02"}
        ctx.session.add(
            Person(key=ctx.new_key(), person_number="P-7", name="Per", institution_code=institution, facts=facts)
        )


@pytest.mark.parametrize("door", DOORS)
def test_a_start_that_breaks_its_form_is_refused_field_by_field(udgang, program, door):
    path, body = DOORS[door]
    before = whole.database(udgang)
    refused = program.post(path, body({"formaal": "flugt", "andet": 1}))
    told = [(e["field"], e["code"], e["messageDa"], e["messageEn"]) for e in refused.json["errors"]]
    assert (refused.status_code, refused.json["code"], told) == (400, "INVALID_ARGUMENT", WRONG)
    assert whole.database(udgang) == before


@pytest.mark.parametrize("door", DOORS)
def test_a_start_passes_what_its_form_does_not_ask_for(udgang, program, door):
    path, body = DOORS[door]
    given = {"indsat_id": "P-1", "formaal": "familie", "ansoegt_dato": "2026-11-20", "dage": "3", "andet": {"a": [1]}}
    assert program.post(path, body(given)).status_code == 200
    number = variables(udgang)["sagsnummer"]
    assert variables(udgang) == {**given, "dage": 3, "sagsnummer": number}


def test_a_start_takes_no_answer_to_what_its_form_hides(udgang, program):
    path, body = DOORS["a start"]
    assert program.post(path, body({"indsat_id": "P-1", "formaal": "arbejde", "dage": "mange"})).status_code == 200
    known = variables(udgang)
    assert {name: known[name] for name in known if name != "sagsnummer"} == {
        "indsat_id": "P-1",
        "formaal": "arbejde",
        "ansoegt_dato": None,
    }


def test_a_start_is_held_against_the_master_data_of_a_person_of_ones_own_place(udgang, as_user):
    admit(udgang, "SDO")
    path, body = DOORS["a start"]
    given = {"indsat_id": "P-7", "ansoegt_dato": "2026-11-01"}
    refused = as_user("sagsbehandler").post(path, body(given))
    told = '"Applied" cannot be before the admission (2026-11-02); correct whichever date is wrong.'
    assert [(e["field"], e["messageEn"]) for e in refused.json["errors"]] == [("ansoegt_dato", told)]


def test_a_start_tells_nothing_of_a_person_of_another_place(udgang, as_user):
    admit(udgang, "RIN")
    path, body = DOORS["a start"]
    refused = as_user("sagsbehandler").post(path, body({"indsat_id": "P-7", "ansoegt_dato": "2026-11-01"}))
    assert (refused.status_code, "2026-11-02" in refused.text) == (404, False)


def test_a_start_without_its_form_deployed_is_refused_by_name(program, service):
    program.upload("/v2/deployments", ("udgang.bpmn", PROCESS))
    before = whole.database(service)
    refused = program.post("/v2/process-instances", {"processDefinitionId": "udgang"})
    told = (
        "Form ansoegning is not deployed, or no version is in force for the case. Deploy it before a case is started."
    )
    assert (refused.status_code, refused.json["detail"]) == (409, told)
    assert whole.database(service) == before


@pytest.mark.usefixtures("udgang")
def test_a_part_of_a_case_starts_within_one_alone(program, service):
    assert program.upload("/v2/deployments", ("del.bpmn", diagrams.part_of_a_case("del"))).status_code == 200
    before = whole.database(service)
    refused = program.post("/v2/process-instances", {"processDefinitionId": "del"})
    assert (refused.status_code, refused.json["detail"]) == (
        409,
        "del is part of a case and opens none by itself; give the number of the case (businessId).",
    )
    assert whole.database(service) == before
    begun = {"processDefinitionId": "udgang", "variables": {"indsat_id": "SYN-1", "formaal": "arbejde"}}
    case = program.post("/v2/process-instances", begun).json["businessId"]
    joined = program.post("/v2/process-instances", {"processDefinitionId": "del", "businessId": case})
    assert (joined.status_code, joined.json["businessId"]) == (200, case)


def test_the_official_sdk_starts_with_a_form_and_variables_beside_it(udgang, live_server):
    auth = {"CAMUNDA_AUTH_STRATEGY": "BASIC", "CAMUNDA_BASIC_AUTH_USERNAME": CLIENT_ID}
    auth["CAMUNDA_BASIC_AUTH_PASSWORD"] = CLIENT_SECRET
    given = ProcessInstanceCreationInstructionBaseVariables.from_dict({"indsat_id": "P-1", "vores_id": "X-1"})
    with CamundaClient(configuration={"CAMUNDA_REST_ADDRESS": live_server, **auth}) as camunda:
        camunda.create_process_instance(data=ProcessCreationById(process_definition_id="udgang", variables=given))
    known = variables(udgang)
    assert (known["indsat_id"], known["vores_id"]) == ("P-1", "X-1")
