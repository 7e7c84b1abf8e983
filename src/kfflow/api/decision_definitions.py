"""Decision definitions: search, look up, the table as deployed, evaluate."""

from typing import Any

import orjson
from pydantic import Field

from kfflow.api.operations import Call, File, Operations
from kfflow.api.searching import Search, SearchBody, paged, shown
from kfflow.api.shapes import Body, Key, Name, Nothing, Tenant, TenantAnswer, Variables
from kfflow.persistence.listings import DECISION_DEFINITIONS
from kfflow.persistence.tables import DecisionDefinition, DecisionEvaluation, Resource
from kfflow.service import decisions, search
from kfflow.service.context import Context

operations = Operations("Decision definitions")
found = Search(DECISION_DEFINITIONS, "DecisionDefinition")
WHAT = "Beslutning"


class Evaluation(Body):
    """Which decision (by id: the version in force; or by key) on which variables."""

    decision_definition_id: Name | None = None
    decision_definition_key: Key | None = None
    variables: Variables = Field(default_factory=dict)
    tenant_id: Tenant | None = None


class Evaluated(TenantAnswer):
    """The outcome, and of the decision its inputs and the rules that matched; values are JSON in strings."""

    decision_definition_id: str
    decision_definition_key: Key
    decision_definition_name: str
    decision_definition_version: int
    decision_evaluation_key: Key
    decision_instance_key: Key
    decision_requirements_id: str
    decision_requirements_key: Key
    evaluated_decisions: list[dict[str, Any]]
    failed_decision_definition_id: str | None = None
    failure_message: str | None = None
    output: str


@operations.post("/decision-definitions/search", "Search decision definitions", found.body, found.answer)
def find(ctx: Context, call: Call[SearchBody]) -> dict[str, Any]:
    return paged(DECISION_DEFINITIONS, search.find(ctx, DECISION_DEFINITIONS, found.query(call.body)))


@operations.get("/decision-definitions/{decisionDefinitionKey}", "Get a decision definition", found.item)
def get(ctx: Context, call: Call[Nothing]) -> dict[str, Any]:
    return shown(DECISION_DEFINITIONS, search.get(ctx, DECISION_DEFINITIONS, call.key, WHAT))


@operations.get("/decision-definitions/{decisionDefinitionKey}/xml", "Get the DMN file as it was deployed", File)
def xml(ctx: Context, call: Call[Nothing]) -> File:
    found_row = search.get(ctx, DECISION_DEFINITIONS, call.key, WHAT)
    return File(ctx.session.get_one(Resource, found_row["decision_requirements_key"]).source)


@operations.post("/decision-definitions/evaluation", "Evaluate a decision", Evaluation, Evaluated)
def evaluate(ctx: Context, call: Call[Evaluation]) -> Evaluated:
    asked = call.body
    row = decisions.evaluate(
        ctx,
        decision_id=asked.decision_definition_id,
        decision_key=asked.decision_definition_key,
        variables=asked.variables,
    )
    definition = ctx.session.get_one(DecisionDefinition, row.decision_definition_key)
    return Evaluated(
        decision_definition_id=row.decision_id,
        decision_definition_key=row.decision_definition_key,
        decision_definition_name=row.decision_name,
        decision_definition_version=row.decision_version,
        decision_evaluation_key=row.key,
        decision_instance_key=row.key,
        decision_requirements_id=definition.drg_id,
        decision_requirements_key=definition.resource_key,
        evaluated_decisions=[_evaluated(row)],
        output=as_json(row.output[0]),
    )


def _evaluated(row: DecisionEvaluation) -> dict[str, Any]:
    return {
        "decisionDefinitionId": row.decision_id,
        "decisionDefinitionKey": str(row.decision_definition_key),
        "decisionDefinitionName": row.decision_name,
        "decisionDefinitionVersion": row.decision_version,
        "decisionDefinitionType": "DECISION_TABLE",
        "decisionEvaluationInstanceKey": f"{row.key}-1",
        "output": as_json(row.output[0]),
        "tenantId": "<default>",
        **explained(row),
    }


def explained(row: DecisionEvaluation) -> dict[str, Any]:
    """Give the inputs of an evaluation, and the rules that matched with their outputs and legal basis."""
    return {
        "evaluatedInputs": [
            {"inputId": name, "inputName": name, "inputValue": as_json(value)} for name, value in row.inputs.items()
        ],
        "matchedRules": [_matched(rule) for rule in row.rules],
    }


def _matched(rule: dict[str, Any]) -> dict[str, Any]:
    outputs = [
        {
            "outputId": name,
            "outputName": name,
            "outputValue": as_json(value),
            "ruleId": rule["rule_id"],
            "ruleIndex": rule["index"],
        }
        for name, value in rule["outputs"].items()
    ]
    return {
        "ruleId": rule["rule_id"],
        "ruleIndex": rule["index"],
        "evaluatedOutputs": outputs,
        "hjemmel": rule.get("hjemmel"),
    }


def as_json(value: object) -> str:
    return orjson.dumps(value, default=str).decode()
