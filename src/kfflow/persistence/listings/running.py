"""What is running: process instances and user tasks."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Text,
    and_,
    any_,
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
from kfflow.persistence.listings.fragments import nothing, of_case, tenant
from kfflow.persistence.scope import Scope
from kfflow.persistence.search import Column, Join, Kind, Listing
from kfflow.persistence.tables import (
    Case,
    Form,
    Incident,
    ProcessDefinition,
    ProcessInstance,
    UserTask,
)

_incident_of_instance = exists().where(Incident.instance_key == ProcessInstance.key, Incident.state == "ACTIVE")
_root = aliased(ProcessInstance)
_stands = and_(ProcessInstance.state == "ACTIVE", _root.suspended_at.is_not(None))
_state = case((_stands, literal("SUSPENDED")), else_=ProcessInstance.state)
_suspended_at = case((_stands, _root.suspended_at), else_=null())


_suspended_roots = select(_root.key).where(_root.suspended_at.is_not(None)).correlate(None)


def _is_in(state: str) -> ColumnElement[bool]:
    """Give when an instance is in a state: of the active ones those are suspended whose root is."""
    match state:
        case "ACTIVE":
            return and_(ProcessInstance.state == state, ProcessInstance.root_key.not_in(_suspended_roots))
        case "SUSPENDED":
            return and_(ProcessInstance.state == "ACTIVE", ProcessInstance.root_key.in_(_suspended_roots))
        case _:
            return ProcessInstance.state == state


def _afar(scope: Scope) -> ColumnElement[bool]:
    """Give `of_case` for a page far on: the keys of one place's instances from its cases, by an index alone.

    In the order of the list, half the instances of all places would be read to leave out those of the others.
    """
    if scope.national or scope.institution is None:
        return of_case(scope)
    cases = select(Case.key).where(scopes.condition(scope, Case)).correlate(None)
    return ProcessInstance.case_key == any_(func.array(cases.scalar_subquery(), type_=ARRAY(BigInteger)))


PROCESS_INSTANCES = Listing(
    "process-instance",
    lambda chosen: chosen.select_from(ProcessInstance),
    (
        Column("process_instance_key", Kind.KEY, ProcessInstance.key),
        Column("process_definition_key", Kind.KEY, ProcessInstance.definition_key),
        Column("process_definition_id", Kind.TEXT, ProcessInstance.process_id),
        Column("process_definition_name", Kind.TEXT, ProcessDefinition.name),
        Column("process_definition_version", Kind.INTEGER, ProcessInstance.version),
        Column("process_definition_version_tag", Kind.TEXT, ProcessDefinition.version_tag),
        Column("state", Kind.TEXT, _state, holds=_is_in),
        Column("has_incident", Kind.BOOLEAN, _incident_of_instance),
        Column("start_date", Kind.INSTANT, ProcessInstance.started_at),
        Column("end_date", Kind.INSTANT, ProcessInstance.ended_at),
        Column("suspended_date", Kind.INSTANT, _suspended_at),
        Column("parent_process_instance_key", Kind.KEY, ProcessInstance.parent_key),
        nothing("parent_element_instance_key", Kind.KEY),
        Column("root_process_instance_key", Kind.KEY, ProcessInstance.root_key, filterable=False),
        Column("business_id", Kind.TEXT, Case.number),
        Column("tags", Kind.TEXTS, cast([], ARRAY(Text)), filterable=False),
        tenant(),
    ),
    of_case,
    Case.key,
    by_key=True,
    joins=(
        Join(ProcessDefinition, ProcessDefinition.key == ProcessInstance.definition_key),
        Join(Case, Case.key == ProcessInstance.case_key),
        Join(_root, _root.key == ProcessInstance.root_key),
    ),
    scope_afar=_afar,
)

_form_key = (
    select(Form.key).where(Form.form_id == UserTask.form_id).order_by(Form.version.desc()).limit(1).scalar_subquery()
)


def _is_named(name: str) -> ColumnElement[bool]:
    """Give when a task has a name: there is one index for those that are open and one for all that have ended."""
    has_name, is_open = UserTask.name == name, UserTask.state == "CREATED"
    return or_(and_(has_name, is_open), and_(has_name, ~is_open))


USER_TASKS = Listing(
    "user-task",
    lambda chosen: chosen.select_from(UserTask),
    (
        Column("user_task_key", Kind.KEY, UserTask.key),
        Column("element_id", Kind.TEXT, UserTask.element_id),
        Column("name", Kind.TEXT, UserTask.name, holds=_is_named),
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
        nothing("external_form_reference"),
        Column("custom_headers", Kind.OBJECT, UserTask.headers, filterable=False),
        Column("tags", Kind.TEXTS, cast([], ARRAY(Text)), filterable=False),
        tenant(),
    ),
    lambda scope: scopes.visible(scope, UserTask),
    Case.key,
    by_key=True,
    joins=(
        Join(ProcessDefinition, ProcessDefinition.key == UserTask.definition_key),
        Join(Case, Case.key == UserTask.case_key),
    ),
)
