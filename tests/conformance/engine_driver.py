"""The engine alone behind the conformance driver interface: a small service in memory around it.

Instances, calls, timers, messages and signals live in dictionaries; the engine sees snapshots only.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from kfflow import engine
from kfflow.engine.outcome import (
    CallOpened,
    Environment,
    IncidentOpened,
    InstanceState,
    JobOpened,
    MessageSubscribed,
    Opened,
    Outcome,
    SignalSubscribed,
    TimerOpened,
    UserTaskOpened,
)
from kfflow.errors import EngineFailure

NOON = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)


@dataclass
class Instance:
    definition: engine.Definition
    outcome: Outcome
    parent: tuple["Instance", str] | None = None
    places: dict[str, Opened] = field(default_factory=dict)
    error: str | None = None
    variables: dict[str, object] = field(default_factory=dict)


class Driver:
    def __init__(self) -> None:
        self.definitions: dict[str, engine.Definition] = {}
        self.instances: list[Instance] = []
        self.trace: list[str] = []
        self.now = NOON
        self.starters: dict[str, tuple[engine.Definition, datetime]] = {}

    # the interface

    def deploy(self, files):
        for name, source in files:
            for definition in engine.compile_process(source, name):
                self.definitions[definition.process_id] = definition

    def start(self, process_id, variables):
        definition = self.definitions[process_id]
        for timer in definition.start_timers:
            due = timer.first(self.env()).due
            self.starters[timer.element_id] = (definition, due)
        self._start(definition, variables)

    def also_start(self, process_id):
        self._start(self.definitions[process_id], {})

    def open(self):
        return [p.element_id for _, p in self._open()]

    def complete(self, element_id, variables, nth=0):
        instance, place = [(i, p) for i, p in self._open() if p.element_id == element_id][nth]
        command = engine.complete_task if isinstance(place, UserTaskOpened) else engine.complete_job
        self._run(instance, command, place.token, variables)

    def fail(self, element_id, code):
        instance, place = next((i, p) for i, p in self._open() if p.element_id == element_id)
        self._run(instance, engine.throw_error, place.token, code, "", {})

    def message(self, name):
        self._message(name, None, {})

    def signal(self, name):
        self._signal(name, {})

    def advance(self, seconds):
        end = self.now + timedelta(seconds=seconds)
        while (due := self._next_due()) is not None and due[0] <= end:
            self.now = max(self.now, due[0])
            due[1]()
        self.now = end

    def state(self):
        first = self.instances[0]
        if any(isinstance(p, IncidentOpened) for i in self.instances for p in i.places.values()):
            return "failed"
        if first.outcome.state is InstanceState.ACTIVE:
            return "running"
        return "failed" if first.error is not None else "completed"

    def executed(self):
        return self.trace

    def variables(self):
        return self.instances[0].variables

    # the service around the engine

    def env(self, instance=None):
        def is_caught_outside(code):
            return instance is not None and self._is_caught_around(instance, code)

        return Environment(self.now, self._decide, step_budget=2_000, is_caught_outside=is_caught_outside)

    def _is_caught_around(self, instance, code):
        while instance.parent is not None:
            instance, token = instance.parent
            if engine.catches(instance.definition, instance.outcome.snapshot, token, code, self.env()):
                return True
        return False

    def _decide(self, decision_id, variables):
        raise EngineFailure("ingen", f"no decision {decision_id} for {sorted(variables)}", kind="DECISION_NOT_FOUND")

    def _open(self):
        return [(i, p) for i in self.instances for p in i.places.values() if isinstance(p, UserTaskOpened | JobOpened)]

    def _start(self, definition, variables, parent=None, start_element=None):
        instance = Instance(definition, None, parent)
        self.instances.append(instance)
        outcome = engine.start(definition, variables, self.env(instance), start_element=start_element)
        self._settle(instance, outcome)
        return instance

    def _run(self, instance, command, token, *arguments):
        outcome = command(instance.definition, instance.outcome.snapshot, token, *arguments, self.env(instance))
        self._settle(instance, outcome)

    def _settle(self, instance, outcome):
        instance.outcome = outcome
        instance.variables |= outcome.variables
        for closed in outcome.closed:
            instance.places.pop(closed.token, None)
        for place in outcome.opened:
            instance.places[place.token] = place
        self.trace += [
            h.element_id for h in outcome.happened if h.kind == "ELEMENT_COMPLETED" and h.element_type == "scriptTask"
        ]
        if outcome.state is not InstanceState.ACTIVE:
            instance.places.clear()
        for thrown in outcome.thrown:
            self._route(instance, thrown)
        for place in outcome.opened:
            if isinstance(place, CallOpened) and instance.places.get(place.token) is place:
                self._call(instance, place)
        if outcome.state is not InstanceState.ACTIVE:
            self._ended(instance)

    def _call(self, instance, place):
        self._start(self.definitions[place.process_id], place.variables, (instance, place.token))

    def _ended(self, instance):
        for child in [c for c in self.instances if c.parent is not None and c.parent[0] is instance]:
            if child.outcome is not None and child.outcome.state is InstanceState.ACTIVE:
                self._settle(child, engine.cancel(child.definition, child.outcome.snapshot, self.env()))
        if instance.parent is None or instance.parent[1] not in instance.parent[0].places:
            return
        parent, token = instance.parent
        if instance.outcome.state is InstanceState.COMPLETED:
            self._run(parent, engine.complete_call, token, instance.variables)
        elif instance.error is not None:
            self._run(parent, engine.throw_error, token, instance.error, "", {})

    def _route(self, instance, thrown):
        if thrown.kind == "MESSAGE":
            self._message(thrown.name, thrown.correlation_key, thrown.variables)
        elif thrown.kind == "SIGNAL":
            self._signal(thrown.name, thrown.variables, instance)
        elif thrown.kind == "ERROR":
            instance.error = thrown.name
        elif instance.parent is not None:
            parent, token = instance.parent
            self._run(parent, engine.escalate_call, token, thrown.name, thrown.variables)

    def _message(self, name, key, variables):
        for instance in list(self.instances):
            for place in list(instance.places.values()):
                if takes(place, name, key):
                    self._run(instance, engine.deliver_message, place.token, variables)
                    return
        for definition in self.definitions.values():
            for starter in definition.start_messages:
                if starter.message_name == name:
                    self._start(definition, variables, None, starter.element_id)
                    return

    def _signal(self, name, variables, thrower=None):
        waiting = [
            (i, p)
            for i in self.instances
            if i is not thrower
            for p in i.places.values()
            if isinstance(p, SignalSubscribed) and p.signal_name == name
        ]
        for instance, place in waiting:
            if instance.places.get(place.token) is place:
                self._run(instance, engine.deliver_signal, place.token, variables)
        for definition in self.definitions.values():
            for starter in definition.start_signals:
                if starter.signal_name == name:
                    self._start(definition, variables, None, starter.element_id)

    def _next_due(self):
        timers = [
            (p.due_at, lambda i=i, p=p: self._run(i, engine.fire_timer, p.token))
            for i in self.instances
            for p in i.places.values()
            if isinstance(p, TimerOpened)
        ]
        return min(timers, key=lambda t: t[0], default=None)


def takes(place, name, key):
    named = isinstance(place, MessageSubscribed) and place.message_name == name
    return named and (key is None or place.correlation_key in (None, key))
