# SPDX-License-Identifier: LGPL-3.0-or-later
"""Events with several definitions: any of them suffices, or all must come (BPMN 2.0 §10.5.5)."""

from typing import TYPE_CHECKING

from kfflow.engine.outcome import CloseReason
from kfflow.engine.spiff.element import resume
from kfflow.engine.spiff.events import CatchEvent, ThrowEvent
from kfflow.engine.spiff.triggers import EscalationTrigger

if TYPE_CHECKING:
    from kfflow.engine.spiff.token import Token


class MultipleCatch(CatchEvent):
    """Waits with one listener for each definition."""

    needs_all = False

    def perform(self, token: "Token") -> bool:
        self.watch(token)
        return False

    def happen(self, token: "Token", payload: dict[str, object]) -> None:
        waiting, execution = token.scope, token.execution
        execution.close(token, CloseReason.COMPLETED)
        execution.remove(token)
        _keep(waiting, payload)
        left = [child for child in waiting.inside() if child.is_listener]
        if self.needs_all and left:
            return
        for other in left:
            execution.withdraw(other)
        resume(waiting)


class MultipleThrow(ThrowEvent):
    """Throws one thing for each definition."""

    def perform(self, token: "Token") -> bool:
        for trigger in self.triggers:
            if token.execution.is_alive(token):
                assert not isinstance(trigger, EscalationTrigger)
                trigger.throw(token, self)
        return True


def _keep(token: "Token", payload: dict[str, object]) -> None:
    """Gather what the events bring."""
    result = token.memo.setdefault("result", {})
    assert isinstance(result, dict)
    result |= payload
