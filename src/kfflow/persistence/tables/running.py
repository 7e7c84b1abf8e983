"""What is running: cases, process instances, user tasks, and the deadlines they are under."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from kfflow.persistence.tables.row import EMPTY_LIST, EMPTY_OBJECT, Row


class Case(Row):
    """A case (sag): the business key that a process instance and all it calls share, and whom it is about."""

    __tablename__ = "case"
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[str] = mapped_column(unique=True)
    process_id: Mapped[str]
    title: Mapped[str]
    person_key: Mapped[int | None] = mapped_column(ForeignKey("person.key"), index=True)
    institution_code: Mapped[str | None] = mapped_column(ForeignKey("institution.code"))
    area: Mapped[str | None]
    unit_code: Mapped[str | None] = mapped_column(ForeignKey("unit.code"))
    state: Mapped[str]  # ACTIVE | COMPLETED | TERMINATED
    legal_date: Mapped[date]
    opened_at: Mapped[datetime]
    opened_by: Mapped[str]
    closed_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_case_open", "institution_code", "opened_at", postgresql_where=text("state = 'ACTIVE'")),
        Index("ix_case_opened_at", "opened_at"),
        Index("ix_case_institution_code", "institution_code"),
        Index("ix_case_number_grams", text("grams(number)"), postgresql_using="gin"),
    )


class ProcessInstance(Row):
    """One run of a process definition. `root_key` is locked first by every command on any instance of its tree.

    Only a root is suspended, and its whole tree with it.
    """

    __tablename__ = "process_instance"
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    root_key: Mapped[int] = mapped_column(index=True)
    parent_key: Mapped[int | None] = mapped_column(ForeignKey("process_instance.key", deferrable=True), index=True)
    parent_token: Mapped[str | None]
    parent_element_id: Mapped[str | None]
    case_key: Mapped[int] = mapped_column(ForeignKey("case.key"))
    definition_key: Mapped[int] = mapped_column(ForeignKey("process_definition.key"), index=True)
    process_id: Mapped[str]
    version: Mapped[int]
    state: Mapped[str]
    revision: Mapped[int]
    snapshot: Mapped[bytes | None]
    variables: Mapped[dict[str, Any]] = mapped_column(server_default=EMPTY_OBJECT)
    started_at: Mapped[datetime]
    started_by: Mapped[str]
    correlation_key: Mapped[str | None]  # of the message that started it
    ended_at: Mapped[datetime | None]
    suspended_at: Mapped[datetime | None]
    suspended_by: Mapped[str | None]
    suspension_reason: Mapped[str | None]
    suspension_hjemmel: Mapped[str | None]
    __table_args__ = (
        CheckConstraint("suspended_at IS NULL OR parent_key IS NULL", "only_a_root_is_suspended"),
        CheckConstraint(
            "num_nulls(suspended_at, suspended_by, suspension_reason, suspension_hjemmel) IN (0, 4)",
            "suspension_is_whole",
        ),
        Index("ix_process_instance_case_key", "case_key", "key"),
        Index("ix_process_instance_started_at", "started_at", "key"),
        Index("ix_process_instance_state_key", "state", "key"),
        Index("ix_process_instance_process_id_state_key", "process_id", "state", "key"),
        Index(
            "uq_process_instance_started_by_message",
            "process_id",
            "correlation_key",
            unique=True,
            postgresql_where=text("state = 'ACTIVE' AND correlation_key IS NOT NULL"),
        ),
        Index("ix_process_instance_suspended", "key", postgresql_where=text("suspended_at IS NOT NULL")),
        Index(
            "ix_process_instance_running",
            "process_id",
            "parent_key",
            "version",
            "case_key",
            postgresql_where=text("state = 'ACTIVE'"),
        ),
        Index("ix_process_instance_root", "process_id", postgresql_where=text("parent_key IS NULL")),
        {"postgresql_with": {"fillfactor": 60}},
    )


class Reservation(Row):
    """A place of a regime that the process `root_key` holds for somebody on the way, until then or until it ends.

    `overbooked`: it was accepted that there was none. `temporary`: they stay there meanwhile and keep their own.
    """

    __tablename__ = "reservation"
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    root_key: Mapped[int] = mapped_column(ForeignKey("process_instance.key"))
    institution_code: Mapped[str] = mapped_column(ForeignKey("institution.code"))
    regime: Mapped[str]
    overbooked: Mapped[bool]
    temporary: Mapped[bool] = mapped_column(server_default="false")
    held_at: Mapped[datetime]
    held_by: Mapped[str]
    ended_at: Mapped[datetime | None]
    __table_args__ = (
        Index("uq_reservation_held", "root_key", "temporary", unique=True, postgresql_where=text("ended_at IS NULL")),
        Index("ix_reservation_held", "institution_code", "regime", postgresql_where=text("ended_at IS NULL")),
    )


class UserTask(Row):
    """A task that waits for, or was done by, a person. Case facts stand in the row so that lists need no join.

    Its case and definition are its instance's; the one foreign key to the instance vouches for them.
    """

    __tablename__ = "user_task"
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    instance_key: Mapped[int] = mapped_column(ForeignKey("process_instance.key"))
    root_key: Mapped[int]
    case_key: Mapped[int] = mapped_column(index=True)
    definition_key: Mapped[int]
    process_id: Mapped[str]
    token: Mapped[str]
    element_id: Mapped[str]
    name: Mapped[str]
    lane: Mapped[str | None]
    state: Mapped[str]  # CREATED | COMPLETED | CANCELED
    assignee: Mapped[str | None]
    candidate_groups: Mapped[list[str]] = mapped_column(server_default=EMPTY_LIST)
    candidate_users: Mapped[list[str]] = mapped_column(server_default=EMPTY_LIST)
    priority: Mapped[int]
    due_at: Mapped[datetime | None]
    warn_at: Mapped[datetime | None]
    follow_up_at: Mapped[datetime | None]
    form_id: Mapped[str | None]
    hjemmel: Mapped[str | None]
    four_eyes: Mapped[list[str]] = mapped_column(server_default=EMPTY_LIST)
    access_class: Mapped[str | None]
    institution_code: Mapped[str | None]
    area: Mapped[str | None]
    unit_code: Mapped[str | None]
    headers: Mapped[dict[str, Any]] = mapped_column(server_default=EMPTY_OBJECT)
    variables: Mapped[dict[str, Any]] = mapped_column(server_default=EMPTY_OBJECT)
    draft: Mapped[dict[str, Any] | None]
    draft_saved_at: Mapped[datetime | None]
    draft_saved_by: Mapped[str | None]
    created_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    completed_by: Mapped[str | None]
    revision: Mapped[int] = mapped_column(server_default="1")
    has_deadline: Mapped[bool] = mapped_column(server_default="true")  # false: none was ever started for it
    __table_args__ = (
        Index("ix_user_task_instance_key_token", "instance_key", "token"),
        Index("ix_user_task_open_due", "institution_code", "due_at", "key", postgresql_where=text("state = 'CREATED'")),
        Index("ix_user_task_all_due", "due_at", "key", "warn_at", postgresql_where=text("state = 'CREATED'")),
        Index("ix_user_task_assignee", "assignee", "due_at", postgresql_where=text("state = 'CREATED'")),
        Index("ix_user_task_process", "process_id", "due_at", postgresql_where=text("state = 'CREATED'")),
        Index("ix_user_task_name", "name", "due_at", "key", postgresql_where=text("state = 'CREATED'")),
        Index("ix_user_task_ended_name", "name", postgresql_where=text("state <> 'CREATED'")),
        Index(
            "ix_user_task_offered",
            "candidate_groups",
            "candidate_users",
            postgresql_using="gin",
            postgresql_where=text("state = 'CREATED' AND assignee IS NULL"),
        ),
        {"postgresql_with": {"fillfactor": 70}},
    )


class Deadline(Row):
    """A deadline with its legal basis; `explanation` holds the steps in words, `deadline_entry` its ledger.

    Its case is its instance's; the foreign key to the instance vouches for it.

    State and instants are what replaying the ledger gives (`domain.deadlines.replay`): a breached deadline whose task
    is still open is BREACHED and has not ended.
    """

    __tablename__ = "deadline"
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    case_key: Mapped[int] = mapped_column(index=True)
    instance_key: Mapped[int] = mapped_column(ForeignKey("process_instance.key"), index=True)
    task_key: Mapped[int | None] = mapped_column(index=True)
    element_id: Mapped[str]
    name: Mapped[str]
    kind: Mapped[str]  # legal | internal
    hjemmel: Mapped[str]
    rule: Mapped[str | None]
    calendar: Mapped[str]
    roll: Mapped[str] = mapped_column(server_default="none")
    cutoff: Mapped[str | None]
    warn_share: Mapped[float] = mapped_column(server_default="0.8")
    state: Mapped[str]  # RUNNING | PAUSED | MET | BREACHED | CANCELED
    institution_code: Mapped[str | None]  # whose calendar `institution` is
    calendar_version: Mapped[int] = mapped_column(server_default="0")
    gyldig_fra: Mapped[date | None]  # of the rule, where the element has rules by date
    gyldig_til: Mapped[date | None]
    overgang: Mapped[str | None]
    picked_on: Mapped[date | None]  # the day of the case that picked the rule
    decision_id: Mapped[str | None]  # of the table that gave the rule
    decision_version: Mapped[int | None]
    pause: Mapped[str | None]  # CASE: with its suspended case | OWN: by itself
    started_at: Mapped[datetime]
    due_at: Mapped[datetime]
    warn_at: Mapped[datetime]
    escalate_to: Mapped[str | None]
    said: Mapped[list[Any] | None]  # what was computed, as the diagram says it: [Danish, English]
    explanation: Mapped[list[Any]]
    warned_at: Mapped[datetime | None]
    breached_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("state NOT IN ('MET', 'CANCELED') OR ended_at IS NOT NULL", "over_has_ended"),
        CheckConstraint("state <> 'BREACHED' OR breached_at IS NOT NULL", "breached_has_an_instant"),
        CheckConstraint("state <> 'RUNNING' OR (ended_at IS NULL AND breached_at IS NULL)", "running_is_neither"),
        CheckConstraint("(state = 'PAUSED') = (pause IS NOT NULL)", "paused_says_by_what"),
        CheckConstraint("(overgang IS NULL) = (picked_on IS NULL)", "picked_says_by_which_day"),
        CheckConstraint("(decision_id IS NULL) = (decision_version IS NULL)", "table_says_which_version"),
        Index("ix_deadline_to_warn", "warn_at", postgresql_where=text("state = 'RUNNING' AND warned_at IS NULL")),
        Index("ix_deadline_to_breach", "due_at", postgresql_where=text("state = 'RUNNING'")),
        Index("ix_deadline_breached", "key", postgresql_where=text("state = 'BREACHED'")),
        Index(
            "ix_deadline_by_version",
            "calendar_version",
            "key",
            postgresql_where=text("ended_at IS NULL AND rule IS NOT NULL"),
        ),
        Index(
            "ix_deadline_escalated",
            "escalate_to",
            postgresql_where=text("warned_at IS NOT NULL AND ended_at IS NULL"),
        ),
    )


class DeadlineEntry(Row):
    """One line of a deadline's ledger: who did what to it, when, why and on which basis.

    `due_at` and `warn_at` are those that hold after it; `rule` is what an extension adds.
    """

    __tablename__ = "deadline_entry"
    key: Mapped[int] = mapped_column(Identity(), primary_key=True)
    deadline_key: Mapped[int] = mapped_column(ForeignKey("deadline.key"), index=True)
    kind: Mapped[str]
    at: Mapped[datetime]
    actor: Mapped[str]
    due_at: Mapped[datetime]
    warn_at: Mapped[datetime | None]
    rule: Mapped[str | None]
    reason: Mapped[str] = mapped_column(server_default="")
    reason_en: Mapped[str | None]  # of a reason that the system gave
    hjemmel: Mapped[str] = mapped_column(server_default="")


class WorkerProcess(Row):
    """A worker that runs now: when it was last seen, when it last swept, how much it did because of a bell or a sweep.

    A row that was not renewed in time is that of a killed process; what it had leased is given back.
    """

    __tablename__ = "worker"
    name: Mapped[str] = mapped_column(primary_key=True)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    swept_at: Mapped[datetime | None]
    rung: Mapped[int] = mapped_column(server_default="0")
    swept: Mapped[int] = mapped_column(server_default="0")


class Duty(Row):
    """What the workers owe once a day: when it was begun last, whether it was done, and why not.

    Nobody takes it before `not_before`: until then its worker is at it, or it waits to be tried again.
    """

    __tablename__ = "duty"
    name: Mapped[str] = mapped_column(primary_key=True)
    begun_at: Mapped[datetime | None]
    done: Mapped[bool] = mapped_column(server_default="false")
    not_before: Mapped[datetime | None]
    problem_da: Mapped[str | None]
    problem_en: Mapped[str | None]
