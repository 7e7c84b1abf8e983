"""What belongs to a case: the case itself, its deadlines, its history, how its decisions came out."""

from typing import Any

from sqlalchemy import (
    Select,
    Text,
    cast,
    literal,
    or_,
)

from kfflow.persistence.listings.fragments import nothing, of_case, tenant
from kfflow.persistence.search import Column, Kind, Listing
from kfflow.persistence.tables import (
    Case,
    Deadline,
    DecisionEvaluation,
    HistoryEvent,
    ProcessInstance,
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
    of_case,
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
    of_case,
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
    of_case,
    Case.key,
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
        nothing("evaluation_failure"),
        Column("state", Kind.TEXT, literal("EVALUATED")),
        Column("result", Kind.TEXT, cast(DecisionEvaluation.output.op("->")(0), Text), filterable=False),
        Column("process_instance_key", Kind.KEY, DecisionEvaluation.instance_key),
        Column("process_definition_key", Kind.KEY, ProcessInstance.definition_key),
        Column("root_process_instance_key", Kind.KEY, ProcessInstance.root_key, filterable=False),
        nothing("element_instance_key", Kind.KEY),
        Column("business_id", Kind.TEXT, Case.number),
        tenant(),
    ),
    lambda scope: or_(DecisionEvaluation.case_key.is_(None), of_case(scope)),
    Case.key,
)
