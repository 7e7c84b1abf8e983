# SPDX-License-Identifier: LGPL-3.0-or-later
"""Deadlines that already run and hang on variables which this command changed, evaluated anew."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kfflow.engine.deadlines import DeadlineRules, DeadlineSpec, evaluated
from kfflow.engine.outcome import DeadlineRule, InstanceState, Redated, WaitingKind
from kfflow.engine.spiff.tasks import UserTask
from kfflow.engine.timing import InvalidTime
from kfflow.errors import EngineFailure

if TYPE_CHECKING:
    from kfflow.engine.spiff.execution import Execution
    from kfflow.engine.spiff.token import Token


def redated(execution: "Execution") -> tuple[Redated, ...]:
    """Give the deadlines of the case and of tasks opened before this command that may have another date now."""
    if not execution.moved_names or execution.state is not InstanceState.ACTIVE:
        return ()
    return tuple(_redated(execution))


def _redated(execution: "Execution") -> Iterator[Redated]:
    case_deadline, root = execution.spec.case_deadline, execution.task_tree
    if case_deadline is not None:
        yield from _again(case_deadline, root, None)
    new = {opened.token for opened in execution.ledger.opened}
    execution.rouse()
    for token in execution.tasks.values():
        spec = token.task_spec
        if token.waiting == WaitingKind.USER_TASK and isinstance(spec, UserTask) and token.id not in new:
            yield from _again(spec.settings.deadline, token, token.id)


def _again(deadline: DeadlineRules | None, token: "Token", name: str | None) -> Iterator[Redated]:
    moved = frozenset() if deadline is None else deadline.reads & token.execution.moved_names
    if deadline is not None and moved:
        rules = tuple((rule.validity, _evaluated(rule, token)) for rule in deadline.rules)
        yield Redated(name, tuple(sorted(moved)), rules)


def _evaluated(rule: DeadlineSpec, token: "Token") -> DeadlineRule | None:
    try:
        return evaluated(rule, lambda e: token.task_spec.evaluate(e, token), token.execution.env)
    except (InvalidTime, EngineFailure):
        return None
