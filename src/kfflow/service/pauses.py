"""Deadlines that stand still while their case is suspended, and run on from where they were.

A length of time can be paused; a date cannot. Paused is what counts forward from a start: an internal deadline for
the suspension's reason, a legal one only on the suspension's legal basis. What is fixed to a date, counts backwards
from one, or has expired already, runs on, and warns and breaches as ever.
"""

from sqlalchemy import select

from kfflow.domain import deadlines as rules
from kfflow.domain.deadlines import Entry, EntryKind
from kfflow.domain.lifecycle import DeadlineState
from kfflow.persistence.tables import Deadline, ProcessInstance
from kfflow.service import ledgers, suspended
from kfflow.service.context import Context


def pause_all(ctx: Context, root_key: int) -> int:
    """Pause what may be paused in the tree of a suspended root, each with a ledger line; gives how many."""
    root = suspended.root_of(ctx, root_key)
    reason, hjemmel = root.suspension_reason or "", root.suspension_hjemmel or ""
    pausable = [d for d in _lock(ctx, root_key, DeadlineState.RUNNING) if _may_pause(ctx, d, hjemmel)]
    _append_all(ctx, pausable, EntryKind.PAUSE, reason=reason, hjemmel=hjemmel)
    ctx.session.flush()
    return len(pausable)


def resume_all(ctx: Context, root_key: int, *, reason: str) -> int:
    """Let what was paused with its tree run on, each with its new due instant, explained; gives how many.

    A deadline that was paused by itself stays so.
    """
    paused = [d for d in _lock(ctx, root_key, DeadlineState.PAUSED) if d.pause == ledgers.CASE_PAUSE]
    _append_all(ctx, paused, EntryKind.RESUME, reason=reason)
    ctx.session.flush()
    return len(paused)


def _lock(ctx: Context, root_key: int, state: DeadlineState) -> list[Deadline]:
    tree = select(ProcessInstance.key).where(ProcessInstance.root_key == root_key)
    of_tree = select(Deadline).where(Deadline.instance_key.in_(tree), Deadline.state == state)
    locked = of_tree.order_by(Deadline.key).with_for_update().execution_options(populate_existing=True)
    return list(ctx.session.scalars(locked))


def _may_pause(ctx: Context, deadline: Deadline, hjemmel: str) -> bool:
    if deadline.kind == "legal" and not hjemmel:
        return False
    return rules.obstacle_to_pause(ledgers.terms(deadline), deadline.due_at, ctx.at) is None


def _append_all(ctx: Context, chosen: list[Deadline], kind: EntryKind, *, reason: str, hjemmel: str = "") -> None:
    ctx.flush()
    entries = ledgers.of(ctx, [deadline.key for deadline in chosen])
    line = Entry(kind, ctx.at, ctx.actor.username, reason=reason, hjemmel=hjemmel)
    for deadline in chosen:
        known = entries[deadline.key]
        reckoned = ledgers.reckon(ctx, deadline, known, line, ledgers.calendar_of(ctx, deadline))
        ledgers.append(ctx, deadline, known, line, reckoned=reckoned, pause=ledgers.CASE_PAUSE)
    ledgers.show_on_tasks(ctx, [deadline.key for deadline in chosen])
