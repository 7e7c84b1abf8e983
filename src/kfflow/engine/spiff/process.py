# SPDX-License-Identifier: LGPL-3.0-or-later
"""The specification of one process: all its elements by id, and what is asked when nothing moves."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec

from kfflow.engine.deadlines import DeadlineRules
from kfflow.engine.spiff.element import ElementSpec

if TYPE_CHECKING:
    from kfflow.engine.spiff.execution import Execution
    from kfflow.engine.spiff.token import Token


class ProcessSpec(WorkflowSpec):  # type: ignore[misc]  # SpiffWorkflow is untyped
    """Read-only once built; shared by all instances and threads."""

    task_specs: "Mapping[str, ElementSpec]"

    def __init__(self, process_id: str) -> None:
        super().__init__(name=process_id)
        self.has_conditions = False
        self.has_inclusive_joins = False
        self.case_deadline: DeadlineRules | None = None
        self.deadline_names: frozenset[str] = frozenset()

    def element(self, name: str) -> ElementSpec:
        return self.task_specs[name]

    def find(self, name: str) -> ElementSpec | None:
        return self.task_specs.get(name)

    def settle_conditions(self, execution: "Execution") -> None:
        """Let events happen whose condition became true."""
        while self.has_conditions and execution.has_changed_variables:
            execution.has_changed_variables = False
            for token in _waiting_for_conditions(execution):
                token.task_spec.settle(token)

    def settle_joins(self, execution: "Execution") -> bool:
        """Let an inclusive join go on that no more token can reach; asked when nothing moves."""
        return self.has_inclusive_joins and any(
            token.task_spec.settle(token) for token in list(execution.tasks.values()) if token.waiting is None
        )


def _waiting_for_conditions(execution: "Execution") -> "Iterator[Token]":
    for token in list(execution.tasks.values()):
        if token.waiting == "condition" and execution.is_alive(token):
            yield token
