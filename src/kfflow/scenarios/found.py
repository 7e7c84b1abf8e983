"""What a scenario's case looks like now: its tasks, jobs, decisions, deadlines, incidents and the path it took."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from kfflow.domain.authorization import Role
from kfflow.persistence.tables import (
    Account,
    Appointment,
    Case,
    Deadline,
    DecisionEvaluation,
    Document,
    HistoryEvent,
    Incident,
    Job,
    Message,
    ProcessInstance,
    Timer,
    UserTask,
)

REACHED = ("ELEMENT_ACTIVATED", "ELEMENT_COMPLETED", "FLOW_TAKEN")


def started(session: Session, process_id: str, *, after: int) -> ProcessInstance | None:
    """Give the root instance of the process with a key above `after`, if one was started."""
    own = select(ProcessInstance).where(ProcessInstance.process_id == process_id, ProcessInstance.key > after)
    return session.scalars(own.where(ProcessInstance.parent_key.is_(None)).order_by(ProcessInstance.key)).first()


def running_roots(session: Session, *, after: int) -> Sequence[int]:
    running = select(ProcessInstance.key).where(
        ProcessInstance.key > after, ProcessInstance.parent_key.is_(None), ProcessInstance.state == "ACTIVE"
    )
    return session.scalars(running).all()


def let_go_of_messages(session: Session, *, after: int) -> None:
    """Let the messages and signals that nobody has taken expire."""
    left = update(Message).where(Message.key > after, Message.state == "BUFFERED")
    session.execute(left.values(state="EXPIRED"))


def case_number(session: Session, case_key: int) -> str:
    return session.scalars(select(Case.number).where(Case.key == case_key)).one()


def open_tasks(session: Session, root_key: int) -> Sequence[UserTask]:
    """Give the open user tasks of a tree of instances, the oldest first."""
    waiting = select(UserTask).where(UserTask.root_key == root_key, UserTask.state == "CREATED")
    return session.scalars(waiting.order_by(UserTask.key)).all()


def open_job(session: Session, root_key: int, element_id: str) -> Job | None:
    waiting = select(Job).where(Job.root_key == root_key, Job.element_id == element_id, Job.state == "CREATED")
    return session.scalars(waiting.order_by(Job.key)).first()


def next_due(session: Session, *, after: int, until: datetime) -> datetime | None:
    """Give when the next timer or postponed job of the scenario falls due, if that is before `until`."""
    timer = select(func.min(Timer.due_at)).where(Timer.state == "ARMED", Timer.instance_key > after)
    job = select(func.min(Job.due_at)).where(Job.state == "CREATED", Job.retries > 0, Job.instance_key > after)
    dues = [due for due in (session.scalar(timer), session.scalar(job)) if due is not None and due <= until]
    return min(dues, default=None)


def decision(session: Session, case_key: int, decision_id: str) -> DecisionEvaluation | None:
    """Give the last evaluation of a decision in the case."""
    made = select(DecisionEvaluation).where(
        DecisionEvaluation.case_key == case_key, DecisionEvaluation.decision_id == decision_id
    )
    return session.scalars(made.order_by(DecisionEvaluation.key.desc())).first()


def deadline(session: Session, case_key: int, element_id: str) -> Deadline | None:
    """Give the last deadline of an element of the case."""
    of_element = select(Deadline).where(Deadline.case_key == case_key, Deadline.element_id == element_id)
    return session.scalars(of_element.order_by(Deadline.key.desc())).first()


def incidents(session: Session, root_key: int) -> Sequence[Incident]:
    active = select(Incident).where(Incident.root_key == root_key, Incident.state == "ACTIVE")
    return session.scalars(active.order_by(Incident.key)).all()


def path(session: Session, case_key: int) -> list[str]:
    """Give the elements that the case entered, in order, those of called processes among them."""
    entered = select(HistoryEvent.element_id).where(
        HistoryEvent.case_key == case_key, HistoryEvent.kind == "ELEMENT_ACTIVATED"
    )
    return list(session.scalars(entered.order_by(HistoryEvent.key)))


def letters(session: Session, case_key: int) -> list[str]:
    """Give the templates of the letters that the case issued, in the order of their issue."""
    issued = select(Document.template).where(Document.case_key == case_key, Document.letter_key.is_not(None))
    return list(session.scalars(issued.order_by(Document.key)))


def reached(session: Session, *, after: int) -> set[tuple[str, str]]:
    """Give what the instances with a key above `after` passed: pairs of process and element or flow id."""
    passed = (
        select(ProcessInstance.process_id, HistoryEvent.element_id)
        .join(ProcessInstance, ProcessInstance.key == HistoryEvent.instance_key)
        .where(HistoryEvent.instance_key > after, HistoryEvent.kind.in_(REACHED))
        .distinct()
    )
    return {(process, element) for process, element in session.execute(passed)}


def employ(session: Session, names: Collection[str], at: datetime) -> None:
    """Open an account for each name that has none; `enhedschef1` is in the group `enhedschef`."""
    rows = [
        {
            "username": name,
            "name": name,
            "roles": [Role.CASEWORKER],
            "groups": [name.rstrip("0123456789")],
            "created_at": at,
        }
        for name in sorted(names)
    ]
    if rows:
        session.execute(insert(Account).on_conflict_do_nothing(), rows)


def end_appointments(session: Session, *, after: int, at: datetime) -> None:
    """End the appointments that a scenario made, so that the next one's inmate of the same number has none."""
    made = update(Appointment).where(Appointment.key > after, Appointment.ended_at.is_(None))
    session.execute(made.values(ended_at=at))
