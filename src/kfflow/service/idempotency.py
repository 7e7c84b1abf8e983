"""Requests that may be sent twice: the first answer is kept, in the transaction of what it answers.

One key belongs to one user and one request. The same request gets the same answer again; another one is refused.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, select

from kfflow.errors import FieldProblem, IdempotencyClash, InvalidInput
from kfflow.persistence.tables import IdempotencyRecord
from kfflow.service.context import Context

LONGEST_KEY = 200
KEPT_FOR = timedelta(days=7)
"""How long the same request gets the same answer."""


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer as it was, or will be, sent."""

    status: int
    body: bytes
    is_replay: bool = False


def once(ctx: Context, key: str | None, request_hash: str, act: Callable[[], Answered]) -> Answered:
    """Act and keep the answer under the key, or give the answer that is kept there; without a key, just act.

    Raises IdempotencyClash when the key was used for another request. Two requests with one key wait for each other.
    """
    if key is None:
        return act()
    _require_usable(key)
    kept = _lock_and_find(ctx, key)
    if kept is None:
        answered = act()
        _keep(ctx, key, request_hash, answered)
        return answered
    if kept.request_hash != request_hash:
        raise IdempotencyClash(
            "Idempotency-Key er allerede brugt til en anden forespørgsel.",
            "The Idempotency-Key was already used for another request.",
        )
    return Answered(kept.status, kept.body, is_replay=True)


def forget_old(ctx: Context) -> None:
    """Delete the answers that were kept long enough."""
    ctx.session.execute(delete(IdempotencyRecord).where(IdempotencyRecord.created_at < ctx.at - KEPT_FOR))


def _require_usable(key: str) -> None:
    if not key.isprintable() or not 0 < len(key) <= LONGEST_KEY:
        problem = FieldProblem("Idempotency-Key", "Brug 1-200 tegn.", "Use 1 to 200 printable characters.")
        raise InvalidInput(fields=[problem])


def _lock_and_find(ctx: Context, key: str) -> IdempotencyRecord | None:
    name = f"{ctx.actor.username}/{key}"
    ctx.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))
    return ctx.session.get(IdempotencyRecord, (ctx.actor.username, key))


def _keep(ctx: Context, key: str, request_hash: str, answered: Answered) -> None:
    ctx.session.add(
        IdempotencyRecord(
            username=ctx.actor.username,
            idempotency_key=key,
            request_hash=request_hash,
            status=answered.status,
            body=answered.body,
            created_at=ctx.at,
        )
    )
