"""What a handler's work leaves behind, stored in the same transaction that completes its job."""

from dataclasses import asdict, dataclass, field
from typing import Any

from kfflow.persistence.leases import LockedJob
from kfflow.persistence.tables import Document, Outbox
from kfflow.service import letters, persons, places
from kfflow.service.context import Context
from kfflow.service.letters import Wanted
from kfflow.service.master_data import Difference
from kfflow.service.persons import Arrival
from kfflow.service.raising import raise_incident


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A document for the case that no template makes."""

    template: str
    title: str
    content: bytes
    media_type: str = "text/plain; charset=utf-8"
    access_class: str | None = None


@dataclass(frozen=True, slots=True)
class Outbound:
    """A call on another system."""

    system: str
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Move:
    """A person who now is in another institution, in a unit or in a place of a regime."""

    person_number: str
    institution_code: str
    unit_code: str | None = None
    regime: str | None = None
    overbooked: bool = False


@dataclass(slots=True)
class Effects:
    """Everything one run of a handler wants stored."""

    documents: list[NewDocument] = field(default_factory=list)
    letters: list[Wanted] = field(default_factory=list)
    outbound: list[Outbound] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    holds: list[places.Wanted] = field(default_factory=list)
    leaves: list[str] = field(default_factory=list)
    conflicts: list[Difference] = field(default_factory=list)


MASTER_DATA_CONFLICT = "MASTER_DATA_CONFLICT"


def store(ctx: Context, job: LockedJob, effects: Effects) -> None:
    """Store a handler's effects once: their keys follow from the job, so a repeated run changes nothing.

    Letters are made here, of what the case is in this transaction; one that cannot be made raises EngineFailure.
    """
    _move_people(ctx, job, effects)
    for conflict in effects.conflicts:
        _tell(ctx, job, conflict)
    for number, document in enumerate(effects.documents):
        _store_document(ctx, job, f"document:{number}", asdict(document))
    for number, wanted in enumerate(effects.letters):
        made = letters.make(ctx, job.case_key, wanted, ctx.at)
        _store_document(ctx, job, f"letter:{number}", asdict(made))
    for number, outbound in enumerate(effects.outbound):
        values = {
            "key": ctx.new_key(),
            "case_key": job.case_key,
            "system": outbound.system,
            "idempotency_key": f"{job.key}:{outbound.system}:{number}",
            "payload": outbound.payload,
            "created_at": ctx.at,
        }
        ctx.writes.insert(Outbox, values, once=True)


def _move_people(ctx: Context, job: LockedJob, effects: Effects) -> None:
    for wanted in effects.holds:
        places.hold(ctx, job.root_key, wanted, field="ny_institution")
    for move in effects.moves:
        arrival = Arrival(move.institution_code, move.unit_code, move.regime, job.root_key, move.overbooked)
        persons.move(ctx, job.case_key, move.person_number, arrival)
    for number in effects.leaves:
        places.leave(ctx, number)


def _store_document(ctx: Context, job: LockedJob, name: str, content: dict[str, Any]) -> None:
    values = {
        **content,
        "key": ctx.new_key(),
        "case_key": job.case_key,
        "instance_key": job.instance_key,
        "idempotency_key": f"{job.key}:{name}",
        "created_at": ctx.at,
        "created_by": ctx.actor.username,
    }
    ctx.writes.insert(Document, values, once=True)


def _tell(ctx: Context, job: LockedJob, conflict: Difference) -> None:
    """Raise an incident for a person: both sides say something else, and ours stays until somebody has looked."""
    da = f"Klientsystemet siger {conflict.field} {conflict.there}, kfflow {conflict.here}; vores står."
    en = f"The client system says {conflict.field} {conflict.there}, kfflow {conflict.here}; ours stays."
    words = f"{da} Ret det, der er forkert.", f"{en} Correct whichever is wrong."
    raise_incident(ctx, MASTER_DATA_CONFLICT, job.instance_key, job.element_id, words)
