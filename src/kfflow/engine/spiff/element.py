# SPDX-License-Identifier: LGPL-3.0-or-later
"""What every element does: begin, perhaps wait, conclude, and leave by its flows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.util.task import TaskState

from kfflow.engine.expressions import Expression
from kfflow.engine.outcome import CloseReason
from kfflow.errors import EngineFailure

if TYPE_CHECKING:
    from kfflow.engine.spiff.execution import Execution
    from kfflow.engine.spiff.process import ProcessSpec
    from kfflow.engine.spiff.token import Token


@dataclass(frozen=True, slots=True)
class FlowSpec:
    """A sequence flow as the engine runs it."""

    id: str
    name: str
    target: str
    condition: Expression | None = None
    is_default: bool = False


class ElementSpec(TaskSpec):  # type: ignore[misc]  # SpiffWorkflow is untyped
    """A flow node. Subclasses say what happens when a token arrives (`begin`) and before it leaves (`conclude`)."""

    is_boundary = False
    is_event_subprocess = False
    is_interrupting = True

    def __init__(self, process: "ProcessSpec", element_id: str, element_type: str, element_name: str = "") -> None:
        super().__init__(process, element_id)
        self.process = process
        self.element_id = element_id.removesuffix("#")
        self.element_type = element_type
        self.element_name = element_name
        self.hjemmel: str | None = None
        self.flows: tuple[FlowSpec, ...] = ()
        self.tokens_out = 1

    # the life cycle, in SpiffWorkflow's words

    def _predict(self, my_task: "Token", seen: object = None, looked_ahead: int = 0, mask: int = 0) -> None:
        """Predict nothing: the tree holds tokens, not possible futures."""

    def _run(self, my_task: "Token") -> bool | None:
        """Run the element; what fails keeps the token here as an incident."""
        my_task._set_state(TaskState.STARTED)  # noqa: SLF001 - SpiffWorkflow would say so only afterwards
        try:
            result = self._run_hook(my_task)
        except EngineFailure as failure:
            my_task.execution.open_incident(my_task, failure)
            return None
        if result is None and not my_task.execution.is_alive(my_task):
            return None
        return result

    def _run_hook(self, my_task: "Token") -> bool | None:
        if my_task.memo.pop("path_ended", None):
            self.path_ended(my_task)
            return None
        if "leaving" not in my_task.memo:
            if not self.begin(my_task) or not my_task.execution.is_alive(my_task):
                return None
            my_task.memo["leaving"] = True
        self.conclude(my_task)
        return True

    # what subclasses say

    def begin(self, token: "Token") -> bool:
        """Act on arrival; True when the element is done at once, False when the token waits."""
        self.activated(token)
        return True

    def conclude(self, token: "Token") -> None:
        """Do what may fail before the token leaves: outputs, choice of flows."""
        token.memo["taken"] = [index for index, _ in enumerate(self.flows)]

    def depart(self, token: "Token") -> None:
        """Leave: what waited here closes, and the flows chosen are taken."""
        execution = token.execution
        execution.close(token, CloseReason.COMPLETED)
        self.note(execution, "ELEMENT_COMPLETED")
        execution.take(token, self.chosen_flows(token))

    def path_ended(self, scope: "Token") -> None:
        """Hear, as a scope, that a path inside ended."""

    def element_concludes(self, scope: "Token", token: "Token") -> None:
        """Hear, as a scope, that an activity inside has its results and is about to leave; this may fail."""

    def element_completed(self, scope: "Token", token: "Token") -> None:
        """Hear, as a scope, that an activity inside completed."""

    def has_begun(self, memo: Mapping[str, object]) -> bool:
        """Tell, by what a token here remembers, whether the element was activated."""
        if "leaving" in memo:
            return True
        return "entering" not in memo and "patient" not in memo and self.is_gathered(memo)

    def is_gathered(self, memo: Mapping[str, object]) -> bool:
        """Tell whether the other tokens have come that the element needs to begin."""
        _ = memo
        return True

    def settle(self, token: "Token") -> bool:
        """Decide, when nothing moves, whether to go on; True when something moves again."""
        _ = token
        return False

    # what all of them use

    @cached_property
    def asked(self) -> tuple[Mapping[str, str], Sequence[str]]:
        """Give the conditions of the flows, by flow, and the names that they ask."""
        asked = {flow.id: flow.condition for flow in self.flows if flow.condition is not None}
        names = sorted({name for condition in asked.values() for name in condition.names()})
        return {flow: condition.text for flow, condition in asked.items()}, names

    def chosen_flows(self, token: "Token") -> list[FlowSpec]:
        taken = token.memo.get("taken")
        chosen = [self.flows[i] for i in taken] if isinstance(taken, list) else []
        return chosen * self.tokens_out

    def activated(self, token: "Token") -> None:
        self.note(token.execution, "ELEMENT_ACTIVATED")

    def note(self, execution: "Execution", kind: str, **data: object) -> None:
        if self.hjemmel and kind == "ELEMENT_ACTIVATED":
            data["hjemmel"] = self.hjemmel
        execution.ledger.note(kind, self.element_id, self.element_type, self.element_name, **data)

    def failure(self, kind: str, da: str, en: str) -> EngineFailure:
        return EngineFailure(da, en, element_id=self.element_id, kind=kind)

    def evaluate(self, expression: Expression, token: "Token", extra: dict[str, object] | None = None) -> object:
        """Evaluate an expression with the variables that the token sees."""
        variables = token.variables()
        return expression.value(variables | extra if extra else variables, token.execution.env)


def resume(token: "Token") -> None:
    """Let a token that waited conclude its element."""
    token.memo["leaving"] = True
    token.run()
