"""Calls on another system that wait in the outbox: taken one by one, in the order of their case, and settled.

An attempt is counted before it is made. A call whose sender died is taken again after the lease; the other side
knows it by its key. What the other side refuses is not tried again: an incident on the case tells a person.
"""

from datetime import timedelta

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import aliased

from kfflow.domain.authorization import Permission
from kfflow.errors import Conflict
from kfflow.persistence.tables import Case, Incident, Job, Outbox
from kfflow.service import access, audit
from kfflow.service.attempts import Told
from kfflow.service.context import Context
from kfflow.service.raising import raise_incident

LEASE = timedelta(minutes=1)
LONGEST_BACKOFF = timedelta(minutes=5)
OUTBOUND_REFUSED = "OUTBOUND_REFUSED"


def lease(ctx: Context, system: str) -> Outbox | None:
    """Take the oldest call that is due; those of one case in their order."""
    earlier = aliased(Outbox)
    before = exists().where(
        earlier.case_key == Outbox.case_key, earlier.system == system, earlier.key < Outbox.key, _waits(earlier)
    )
    due = or_(Outbox.due_at.is_(None), Outbox.due_at <= ctx.at)
    chosen = select(Outbox).where(Outbox.system == system, _waits(Outbox), due, ~before).order_by(Outbox.key).limit(1)
    call = ctx.session.scalars(chosen.with_for_update(skip_locked=True)).first()
    if call is not None:
        call.attempts += 1
        call.due_at = ctx.at + LEASE
        ctx.session.flush()
    return call


def _waits(table: type[Outbox]) -> ColumnElement[bool]:
    return and_(table.sent_at.is_(None), table.refused_at.is_(None))


def settle(ctx: Context, key: int) -> None:
    """Note that the other side has it."""
    call = ctx.session.get_one(Outbox, key, with_for_update=True)
    call.sent_at, call.problem_da, call.problem_en = ctx.at, None, None
    audit.record(ctx, "service:outbox:send", call.system, case_key=call.case_key, data={"key": call.idempotency_key})


def postpone(ctx: Context, key: int, told: Told) -> None:
    """Let it wait: 2, 4, 8 … seconds by the number of attempts, at most five minutes, for as long as it takes."""
    call = ctx.session.get_one(Outbox, key, with_for_update=True)
    call.problem_da, call.problem_en = told
    call.due_at = ctx.at + min(timedelta(seconds=2 ** min(call.attempts, 10)), LONGEST_BACKOFF)


def refuse(ctx: Context, key: int, told: Told) -> None:
    """Give it up, and tell a person on the case what the other side said."""
    call = ctx.session.get_one(Outbox, key, with_for_update=True)
    call.refused_at, (call.problem_da, call.problem_en) = ctx.at, told
    job = _job_of(ctx, call)
    if job is not None:
        words = f"{told[0]} Registrér udfaldet i hånden.", f"{told[1]} Enter the outcome by hand."
        raise_incident(ctx, OUTBOUND_REFUSED, job.instance_key, job.element_id, words)
    audit.record(ctx, "service:outbox:refuse", call.system, case_key=call.case_key, data={"problem": told[1]})


def retry(ctx: Context, key: int) -> Outbox:
    """Send a call again at once that waits or was refused; what the refusal asked of a person is taken back.

    Raises NotFound for a call of a case the actor may not see, Conflict for one that has arrived.
    """
    access.require(ctx, Permission.RESOLVE_INCIDENT)
    call = ctx.session.get(Outbox, key, with_for_update=True)
    case = ctx.session.get(Case, call.case_key) if call and call.case_key else None
    if call is None:
        raise access.not_found(f"Kald {key}")
    if case is not None:
        access.require_sight(ctx, case.institution_code, case.area, f"Kald {key}")
    if call.sent_at is not None:
        raise Conflict("Kaldet er allerede modtaget.", "The call has arrived already.")
    call.due_at, call.refused_at = ctx.at, None
    _resolve(ctx, call)
    audit.record(ctx, "service:outbox:retry", call.system, case_key=call.case_key, data={"key": call.idempotency_key})
    return call


def _resolve(ctx: Context, call: Outbox) -> None:
    job = _job_of(ctx, call)
    if job is None:
        return
    told = (Incident.instance_key == job.instance_key, Incident.element_id == job.element_id)
    raised = select(Incident).where(*told, Incident.kind == OUTBOUND_REFUSED, Incident.state == "ACTIVE")
    for incident in ctx.session.scalars(raised):
        incident.state, incident.resolved_at, incident.resolved_by = "RESOLVED", ctx.at, ctx.actor.username
    ctx.session.flush()


def _job_of(ctx: Context, call: Outbox) -> Job | None:
    key = call.idempotency_key.partition(":")[0]
    return ctx.session.get(Job, int(key)) if key.isdecimal() else None
