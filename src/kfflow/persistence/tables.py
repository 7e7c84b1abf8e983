"""Every table of kfflow, in the order a case meets them.

Keys are 64-bit and come from `keys.py`. Instants are `timestamptz`; dates of the law are `date`.
States are stored by value (StrEnum of `domain.lifecycle`). What the inbox, the board and the searches filter on
stands in the row itself, so that no list ever loads engine state.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    MetaData,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


class Row(DeclarativeBase):
    """Root of the mapped tables."""

    metadata = metadata
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads this class attribute
        int: BigInteger,
        str: Text,
        bytes: LargeBinary,
        datetime: DateTime(timezone=True),
        date: Date,
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
        list[str]: ARRAY(Text),
    }


EMPTY_LIST = text("'{}'")
EMPTY_OBJECT = text("'{}'::jsonb")


# ------------------------------------------------------------------ who and where


class Institution(Row):
    """A prison, local prison or probation office; `area` is the kriminalforsorgsområde (`oest`, `vest`)."""

    __tablename__ = "institution"
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[str]
    area: Mapped[str]
    note: Mapped[str] = mapped_column(server_default="")


class Unit(Row):
    """A unit (afdeling) of an institution with its regime and places."""

    __tablename__ = "unit"
    code: Mapped[str] = mapped_column(primary_key=True)
    institution_code: Mapped[str] = mapped_column(ForeignKey("institution.code"), index=True)
    name: Mapped[str]
    regime: Mapped[str]
    places: Mapped[int]


class Account(Row):
    """A person or a client program that may log in; scope is one institution, one area, or national (both null)."""

    __tablename__ = "account"
    username: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str | None]
    kind: Mapped[str] = mapped_column(server_default="person")  # person | client
    password_hash: Mapped[str | None]
    roles: Mapped[list[str]] = mapped_column(server_default=EMPTY_LIST)
    groups: Mapped[list[str]] = mapped_column(server_default=EMPTY_LIST)
    institution_code: Mapped[str | None] = mapped_column(ForeignKey("institution.code"))
    area: Mapped[str | None]
    unit_code: Mapped[str | None] = mapped_column(ForeignKey("unit.code"))
    language: Mapped[str] = mapped_column(server_default="da")
    preferences: Mapped[dict[str, Any]] = mapped_column(server_default=EMPTY_OBJECT)
    active: Mapped[bool] = mapped_column(server_default="true")
    absent_from: Mapped[date | None]
    absent_until: Mapped[date | None]
    failed_logins: Mapped[int] = mapped_column(server_default="0")
    locked_until: Mapped[datetime | None]
    created_at: Mapped[datetime]


class LoginSession(Row):
    """A browser's login, kept on the server; the cookie holds the secret whose SHA-256 is `id_hash`."""

    __tablename__ = "login_session"
    id_hash: Mapped[str] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(ForeignKey("account.username"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class Person(Row):
    """An inmate or client. Only synthetic people: `person_number` can never be a CPR number."""

    __tablename__ = "person"
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    person_number: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    born_on: Mapped[date | None]
    institution_code: Mapped[str | None] = mapped_column(ForeignKey("institution.code"), index=True)
    unit_code: Mapped[str | None] = mapped_column(ForeignKey("unit.code"))
    admitted_on: Mapped[date | None]
    facts: Mapped[dict[str, Any]] = mapped_column(server_default=EMPTY_OBJECT)
    synthetic: Mapped[bool] = mapped_column(server_default="true")


# ------------------------------------------------------------------ what is deployed


class Deployment(Row):
    """Resources that were put in force together."""

    __tablename__ = "deployment"
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str | None]
    deployed_at: Mapped[datetime]
    deployed_by: Mapped[str]


class Resource(Row):
    """One file of a deployment, byte for byte; `kind` is bpmn, dmn, form or file."""

    __tablename__ = "resource"
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    deployment_key: Mapped[int] = mapped_column(ForeignKey("deployment.key"), index=True)
    name: Mapped[str]
    kind: Mapped[str]
    source: Mapped[bytes]
    sha256: Mapped[str]


class ProcessDefinition(Row):
    """A process in one version; which version a case gets follows its legal date and `gyldig_fra`/`gyldig_til`."""

    __tablename__ = "process_definition"
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    process_id: Mapped[str]
    version: Mapped[int]
    version_tag: Mapped[str | None]
    name: Mapped[str]
    resource_key: Mapped[int] = mapped_column(ForeignKey("resource.key"))
    resource_name: Mapped[str]
    deployment_key: Mapped[int] = mapped_column(ForeignKey("deployment.key"))
    start_form_id: Mapped[str | None]
    hjemmel: Mapped[str | None]
    gyldig_fra: Mapped[date | None]
    gyldig_til: Mapped[date | None]
    deployed_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("process_id", "version"),)


class DecisionDefinition(Row):
    """A decision in one version."""

    __tablename__ = "decision_definition"
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    decision_id: Mapped[str]
    version: Mapped[int]
    name: Mapped[str]
    drg_id: Mapped[str]
    drg_name: Mapped[str]
    resource_key: Mapped[int] = mapped_column(ForeignKey("resource.key"))
    resource_name: Mapped[str]
    deployment_key: Mapped[int] = mapped_column(ForeignKey("deployment.key"))
    gyldig_fra: Mapped[date | None]
    gyldig_til: Mapped[date | None]
    deployed_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("decision_id", "version"),)


class Form(Row):
    """A form-js form in one version."""

    __tablename__ = "form"
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    form_id: Mapped[str]
    version: Mapped[int]
    title: Mapped[str]
    resource_key: Mapped[int] = mapped_column(ForeignKey("resource.key"))
    deployment_key: Mapped[int] = mapped_column(ForeignKey("deployment.key"))
    schema: Mapped[dict[str, Any]]
    deployed_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("form_id", "version"),)


class Draft(Row):
    """A designer's unfinished resource; `revision` guards against overwriting a colleague."""

    __tablename__ = "draft"
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    resource_name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    source: Mapped[str]
    revision: Mapped[int]
    based_on_version: Mapped[int | None]
    saved_at: Mapped[datetime]
    saved_by: Mapped[str]


# ------------------------------------------------------------------ what is running


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
    )


class ProcessInstance(Row):
    """One run of a process definition. `root_key` is locked first by every command on any instance of its tree."""

    __tablename__ = "process_instance"
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    root_key: Mapped[int] = mapped_column(index=True)
    parent_key: Mapped[int | None] = mapped_column(ForeignKey("process_instance.key"), index=True)
    parent_token: Mapped[str | None]
    parent_element_id: Mapped[str | None]
    case_key: Mapped[int] = mapped_column(ForeignKey("case.key"), index=True)
    definition_key: Mapped[int] = mapped_column(ForeignKey("process_definition.key"), index=True)
    process_id: Mapped[str]
    version: Mapped[int]
    state: Mapped[str]
    revision: Mapped[int]
    snapshot: Mapped[bytes | None]
    variables: Mapped[dict[str, Any]] = mapped_column(server_default=EMPTY_OBJECT)
    started_at: Mapped[datetime]
    started_by: Mapped[str]
    ended_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_process_instance_active", "key", postgresql_where=text("state = 'ACTIVE'")),
        {"postgresql_with": {"fillfactor": 60}},
    )


class UserTask(Row):
    """A task that waits for, or was done by, a person. Case facts stand in the row so that lists need no join."""

    __tablename__ = "user_task"
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    instance_key: Mapped[int] = mapped_column(ForeignKey("process_instance.key"), index=True)
    root_key: Mapped[int]
    case_key: Mapped[int] = mapped_column(ForeignKey("case.key"), index=True)
    definition_key: Mapped[int] = mapped_column(ForeignKey("process_definition.key"))
    process_id: Mapped[str]
    token: Mapped[str]
    element_id: Mapped[str]
    name: Mapped[str]
    lane: Mapped[str | None]
    state: Mapped[str]  # CREATED | COMPLETED | CANCELED
    assignee: Mapped[str | None]
    candidate_groups: Mapped[list[str]]
    candidate_users: Mapped[list[str]]
    priority: Mapped[int]
    due_at: Mapped[datetime | None]
    warn_at: Mapped[datetime | None]
    follow_up_at: Mapped[datetime | None]
    form_id: Mapped[str | None]
    hjemmel: Mapped[str | None]
    four_eyes: Mapped[list[str]]
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
    __table_args__ = (
        Index("ix_user_task_open_due", "institution_code", "due_at", "key", postgresql_where=text("state = 'CREATED'")),
        Index("ix_user_task_all_due", "due_at", "key", postgresql_where=text("state = 'CREATED'")),
        Index("ix_user_task_assignee", "assignee", "due_at", postgresql_where=text("state = 'CREATED'")),
        {"postgresql_with": {"fillfactor": 70}},
    )


class Job(Row):
    """Work for a handler or an external worker; the row is the truth, `lease_until` says who has it until when."""

    __tablename__ = "job"
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    instance_key: Mapped[int] = mapped_column(ForeignKey("process_instance.key"), index=True)
    root_key: Mapped[int]
    case_key: Mapped[int]
    definition_key: Mapped[int]
    process_id: Mapped[str]
    token: Mapped[str]
    element_id: Mapped[str]
    type: Mapped[str]
    state: Mapped[str]  # CREATED | COMPLETED | CANCELED | ERROR_THROWN | FAILED
    retries: Mapped[int]
    attempts: Mapped[int] = mapped_column(server_default="0")
    due_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    worker: Mapped[str | None]
    headers: Mapped[dict[str, Any]]
    variables: Mapped[dict[str, Any]]
    error_code: Mapped[str | None]
    error_message: Mapped[str | None]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_job_waiting", "type", "due_at", postgresql_where=text("state = 'CREATED' AND retries > 0")),
    )


class Timer(Row):
    """An armed timer; it fires when `due_at <= now`, once, in the command that claims it."""

    __tablename__ = "timer"
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    instance_key: Mapped[int | None] = mapped_column(ForeignKey("process_instance.key"), index=True)
    root_key: Mapped[int | None]
    definition_key: Mapped[int | None]  # of a timer start event; its instance is null
    token: Mapped[str]
    element_id: Mapped[str]
    due_at: Mapped[datetime]
    state: Mapped[str]  # ARMED | FIRED | CANCELED
    hjemmel: Mapped[str | None]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_timer_armed", "due_at", postgresql_where=text("state = 'ARMED'")),)


class MessageSubscription(Row):
    """An instance, or the start event of a definition, that waits for a message."""

    __tablename__ = "message_subscription"
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    instance_key: Mapped[int | None] = mapped_column(ForeignKey("process_instance.key"), index=True)
    root_key: Mapped[int | None]
    definition_key: Mapped[int | None]
    token: Mapped[str]
    element_id: Mapped[str]
    message_name: Mapped[str]
    correlation_key: Mapped[str | None]
    state: Mapped[str]  # OPEN | CORRELATED | CANCELED
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    __table_args__ = (
        Index(
            "ix_message_subscription_open",
            "message_name",
            "correlation_key",
            postgresql_where=text("state = 'OPEN'"),
        ),
    )


class Message(Row):
    """A published message or broadcast signal, buffered until it correlates or expires.

    `message_id` makes publishing idempotent; `reached_key` is the last subscription a broadcast has reached.
    """

    __tablename__ = "message"
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(server_default="message")  # message | signal
    name: Mapped[str]
    correlation_key: Mapped[str | None]
    message_id: Mapped[str | None]
    variables: Mapped[dict[str, Any]]
    state: Mapped[str]  # BUFFERED | CORRELATED | EXPIRED
    published_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    reached_key: Mapped[int | None]
    __table_args__ = (
        Index("ix_message_buffered", "name", "correlation_key", postgresql_where=text("state = 'BUFFERED'")),
        Index(
            "uq_message_message_id",
            "name",
            "correlation_key",
            "message_id",
            unique=True,
            postgresql_where=text("message_id IS NOT NULL"),
            postgresql_nulls_not_distinct=True,
        ),
    )


class SignalSubscription(Row):
    """An instance, or the start event of a definition, that waits for a signal."""

    __tablename__ = "signal_subscription"
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    instance_key: Mapped[int | None] = mapped_column(ForeignKey("process_instance.key"), index=True)
    root_key: Mapped[int | None]
    definition_key: Mapped[int | None]
    token: Mapped[str]
    element_id: Mapped[str]
    signal_name: Mapped[str]
    state: Mapped[str]  # OPEN | RECEIVED | CANCELED
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_signal_subscription_open", "signal_name", postgresql_where=text("state = 'OPEN'")),)


class Incident(Row):
    """Something that needs a person: a job out of retries, an expression that failed, a missing decision."""

    __tablename__ = "incident"
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    instance_key: Mapped[int] = mapped_column(ForeignKey("process_instance.key"), index=True)
    root_key: Mapped[int]
    case_key: Mapped[int] = mapped_column(index=True)
    definition_key: Mapped[int]
    process_id: Mapped[str]
    element_id: Mapped[str]
    token: Mapped[str | None]
    job_key: Mapped[int | None]
    kind: Mapped[str]
    message_da: Mapped[str]
    message_en: Mapped[str]
    state: Mapped[str]  # ACTIVE | RESOLVED
    created_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[str | None]
    __table_args__ = (Index("ix_incident_active", "created_at", postgresql_where=text("state = 'ACTIVE'")),)


class Deadline(Row):
    """A deadline with its legal basis; `explanation` holds the steps in words, `deadline_entry` its ledger."""

    __tablename__ = "deadline"
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    case_key: Mapped[int] = mapped_column(ForeignKey("case.key"), index=True)
    instance_key: Mapped[int] = mapped_column(ForeignKey("process_instance.key"), index=True)
    task_key: Mapped[int | None] = mapped_column(index=True)
    element_id: Mapped[str]
    name: Mapped[str]
    kind: Mapped[str]  # legal | internal
    hjemmel: Mapped[str]
    rule: Mapped[str | None]
    calendar: Mapped[str]
    state: Mapped[str]  # RUNNING | PAUSED | MET | BREACHED | CANCELED
    started_at: Mapped[datetime]
    due_at: Mapped[datetime]
    warn_at: Mapped[datetime]
    escalate_to: Mapped[str | None]
    explanation: Mapped[list[Any]]
    warned_at: Mapped[datetime | None]
    breached_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_deadline_to_warn", "warn_at", postgresql_where=text("state = 'RUNNING' AND warned_at IS NULL")),
        Index("ix_deadline_to_breach", "due_at", postgresql_where=text("state = 'RUNNING' AND breached_at IS NULL")),
    )


class DeadlineEntry(Row):
    """One line of a deadline's ledger: who did what to it, when, why and on which basis."""

    __tablename__ = "deadline_entry"
    key: Mapped[int] = mapped_column(Identity(), primary_key=True)
    deadline_key: Mapped[int] = mapped_column(ForeignKey("deadline.key"), index=True)
    kind: Mapped[str]
    at: Mapped[datetime]
    actor: Mapped[str]
    due_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(server_default="")
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


# ------------------------------------------------------------------ what has been


class HistoryEvent(Row):
    """One line of an instance's append-only history; `revision` is that of the command that wrote it."""

    __tablename__ = "history_event"
    key: Mapped[int] = mapped_column(Identity(), primary_key=True)
    instance_key: Mapped[int]
    case_key: Mapped[int]
    revision: Mapped[int]
    at: Mapped[datetime]
    actor: Mapped[str]
    kind: Mapped[str]
    element_id: Mapped[str]
    element_type: Mapped[str]
    name: Mapped[str]
    data: Mapped[dict[str, Any]]
    __table_args__ = (
        Index("ix_history_event_case", "case_key", "key"),
        Index("ix_history_event_instance", "instance_key", "key"),
    )


class DecisionEvaluation(Row):
    """How a decision came out: inputs, output, the rules that fired with their values and basis."""

    __tablename__ = "decision_evaluation"
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    case_key: Mapped[int | None] = mapped_column(index=True)
    instance_key: Mapped[int | None]
    element_id: Mapped[str | None]
    decision_definition_key: Mapped[int]
    decision_id: Mapped[str]
    decision_version: Mapped[int]
    decision_name: Mapped[str]
    inputs: Mapped[dict[str, Any]]
    output: Mapped[list[Any]]  # a one-element list, so that a null output is a value
    rules: Mapped[list[Any]]
    at: Mapped[datetime]
    actor: Mapped[str]


class Document(Row):
    """A letter or note that belongs to a case."""

    __tablename__ = "document"
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    case_key: Mapped[int] = mapped_column(ForeignKey("case.key"), index=True)
    instance_key: Mapped[int | None]
    template: Mapped[str]
    title: Mapped[str]
    media_type: Mapped[str]
    content: Mapped[bytes]
    access_class: Mapped[str | None]
    idempotency_key: Mapped[str | None] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    created_by: Mapped[str]


class Comment(Row):
    """What somebody wrote about a case or one of its tasks."""

    __tablename__ = "comment"
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    case_key: Mapped[int] = mapped_column(ForeignKey("case.key"), index=True)
    task_key: Mapped[int | None]
    author: Mapped[str]
    written_at: Mapped[datetime]
    text: Mapped[str]


class Outbox(Row):
    """An effect on another system, sent at least once with a stable idempotency key."""

    __tablename__ = "outbox"
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    case_key: Mapped[int | None]
    system: Mapped[str]
    idempotency_key: Mapped[str] = mapped_column(unique=True)
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


class IdempotencyRecord(Row):
    """The answer to a mutating request, kept so that the same key gives the same answer."""

    __tablename__ = "idempotency_record"
    username: Mapped[str] = mapped_column(primary_key=True)
    idempotency_key: Mapped[str] = mapped_column(primary_key=True)
    request_hash: Mapped[str]
    status: Mapped[int]
    body: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(index=True)


class AuditEvent(Row):
    """Who collected, altered, consulted, disclosed, combined or erased what, when and why (LED art. 25)."""

    __tablename__ = "audit_event"
    key: Mapped[int] = mapped_column(Identity(), primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str]
    verb: Mapped[str]  # source:subject:action, e.g. web:case:read
    case_key: Mapped[int | None] = mapped_column(index=True)
    subject: Mapped[str]
    reason: Mapped[str]
    request_id: Mapped[str | None]
    data: Mapped[dict[str, Any]] = mapped_column(server_default=EMPTY_OBJECT)
