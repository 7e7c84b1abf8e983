"""What a handler's work leaves behind, stored in the same transaction that completes its job."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.dialects.postgresql import insert

from kfflow.persistence.tables import Document, Job, Outbox
from kfflow.service import persons
from kfflow.service.context import Context


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A document for the case."""

    template: str
    title: str
    content: bytes
    media_type: str = "text/plain; charset=utf-8"
    access_class: str | None = None
    letter_key: int | None = None
    data: dict[str, Any] | None = None
    rendering: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Outbound:
    """A call on another system."""

    system: str
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Move:
    """A person who now is in another institution."""

    person_number: str
    institution_code: str
    unit_code: str | None = None


@dataclass(slots=True)
class Effects:
    """Everything one run of a handler wants stored."""

    documents: list[NewDocument] = field(default_factory=list)
    outbound: list[Outbound] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)


def store(ctx: Context, job: Job, effects: Effects) -> None:
    """Store a handler's effects once: their keys follow from the job, so a repeated run changes nothing."""
    for move in effects.moves:
        persons.move(
            ctx, job.case_key, move.person_number, institution_code=move.institution_code, unit_code=move.unit_code
        )
    for number, document in enumerate(effects.documents):
        values = {
            "key": ctx.new_key(),
            "case_key": job.case_key,
            "instance_key": job.instance_key,
            "template": document.template,
            "title": document.title,
            "media_type": document.media_type,
            "content": document.content,
            "access_class": document.access_class,
            "letter_key": document.letter_key,
            "data": document.data,
            "rendering": document.rendering,
            "idempotency_key": f"{job.key}:document:{number}",
            "created_at": ctx.at,
            "created_by": ctx.actor.username,
        }
        ctx.session.execute(insert(Document).values(values).on_conflict_do_nothing())
    for number, outbound in enumerate(effects.outbound):
        values = {
            "key": ctx.new_key(),
            "case_key": job.case_key,
            "system": outbound.system,
            "idempotency_key": f"{job.key}:{outbound.system}:{number}",
            "payload": outbound.payload,
            "created_at": ctx.at,
        }
        ctx.session.execute(insert(Outbox).values(values).on_conflict_do_nothing())
