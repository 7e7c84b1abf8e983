"""The lists that can be searched: their columns, where the rows come from, and whose rows an actor sees."""

from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Select,
    SQLColumnExpression,
    Text,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.orm import aliased

from kfflow.persistence import scope as scopes
from kfflow.persistence.scope import Scope
from kfflow.persistence.search import Column, Kind, Listing
from kfflow.persistence.tables import (
    Case,
    Deadline,
    DecisionDefinition,
    DecisionEvaluation,
    Form,
    HistoryEvent,
    Incident,
    Job,
    MessageSubscription,
    ProcessDefinition,
    ProcessInstance,
    Resource,
    UserTask,
)

TENANT = "<default>"
"""Camunda's name for the one tenant of an installation without tenants."""


def _tenant() -> Column:
    return Column("tenant_id", Kind.TEXT, literal(TENANT))


def _nothing(name: str, kind: Kind = Kind.TEXT) -> Column:
    return Column(name, kind, cast(null(), BigInteger if kind is Kind.KEY else Text), filterable=False)


def _of_case(scope: Scope) -> ColumnElement[bool]:
    return scopes.condition(scope, Case)


_start_form = exists().where(Form.form_id == ProcessDefinition.start_form_id)


def _is_latest(table: Any, name: Any) -> ColumnElement[bool]:  # noqa: ANN401 - a mapped class and its column
    later = aliased(table)
    return ~exists().where(getattr(later, name.key) == name, later.version > table.version)


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
            _is_latest(ProcessDefinition, ProcessDefinition.process_id),
            shown=False,
        ),
        _tenant(),
    ),
)

_incident_of_instance = exists().where(Incident.instance_key == ProcessInstance.key, Incident.state == "ACTIVE")


def _instances(chosen: Select[Any]) -> Select[Any]:
    return (
        chosen.select_from(ProcessInstance)
        .join(ProcessDefinition, ProcessDefinition.key == ProcessInstance.definition_key)
        .join(Case, Case.key == ProcessInstance.case_key)
    )


PROCESS_INSTANCES = Listing(
    "process-instance",
    _instances,
    (
        Column("process_instance_key", Kind.KEY, ProcessInstance.key),
        Column("process_definition_key", Kind.KEY, ProcessInstance.definition_key),
        Column("process_definition_id", Kind.TEXT, ProcessInstance.process_id),
        Column("process_definition_name", Kind.TEXT, ProcessDefinition.name),
        Column("process_definition_version", Kind.INTEGER, ProcessInstance.version),
        Column("process_definition_version_tag", Kind.TEXT, ProcessDefinition.version_tag),
        Column("state", Kind.TEXT, ProcessInstance.state),
        Column("has_incident", Kind.BOOLEAN, _incident_of_instance),
        Column("start_date", Kind.INSTANT, ProcessInstance.started_at),
        Column("end_date", Kind.INSTANT, ProcessInstance.ended_at),
        Column("suspended_date", Kind.TEXT, cast(null(), Text), filterable=False),
        Column("parent_process_instance_key", Kind.KEY, ProcessInstance.parent_key),
        _nothing("parent_element_instance_key", Kind.KEY),
        Column("root_process_instance_key", Kind.KEY, ProcessInstance.root_key, filterable=False),
        Column("business_id", Kind.TEXT, Case.number),
        Column("tags", Kind.TEXTS, cast([], ARRAY(Text)), filterable=False),
        _tenant(),
    ),
    _of_case,
    Case.key,
)

_form_key = (
    select(Form.key).where(Form.form_id == UserTask.form_id).order_by(Form.version.desc()).limit(1).scalar_subquery()
)


def _tasks(chosen: Select[Any]) -> Select[Any]:
    return (
        chosen.select_from(UserTask)
        .join(ProcessDefinition, ProcessDefinition.key == UserTask.definition_key)
        .join(Case, Case.key == UserTask.case_key)
    )


USER_TASKS = Listing(
    "user-task",
    _tasks,
    (
        Column("user_task_key", Kind.KEY, UserTask.key),
        Column("element_id", Kind.TEXT, UserTask.element_id),
        Column("name", Kind.TEXT, UserTask.name),
        Column("state", Kind.TEXT, UserTask.state),
        Column("assignee", Kind.TEXT, UserTask.assignee),
        Column("candidate_groups", Kind.TEXTS, UserTask.candidate_groups, filterable=False),
        Column("candidate_users", Kind.TEXTS, UserTask.candidate_users, filterable=False),
        Column("candidate_group", Kind.TEXTS, UserTask.candidate_groups, shown=False),
        Column("candidate_user", Kind.TEXTS, UserTask.candidate_users, shown=False),
        Column("priority", Kind.INTEGER, UserTask.priority),
        Column("creation_date", Kind.INSTANT, UserTask.created_at),
        Column(
            "completion_date",
            Kind.INSTANT,
            case((UserTask.state == "COMPLETED", UserTask.ended_at), else_=null()),
        ),
        Column("follow_up_date", Kind.INSTANT, UserTask.follow_up_at),
        Column("due_date", Kind.INSTANT, UserTask.due_at),
        Column("process_definition_id", Kind.TEXT, UserTask.process_id),
        Column("process_definition_version", Kind.INTEGER, ProcessDefinition.version, filterable=False),
        Column("process_name", Kind.TEXT, ProcessDefinition.name, filterable=False),
        Column("process_definition_key", Kind.KEY, UserTask.definition_key),
        Column("process_instance_key", Kind.KEY, UserTask.instance_key),
        Column("root_process_instance_key", Kind.KEY, UserTask.root_key, filterable=False),
        Column("element_instance_key", Kind.KEY, UserTask.key),
        Column("business_id", Kind.TEXT, Case.number),
        Column("form_key", Kind.KEY, type_coerce(_form_key, BigInteger), filterable=False),
        _nothing("external_form_reference"),
        Column("custom_headers", Kind.OBJECT, UserTask.headers, filterable=False),
        Column("tags", Kind.TEXTS, cast([], ARRAY(Text)), filterable=False),
        _tenant(),
    ),
    lambda scope: scopes.visible(scope, UserTask),
    Case.key,
)


def _jobs(chosen: Select[Any]) -> Select[Any]:
    return (
        chosen.select_from(Job)
        .join(ProcessDefinition, ProcessDefinition.key == Job.definition_key)
        .join(Case, Case.key == Job.case_key)
    )


JOBS = Listing(
    "job",
    _jobs,
    (
        Column("job_key", Kind.KEY, Job.key),
        Column("type", Kind.TEXT, Job.type),
        Column("state", Kind.TEXT, Job.state),
        Column("retries", Kind.INTEGER, Job.retries),
        Column("worker", Kind.TEXT, func.coalesce(Job.worker, "")),
        Column("deadline", Kind.INSTANT, Job.lease_until),
        Column("element_id", Kind.TEXT, Job.element_id),
        Column("element_instance_key", Kind.KEY, Job.key),
        Column("process_definition_id", Kind.TEXT, Job.process_id),
        Column("process_definition_version", Kind.INTEGER, ProcessDefinition.version, filterable=False),
        Column("process_definition_key", Kind.KEY, Job.definition_key),
        Column("process_instance_key", Kind.KEY, Job.instance_key),
        Column("root_process_instance_key", Kind.KEY, Job.root_key, filterable=False),
        Column("business_id", Kind.TEXT, Case.number, filterable=False),
        Column("custom_headers", Kind.OBJECT, Job.headers, filterable=False),
        Column("error_code", Kind.TEXT, Job.error_code),
        Column("error_message", Kind.TEXT, Job.error_message),
        Column(
            "has_failed_with_retries_left",
            Kind.BOOLEAN,
            and_(Job.state == "CREATED", Job.retries > 0, Job.error_message.is_not(None)),
        ),
        Column("creation_time", Kind.INSTANT, Job.created_at),
        Column("end_time", Kind.INSTANT, Job.ended_at),
        _nothing("last_update_time"),
        Column("kind", Kind.TEXT, literal("BPMN_ELEMENT")),
        Column("listener_event_type", Kind.TEXT, literal("UNSPECIFIED")),
        Column("priority", Kind.INTEGER, literal(0)),
        _nothing("denied_reason"),
        _nothing("is_denied"),
        Column("tags", Kind.TEXTS, cast([], ARRAY(Text)), filterable=False),
        _tenant(),
    ),
    _of_case,
    Case.key,
)

_ERROR_TYPES = {"JOB_NO_RETRIES": "JOB_NO_RETRIES", "DECISION_MISSING": "CALLED_DECISION_ERROR"}

INCIDENTS = Listing(
    "incident",
    lambda chosen: chosen.select_from(Incident).join(Case, Case.key == Incident.case_key),
    (
        Column("incident_key", Kind.KEY, Incident.key),
        Column("error_type", Kind.TEXT, case(_ERROR_TYPES, value=Incident.kind, else_="UNKNOWN")),
        Column("error_message", Kind.TEXT, Incident.message_en),
        Column("element_id", Kind.TEXT, Incident.element_id),
        Column("element_instance_key", Kind.KEY, func.coalesce(Incident.job_key, Incident.instance_key)),
        Column("creation_time", Kind.INSTANT, Incident.created_at),
        Column("state", Kind.TEXT, Incident.state),
        Column("job_key", Kind.KEY, Incident.job_key),
        Column("process_definition_id", Kind.TEXT, Incident.process_id),
        Column("process_definition_key", Kind.KEY, Incident.definition_key),
        Column("process_instance_key", Kind.KEY, Incident.instance_key),
        Column("root_process_instance_key", Kind.KEY, Incident.root_key, filterable=False),
        _tenant(),
    ),
    _of_case,
    Case.key,
)

_pairs = func.jsonb_each(ProcessInstance.variables).table_valued("key", "value", joins_implicitly=True)


def _key_of_variable(holder: SQLColumnExpression[int], name: ColumnElement[str]) -> ColumnElement[int]:
    """A variable has no row of its own; its key is worked out from its holder and its name, and never changes."""
    hashed = func.hashtextextended(cast(holder, Text) + "/" + name, 0, type_=BigInteger)
    return type_coerce(hashed.op("&")(literal(2**63 - 1)), BigInteger)


def _variables(chosen: Select[Any]) -> Select[Any]:
    return (
        chosen.select_from(ProcessInstance)
        .join(Case, Case.key == ProcessInstance.case_key)
        .join(_pairs, literal(value=True))
    )


VARIABLES = Listing(
    "variable",
    _variables,
    (
        Column("variable_key", Kind.KEY, _key_of_variable(ProcessInstance.key, _pairs.c.key)),
        Column("name", Kind.TEXT, type_coerce(_pairs.c.key, Text)),
        Column("value", Kind.TEXT, cast(_pairs.c.value, Text)),
        Column("is_truncated", Kind.BOOLEAN, literal(value=False)),
        Column("scope_key", Kind.KEY, ProcessInstance.key),
        Column("process_instance_key", Kind.KEY, ProcessInstance.key),
        Column("root_process_instance_key", Kind.KEY, ProcessInstance.root_key, filterable=False),
        _tenant(),
    ),
    _of_case,
    Case.key,
)

_seen = func.jsonb_each(ProcessInstance.variables.op("||")(UserTask.variables)).table_valued(
    "key", "value", joins_implicitly=True
)
_is_of_instance = ProcessInstance.variables.op("->")(_seen.c.key) == _seen.c.value
_holder = case((_is_of_instance, ProcessInstance.key), else_=UserTask.key)


def _task_variables(chosen: Select[Any]) -> Select[Any]:
    return (
        chosen.select_from(UserTask)
        .join(ProcessInstance, ProcessInstance.key == UserTask.instance_key)
        .join(Case, Case.key == UserTask.case_key)
        .join(_seen, literal(value=True))
    )


TASK_VARIABLES = Listing(
    "variable",
    _task_variables,
    (
        Column("variable_key", Kind.KEY, _key_of_variable(_holder, _seen.c.key)),
        Column("user_task_key", Kind.KEY, UserTask.key, shown=False, filterable=False),
        Column("name", Kind.TEXT, type_coerce(_seen.c.key, Text)),
        Column("value", Kind.TEXT, cast(_seen.c.value, Text)),
        Column("is_truncated", Kind.BOOLEAN, literal(value=False)),
        Column("scope_key", Kind.KEY, _holder),
        Column("process_instance_key", Kind.KEY, ProcessInstance.key),
        Column("root_process_instance_key", Kind.KEY, ProcessInstance.root_key, filterable=False),
        _tenant(),
    ),
    lambda scope: scopes.visible(scope, UserTask),
    Case.key,
)
"""What a task sees: its own variables over its instance's, each name once."""

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
            _is_latest(DecisionDefinition, DecisionDefinition.decision_id),
            shown=False,
        ),
        _tenant(),
    ),
)


def _evaluations(chosen: Select[Any]) -> Select[Any]:
    return (
        chosen.select_from(DecisionEvaluation)
        .outerjoin(ProcessInstance, ProcessInstance.key == DecisionEvaluation.instance_key)
        .outerjoin(Case, Case.key == DecisionEvaluation.case_key)
    )


DECISION_INSTANCES = Listing(
    "decision-instance",
    _evaluations,
    (
        Column("decision_evaluation_key", Kind.KEY, DecisionEvaluation.key),
        Column("decision_evaluation_instance_key", Kind.TEXT, cast(DecisionEvaluation.key, Text) + "-1"),
        Column("decision_definition_key", Kind.KEY, DecisionEvaluation.decision_definition_key),
        Column("root_decision_definition_key", Kind.KEY, DecisionEvaluation.decision_definition_key),
        Column("decision_definition_id", Kind.TEXT, DecisionEvaluation.decision_id),
        Column("decision_definition_name", Kind.TEXT, DecisionEvaluation.decision_name),
        Column("decision_definition_version", Kind.INTEGER, DecisionEvaluation.decision_version),
        Column("decision_definition_type", Kind.TEXT, literal("DECISION_TABLE")),
        Column("evaluation_date", Kind.INSTANT, DecisionEvaluation.at),
        _nothing("evaluation_failure"),
        Column("state", Kind.TEXT, literal("EVALUATED")),
        Column("result", Kind.TEXT, cast(DecisionEvaluation.output.op("->")(0), Text), filterable=False),
        Column("process_instance_key", Kind.KEY, DecisionEvaluation.instance_key),
        Column("process_definition_key", Kind.KEY, ProcessInstance.definition_key),
        Column("root_process_instance_key", Kind.KEY, ProcessInstance.root_key, filterable=False),
        _nothing("element_instance_key", Kind.KEY),
        Column("business_id", Kind.TEXT, Case.number),
        _tenant(),
    ),
    lambda scope: or_(DecisionEvaluation.case_key.is_(None), _of_case(scope)),
    Case.key,
)


def _subscriptions(chosen: Select[Any]) -> Select[Any]:
    return (
        chosen.select_from(MessageSubscription)
        .outerjoin(ProcessInstance, ProcessInstance.key == MessageSubscription.instance_key)
        .join(
            ProcessDefinition,
            ProcessDefinition.key == func.coalesce(MessageSubscription.definition_key, ProcessInstance.definition_key),
        )
        .outerjoin(Case, Case.key == ProcessInstance.case_key)
    )


_SUBSCRIPTION_STATES = {"OPEN": "CREATED", "CORRELATED": "CORRELATED", "CANCELED": "DELETED"}

MESSAGE_SUBSCRIPTIONS = Listing(
    "message-subscription",
    _subscriptions,
    (
        Column("message_subscription_key", Kind.KEY, MessageSubscription.key),
        Column("message_name", Kind.TEXT, MessageSubscription.message_name),
        Column("correlation_key", Kind.TEXT, MessageSubscription.correlation_key),
        Column(
            "message_subscription_state",
            Kind.TEXT,
            case(_SUBSCRIPTION_STATES, value=MessageSubscription.state, else_="DELETED"),
        ),
        Column(
            "message_subscription_type",
            Kind.TEXT,
            case((MessageSubscription.instance_key.is_(None), "START_EVENT"), else_="PROCESS_EVENT"),
        ),
        Column(
            "last_updated_date",
            Kind.INSTANT,
            func.coalesce(MessageSubscription.ended_at, MessageSubscription.created_at),
        ),
        Column("element_id", Kind.TEXT, MessageSubscription.element_id),
        Column("element_instance_key", Kind.KEY, MessageSubscription.key),
        Column("process_definition_id", Kind.TEXT, ProcessDefinition.process_id),
        Column("process_definition_key", Kind.KEY, ProcessDefinition.key),
        Column("process_definition_name", Kind.TEXT, ProcessDefinition.name),
        Column("process_definition_version", Kind.INTEGER, ProcessDefinition.version),
        Column("process_instance_key", Kind.KEY, MessageSubscription.instance_key),
        Column("root_process_instance_key", Kind.KEY, MessageSubscription.root_key, filterable=False),
        Column("business_id", Kind.TEXT, Case.number),
        Column("tool_properties", Kind.OBJECT, func.jsonb_build_object(), filterable=False),
        _nothing("tool_name"),
        _nothing("inbound_connector_type"),
        _tenant(),
    ),
    lambda scope: or_(MessageSubscription.instance_key.is_(None), _of_case(scope)),
    Case.key,
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
        _nothing("version_tag"),
        _tenant(),
    ),
)

CASES = Listing(
    "case",
    lambda chosen: chosen.select_from(Case),
    (
        Column("case_key", Kind.KEY, Case.key),
        Column("case_number", Kind.TEXT, Case.number),
        Column("title", Kind.TEXT, Case.title),
        Column("process_definition_id", Kind.TEXT, Case.process_id),
        Column("state", Kind.TEXT, Case.state),
        Column("institution_code", Kind.TEXT, Case.institution_code),
        Column("area", Kind.TEXT, Case.area),
        Column("unit_code", Kind.TEXT, Case.unit_code),
        Column("person_key", Kind.KEY, Case.person_key),
        Column("legal_date", Kind.DAY, Case.legal_date),
        Column("opened_at", Kind.INSTANT, Case.opened_at),
        Column("opened_by", Kind.TEXT, Case.opened_by),
        Column("closed_at", Kind.INSTANT, Case.closed_at),
    ),
    _of_case,
    Case.key,
)

DEADLINES = Listing(
    "deadline",
    lambda chosen: chosen.select_from(Deadline).join(Case, Case.key == Deadline.case_key),
    (
        Column("deadline_key", Kind.KEY, Deadline.key),
        Column("case_number", Kind.TEXT, Case.number),
        Column("process_instance_key", Kind.KEY, Deadline.instance_key),
        Column("user_task_key", Kind.KEY, Deadline.task_key),
        Column("element_id", Kind.TEXT, Deadline.element_id),
        Column("name", Kind.TEXT, Deadline.name),
        Column("kind", Kind.TEXT, Deadline.kind),
        Column("hjemmel", Kind.TEXT, Deadline.hjemmel),
        Column("rule", Kind.TEXT, Deadline.rule),
        Column("calendar", Kind.TEXT, Deadline.calendar),
        Column("state", Kind.TEXT, Deadline.state),
        Column("started_at", Kind.INSTANT, Deadline.started_at),
        Column("due_at", Kind.INSTANT, Deadline.due_at),
        Column("warn_at", Kind.INSTANT, Deadline.warn_at),
        Column("escalate_to", Kind.TEXT, Deadline.escalate_to),
        Column("warned_at", Kind.INSTANT, Deadline.warned_at),
        Column("breached_at", Kind.INSTANT, Deadline.breached_at),
        Column("ended_at", Kind.INSTANT, Deadline.ended_at),
        Column("institution_code", Kind.TEXT, Case.institution_code),
    ),
    _of_case,
    Case.key,
)

HISTORY = Listing(
    "history",
    lambda chosen: chosen.select_from(HistoryEvent).join(Case, Case.key == HistoryEvent.case_key),
    (
        Column("history_key", Kind.KEY, HistoryEvent.key),
        Column("case_number", Kind.TEXT, Case.number),
        Column("process_instance_key", Kind.KEY, HistoryEvent.instance_key),
        Column("revision", Kind.INTEGER, HistoryEvent.revision),
        Column("at", Kind.INSTANT, HistoryEvent.at),
        Column("actor", Kind.TEXT, HistoryEvent.actor),
        Column("kind", Kind.TEXT, HistoryEvent.kind),
        Column("element_id", Kind.TEXT, HistoryEvent.element_id),
        Column("element_type", Kind.TEXT, HistoryEvent.element_type),
        Column("name", Kind.TEXT, HistoryEvent.name),
        Column("data", Kind.OBJECT, HistoryEvent.data, filterable=False),
    ),
    _of_case,
    Case.key,
)
