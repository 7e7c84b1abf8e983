"""What waits for programs, times, messages or a repair: jobs, timers, message subscriptions, incidents."""

from typing import Any

from sqlalchemy import (
    ARRAY,
    Select,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
)

from kfflow.persistence.listings.fragments import nothing, of_case, tenant
from kfflow.persistence.search import Column, Kind, Listing
from kfflow.persistence.tables import (
    Case,
    Incident,
    Job,
    MessageSubscription,
    ProcessDefinition,
    ProcessInstance,
    Timer,
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
        nothing("last_update_time"),
        Column("kind", Kind.TEXT, literal("BPMN_ELEMENT")),
        Column("listener_event_type", Kind.TEXT, literal("UNSPECIFIED")),
        Column("priority", Kind.INTEGER, literal(0)),
        nothing("denied_reason"),
        nothing("is_denied"),
        Column("tags", Kind.TEXTS, cast([], ARRAY(Text)), filterable=False),
        tenant(),
    ),
    of_case,
    Case.key,
)

_ERROR_TYPES = {
    "JOB_NO_RETRIES": "JOB_NO_RETRIES",
    "DECISION_MISSING": "CALLED_DECISION_ERROR",
    "CALLED_PROCESS_MISSING": "CALLED_ELEMENT_ERROR",
    "EXTRACT_VALUE_ERROR": "EXTRACT_VALUE_ERROR",
    "CONDITION_ERROR": "CONDITION_ERROR",
    "UNHANDLED_ERROR": "UNHANDLED_ERROR_EVENT",
}

INCIDENTS = Listing(
    "incident",
    lambda chosen: chosen.select_from(Incident).join(Case, Case.key == Incident.case_key),
    (
        Column("incident_key", Kind.KEY, Incident.key),
        Column("error_type", Kind.TEXT, case(_ERROR_TYPES, value=Incident.kind, else_="UNKNOWN")),
        Column("kind", Kind.TEXT, Incident.kind),
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
        tenant(),
    ),
    of_case,
    Case.key,
)


def _timers(chosen: Select[Any]) -> Select[Any]:
    return (
        chosen.select_from(Timer)
        .join(ProcessDefinition, ProcessDefinition.key == Timer.definition_key)
        .outerjoin(ProcessInstance, ProcessInstance.key == Timer.instance_key)
        .outerjoin(Case, Case.key == ProcessInstance.case_key)
    )


TIMERS = Listing(
    "timer",
    _timers,
    (
        Column("timer_key", Kind.KEY, Timer.key),
        Column("state", Kind.TEXT, Timer.state),
        Column("due_date", Kind.INSTANT, Timer.due_at),
        Column("element_id", Kind.TEXT, Timer.element_id),
        Column("rounds_left", Kind.INTEGER, Timer.rounds_left, filterable=False),
        Column("hjemmel", Kind.TEXT, Timer.hjemmel, filterable=False),
        Column("process_definition_id", Kind.TEXT, ProcessDefinition.process_id),
        Column("process_definition_key", Kind.KEY, Timer.definition_key),
        Column("process_instance_key", Kind.KEY, Timer.instance_key),
        Column("case_number", Kind.TEXT, Case.number),
        Column("creation_time", Kind.INSTANT, Timer.created_at),
        Column("end_time", Kind.INSTANT, Timer.ended_at),
    ),
    lambda scope: or_(Timer.instance_key.is_(None), of_case(scope)),
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
        nothing("tool_name"),
        nothing("inbound_connector_type"),
        tenant(),
    ),
    lambda scope: or_(MessageSubscription.instance_key.is_(None), of_case(scope)),
    Case.key,
)
