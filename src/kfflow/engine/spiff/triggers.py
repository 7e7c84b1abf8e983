# SPDX-License-Identifier: LGPL-3.0-or-later
"""What an event waits for, and what an event throws."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from kfflow.engine.expressions import Expression
from kfflow.engine.outcome import (
    MessageSubscribed,
    SignalSubscribed,
    Thrown,
    WaitingKind,
)

if TYPE_CHECKING:
    from kfflow.engine.spiff.element import ElementSpec
    from kfflow.engine.spiff.execution import Execution
    from kfflow.engine.spiff.token import Token


class Trigger:
    """What an event is about. Passive kinds (error, escalation, cancel, compensation) are found when thrown."""

    kind = "none"
    code = ""

    def arm(self, token: "Token", spec: "ElementSpec") -> None:
        """Let the token wait."""

    def fired(self, token: "Token", spec: "ElementSpec") -> None:
        """Go on listening after it fired without interrupting."""

    def throw(self, token: "Token", spec: "ElementSpec") -> None:
        """Let the event happen."""


@dataclass(frozen=True)
class MessageTrigger(Trigger):
    """A message by name, and the key that tells which case it is for; caught by one instance or by every one."""

    name: Expression
    correlation_key: Expression | None
    reaches_every: bool = False
    time_to_live: timedelta | None = None
    kind = "message"

    def arm(self, token: "Token", spec: "ElementSpec") -> None:
        name = _name(self.name, token, spec)
        key = self.key(token, spec)
        place = MessageSubscribed(token.id, spec.element_id, name, key, spec.is_interrupting, self.reaches_every)
        token.execution.open(token, WaitingKind.MESSAGE, place)

    def key(self, token: "Token", spec: "ElementSpec") -> str | None:
        if self.correlation_key is None:
            return None
        value = spec.evaluate(self.correlation_key, token)
        if value is None or isinstance(value, (dict, list)):
            raise spec.failure(
                "EXTRACT_VALUE_ERROR",
                f"Korrelationsnøglen {self.correlation_key.text!r} har ingen værdi.",
                f"The correlation key {self.correlation_key.text!r} has no value.",
            )
        return value if isinstance(value, str) else _plain(value)

    def throw(self, token: "Token", spec: "ElementSpec") -> None:
        name = _name(self.name, token, spec)
        variables = token.inner.local if token.inner is not None else {}
        key = self.key(token, spec)
        token.execution.throw(Thrown("MESSAGE", spec.element_id, name, key, variables, self.time_to_live))
        spec.note(token.execution, "MESSAGE_THROWN", message=name)


@dataclass(frozen=True)
class SignalTrigger(Trigger):
    """A signal by name."""

    name: Expression
    kind = "signal"

    def arm(self, token: "Token", spec: "ElementSpec") -> None:
        token.memo["signal"] = name = _name(self.name, token, spec)
        place = SignalSubscribed(token.id, spec.element_id, name)
        token.execution.open(token, WaitingKind.SIGNAL, place)

    def throw(self, token: "Token", spec: "ElementSpec") -> None:
        name = _name(self.name, token, spec)
        variables = token.inner.local if token.inner is not None else {}
        token.execution.throw(Thrown("SIGNAL", spec.element_id, name, None, variables))
        spec.note(token.execution, "SIGNAL_THROWN", signal=name)
        _reach_listeners(token.execution, name, variables)


@dataclass(frozen=True)
class ConditionTrigger(Trigger):
    """A condition that becomes true."""

    expression: Expression
    kind = "conditional"

    def arm(self, token: "Token", spec: "ElementSpec") -> None:  # noqa: ARG002 - triggers are armed alike
        token.execution.open(token, "condition", None)
        token.execution.has_changed_variables = True

    def becomes_true(self, token: "Token", spec: "ElementSpec") -> bool:
        """Tell whether the condition is true now and was not when last asked."""
        was = token.memo.get("held", False)
        token.memo["held"] = spec.evaluate(self.expression, token) is True
        return bool(token.memo["held"]) and not was


@dataclass(frozen=True)
class CodeTrigger(Trigger):
    """What is told from others by a code; the empty code catches all, and who throws may compute it."""

    code: str
    computed: Expression | None = None

    def code_at(self, token: "Token", spec: "ElementSpec") -> str:
        return self.code if self.computed is None else _name(self.computed, token, spec)


class ErrorTrigger(CodeTrigger):
    """An error by its code."""

    kind = "error"


class EscalationTrigger(CodeTrigger):
    """An escalation by its code."""

    kind = "escalation"


@dataclass(frozen=True)
class PassiveTrigger(Trigger):
    """Cancel, compensate, terminate, link: `name` is the link or the activity to compensate."""

    kind: str
    name: str = ""


def _reach_listeners(execution: "Execution", name: str, variables: dict[str, object]) -> None:
    """Let a signal reach, at once, everything in this instance that waits for it."""
    execution.rouse()
    for other in list(execution.tasks.values()):
        if other.waiting == WaitingKind.SIGNAL and other.memo.get("signal") == name and execution.is_alive(other):
            other.task_spec.happen(other, dict(variables))


def _name(expression: Expression, token: "Token", spec: "ElementSpec") -> str:
    value = spec.evaluate(expression, token)
    if not isinstance(value, str) or not value:
        raise spec.failure(
            "EXTRACT_VALUE_ERROR",
            f"Navnet {expression.text!r} på {spec.element_id} har ingen værdi.",
            f"The name {expression.text!r} of {spec.element_id} has no value.",
        )
    return value


def _plain(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).lower() if isinstance(value, bool) else str(value)
