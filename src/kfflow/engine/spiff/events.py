# SPDX-License-Identifier: LGPL-3.0-or-later
"""Events: where paths begin and end, what they wait for and what they throw (BPMN 2.0 §13.5)."""

from typing import TYPE_CHECKING

from kfflow.engine.outcome import CloseReason, WaitingKind
from kfflow.engine.spiff.activity import ActivitySpec
from kfflow.engine.spiff.element import ElementSpec, FlowSpec, resume
from kfflow.engine.spiff.propagation import throw_error, throw_escalation
from kfflow.engine.spiff.timers import has_rounds_left
from kfflow.engine.spiff.triggers import (
    ConditionTrigger,
    ErrorTrigger,
    EscalationTrigger,
    SignalTrigger,
    Trigger,
)

if TYPE_CHECKING:
    from kfflow.engine.spiff.gateways import EventBasedGateway
    from kfflow.engine.spiff.scopes import EventSubprocess
    from kfflow.engine.spiff.token import Token

Payload = dict[str, object]


class EventSpec(ActivitySpec):
    """An event with what it waits for or throws; events map variables as activities do."""

    triggers: tuple[Trigger, ...] = ()

    @property
    def trigger(self) -> Trigger:
        """Give what an event with one definition waits for or throws; of several the first."""
        return self.triggers[0] if self.triggers else Trigger()

    def trigger_of(self, token: "Token") -> Trigger:
        """Give what a token waits for: of an event with several definitions, the one it listens to."""
        position = token.memo.get("definition")
        return self.triggers[position] if isinstance(position, int) else self.trigger

    def watch(self, host: "Token") -> None:
        """Listen on behalf of a token, with one listener for each definition."""
        for position, trigger in enumerate(self.triggers):
            listener = host.execution.listen(self, host)
            if len(self.triggers) > 1:
                listener.memo["definition"] = position
            trigger.arm(listener, self)

    listens_beside = False
    """Whether it waits beside something else that goes on; a token waits at the others."""


class StartEvent(EventSpec):
    """Where a process, subprocess or event subprocess begins."""


class EventSubprocessStart(StartEvent):
    """The start of an event subprocess: listens in the scope that the event subprocess is drawn in."""

    subprocess = ""
    listens_beside = True

    def listen(self, scope: "Token") -> None:
        self.watch(scope)

    def happen(self, listener: "Token", payload: Payload) -> None:
        scope = listener.scope
        spec: EventSubprocess = scope.execution.spec.element(self.subprocess)
        if self.is_interrupting:
            scope.execution.close(listener, CloseReason.COMPLETED)
        else:
            self.trigger_of(listener).fired(listener, self)
        spec.launch(scope, self.name, payload, interrupting=self.is_interrupting)

    def settle(self, token: "Token") -> bool:
        return settle_condition(self, token)


class CatchEvent(EventSpec):
    """An intermediate event or receive task that waits."""

    def perform(self, token: "Token") -> bool:
        self.trigger.arm(token, self)
        return False

    def listen_behind(self, gateway: "Token", flow: FlowSpec) -> None:
        """Wait on behalf of an event-based gateway."""
        listener = gateway.execution.listen(self, gateway)
        listener.via = flow.id
        self.trigger.arm(listener, self)

    def happen(self, token: "Token", payload: Payload) -> None:
        if token.is_listener:
            gateway: EventBasedGateway = token.scope.task_spec
            gateway.chosen(token, payload)
            return
        if token.waiting == WaitingKind.TIMER and has_rounds_left(token):
            self._fire_again(token)
            return
        token.memo["result"] = payload
        resume(token)

    def _fire_again(self, token: "Token") -> None:
        """Send a token on for this round of a cycle, and wait for the next."""
        execution = token.execution
        execution.go_on_at(self, token.scope, token.frame.branch(), {})
        self.trigger.fired(token, self)

    def settle(self, token: "Token") -> bool:
        return settle_condition(self, token)


class BoundaryEvent(EventSpec):
    """An event attached to an activity (§13.5.3)."""

    is_boundary = True
    listens_beside = True

    def listen(self, host: "Token") -> None:
        self.watch(host)

    def happen(self, listener: "Token", payload: Payload) -> None:
        host = listener.scope
        if self.is_interrupting:
            host.execution.close(listener, CloseReason.COMPLETED)
            host.execution.interrupt(host, self, payload)
            return
        self.trigger_of(listener).fired(listener, self)
        host.execution.branch_off(host, self, payload)

    def settle(self, token: "Token") -> bool:
        return settle_condition(self, token)


class ThrowEvent(EventSpec):
    """An intermediate event that throws and goes on."""

    def begin(self, token: "Token") -> bool:
        signals = any(isinstance(trigger, SignalTrigger) for trigger in self.triggers)
        if signals and not token.execution.wait_for_others(token):
            return False
        return super().begin(token)

    def perform(self, token: "Token") -> bool:
        if isinstance(self.trigger, EscalationTrigger):
            given = token.inner.local if token.inner is not None else {}
            return throw_escalation(token, self.trigger.code_at(token, self), given)
        self.trigger.throw(token, self)
        return True


class EndEvent(ThrowEvent):
    """The end of a path; with a message, signal or escalation it throws that."""


class ErrorEndEvent(EventSpec):
    """Ends its scope with an error (§13.5.4)."""

    def perform(self, token: "Token") -> bool:
        assert isinstance(self.trigger, ErrorTrigger)
        throw_error(token, self.trigger.code_at(token, self), {})
        return False


class TerminateEndEvent(EventSpec):
    """Ends everything in its scope (§13.5.6)."""

    def perform(self, token: "Token") -> bool:
        for child in token.scope.inside():
            if child is not token and not child.task_spec.is_boundary:
                token.execution.withdraw(child)
        return True


def settle_condition(spec: EventSpec, token: "Token") -> bool:
    """Let an event happen whose condition became true."""
    trigger = spec.trigger_of(token)
    if token.waiting != "condition" or not isinstance(trigger, ConditionTrigger):
        return False
    if not trigger.becomes_true(token, spec):
        return False
    happen: ElementSpec = token.task_spec
    happen.happen(token, {})
    return True
