"""Deployments: put diagrams, decision tables and forms in force, all or nothing."""

from kfflow.api.operations import Call, Operations
from kfflow.api.shapes import Answer, Key, Nothing, TenantAnswer
from kfflow.persistence.tables import DecisionDefinition, Form, Letter, ProcessDefinition
from kfflow.service import deployments
from kfflow.service.context import Context

operations = Operations("Deployments")


class DeployedProcess(TenantAnswer):
    process_definition_id: str
    process_definition_version: int
    resource_name: str
    process_definition_key: Key


class DeployedDecision(TenantAnswer):
    decision_definition_id: str
    version: int
    name: str
    decision_requirements_id: str
    decision_definition_key: Key
    decision_requirements_key: Key


class DeployedRequirements(TenantAnswer):
    decision_requirements_id: str
    decision_requirements_name: str
    version: int
    resource_name: str
    decision_requirements_key: Key


class DeployedForm(TenantAnswer):
    form_id: str
    version: int
    resource_name: str
    form_key: Key


class DeployedResource(TenantAnswer):
    """A letter template, or a part of letters."""

    resource_id: str
    version: int
    resource_name: str
    resource_key: Key


class DeployedItem(Answer):
    """One thing that is in force now; the other fields are null."""

    process_definition: DeployedProcess | None = None
    decision_definition: DeployedDecision | None = None
    decision_requirements: DeployedRequirements | None = None
    form: DeployedForm | None = None
    resource: DeployedResource | None = None


class DeploymentAnswer(TenantAnswer):
    """What one deployment put in force; an unchanged resource keeps its version."""

    deployment_key: Key
    deployments: list[DeployedItem]


@operations.add(
    "POST",
    "/deployments",
    "Put the uploaded files (parts named `resources`) in force; with one error nothing is stored",
    Nothing,
    DeploymentAnswer,
    takes_files=True,
)
def deploy(ctx: Context, call: Call[Nothing]) -> DeploymentAnswer:
    return shown_deployment(deployments.deploy(ctx, call.files))


def shown_deployment(deployed: deployments.Deployed) -> DeploymentAnswer:
    items = [DeployedItem(process_definition=_process(p)) for p in deployed.processes]
    items += [DeployedItem(decision_definition=_decision(d)) for d in deployed.decisions]
    models = {d.resource_key: d for d in deployed.decisions}
    items += [DeployedItem(decision_requirements=_requirements(d)) for d in models.values()]
    items += [DeployedItem(form=_form(f)) for f in deployed.forms]
    items += [DeployedItem(resource=_letter(letter)) for letter in deployed.letters]
    return DeploymentAnswer(deployment_key=deployed.deployment.key, deployments=items)


def _process(row: ProcessDefinition) -> DeployedProcess:
    return DeployedProcess(
        process_definition_id=row.process_id,
        process_definition_version=row.version,
        resource_name=row.resource_name,
        process_definition_key=row.key,
    )


def _decision(row: DecisionDefinition) -> DeployedDecision:
    return DeployedDecision(
        decision_definition_id=row.decision_id,
        version=row.version,
        name=row.name,
        decision_requirements_id=row.drg_id,
        decision_definition_key=row.key,
        decision_requirements_key=row.resource_key,
    )


def _requirements(row: DecisionDefinition) -> DeployedRequirements:
    return DeployedRequirements(
        decision_requirements_id=row.drg_id,
        decision_requirements_name=row.drg_name,
        version=row.version,
        resource_name=row.resource_name,
        decision_requirements_key=row.resource_key,
    )


def _form(row: Form) -> DeployedForm:
    return DeployedForm(form_id=row.form_id, version=row.version, resource_name=f"{row.form_id}.form", form_key=row.key)


def _letter(row: Letter) -> DeployedResource:
    name = f"{row.letter_id}.typ"
    return DeployedResource(
        resource_id=row.letter_id, version=row.version, resource_name=name, resource_key=row.resource_key
    )
