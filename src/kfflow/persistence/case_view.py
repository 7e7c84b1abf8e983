"""What pages show of one case: its task, person, deadlines, way through the diagrams, papers. Read-only."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, ScalarSelect, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from kfflow.persistence import words as word_search
from kfflow.persistence.scope import Scope, condition, open_to
from kfflow.persistence.tables import (
    Account,
    Case,
    Comment,
    Deadline,
    DecisionEvaluation,
    Document,
    HistoryEvent,
    Incident,
    Institution,
    MessageSubscription,
    Person,
    ProcessDefinition,
    ProcessInstance,
    Timer,
    Unit,
    UserTask,
)

MOST_EVENTS = 400
PAGE = 50


@dataclass(frozen=True, slots=True)
class Head:
    """A case with whom it is about and where."""

    case: Case
    person: Person | None
    institution: Institution | None
    unit: Unit | None
    process: str


def head(session: Session, case_key: int) -> Head:
    """Give the case and what stands at the top of its page; one statement."""
    row = session.execute(
        select(Case, Person, Institution, Unit, _newest_name(Case.process_id))
        .outerjoin(Person, Person.key == Case.person_key)
        .outerjoin(Institution, Institution.code == Case.institution_code)
        .outerjoin(Unit, Unit.code == Case.unit_code)
        .where(Case.key == case_key)
    ).one()
    return Head(row[0], row[1], row[2], row[3], row[4] or row[0].process_id)


def _newest_name(process_id: InstrumentedAttribute[str]) -> ScalarSelect[str]:
    return (
        select(ProcessDefinition.name)
        .where(ProcessDefinition.process_id == process_id)
        .order_by(ProcessDefinition.version.desc())
        .limit(1)
        .scalar_subquery()
    )


def deadline_of_task(session: Session, task_key: int) -> Deadline | None:
    chosen = select(Deadline).where(Deadline.task_key == task_key).order_by(Deadline.key.desc()).limit(1)
    return session.scalars(chosen).first()


def deadlines(session: Session, case_key: int) -> list[Deadline]:
    """Give the case's deadlines, the running ones first."""
    running = Deadline.ended_at.is_(None).desc()
    of_case = select(Deadline).where(Deadline.case_key == case_key)
    return list(session.scalars(of_case.order_by(running, Deadline.due_at, Deadline.key)))


def evaluations(session: Session, case_key: int, *, limit: int = 100) -> list[DecisionEvaluation]:
    """Give how decisions came out in the case, the latest first; what gave a deadline is told by the deadline."""
    chosen = (
        select(DecisionEvaluation)
        .where(DecisionEvaluation.case_key == case_key, ~_gave_deadline(case_key))
        .order_by(DecisionEvaluation.at.desc(), DecisionEvaluation.key.desc())
        .limit(limit)
    )
    return list(session.scalars(chosen))


def _gave_deadline(case_key: int) -> ColumnElement[bool]:
    """Tell the tables that gave the case its deadlines from those that decided something."""
    tables = select(Deadline.decision_id).where(Deadline.case_key == case_key, Deadline.decision_id.is_not(None))
    return DecisionEvaluation.decision_id.in_(tables)


def evaluations_before(session: Session, task: UserTask, *, limit: int) -> list[DecisionEvaluation]:
    """Give how decisions last came out in the task's own process before the task was made, each decision once.

    What gave a deadline is told by the deadline.
    """
    before = (
        select(DecisionEvaluation)
        .where(DecisionEvaluation.case_key == task.case_key, DecisionEvaluation.instance_key == task.instance_key)
        .where(DecisionEvaluation.at <= task.created_at, ~_gave_deadline(task.case_key))
        .order_by(DecisionEvaluation.at.desc(), DecisionEvaluation.key.desc())
    )
    latest: dict[str, DecisionEvaluation] = {}
    for evaluation in session.scalars(before.limit(MOST_EVENTS)):
        latest.setdefault(evaluation.decision_id, evaluation)
    return list(latest.values())[:limit]


def tasks(session: Session, case_key: int, scope: Scope) -> list[Row[Any]]:
    """Give the case's tasks that the scope is open to, in the order they came, with the name of who has each."""
    shown = (
        select(UserTask, Account.name.label("owner"))
        .outerjoin(Account, Account.username == func.coalesce(UserTask.completed_by, UserTask.assignee))
        .where(UserTask.case_key == case_key, open_to(scope, UserTask))
        .order_by(UserTask.created_at, UserTask.key)
    )
    return list(session.execute(shown))


def owner_name(session: Session, username: str | None) -> str:
    if username is None:
        return ""
    return session.scalar(select(Account.name).where(Account.username == username)) or username


def instances(session: Session, case_key: int) -> list[Row[Any]]:
    """Give the processes of the case, the called ones after their callers; without engine state."""
    shown = (
        select(
            ProcessInstance.key,
            ProcessInstance.case_key,
            ProcessInstance.parent_key,
            ProcessInstance.definition_key,
            ProcessInstance.process_id,
            ProcessInstance.version,
            ProcessInstance.state,
            ProcessInstance.started_at,
            ProcessInstance.suspended_at,
            ProcessDefinition.name,
            ProcessDefinition.resource_name,
            ProcessDefinition.hjemmel,
        )
        .join(ProcessDefinition, ProcessDefinition.key == ProcessInstance.definition_key)
        .where(ProcessInstance.case_key == case_key)
        .order_by(ProcessInstance.key)
    )
    return list(session.execute(shown))


def events(session: Session, case_key: int, instance_key: int | None = None) -> list[HistoryEvent]:
    """Give the history of the case, or of one of its processes, the newest first; at most the last 400 lines each."""
    chosen = select(HistoryEvent).where(HistoryEvent.case_key == case_key)
    if instance_key is not None:
        chosen = chosen.where(HistoryEvent.instance_key == instance_key)
        return list(session.scalars(chosen.order_by(HistoryEvent.key.desc()).limit(5 * MOST_EVENTS)))
    told = chosen.where(HistoryEvent.kind.not_in(("FLOW_TAKEN", "DECISION_EVALUATED", "VARIABLES_CHANGED")))
    return list(session.scalars(told.order_by(HistoryEvent.key.desc()).limit(MOST_EVENTS)))


def waiting_elements(session: Session, instance_key: int) -> list[str]:
    """Give the elements at which a process waits for something other than a person: time, a message."""
    timers = select(Timer.element_id).where(Timer.instance_key == instance_key, Timer.state == "ARMED")
    messages = select(MessageSubscription.element_id).where(
        MessageSubscription.instance_key == instance_key, MessageSubscription.state == "OPEN"
    )
    return list(session.scalars(timers.union_all(messages)))


def incidents(session: Session, case_key: int) -> list[Incident]:
    chosen = select(Incident).where(Incident.case_key == case_key).order_by(Incident.key.desc())
    return list(session.scalars(chosen))


def comments(session: Session, case_key: int) -> list[Row[Any]]:
    shown = (
        select(Comment, Account.name.label("owner"))
        .outerjoin(Account, Account.username == Comment.author)
        .where(Comment.case_key == case_key)
        .order_by(Comment.key.desc())
    )
    return list(session.execute(shown))


def documents(session: Session, case_key: int, scope: Scope) -> list[Row[Any]]:
    """Give the case's papers that the scope is open to, without their content."""
    shown = (
        select(Document.key, Document.title, Document.media_type, Document.created_at, Document.created_by)
        .where(Document.case_key == case_key)
        .where(or_(Document.access_class.is_(None), Document.access_class.in_(sorted(scope.classes))))
        .order_by(Document.key.desc())
    )
    return list(session.execute(shown))


def names(session: Session, usernames: set[str]) -> dict[str, str]:
    """Give the names of accounts by user name."""
    if not usernames:
        return {}
    rows = session.execute(select(Account.username, Account.name).where(Account.username.in_(usernames)))
    return {row.username: row.name for row in rows}


def find_cases(session: Session, words: str, scope: Scope, *, state: str = "", page: int = 1) -> list[Row[Any]]:
    """Give one page of cases by number, person or person number, newest first, and one more if there is a next."""
    chosen = (
        select(
            Case.key,
            Case.number,
            Case.title,
            Case.state,
            Case.opened_at,
            Person.name.label("person"),
            Person.person_number,
            Institution.name.label("place"),
        )
        .outerjoin(Person, Person.key == Case.person_key)
        .outerjoin(Institution, Institution.code == Case.institution_code)
        .where(condition(scope, Case))
        .order_by(Case.opened_at.desc(), Case.key.desc())
        .limit(PAGE + 1)
        .offset((page - 1) * PAGE)
    )
    if words:
        few = word_search.few_cases(session, words)
        any_case = word_search.in_any(words, Case.number, Person.name, Person.person_number)
        chosen = chosen.where(any_case if few is None else Case.key.in_(few))
    if state:
        chosen = chosen.where(Case.state == state)
    return list(session.execute(chosen))


def find_people(session: Session, words: str, scope: Scope, *, limit: int = 20) -> list[Person]:
    """Give people of the scope by name or number, for the page that starts a case."""
    if not words:
        return []
    chosen = select(Person).where(word_search.person_has(words))
    if not scope.national:
        inside = select(Institution.code)
        if scope.institution is not None:
            inside = inside.where(Institution.code == scope.institution)
        else:
            inside = inside.where(Institution.area == scope.area)
        chosen = chosen.where(or_(Person.institution_code.is_(None), Person.institution_code.in_(inside)))
    return list(session.scalars(chosen.order_by(Person.name, Person.key).limit(limit)))
