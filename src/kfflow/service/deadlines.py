"""Deadlines: projected by the domain's rules when a task opens, kept with their ledger and their reasons."""

from dataclasses import asdict
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from kfflow import engine
from kfflow.domain import calendars
from kfflow.domain import deadlines as rules
from kfflow.domain.deadlines import EntryKind
from kfflow.domain.lifecycle import DeadlineState
from kfflow.engine import Definition
from kfflow.engine.outcome import DeadlineRule, InstanceState, Outcome
from kfflow.errors import EngineFailure, InvalidInput
from kfflow.persistence import steps
from kfflow.persistence.steps import Running
from kfflow.persistence.tables import Deadline, DeadlineEntry
from kfflow.service import definitions
from kfflow.service.context import Context

_CALENDARS = calendars.standard_calendars()


def project(ctx: Context, rule: DeadlineRule) -> rules.Projection:
    """Work out when a deadline falls, step by step; raises InvalidInput for a rule that cannot be read."""
    calendar = calendar_of(ctx, rule.calendar)
    if rule.until is not None:
        return rules.project_until(rule.until, ctx.at, calendar, ctx.zone, warn_share=rule.warn_share)
    parsed = rules.parse_rule(rule.rule or "", roll=rule.roll, cutoff=rule.cutoff, warn_share=rule.warn_share)
    return rules.project(parsed, rule.start or ctx.at, calendar, ctx.zone, opened_at=ctx.at)


def calendar_of(ctx: Context, name: str) -> calendars.Calendar:
    """Give the calendar of this name in the version in force today."""
    return calendars.in_force(_CALENDARS.values(), name, ctx.at.astimezone(ZoneInfo(ctx.zone)).date())


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
        "state": DeadlineState.RUNNING,
        "started_at": rule.start or ctx.at,
        "due_at": projection.due_at,
        "warn_at": projection.warn_at,
        "escalate_to": rule.escalate_to,
        "explanation": [plain(s) for s in projection.steps],
    }
    ctx.writes.insert(Deadline, values)
    enter(ctx, key, EntryKind.START, projection.due_at, hjemmel=rule.hjemmel)


def start_for_case(ctx: Context, running: Running, definition: Definition) -> None:
    """Start the deadline that a process gives the whole case; raises InvalidInput when it cannot be worked out."""
    try:
        rule = engine.case_deadline(definition, running.variables, definitions.starting_environment(ctx))
    except EngineFailure as problem:
        raise InvalidInput(problem.message_da, problem.message_en) from problem
    if rule is not None:
        projection = project(ctx, rule)
        start(ctx, running, rule, projection, name=definition.name, element=definition.process_id, task_key=None)


def note_progress(ctx: Context, running: Running, definition: Definition, outcome: Outcome) -> None:
    """End the whole case's deadline when what meets it is done, or when the instance ends."""
    if definition.deadline is None or running.parent_key is not None:
        return
    met = definition.deadline_met_by
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
    ctx.writes.execute(steps.CLOSE_CASE_DEADLINE, values)


def plain(step: rules.ExplainedStep) -> dict[str, Any]:
    """Give a step of an explanation as it is stored."""
    return {k: v.isoformat() if isinstance(v, datetime) else v for k, v in asdict(step).items()}


def enter(ctx: Context, key: int, kind: EntryKind, due_at: datetime, *, hjemmel: str, reason: str = "") -> None:
    """Write one line of a deadline's ledger."""
    entry = {
        "deadline_key": key,
        "kind": kind,
        "at": ctx.at,
        "actor": ctx.actor.username,
        "due_at": due_at,
        "reason": reason,
        "hjemmel": hjemmel,
    }
    ctx.writes.insert(DeadlineEntry, entry)


def warn_and_breach(ctx: Context, *, limit: int = 500) -> int:
    """Enter the warnings and breaches whose moment has come; gives how many."""
    to_warn = select(Deadline).where(Deadline.warned_at.is_(None), Deadline.warn_at <= ctx.at)
    to_breach = select(Deadline).where(Deadline.breached_at.is_(None), Deadline.due_at <= ctx.at)
    ctx.writes.keep_order()
    done = 0
    for due, kind, field in ((to_warn, EntryKind.WARNED, "warned_at"), (to_breach, EntryKind.BREACHED, "breached_at")):
        running = due.where(Deadline.state == DeadlineState.RUNNING).limit(limit).with_for_update(skip_locked=True)
        for deadline in ctx.session.scalars(running):
            setattr(deadline, field, ctx.at)
            enter(ctx, deadline.key, kind, deadline.due_at, hjemmel=deadline.hjemmel)
            done += 1
    return done
