"""Which running instances a change of law reaches: on an older version, or having reckoned with an older table.

The version in force is judged for each case by its own days, with `today` given: a look ahead asks for a later day.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, and_, case, cast, exists, func, literal, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from kfflow.persistence import validity
from kfflow.persistence.scope import Scope, condition
from kfflow.persistence.tables import (
    Appointment,
    Case,
    DecisionDefinition,
    DecisionEvaluation,
    Message,
    MessageSubscription,
    Person,
    ProcessDefinition,
    ProcessInstance,
    Timer,
    UserTask,
)
from kfflow.persistence.validity import CaseDays


@dataclass(frozen=True, slots=True)
class Asked:
    """Of which versions, on which day, in which zone, by whom, and of which instance if only one is meant."""

    versions: Sequence[int]
    today: date
    zone: str
    scope: Scope
    instance_key: int | None = None

    @property
    def days(self) -> CaseDays:
        opened = cast(func.timezone(self.zone, Case.opened_at), Date)
        return CaseDays(opened, Case.legal_date, literal(self.today, Date))


@dataclass(frozen=True, slots=True)
class Reached:
    """One instance that a new version reaches, with its case and who works on that."""

    instance_key: int
    root_key: int
    case_key: int
    case_number: str
    opened_at: datetime
    legal_date: date
    owner: str
    process_id: str
    definition_key: int
    version_key: int
    """The new version: of the process it follows, or of the table it reckoned with."""

    subscription_key: int | None = None
    """Where it waits for the message that lets it reckon anew."""


def to_move(session: Session, asked: Asked) -> list[Reached]:
    """Give the running instances on an older version of a process than the new one that is in force for their case."""
    new, higher = ProcessDefinition, aliased(ProcessDefinition)
    outdone = exists().where(
        higher.process_id == new.process_id, higher.version > new.version, validity.in_force(higher, asked.days)
    )
    chosen = (
        _reached(new.key, literal(None))
        .join(new, new.process_id == ProcessInstance.process_id)
        .where(
            new.key.in_(asked.versions),
            ProcessInstance.version < new.version,
            validity.in_force(new, asked.days),
            ~outdone,
        )
    )
    return _rows(session, chosen, asked)


def to_reckon_anew(session: Session, asked: Asked, message_name: str) -> list[Reached]:
    """Give the running trees that evaluated an older version of a table than the new one in force for their case.

    The instance is the one of the tree that waits for the message, else the root.
    """
    new, higher = DecisionDefinition, aliased(DecisionDefinition)
    evaluated = aliased(ProcessInstance)
    outdone = exists().where(
        higher.decision_id == new.decision_id, higher.version > new.version, validity.in_force(higher, asked.days)
    )
    waiting = and_(
        MessageSubscription.root_key == ProcessInstance.root_key,
        MessageSubscription.instance_key == ProcessInstance.key,
        MessageSubscription.message_name == message_name,
        MessageSubscription.state == "OPEN",
    )
    in_tree = and_(DecisionEvaluation.instance_key == evaluated.key, evaluated.root_key == ProcessInstance.root_key)
    of_table = and_(in_tree, DecisionEvaluation.decision_id == new.decision_id)
    older = exists().where(of_table, DecisionEvaluation.decision_version < new.version)
    newer = exists().where(of_table, DecisionEvaluation.decision_version >= new.version)
    chosen = (
        _reached(new.key, _still_to_be_told(new))
        .outerjoin(MessageSubscription, waiting)
        .join(new, new.key.in_(asked.versions))
        .where(
            (ProcessInstance.parent_key.is_(None)) | MessageSubscription.key.is_not(None),
            older,
            ~newer,
            validity.in_force(new, asked.days),
            ~outdone,
        )
    )
    return _rows(session, chosen, asked)


def _still_to_be_told(new: type[DecisionDefinition]) -> ColumnElement[int]:
    """Give where the message is still to be handed over; one that was, without the table being evaluated, waits on."""
    handed_over = exists().where(Message.kept_for == MessageSubscription.key, Message.published_at >= new.deployed_at)
    return case((~handed_over, MessageSubscription.key))


def waiting(session: Session, root_key: int) -> frozenset[tuple[str, object]]:
    """Give what a tree waits for: each armed timer with its instant, and each open task."""
    of_tree = select(ProcessInstance.key).where(ProcessInstance.root_key == root_key)
    timers = select(Timer.element_id, Timer.due_at).where(Timer.state == "ARMED", Timer.instance_key.in_(of_tree))
    tasks = select(UserTask.element_id, UserTask.key).where(UserTask.state == "CREATED", UserTask.root_key == root_key)
    return frozenset((row[0], row[1]) for statement in (timers, tasks) for row in session.execute(statement))


def armed(session: Session, root_key: int) -> dict[tuple[int, str], datetime]:
    """Give when each armed timer of a tree fires, the first one of an element, by definition and element."""
    of_tree = select(ProcessInstance.key).where(ProcessInstance.root_key == root_key)
    timers = select(Timer.definition_key, Timer.element_id, func.min(Timer.due_at))
    chosen = timers.where(Timer.state == "ARMED", Timer.instance_key.in_(of_tree))
    rows = session.execute(chosen.group_by(Timer.definition_key, Timer.element_id))
    return {(row[0], row[1]): row[2] for row in rows if row[0] is not None}


def _reached(
    version_key: InstrumentedAttribute[int],
    subscription_key: ColumnElement[Any] | Any,  # noqa: ANN401 - a column or a literal
) -> Select[*tuple[Any, ...]]:
    return (
        select(
            ProcessInstance.key,
            ProcessInstance.root_key,
            Case.key,
            Case.number,
            Case.opened_at,
            Case.legal_date,
            owner(),
            ProcessInstance.process_id,
            ProcessInstance.definition_key,
            version_key,
            subscription_key,
        )
        .join(Case, Case.key == ProcessInstance.case_key)
        .where(ProcessInstance.state == "ACTIVE")
    )


def owner() -> ColumnElement[str]:
    """Give who is appointed for the person, else who holds an open task, who did the last one, who opened the case."""
    appointed = (
        select(Appointment.username)
        .join(Person, Person.person_number == Appointment.person_number)
        .where(Person.key == Case.person_key, Appointment.ended_at.is_(None))
    )
    of_case = UserTask.case_key == Case.key
    holds = select(UserTask.assignee).where(of_case, UserTask.state == "CREATED", UserTask.assignee.is_not(None))
    did = select(UserTask.completed_by).where(of_case, UserTask.completed_by.is_not(None))
    return func.coalesce(
        appointed.order_by(Appointment.key).limit(1).scalar_subquery(),
        holds.order_by(UserTask.due_at, UserTask.key).limit(1).scalar_subquery(),
        did.order_by(UserTask.ended_at.desc(), UserTask.key.desc()).limit(1).scalar_subquery(),
        Case.opened_by,
    )


def _rows(session: Session, chosen: Select[*tuple[Any, ...]], asked: Asked) -> list[Reached]:
    narrowed = chosen.where(condition(asked.scope, Case))
    if asked.instance_key is not None:
        narrowed = narrowed.where(ProcessInstance.key == asked.instance_key)
    return [Reached(*row) for row in session.execute(narrowed.order_by(Case.number, ProcessInstance.key))]
