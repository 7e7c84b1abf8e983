"""Running deadlines follow the variables they hang on, in the transaction that changes these.

A deadline runs on by the rule that it began under; what moves is the start it counts from, its length or its end, when
the diagram says these by an expression. A table that gave its length is not asked again. Pauses and extensions of its
ledger are counted anew from there.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from kfflow.domain import deadlines as rules
from kfflow.domain.deadlines import Entry, EntryKind
from kfflow.domain.deadlines.words import Words
from kfflow.domain.law import Validity
from kfflow.engine.outcome import DeadlineRule, Redated
from kfflow.errors import KfflowError
from kfflow.persistence.steps import Running
from kfflow.persistence.tables import Deadline, UserTask
from kfflow.service import ledgers
from kfflow.service.context import Context


def follow(ctx: Context, running: Running, redated: Sequence[Redated]) -> None:
    """Reckon the open deadlines anew that hang on changed variables, each with a line that says which, who and why."""
    ctx.flush()
    by_token = _lock_open(ctx, running)
    concerned = [(by_token[one.token], one) for one in redated if one.token in by_token]
    entries = ledgers.of(ctx, [deadline.key for deadline, _ in concerned])
    for deadline, one in concerned:
        rule = dict(one.rules).get(Validity(deadline.gyldig_fra, deadline.gyldig_til))
        _follow(ctx, deadline, entries[deadline.key], rule, one.names)
    ctx.writes.keep_order()
    ledgers.show_on_tasks(ctx, [deadline.key for deadline, _ in concerned])


def _lock_open(ctx: Context, running: Running) -> dict[str | None, Deadline]:
    """Lock the deadlines of an instance that have not ended, by the token of their task; None is the whole case's."""
    chosen = (
        select(Deadline, UserTask.token)
        .outerjoin(UserTask, UserTask.key == Deadline.task_key)
        .where(Deadline.instance_key == running.key, Deadline.ended_at.is_(None))
        .with_for_update(of=Deadline)
        .execution_options(populate_existing=True)
    )
    return {token: deadline for deadline, token in ctx.session.execute(chosen)}


def _follow(
    ctx: Context, deadline: Deadline, entries: list[Entry], rule: DeadlineRule | None, names: Sequence[str]
) -> None:
    why = _words(ctx, names)
    if rule is not None and deadline.decision_id is not None and rule.until is None:
        rule = replace(rule, rule=rule.rule or deadline.rule)  # what its table gave when it began
    if rule is None or (rule.rule is None and rule.until is None):
        _keep(ctx, deadline, why, ("der er ingen ny dato at regne med", "there is no new date to reckon with"))
        return
    before = deadline.rule, deadline.started_at
    after = rule.rule, deadline.started_at if rule.until else rule.start or entries[0].at
    if before == after and rule.until in {None, rules.set_to(entries)}:
        return
    deadline.rule, deadline.started_at = after
    try:
        _reckon_anew(ctx, deadline, entries, why, rule.until)
    except KfflowError as problem:
        deadline.rule, deadline.started_at = before
        _keep(ctx, deadline, why, (problem.message_da, problem.message_en))


def _reckon_anew(ctx: Context, deadline: Deadline, entries: list[Entry], why: Words, until: datetime | None) -> None:
    told = until.isoformat() if until else None
    line = _line(ctx, deadline, EntryKind.RECOMPUTE, why, told)
    reckoned = ledgers.reckon(ctx, deadline, entries, line, ledgers.calendar_of(ctx, deadline))
    ledgers.append(ctx, deadline, entries, line, reckoned=reckoned)


def _keep(ctx: Context, deadline: Deadline, why: Words, obstacle: Words) -> None:
    told = f"{why[0]}; {obstacle[0]}", f"{why[1]}; {obstacle[1]}"
    ledgers.write(ctx, deadline.key, _line(ctx, deadline, EntryKind.KEPT, told), due_at=deadline.due_at)


def _line(ctx: Context, deadline: Deadline, kind: EntryKind, why: Words, rule: str | None = None) -> Entry:
    da, en = why
    return Entry(kind, ctx.at, ctx.actor.username, reason=da, hjemmel=deadline.hjemmel, rule=rule, reason_en=en)


def _words(ctx: Context, names: Sequence[str]) -> Words:
    told, moved = f": {ctx.reason}" if ctx.reason else "", ", ".join(names)
    return f"{moved} er ændret{told}", f"{moved} changed{told}"
