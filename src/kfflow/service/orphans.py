"""Orphans: where a case's tokens and its open rows do not agree. kfflow makes none; should one exist, a person is told.

A look reads the instances that stepped since the last one, some of the others in turn, those without anything open, and
those reported before. What is found is one incident each; what is no longer so resolves its incident.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import exists, select, update

from kfflow import engine
from kfflow.domain.lifecycle import IncidentState, InstanceState, SignalSubscriptionState, SubscriptionState, TimerState
from kfflow.engine.outcome import Closed, CloseReason, Environment, Outcome, WaitingKind
from kfflow.errors import Conflict
from kfflow.persistence import orphans, steps
from kfflow.persistence.orphans import Standing
from kfflow.persistence.steps import Running
from kfflow.persistence.tables import Incident, MessageSubscription, SignalSubscription, Timer
from kfflow.service import audit, closing, execution
from kfflow.service.context import Context
from kfflow.service.raising import MESSAGE_FAILED, SIGNAL_FAILED, TIMER_FAILED, raise_incident

NOTHING_OPEN, TOKEN, ROW, UNREADABLE = "ORPHAN", "ORPHAN_TOKEN", "ORPHAN_ROW", "STATE_UNREADABLE"
KINDS = (NOTHING_OPEN, TOKEN, ROW, UNREADABLE)
OVERLAP = 1000
"""How many steps a look reads again: a step whose command took long has a key below those already seen."""
MOST_STEPS = 5000
MOST_IN_TURN = 200


@dataclass(frozen=True, slots=True)
class Orphan:
    """One disagreement: on which instance, of which kind, at which token and element, about what."""

    instance_key: int
    kind: str
    element_id: str = ""
    token: str | None = None
    waiting: str = ""


@dataclass(slots=True)
class Lookout:
    """How far one worker's looks have come; the first look begins a little before now."""

    step: int | None = None
    walked: int = 0


def report(ctx: Context, lookout: Lookout | None = None) -> list[int]:
    """Look once; gives the keys of the instances on which an incident was raised now."""
    if not orphans.look_alone(ctx.session):
        return []
    keys = _to_look_at(ctx, lookout or Lookout())
    found = {(o.instance_key, o.kind, o.token): o for s in orphans.standing(ctx.session, keys, KINDS) for o in check(s)}
    known = {(i.instance_key, i.kind, i.token): i for i in _open_incidents(ctx)}
    for place, incident in known.items():
        if place not in found:
            incident.state, incident.resolved_at, incident.resolved_by = IncidentState.RESOLVED, ctx.at, "system"
    fresh = [orphan for place, orphan in found.items() if place not in known]
    for orphan in fresh:
        _tell(ctx, orphan)
    _resolve_moot(ctx)
    ctx.session.flush()
    return sorted({orphan.instance_key for orphan in fresh})


def _to_look_at(ctx: Context, lookout: Lookout) -> Sequence[int]:
    if lookout.step is None:
        lookout.step = orphans.last_step(ctx.session)
    steps_taken = orphans.stepped(ctx.session, since=lookout.step - OVERLAP, most=MOST_STEPS)
    lookout.step = max([lookout.step, *(key for key, _ in steps_taken)])
    in_turn = orphans.next_active(ctx.session, after=lookout.walked, most=MOST_IN_TURN)
    lookout.walked = in_turn[-1] if len(in_turn) == MOST_IN_TURN else 0
    keys = {instance for _, instance in steps_taken} | set(in_turn)
    return sorted(keys | set(orphans.with_nothing_open(ctx.session)) | set(orphans.suspected(ctx.session, KINDS)))


def check(instance: Standing) -> Iterator[Orphan]:
    """Give where an instance's tokens and its open rows disagree."""
    if instance.state != InstanceState.ACTIVE:
        return
    try:
        waiting = engine.waiting(instance.snapshot or b"")
        awaits_condition = engine.awaits_condition(instance.snapshot or b"")
    except Exception:  # noqa: BLE001 - whatever keeps a snapshot from being read is what has to be told
        yield Orphan(instance.key, UNREADABLE)
        return
    if not waiting and not instance.open and not awaits_condition:
        yield Orphan(instance.key, NOTHING_OPEN)
    opened = {(kind, token) for kind, token, _ in instance.open}
    expected = {(kind, token) for token, _, kind in waiting}
    for token, element_id, kind in waiting:
        is_stuck_call = kind == WaitingKind.CALL and (WaitingKind.INCIDENT, token) in opened
        if (kind, token) not in opened and not is_stuck_call:
            yield Orphan(instance.key, TOKEN, element_id, token, kind)
    for kind, token, element_id in instance.open:
        if kind != WaitingKind.INCIDENT and (kind, token) not in expected:
            yield Orphan(instance.key, ROW, element_id, token, kind)


def repair(ctx: Context, running: Running, incident: Incident) -> None:
    """Open again what a token waits for, or close what nobody waits for; raises Conflict when neither would help."""
    ctx.session.flush()
    found = [o for s in orphans.standing(ctx.session, [running.key], KINDS) for o in check(s)]
    orphan = next((o for o in found if (o.kind, o.token) == (incident.kind, incident.token)), None)
    if orphan is None:
        return
    if orphan.kind == TOKEN:
        execution.run(ctx, running, _reopening(orphan.token or ""))
    elif orphan.kind == ROW:
        _close_row(ctx, running, orphan)
    else:
        raise Conflict(
            "Sagsgangen venter stadig ikke på noget. Flyt den til et element (modify), eller annullér den.",
            "The process instance still waits for nothing. Move it to an element (modify) or cancel it.",
        )
    ctx.flush()


def _reopening(token: str) -> execution.Step:
    def step(definition: engine.Definition, snapshot: bytes, environment: Environment) -> Outcome:
        return engine.reopen(definition, snapshot, token, environment)

    return step


def _close_row(ctx: Context, running: Running, orphan: Orphan) -> None:
    kind, token = WaitingKind(orphan.waiting), orphan.token or ""
    if kind is not WaitingKind.CALL:
        closing.close(ctx, running, Closed(token, orphan.element_id, CloseReason.CANCELED, kind))
        return
    key = steps.find_child(ctx.transaction, running.key, token)
    if key is not None:
        execution.run(ctx, execution.lock(ctx, key, running.root_key), engine.cancel)


def _open_incidents(ctx: Context) -> Sequence[Incident]:
    active = select(Incident).where(Incident.kind.in_(KINDS), Incident.state == IncidentState.ACTIVE)
    return ctx.session.scalars(active).all()


_WORDS = {
    NOTHING_OPEN: (
        "Sagsgangen er i gang, men venter ikke på noget. Flyt den til et element (modify), eller annullér den.",
        "The process instance is active but waits for nothing. Move it to an element (modify) or cancel it.",
    ),
    TOKEN: (
        "Sagen venter ved {element} ({waiting}), men intet er åbent for den. Prøv igen: så åbnes det på ny.",
        "The case waits at {element} ({waiting}) but nothing is open for it. Retry: it is opened again.",
    ),
    ROW: (
        "Ved {element} er noget åbent ({waiting}), som sagen ikke venter på. Prøv igen: så lukkes det.",
        "At {element} something is open ({waiting}) that the case does not wait for. Retry: it is closed.",
    ),
    UNREADABLE: (
        "Sagens tilstand kan ikke læses. Gendan den fra en sikkerhedskopi, eller annullér den.",
        "The state of the case cannot be read. Restore it from a backup or cancel it.",
    ),
}


def _tell(ctx: Context, orphan: Orphan) -> None:
    da, en = (w.format(element=orphan.element_id, waiting=orphan.waiting) for w in _WORDS[orphan.kind])
    incident = raise_incident(ctx, orphan.kind, orphan.instance_key, orphan.element_id, (da, en))
    incident.element_id = orphan.element_id or incident.process_id
    incident.token = orphan.token
    audit.record(ctx, "jobs:instance:orphaned", str(orphan.instance_key), case_key=incident.case_key)


def _resolve_moot(ctx: Context) -> None:
    """Resolve the incidents of timers, messages and signals that their elements no longer wait for."""
    for kind, table, still_open in (
        (TIMER_FAILED, Timer, TimerState.ARMED),
        (MESSAGE_FAILED, MessageSubscription, SubscriptionState.OPEN),
        (SIGNAL_FAILED, SignalSubscription, SignalSubscriptionState.OPEN),
    ):
        waits = exists().where(
            table.instance_key == Incident.instance_key,
            table.element_id == Incident.element_id,
            table.state == still_open,
        )
        moot = update(Incident).where(Incident.kind == kind, Incident.state == IncidentState.ACTIVE, ~waits)
        done = {"state": IncidentState.RESOLVED, "resolved_at": ctx.at, "resolved_by": "system"}
        ctx.session.execute(moot.values(done))
