"""What is deployed: process definitions, decision definitions, resources."""

from sqlalchemy import (
    exists,
    literal,
)

from kfflow.persistence.listings.fragments import is_latest, nothing, tenant
from kfflow.persistence.search import Column, Kind, Listing
from kfflow.persistence.tables import (
    DecisionDefinition,
    Form,
    ProcessDefinition,
    Resource,
)

_start_form = exists().where(Form.form_id == ProcessDefinition.start_form_id)


PROCESS_DEFINITIONS = Listing(
    "process-definition",
    lambda chosen: chosen.select_from(ProcessDefinition),
    (
        Column("process_definition_key", Kind.KEY, ProcessDefinition.key),
        Column("process_definition_id", Kind.TEXT, ProcessDefinition.process_id),
        Column("name", Kind.TEXT, ProcessDefinition.name),
        Column("resource_name", Kind.TEXT, ProcessDefinition.resource_name),
        Column("version", Kind.INTEGER, ProcessDefinition.version),
        Column("version_tag", Kind.TEXT, ProcessDefinition.version_tag),
        Column("has_start_form", Kind.BOOLEAN, _start_form),
        Column("state", Kind.TEXT, literal("ACTIVE")),
        Column(
            "is_latest_version",
            Kind.BOOLEAN,
            is_latest(ProcessDefinition, ProcessDefinition.process_id),
            shown=False,
        ),
        tenant(),
    ),
)

DECISION_DEFINITIONS = Listing(
    "decision-definition",
    lambda chosen: chosen.select_from(DecisionDefinition),
    (
        Column("decision_definition_key", Kind.KEY, DecisionDefinition.key),
        Column("decision_definition_id", Kind.TEXT, DecisionDefinition.decision_id),
        Column("name", Kind.TEXT, DecisionDefinition.name),
        Column("version", Kind.INTEGER, DecisionDefinition.version),
        Column("decision_requirements_id", Kind.TEXT, DecisionDefinition.drg_id),
        Column("decision_requirements_key", Kind.KEY, DecisionDefinition.resource_key),
        Column("decision_requirements_name", Kind.TEXT, DecisionDefinition.drg_name),
        Column("decision_requirements_version", Kind.INTEGER, DecisionDefinition.version),
        Column(
            "is_latest_version",
            Kind.BOOLEAN,
            is_latest(DecisionDefinition, DecisionDefinition.decision_id),
            shown=False,
        ),
        tenant(),
    ),
)

RESOURCES = Listing(
    "resource",
    lambda chosen: chosen.select_from(Resource),
    (
        Column("resource_key", Kind.KEY, Resource.key),
        Column("resource_id", Kind.TEXT, Resource.name),
        Column("resource_name", Kind.TEXT, Resource.name),
        Column("deployment_key", Kind.KEY, Resource.deployment_key),
        Column("version", Kind.INTEGER, literal(1), filterable=False),
        nothing("version_tag"),
        tenant(),
    ),
)
