# SPDX-License-Identifier: LGPL-3.0-or-later
"""A token of the diagram: a SpiffWorkflow task that lives in a tree of scopes instead of a tree of history."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from kfflow.engine.variables import Frame

if TYPE_CHECKING:
    from kfflow.engine.spiff.element import ElementSpec
    from kfflow.engine.spiff.execution import Execution


class Token(Task):  # type: ignore[misc]  # SpiffWorkflow is untyped
    """One token: its parent is the token of the scope (or of the activity it is attached to).

    `frame` holds its variables, `inner` those of its own scope; `memo` is what its element must remember while
    it waits; `waiting` names what it waits for as the outside sees it. A listener only waits for an event on
    behalf of the token it hangs on, and does not keep a scope alive.
    """

    workflow: "Execution"
    task_spec: "ElementSpec"
    id: str

    def __init__(
        self, execution: "Execution", spec: "ElementSpec", scope: "Token | None", identity: str, frame: Frame
    ) -> None:
        """Set what SpiffWorkflow's own constructor sets, without its UUID and clock."""
        self.id, self.workflow, self.task_spec = identity, execution, spec
        self.execution = execution
        self.frame = frame
        self.inner: Frame | None = None
        self.waiting: str | None = None
        self.via: str | None = None
        self.is_listener = False
        self.memo: dict[str, object] = {}
        self.data: dict[str, object] = {}
        self.triggered, self.thread_id, self.last_state_change = False, 0, 0.0
        self._state, self._parent = TaskState.READY, None
        self._children: list[str] = []
        self.above = scope
        execution.tasks[identity] = self
        if scope is not None:
            self._parent = scope.id
            scope._child_added_notify(self)  # noqa: SLF001 - SpiffWorkflow's constructor calls it so

    def restore(self, state: int, waiting: str | None, via: str | None, memo: dict[str, object]) -> None:
        """Take what was stored of it, without SpiffWorkflow's notifications."""
        self._state, self.waiting, self.via, self.memo = state, waiting, via, memo

    @property
    def internal_data(self) -> dict[str, object]:
        """Give the memo by SpiffWorkflow's name for it."""
        return self.memo

    @property
    def parent(self) -> "Token | None":
        """Give the token around, without SpiffWorkflow's look into all tokens; it never changes."""
        return self.above

    @property
    def scope(self) -> "Token":
        """Give the token of the scope this one runs in."""
        assert self.above is not None
        return self.above

    def run(self) -> None:
        """Let the element act: True completes it, None leaves the token there."""
        if self.task_spec._run(self):  # noqa: SLF001 - as SpiffWorkflow does, without the states in between
            self._state = TaskState.COMPLETED
            self.task_spec.depart(self)
        else:
            self._state = TaskState.STARTED

    def inside(self) -> Iterator["Token"]:
        """Give the tokens directly within this one."""
        if self.execution.resting:
            self.execution.rouse(self.id)
        yield from self.children

    def count_live(self) -> int:
        """Count the tokens directly within this one that keep it alive, and let those at rest be."""
        awake = sum(1 for child in self.children if not child.is_listener)
        return awake + sum(group.count for group in self.execution.resting.get(self.id, ()))

    def has_begun(self) -> bool:
        """Tell whether its element was activated: not while it is about to enter, or lets others go first."""
        is_entering = self.state == TaskState.READY and "leaving" not in self.memo
        return not is_entering and self.task_spec.has_begun(self.memo)

    def variables(self) -> dict[str, object]:
        """Give all variables that this token's element sees; a listener sees those of whom it listens for."""
        if self.is_listener:
            return (self.scope.inner or self.scope.frame).overview()
        return (self.inner or self.frame).view()

    def _set_state(self, value: int) -> None:
        """Change the state without composing a log record for it (fault: 5 % of the time with logging off)."""
        self._state = value


def number_of(identity: str) -> int:
    """Give what tells a token from all others of its instance; younger ones have higher numbers."""
    return int(identity.rpartition(":")[2])
