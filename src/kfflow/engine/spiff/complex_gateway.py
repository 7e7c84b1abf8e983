# SPDX-License-Identifier: LGPL-3.0-or-later
"""The complex gateway: a join that starts when its condition holds, and takes late tokens away (BPMN 2.0 §13.4.5)."""

from typing import TYPE_CHECKING

from kfflow.engine.expressions import Expression
from kfflow.engine.spiff.gateways import InclusiveGateway

if TYPE_CHECKING:
    from kfflow.engine.spiff.token import Token


class ComplexGateway(InclusiveGateway):
    """Splits as an inclusive gateway; joins when its activation condition holds for `activationCount` tokens.

    Having started it waits for reset: tokens on the other flows are taken away when they come, until no more can.
    """

    activation: Expression | None = None

    def begin(self, token: "Token") -> bool:
        if len(self.arrivals) > 1:
            self._try_start(token)
            return False
        self.activated(token)
        return True

    def settle(self, token: "Token") -> bool:
        if self.activation is None:
            return super().settle(token)
        if token.waiting is not None or "leaving" in token.memo:
            return False
        used = self._used(token)
        if used is None or self._more_may_come(token, used):
            return False
        self._reset(token, used)
        return True

    def _try_start(self, token: "Token") -> None:
        if self.activation is None or self._used(token) is not None:
            return
        ready = self.one_each(self.waiting_here(token))
        if self.evaluate(self.activation, token, {"activationCount": len(ready)}) is not True:
            return
        token.scope.memo[self._key()] = [t.via for t in ready]
        self.join(ready)

    def _used(self, token: "Token") -> list[str] | None:
        """Give the flows that started this round; None when it has not started."""
        used = token.scope.memo.get(self._key())
        return used if isinstance(used, list) else None

    def _key(self) -> str:
        return f"started:{self.element_id}"

    def _more_may_come(self, token: "Token", used: list[str]) -> bool:
        waiting = {t.via for t in self.waiting_here(token)}
        missing = [f for f in self.arrivals if f not in used and f not in waiting]
        others = [t for t in token.scope.inside() if t.task_spec is not self and not t.is_listener]
        return any(other.task_spec.element_id in self.upstream[f] for other in others for f in missing)

    def _reset(self, token: "Token", used: list[str]) -> None:
        """Take the late tokens away, and begin anew with those that came for the next round."""
        scope, execution = token.scope, token.execution
        del scope.memo[self._key()]
        late = [t for t in self.one_each(self.waiting_here(token)) if t.via not in used]
        for other in late:
            execution.take(other, [])
        left = [t for t in scope.inside() if t.task_spec is self]
        if left:
            self._try_start(left[0])
