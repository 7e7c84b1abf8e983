"""Deadlines: projected by the domain's rules when a task opens, kept with their ledger and their reasons."""

from collections.abc import Collection
from datetime import date, datetime
from functools import partial
from zoneinfo import ZoneInfo

from sqlalchemy import exists, select

from kfflow import engine
from kfflow.domain import authorization
from kfflow.domain import deadlines as rules
from kfflow.domain.authorization import Permission
from kfflow.domain.deadlines import Entry, EntryKind
from kfflow.domain.deadlines.words import Words
from kfflow.domain.lifecycle import DeadlineState
from kfflow.engine import Definition
from kfflow.engine.outcome import DeadlineRule, Environment, InstanceState, Outcome
from kfflow.errors import Conflict, EngineFailure, FieldProblem, InvalidInput
from kfflow.persistence import closings, steps
from kfflow.persistence import deadlines as rows
from kfflow.persistence.steps import Running
from kfflow.persistence.tables import Case, Deadline, HistoryEvent, ProcessInstance, UserTask
from kfflow.service import access, audit, calendars, decisions, ledgers, suspended
from kfflow.service.context import Context


def project(ctx: Context, rule: DeadlineRule, institution: str | None) -> rules.Projection:
    """Work out when a deadline falls, step by step, for a case of an institution.

    Raises InvalidInput for a rule that cannot be read, or that its table does not give.
    """
    if rule.obstacle is not None:
        raise InvalidInput(*rule.obstacle)
    calendar = calendars.of(ctx, rule.calendar, institution, rule.start or ctx.at)
    if rule.until is not None:
        projected = rules.project_until(rule.until, ctx.at, calendar, ctx.zone, warn_share=rule.warn_share)
    else:
        parsed = rules.parse_rule(rule.rule or "", roll=rule.roll, cutoff=rule.cutoff, warn_share=rule.warn_share)
        projected = rules.project(parsed, rule.start or ctx.at, calendar, ctx.zone, opened_at=ctx.at)
    return rules.tell_rule(projected, rule.in_force or rule.table, rule.said)


def start(
    ctx: Context,
    running: Running,
    rule: DeadlineRule,
    projection: rules.Projection,
    *,
    name: str,
    element: str,
    task_key: int | None,
) -> None:
    """Start the deadline of a task, or without one of the whole case, with the first line of its ledger."""
    key = ctx.new_key()
    values = {
        "key": key,
        "case_key": running.case_key,
        "instance_key": running.key,
        "task_key": task_key,
        "element_id": element,
        "name": name,
        "kind": rule.kind,
        "hjemmel": rule.hjemmel,
        "rule": rule.rule,
        "calendar": rule.calendar,
        "roll": rule.roll,
        "cutoff": rule.cutoff,
        "warn_share": rule.warn_share,
        "institution_code": running.institution_code,
        "calendar_version": calendars.version(ctx),
        "state": DeadlineState.RUNNING,
        "started_at": rule.start or ctx.at,
        "due_at": projection.due_at,
        "warn_at": projection.warn_at,
        "escalate_to": rule.escalate_to,
        "said": rule.said and list(rule.said),
        "explanation": [ledgers.plain(s) for s in projection.steps],
        **ledgers.kept(rule.in_force or rule.table),
    }
    ctx.writes.insert(Deadline, values)
    begun = Entry(EntryKind.START, ctx.at, ctx.actor.username, warn_at=projection.warn_at, hjemmel=rule.hjemmel)
    ledgers.write(ctx, key, begun, due_at=projection.due_at)


def start_for_case(ctx: Context, running: Running, definition: Definition) -> None:
    """Start the deadline that a process, called or not, gives its case.

    Raises InvalidInput for one that is no date, or that its table does not give.
    """
    try:
        rule = engine.case_deadline(definition, running.variables, _environment(ctx, running))
    except EngineFailure as problem:
        raise InvalidInput(problem.message_da, problem.message_en) from problem
    if rule is not None:
        projection = project(ctx, rule, running.institution_code)
        start(ctx, running, rule, projection, name=definition.name, element=definition.process_id, task_key=None)


def start_new_for_case(ctx: Context, running: Running, definition: Definition, former_ids: Collection[str]) -> None:
    """Start the deadline of a process for an instance that never had one, unless what meets it is done already.

    `former_ids` are the ids that the meeting element had in earlier versions, with its present one.
    """
    had = select(Deadline.key).where(Deadline.instance_key == running.key, Deadline.task_key.is_(None))
    done = select(HistoryEvent.key).where(
        HistoryEvent.instance_key == running.key,
        HistoryEvent.kind == "ELEMENT_COMPLETED",
        HistoryEvent.element_id.in_(former_ids),
    )
    if not ctx.session.scalar(select(exists(had) | exists(done))):
        start_for_case(ctx, running, definition)


def due_day(ctx: Context, instance_key: int) -> date | None:
    """Give the local day on which the deadline that a process gives its case falls; None when it has none."""
    own = select(Deadline.due_at).where(Deadline.instance_key == instance_key, Deadline.task_key.is_(None))
    due_at = ctx.session.scalar(own.order_by(Deadline.key.desc()).limit(1))
    return None if due_at is None else due_at.astimezone(ZoneInfo(ctx.zone)).date()


def _environment(ctx: Context, running: Running) -> Environment:
    decide = partial(decisions.decide_for, ctx, running, running.process_id)
    return Environment(
        at=ctx.at, decide=decide, zone=ctx.zone, opened_at=running.opened_at, legal_date=running.legal_date
    )


def note_progress(ctx: Context, running: Running, definition: Definition, outcome: Outcome) -> None:
    """End the deadline of a process when what meets it is done, or when its instance ends."""
    if definition.deadline is None:
        return
    met = definition.deadline.met_by
    done = any(h.kind == "ELEMENT_COMPLETED" and h.element_id == met for h in outcome.happened)
    if not done and outcome.state is InstanceState.ACTIVE:
        return
    met_or_over = done or (met is None and outcome.state is InstanceState.COMPLETED)
    values = {
        "instance_key": running.key,
        "at": ctx.at,
        "actor": ctx.actor.username,
        "state": "COMPLETED" if met_or_over else "CANCELED",
        "reason": "" if met_or_over else ctx.reason,
    }
    ctx.writes.keep_order()  # it may have begun in this command
    ctx.writes.execute(closings.CLOSE_CASE_DEADLINE, values)


def enter(ctx: Context, key: int, kind: EntryKind, due_at: datetime, *, hjemmel: str, reasons: Words) -> None:
    """Write one line of a deadline's ledger that changes nothing but the ledger."""
    da, en = reasons
    line = Entry(kind, ctx.at, ctx.actor.username, reason=da, hjemmel=hjemmel, reason_en=en)
    ledgers.write(ctx, key, line, due_at=due_at)


def note_due(ctx: Context, *, limit: int = 500) -> int:
    """Enter the warnings and breaches whose moment has come, at most a number of each; gives how many."""
    ctx.flush()
    return rows.note_due(ctx.session, at=ctx.at, actor=ctx.actor.username, most=limit).total


# ------------------------------------------------------------------ what people change


def extend(ctx: Context, key: int, to: str, *, reason: str, hjemmel: str = "") -> Deadline:
    """Extend a deadline by a length of time counted on from it (`5 AD`, `P1M`) or to a date or an instant (ISO 8601).

    A breached deadline whose new instant lies ahead runs again. Raises InvalidInput without a reason, without a legal
    basis for a deadline of the law, and for what gives no later instant than now; Conflict when it has ended.
    """
    deadline = _lock(ctx, key)
    line = _line(ctx, deadline, EntryKind.EXTEND, reason, hjemmel, rule=to.strip())
    _append(ctx, deadline, line)
    if deadline.due_at <= ctx.at:
        problem = FieldProblem("to", "Den nye frist er passeret.", "The new due instant has passed.")
        raise InvalidInput("Fristen kan ikke forlænges.", "The deadline cannot be extended.", fields=[problem])
    return _recorded(ctx, deadline, "extend", line)


def pause(ctx: Context, key: int, *, reason: str, hjemmel: str = "") -> Deadline:
    """Let one deadline stand still, for the hearing of a party, say; it stays so until it is resumed itself.

    Raises Conflict for what cannot be paused (a date, one that counts backwards, one that has expired), InvalidInput
    without a reason or, for a deadline of the law, without a legal basis.
    """
    deadline = _lock(ctx, key)
    line = _line(ctx, deadline, EntryKind.PAUSE, reason, hjemmel)
    obstacle = rules.obstacle_to_pause(ledgers.terms(deadline), deadline.due_at, ctx.at)
    if deadline.ended_at is None and obstacle is not None:
        da, en = obstacle
        raise Conflict(f"Fristen kan ikke sættes på pause: {da}.", f"The deadline cannot be paused: {en}.")
    _append(ctx, deadline, line, pause=ledgers.OWN_PAUSE)
    return _recorded(ctx, deadline, "pause", line)


def resume(ctx: Context, key: int, *, reason: str) -> Deadline:
    """Let a deadline that was paused by itself run on; raises Suspended while the case is suspended."""
    deadline = _lock(ctx, key)
    line = _line(ctx, deadline, EntryKind.RESUME, reason, deadline.hjemmel)
    suspended.require_root_going(ctx, ctx.session.get_one(ProcessInstance, deadline.instance_key).root_key)
    _append(ctx, deadline, line)
    return _recorded(ctx, deadline, "resume", line)


def case_of(ctx: Context, key: int) -> Case:
    """Give the case of a deadline; raises NotFound for one the actor may not know of."""
    known = ctx.session.get(Deadline, key)
    if known is None:
        raise access.not_found(f"Frist {key}")
    case = ctx.session.get_one(Case, known.case_key)
    access.require_sight(ctx, case.institution_code, case.area, f"Frist {key}")
    task = ctx.session.get(UserTask, known.task_key) if known.task_key else None
    if task is not None and not authorization.may_open(ctx.actor, task.access_class):
        raise access.not_found(f"Frist {key}")
    return case


def _lock(ctx: Context, key: int) -> Deadline:
    """Lock a deadline the actor may change, after its instance; raises NotFound for one the actor may not know of."""
    access.require(ctx, Permission.EXTEND_DEADLINE)
    case_of(ctx, key)
    known = ctx.session.get_one(Deadline, key)
    instance = ctx.session.get_one(ProcessInstance, known.instance_key)
    steps.lock_instance(ctx.transaction, instance.key, instance.root_key)
    locked = select(Deadline).where(Deadline.key == key).with_for_update().execution_options(populate_existing=True)
    return ctx.session.scalars(locked).one()


def _line(
    ctx: Context, deadline: Deadline, kind: EntryKind, reason: str, hjemmel: str, *, rule: str | None = None
) -> Entry:
    reason, hjemmel = reason.strip(), hjemmel.strip()
    problems = []
    if not reason:
        problems.append(FieldProblem("reason", "Skriv hvorfor.", "Say why."))
    if deadline.kind == "legal" and not hjemmel:
        problems.append(
            FieldProblem("hjemmel", "En frist i loven kræver en hjemmel.", "A deadline of the law takes a legal basis.")
        )
    if problems:
        raise InvalidInput("Fristen kan ikke ændres.", "The deadline cannot be changed.", fields=problems)
    return Entry(kind, ctx.at, ctx.actor.username, reason=reason, hjemmel=hjemmel, rule=rule)


def _append(ctx: Context, deadline: Deadline, line: Entry, *, pause: str | None = None) -> None:
    entries = ledgers.of(ctx, [deadline.key])[deadline.key]
    reckoned = ledgers.reckon(ctx, deadline, entries, line, ledgers.calendar_of(ctx, deadline))
    ledgers.append(ctx, deadline, entries, line, reckoned=reckoned, pause=pause)
    ledgers.show_on_tasks(ctx, [deadline.key])


def _recorded(ctx: Context, deadline: Deadline, verb: str, line: Entry) -> Deadline:
    told = {"hjemmel": line.hjemmel, "rule": line.rule, "due_at": deadline.due_at.isoformat()}
    audit.record(
        ctx, f"service:deadline:{verb}", str(deadline.key), case_key=deadline.case_key, reason=line.reason, data=told
    )
    ctx.session.flush()
    ctx.flush()
    return deadline
