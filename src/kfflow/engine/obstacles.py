"""What stands against moving a running instance to another version: one obstacle for each thing that would not fit."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from kfflow.engine.findings import Severity
from kfflow.engine.mapping import ElementMap, incoming, reaches, scope_of
from kfflow.engine.outcome import WaitingKind
from kfflow.engine.spiff.compensation import CancelEndEvent, CompensationStart, CompensationThrow
from kfflow.engine.spiff.element import ElementSpec
from kfflow.engine.spiff.events import EventSpec, EventSubprocessStart
from kfflow.engine.spiff.gateways import EventBasedGateway, JoiningGateway, ParallelGateway
from kfflow.engine.spiff.loops import MultiInstance
from kfflow.engine.spiff.multiple import MultipleCatch
from kfflow.engine.spiff.scopes import AdHocSubprocess
from kfflow.engine.spiff.tasks import CallActivity, WorkerTask
from kfflow.engine.spiff.timers import TimerTrigger
from kfflow.engine.spiff.triggers import MessageTrigger, SignalTrigger, Trigger

Row = list[Any]


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One thing found: an error blocks the migration, a warning says what stays as the old version had it."""

    kind: str
    element_id: str
    message_da: str
    message_en: str
    severity: Severity = Severity.ERROR

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


def find_obstacles(mapping: ElementMap, rows: list[Row]) -> list[Obstacle]:
    """Check every token of a snapshot; what is found twice for an element is told once."""
    found: list[Obstacle] = []
    for row in rows[1:]:
        found += _Token(mapping, rows, row).obstacles()
    found += _memory(mapping, rows[0])
    found += _joins(mapping, rows)
    unique = {(o.kind, o.element_id): o for o in found}
    return list(unique.values())


def is_dropped(mapping: ElementMap, rows: list[Row], row: Row) -> bool:
    """Tell whether a listener is closed because the new version has no such event; it was not mapped to one."""
    spec = mapping.old.spec.element(row[1])
    if not row[8] or (isinstance(spec, MultipleCatch) and not _is_behind_gateway(mapping, rows, row)):
        return False
    return spec.element_id not in mapping.given and mapping.spec(row[1]) is None


def _is_behind_gateway(mapping: ElementMap, rows: list[Row], row: Row) -> bool:
    return isinstance(mapping.old.spec.element(rows[row[2]][1]), EventBasedGateway)


class _Token:
    """One token of the snapshot beside what it is to become."""

    def __init__(self, mapping: ElementMap, rows: list[Row], row: Row) -> None:
        self.mapping, self.rows, self.row = mapping, rows, row
        self.old = mapping.old.spec.element(row[1])
        self.id = self.old.element_id

    def obstacles(self) -> Iterator[Obstacle]:
        if is_dropped(self.mapping, self.rows, self.row):
            return
        new = self.mapping.spec(self.row[1])
        if new is None:
            yield from self._missing()
            return
        yield from self._kind(new)
        if type(new) is type(self.old):
            yield from self._scope(new)
            yield from self._event(new)
            yield from _memory(self.mapping, self.row)
            yield from self._kept(new)

    def _missing(self) -> Iterator[Obstacle]:
        target = self.mapping.element(self.id)
        if target in self.mapping.new.elements:
            yield self._repetition()
        else:
            da = f"{self.id} er aktiv, og den nye version har intet element {target}; angiv, hvad det bliver til."
            en = f"{self.id} is active and the new version has no element {target}; map it to one."
            yield Obstacle("UNMAPPED", self.id, da, en)

    def _repetition(self) -> Obstacle:
        da = f"{self.id} gentages i den ene version og ikke, eller anderledes, i den anden."
        en = f"{self.id} repeats in one version and does not, or differently, in the other."
        return Obstacle("REPETITION", self.id, da, en)

    def _kind(self, new: ElementSpec) -> Iterator[Obstacle]:
        old = self.old
        if "Body" in old.element_type + new.element_type and type(old) is not type(new):
            yield self._repetition()
        elif isinstance(old, MultiInstance) and isinstance(new, MultiInstance):
            if old.is_sequential != new.is_sequential:
                yield self._repetition()
        elif type(old) is not type(new) or old.element_type != new.element_type:
            da = f"{self.id} ({old.element_type}) kan ikke blive til {new.element_id} ({new.element_type})."
            en = f"{self.id} ({old.element_type}) cannot become {new.element_id} ({new.element_type})."
            yield Obstacle("ELEMENT_KIND", self.id, da, en)

    def _scope(self, new: ElementSpec) -> Iterator[Obstacle]:
        around = self.rows[self.row[2]]
        if self.mapping.spec(around[1]) is None:
            return  # that its scope has no place is told already
        if not self._is_in_place(new, around[1]):
            host = self.mapping.element(self.mapping.old.spec.element(around[1]).element_id)
            da = f"{self.id} kører i {host}, hvor {new.element_id} ikke hører til i den nye version."
            en = f"{self.id} runs in {host}, which is not where {new.element_id} belongs in the new version."
            yield Obstacle("SCOPE", self.id, da, en)

    def _is_in_place(self, new: ElementSpec, around: str) -> bool:
        holder, expected = self.mapping.old.spec.element(around), self.mapping.name(around)
        definition = self.mapping.new
        if isinstance(holder, (CompensationThrow, CancelEndEvent)):
            return True  # what a compensation runs is judged by its records
        if not self.row[8]:
            return scope_of(definition, new.name) == expected
        if isinstance(holder, EventBasedGateway):
            return any(f.target == new.name for f in definition.spec.element(expected).flows)
        if isinstance(new, EventSubprocessStart):
            return scope_of(definition, new.subprocess) == expected
        if new.is_boundary:
            return definition.elements[new.element_id].attached_to == expected.removesuffix("#")
        name: str = new.name
        return name == expected

    def _event(self, new: ElementSpec) -> Iterator[Obstacle]:
        old = self.old
        if not isinstance(old, EventSpec) or not isinstance(new, EventSpec):
            return
        before, after = _triggers(old), _triggers(new)
        if [t.kind for t in before] != [t.kind for t in after] or _needs_all(old) != _needs_all(new):
            da, en = f"{self.id} venter på noget andet i den nye version.", f"{self.id} is another kind of event there."
            yield Obstacle("EVENT_KIND", self.id, da, en)
        elif old.is_interrupting != new.is_interrupting:
            da = f"{self.id} afbryder i den ene version og ikke i den anden."
            en = f"{self.id} interrupts in one version and not in the other."
            yield Obstacle("INTERRUPTING", self.id, da, en)
        elif [_listens_to(t) for t in before] != [_listens_to(t) for t in after] and self.row[6] is not None:
            da = f"{self.id} abonnerer på et navn, som den nye version ikke bruger."
            en = f"{self.id} is subscribed to a name that the new version does not use."
            yield Obstacle("SUBSCRIPTION", self.id, da, en)

    def _kept(self, new: ElementSpec) -> Iterator[Obstacle]:
        old, waits = self.old, self.row[6]
        if waits == WaitingKind.JOB and isinstance(old, WorkerTask) and isinstance(new, WorkerTask):
            if _text(old.job_type) != _text(new.job_type):
                yield _warning("JOB_KEPT", self.id, "jobbet beholder sin type", "the job keeps its type")
        elif waits == WaitingKind.CALL and isinstance(old, CallActivity) and isinstance(new, CallActivity):
            if _text(old.process_id) != _text(new.process_id):
                yield _warning("CALL_KEPT", self.id, "den kaldte proces kører videre", "the called process runs on")
        elif waits == WaitingKind.TIMER and _times(old) != _times(new):
            yield _warning("TIMER_KEPT", self.id, "timeren beholder sit tidspunkt", "the timer keeps its instant")


def _warning(kind: str, element_id: str, da: str, en: str) -> Obstacle:
    return Obstacle(kind, element_id, f"{element_id}: {da}.", f"{element_id}: {en}.", Severity.WARNING)


def _text(expression: Any) -> str:  # noqa: ANN401 - an Expression or None
    return "" if expression is None else str(expression.text)


def _triggers(spec: EventSpec) -> tuple[Trigger, ...]:
    return spec.triggers if isinstance(spec, MultipleCatch) else (spec.trigger,)


def _needs_all(spec: EventSpec) -> bool:
    return isinstance(spec, MultipleCatch) and spec.needs_all


def _times(spec: ElementSpec) -> list[str]:
    """Give what a timer event says of its time."""
    timers = [t for t in _triggers(spec) if isinstance(t, TimerTrigger)] if isinstance(spec, EventSpec) else []
    return [f"{t.form} {_text(t.expression)}" for t in timers]


def _listens_to(trigger: Trigger) -> str:
    return _text(trigger.name) if isinstance(trigger, (MessageTrigger, SignalTrigger)) else ""


def _memory(mapping: ElementMap, row: Row) -> Iterator[Obstacle]:
    """Check what a token remembers of elements: compensation, the order of an ad-hoc subprocess, ways chosen."""
    memo, spec = row[9], mapping.old.spec.element(row[1])
    for record in [*memo.get("compensable", []), *memo.get("undo", [])]:
        yield from _record(mapping, record)
    if "start" in memo and mapping.spec(memo["start"]) is None:
        da, en = f"{memo['start']} findes ikke i den nye version.", f"The new version has no {memo['start']}."
        yield Obstacle("UNMAPPED", memo["start"], da, en)
    new = mapping.spec(row[1])
    if (
        isinstance(spec, AdHocSubprocess)
        and isinstance(new, AdHocSubprocess)
        and memo.get("next", 0) < len(spec.starts)
    ):
        begun = spec.starts[: memo["next"]]
        if tuple(mapping.name(n) for n in begun) != new.starts[: len(begun)]:
            da = f"{spec.element_id}: aktiviteterne står i en anden rækkefølge i den nye version."
            en = f"{spec.element_id}: its activities stand in another order in the new version."
            yield Obstacle("AD_HOC_ORDER", spec.element_id, da, en)
    if isinstance(new, ElementSpec) and translate_ways(mapping, spec, new, memo) is None:
        da = f"{spec.element_id} har valgt en vej, som den nye version ikke har."
        en = f"{spec.element_id} has chosen a way that the new version does not have."
        yield Obstacle("WAY_GONE", spec.element_id, da, en)
    if any(name.startswith("started:") for name in memo):
        for name in (n for n in memo if n.startswith("started:")):
            yield from _started(mapping, name.removeprefix("started:"), memo[name])


def _started(mapping: ElementMap, gateway: str, flows: list[str]) -> Iterator[Obstacle]:
    if None in [mapping.flow(flow, gateway) for flow in flows]:
        yield _no_flow(gateway, ", ".join(flows))


def translate_ways(mapping: ElementMap, old: ElementSpec, new: ElementSpec, memo: dict[str, Any]) -> list[int] | None:
    """Give the positions, among the new element's ways out, of those that a token chose; None when one is gone."""
    found: list[int] = []
    for position in memo.get("taken") or []:
        flow = old.flows[position]
        same = [i for i, f in enumerate(new.flows) if f.id == flow.id]
        same = same or [i for i, f in enumerate(new.flows) if f.target == mapping.name(flow.target)]
        if len(same) != 1:
            return None
        found += same
    return found


def _record(mapping: ElementMap, record: dict[str, Any]) -> Iterator[Obstacle]:
    """Check that what completed can still be undone: by the handler of what it became."""
    for nested in record.get("nested") or []:
        yield from _record(mapping, nested)
    handler, start, activity = record.get("handler"), record.get("start"), record.get("activity")
    new = mapping.spec(handler) if handler else None
    undoes = mapping.spec(activity) if activity else None
    fits = not handler or (new is not None and (not activity or getattr(undoes, "compensated_by", None) == new.name))
    if start:
        fits = fits and isinstance(mapping.spec(start), CompensationStart)
    if not fits:
        what = str(activity or handler or start)
        da = f"{what} er fuldført og kan fortrydes; den nye version fortryder det ikke på samme måde."
        en = f"{what} has completed and can be compensated; the new version does not compensate it by the same handler."
        yield Obstacle("COMPENSATION", what, da, en)


def _joins(mapping: ElementMap, rows: list[Row]) -> Iterator[Obstacle]:
    """Check the tokens that wait for others: their flows must be told apart, and the missing ones must still come."""
    waiting: dict[tuple[int, str], list[Row]] = {}
    for row in rows[1:]:
        spec = mapping.old.spec.element(row[1])
        if isinstance(spec, JoiningGateway) and not spec.has_begun(row[9]):
            waiting.setdefault((row[2], row[1]), []).append(row)
    for (scope, name), here in waiting.items():
        new = mapping.spec(name)
        if not isinstance(new, JoiningGateway):
            continue
        via = {row[7]: mapping.flow(row[7], name) for row in here if row[7] is not None}
        lost = [old for old, found in via.items() if found is None]
        if lost or len(set(via.values())) < len(via):
            yield _no_flow(name, ", ".join(lost or [str(v) for v in via]))
        elif isinstance(new, ParallelGateway):
            yield from _starving(mapping, rows, scope, new, set(via.values()))
        for flow in via:
            yield from map(_passed, mapping.added_on(flow, name))


def _passed(element_id: str) -> Obstacle:
    da = "er nyt og ligger bag sagen; sættes det ikke i gang, udføres det ikke"
    en = "it is new and the case is past it; unless it is activated, it is not done"
    return _warning("PASSED", element_id, da, en)


def _no_flow(gateway: str, flows: str) -> Obstacle:
    da = f"{gateway}: en gren er kommet ad {flows}; den nye version har ikke én vej, der svarer til den."
    en = f"{gateway}: a branch has come by {flows}; the new version has no single flow that stands for it."
    return Obstacle("JOIN_FLOW", gateway, da, en)


def _starving(
    mapping: ElementMap, rows: list[Row], scope: int, new: JoiningGateway, come: set[str | None]
) -> Iterator[Obstacle]:
    """A join that in the new version waits for a branch that nobody runs would wait for ever."""
    others = {mapping.name(row[1]) for row in rows if row[2] == scope and not row[8]} - {new.name}
    into = incoming(mapping.new, new.name)
    for flow, source in into.items():
        if flow not in come and not any(reaches(mapping.new.spec, other, source) for other in others):
            da = f"{new.element_id} ville i den nye version vente på {flow}, som intet er på vej ad."
            en = f"{new.element_id} would, in the new version, wait for {flow}, by which nothing is coming."
            yield Obstacle("JOIN_STARVES", new.element_id, da, en)
            return
