"""The client system's two directions as work: outcomes sent from the outbox, and both sides compared.

Calls are made outside any transaction. While the other side is away everything waits in the outbox, for as long as it
takes, and kfflow goes on with what it knows.
"""

import threading
from collections.abc import Iterator
from typing import Any

import structlog
from sqlalchemy import func, select

from kfflow.errors import Conflict, InvalidInput, Unavailable
from kfflow.klientsystem.port import ClientSystem
from kfflow.persistence.tables import Outbox, Person, Reconciliation
from kfflow.service import audit, master_data, outbound, persons
from kfflow.service.accounts import SYSTEM
from kfflow.service.attempts import words_of
from kfflow.service.context import Service
from kfflow.service.effects import Effects
from kfflow.service.master_data import Difference

log = structlog.get_logger(__name__)

NAME = "klientsystem"
RECONCILIATION = "klientsystem:afstemning"
"""The duty of comparing both sides once a day."""
PERSONS_AT_ONCE = 500


def read_facts(service: Service, number: str, *, effects: Effects, reason: str) -> dict[str, Any] | None:
    """Give a person's master data, fresh from the client system when it answers, else as kfflow knows them.

    None when nobody has the number. Raises InvalidInput when the answer is unusable; nothing is taken over then.
    """
    told = None
    if service.client_system is not None:
        try:
            told = service.client_system.master_data(number, reason=reason)
        except Unavailable as away:
            log.warning("client_system_away", reading="own record", problem=away.message_en)
    with service.command(SYSTEM, reason=reason) as ctx:
        if told is not None:
            effects.conflicts.extend(master_data.take(ctx, told))
            ctx.flush()
        return persons.facts(ctx, number)


def send_due(service: Service, *, most: int = 100) -> int:
    """Send the outcomes that are due, until the client system does not answer; gives how many it took."""
    client, sent = service.client_system, 0
    while client is not None and sent < most:
        with service.command(SYSTEM) as ctx:
            call = outbound.lease(ctx, NAME)
        if call is None or not _send(service, client, call):
            break
        sent += 1
    return sent


def _send(service: Service, client: ClientSystem, call: Outbox) -> bool:
    """Send one outcome and note how it went; False when the client system is away."""
    try:
        client.write(call.idempotency_key, call.payload, reason=str(call.payload.get("haendelse", "")))
    except Unavailable as away:
        with service.command(SYSTEM) as ctx:
            outbound.postpone(ctx, call.key, words_of(away))
        return False
    except (Conflict, InvalidInput) as refused:
        with service.command(SYSTEM) as ctx:
            outbound.refuse(ctx, call.key, words_of(refused))
        return True
    with service.command(SYSTEM) as ctx:
        outbound.settle(ctx, call.key)
    return True


def reconcile(service: Service, client: ClientSystem, *, stopped: threading.Event | None = None) -> Reconciliation:
    """Compare every person and every outcome on both sides, take over what is newer there, and store the report.

    Raises Unavailable when the client system goes away or the worker is stopped meanwhile; nothing is stored then,
    what was taken over stays.
    """
    found: list[Difference] = []
    counts = dict.fromkeys(("persons", "equal", "unknown_there", "unusable"), 0)
    for number in _numbers(service):
        if stopped is not None and stopped.is_set():
            raise Unavailable("Arbejderen standses.", "The worker is being stopped.")
        counts["persons"] += 1
        differing = _compare(service, client, number, counts)
        counts["equal"] += not differing
        found += differing
    there = client.written(reason="reconciliation")
    with service.command(SYSTEM, reason="reconciliation") as ctx:
        of_system = select(Outbox.idempotency_key).where(Outbox.system == NAME)
        sent = set(ctx.session.scalars(of_system.where(Outbox.sent_at.is_not(None))))
        known = set(ctx.session.scalars(of_system))
        for name, condition in (("unsent", Outbox.sent_at.is_(None)), ("refused", Outbox.refused_at.is_not(None))):
            counted = select(func.count()).where(Outbox.system == NAME, condition)
            counts[name] = ctx.session.scalar(counted) or 0
        report = Reconciliation(
            key=ctx.new_key(),
            system=NAME,
            at=ctx.at,
            counts={**counts, "outcomes_sent": len(sent)},
            differences=[
                *({"person": d.person_number, "field": d.field, "here": d.here, "there": d.there} for d in found),
                *({"outcome": key, "field": "missing_there"} for key in sorted(sent - there)),
                *({"outcome": key, "field": "unknown_here"} for key in sorted(there - known)),
            ],
        )
        ctx.session.add(report)
        audit.record(ctx, "service:klientsystem:reconcile", NAME, data=report.counts)
    log.info("client_system_reconciled", differences=len(report.differences), **report.counts)
    return report


def _numbers(service: Service) -> Iterator[str]:
    """Give the numbers of all persons, some hundred at a time."""
    last = ""
    while True:
        with service.query(SYSTEM) as ctx:
            following = select(Person.person_number).where(Person.person_number > last)
            page = ctx.session.scalars(following.order_by(Person.person_number).limit(PERSONS_AT_ONCE)).all()
        if not page:
            return
        yield from page
        last = page[-1]


def _compare(service: Service, client: ClientSystem, number: str, counts: dict[str, int]) -> list[Difference]:
    try:
        told = client.master_data(number, reason="reconciliation")
    except InvalidInput as unusable:
        counts["unusable"] += 1
        return [Difference(number, "unusable", there=unusable.message_en)]
    if told is None:
        counts["unknown_there"] += 1
        return [Difference(number, "unknown_there")]
    with service.command(SYSTEM, reason="reconciliation") as ctx:
        person = ctx.session.scalars(select(Person).where(Person.person_number == number)).one()
        differing = master_data.differences(person, told)
        master_data.take(ctx, told)
    return differing
