"""What instances wait for beside people: jobs, timers, messages, signals, and the incidents that stop them."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, false, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from kfflow.persistence.tables.row import Row


class Job(Row):
    """Work for a handler or an external worker; the row is the truth, `lease_until` says who has it until when.

    `held_result` is how it went, when that was told while the case was suspended: taken when the case is resumed.
    """

    __tablename__ = "job"
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    instance_key: Mapped[int] = mapped_column(ForeignKey("process_instance.key"))
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
    held_result: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_job_held", "key", postgresql_where=text("state = 'CREATED' AND held_result IS NOT NULL")),
        Index("ix_job_instance_key_token", "instance_key", "token"),
        Index("ix_job_waiting", "type", "due_at", postgresql_where=text("state = 'CREATED' AND retries > 0")),
    )


class Timer(Row):
    """An armed timer; it fires when `due_at <= now`, once, in the command that claims it."""

    __tablename__ = "timer"
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    instance_key: Mapped[int | None] = mapped_column(ForeignKey("process_instance.key"))
    root_key: Mapped[int | None]
    definition_key: Mapped[int | None]  # of a timer start event; its instance is null
    token: Mapped[str]
    element_id: Mapped[str]
    due_at: Mapped[datetime]
    rounds_left: Mapped[int | None]  # of a timer start event, with this one; null is without end
    counted_from: Mapped[datetime | None]  # of a timer start event's cycle
    state: Mapped[str]  # ARMED | FIRED | CANCELED | FAILED
    hjemmel: Mapped[str | None]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_timer_instance_key_token", "instance_key", "token"),
        Index("ix_timer_armed", "due_at", "key", postgresql_where=text("state = 'ARMED'")),
    )


class MessageSubscription(Row):
    """An instance, or the start event of a definition, that waits for a message.

    `reaches_every`: each instance that waits so takes the message, not one instance of the process.
    """

    __tablename__ = "message_subscription"
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    instance_key: Mapped[int | None] = mapped_column(ForeignKey("process_instance.key"))
    root_key: Mapped[int | None]
    definition_key: Mapped[int | None]
    token: Mapped[str]
    element_id: Mapped[str]
    message_name: Mapped[str]
    correlation_key: Mapped[str | None]
    reaches_every: Mapped[bool] = mapped_column(server_default=false())
    state: Mapped[str]  # OPEN | CORRELATED | CANCELED
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_message_subscription_instance_key_token", "instance_key", "token"),
        Index(
            "ix_message_subscription_open",
            "message_name",
            "correlation_key",
            postgresql_where=text("state = 'OPEN'"),
        ),
    )


class Message(Row):
    """A published message or broadcast signal, buffered until it correlates or expires.

    `message_id` makes publishing idempotent; `reached_key` is the last subscription that a broadcast, or a message that
    each instance takes, has reached; `thrown_by` is the instance that threw it, which has taken its own signal already.
    `kept_for` is the one subscription that may still take it: that of a suspended case, when others took the message
    without it.
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
    thrown_by: Mapped[int | None]
    kept_for: Mapped[int | None]
    __table_args__ = (
        Index("ix_message_buffered", "name", "correlation_key", postgresql_where=text("state = 'BUFFERED'")),
        Index("ix_message_done_with", "expires_at", postgresql_where=text("state <> 'BUFFERED'")),
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


class MessageTaken(Row):
    """An instance that has taken a message which each takes: it takes it once."""

    __tablename__ = "message_taken"
    message_key: Mapped[int] = mapped_column(ForeignKey("message.key", ondelete="CASCADE"), primary_key=True)
    instance_key: Mapped[int] = mapped_column(ForeignKey("process_instance.key"), primary_key=True)


class SignalSubscription(Row):
    """An instance, or the start event of a definition, that waits for a signal."""

    __tablename__ = "signal_subscription"
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    instance_key: Mapped[int | None] = mapped_column(ForeignKey("process_instance.key"))
    root_key: Mapped[int | None]
    definition_key: Mapped[int | None]
    token: Mapped[str]
    element_id: Mapped[str]
    signal_name: Mapped[str]
    state: Mapped[str]  # OPEN | RECEIVED | CANCELED
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_signal_subscription_instance_key_token", "instance_key", "token"),
        Index("ix_signal_subscription_open", "signal_name", "key", postgresql_where=text("state = 'OPEN'")),
    )


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
