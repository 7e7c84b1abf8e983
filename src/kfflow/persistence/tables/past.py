"""What has been: history, decisions, documents, comments, calls on other systems, the audit log."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, DateTime, ForeignKey, Identity, Index, MetaData, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from kfflow.persistence.tables.row import EMPTY_OBJECT, Row


class HistoryStep(Row):
    """What one engine step did to an instance: append-only; `revision` is that of the command that wrote it.

    `events` is a list of `[kind, element_id, element_type, name, data]` in the order they happened; `version` says
    which kinds of event there are (engine/replay.py). One row a step instead of one an event: a completed task leaves
    about ten events.
    """

    __tablename__ = "history_step"
    key: Mapped[int] = mapped_column(Identity(), primary_key=True)
    instance_key: Mapped[int]
    case_key: Mapped[int]
    revision: Mapped[int]
    at: Mapped[datetime]
    actor: Mapped[str]
    version: Mapped[int] = mapped_column(server_default="1")
    events: Mapped[list[Any]]
    __table_args__ = (
        Index("ix_history_step_case", "case_key", "key"),
        Index("ix_history_step_instance", "instance_key", "key"),
    )


views = MetaData()
"""What the database derives from its tables; a migration makes it, and nothing is written to it."""


class HistoryEvent(Row):
    """One line of an instance's history, as the view `history_event` reads it from the steps."""

    __table__ = Table(
        "history_event",
        views,
        Column("key", BigInteger, primary_key=True),
        Column("instance_key", BigInteger),
        Column("case_key", BigInteger),
        Column("revision", BigInteger),
        Column("at", DateTime(timezone=True)),
        Column("actor", Text),
        Column("kind", Text),
        Column("element_id", Text),
        Column("element_type", Text),
        Column("name", Text),
        Column("data", JSONB),
        Column("version", BigInteger),
    )
    key: Mapped[int]
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
    version: Mapped[int]


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
    """A letter or note that belongs to a case.

    A letter keeps what it was made from: `letter_key` is the template, `data` what it was given, and `rendering` is
    `{"at", "compiler", "sources": [{"name", "resource_key"}]}`. From these the same bytes come again.
    """

    __tablename__ = "document"
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    case_key: Mapped[int] = mapped_column(ForeignKey("case.key"), index=True)
    instance_key: Mapped[int | None]
    template: Mapped[str]
    title: Mapped[str]
    media_type: Mapped[str]
    content: Mapped[bytes]
    access_class: Mapped[str | None]
    letter_key: Mapped[int | None] = mapped_column(ForeignKey("letter.key"))
    data: Mapped[dict[str, Any] | None]
    rendering: Mapped[dict[str, Any] | None]
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
    attempts: Mapped[int] = mapped_column(server_default="0")
    due_at: Mapped[datetime | None]  # not before this; null is at once
    refused_at: Mapped[datetime | None]
    problem_da: Mapped[str | None]
    problem_en: Mapped[str | None]
    __table_args__ = (
        Index("ix_outbox_waiting", "system", "key", postgresql_where=text("sent_at IS NULL AND refused_at IS NULL")),
        Index("ix_outbox_refused", "system", "refused_at", "key", postgresql_where=text("refused_at IS NOT NULL")),
        Index("ix_outbox_sent", "system", "case_key", postgresql_where=text("sent_at IS NOT NULL")),
    )


class Reconciliation(Row):
    """What a comparison with another system found: counts, and what differs, by number and field without values."""

    __tablename__ = "reconciliation"
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    system: Mapped[str]
    at: Mapped[datetime]
    counts: Mapped[dict[str, Any]]
    differences: Mapped[list[Any]]


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
