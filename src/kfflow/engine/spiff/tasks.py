# SPDX-License-Identifier: LGPL-3.0-or-later
"""Tasks: of people, of workers, of scripts and decisions, and calls of other processes."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING

from kfflow.engine.deadline_rows import Asking
from kfflow.engine.deadlines import DeadlineRules, deadline_rule, instant_of
from kfflow.engine.expressions import Expression
from kfflow.engine.outcome import CallOpened, DeadlineRule, Decided, JobOpened, UserTaskOpened, Variables, WaitingKind
from kfflow.engine.spiff.activity import ActivitySpec
from kfflow.engine.spiff.triggers import Trigger
from kfflow.engine.timing import InvalidTime

if TYPE_CHECKING:
    from kfflow.engine.spiff.token import Token

USUAL_PRIORITY = 50


class PassingTask(ActivitySpec):
    """A task that kfflow has nothing to do for: abstract and manual tasks (§13.3.3)."""


class ScriptTask(ActivitySpec):
    """Computes its expression into its result variable."""

    script: Expression | None = None
    result_variable: str | None = None

    def perform(self, token: "Token") -> bool:
        if self.script is not None:
            value = self.evaluate(self.script, token)
            if self.result_variable:
                token.memo["result"] = {self.result_variable: value}
            elif isinstance(value, dict):
                token.memo["result"] = value
        return True


class BusinessRuleTask(ActivitySpec):
    """Calls a decision."""

    decision_id: Expression | None = None
    result_variable = "result"

    def perform(self, token: "Token") -> bool:
        assert self.decision_id is not None
        decided = _decide(token, str(self.evaluate(self.decision_id, token)), token.variables())
        token.memo["result"] = {self.result_variable: decided.output}
        return True


def _decide(token: "Token", decision: str, variables: Variables) -> Decided:
    """Evaluate a decision for an element, and note which rules fired."""
    decided = token.execution.env.decide(decision, variables)
    token.task_spec.note(token.execution, "DECISION_EVALUATED", **{**decided.record, "decision": decision})
    return decided


class WorkerTask(ActivitySpec):
    """Waits for a worker: service tasks, and send, script and rule tasks with a job type."""

    job_type: Expression | None = None
    retries: Expression | None = None
    headers: Mapping[str, str] = MappingProxyType({})

    def perform(self, token: "Token") -> bool:
        assert self.job_type is not None
        retries = self.evaluate(self.retries, token) if self.retries is not None else 3
        place = JobOpened(
            token.id,
            self.element_id,
            self.element_name,
            str(self.evaluate(self.job_type, token)),
            _whole_number(retries, 3),
            self.headers,
            token.variables(),
        )
        token.execution.open(token, WaitingKind.JOB, place)
        return False


class SendTask(ActivitySpec):
    """Throws its message and goes on."""

    trigger: Trigger | None = None

    def perform(self, token: "Token") -> bool:
        if self.trigger is not None:
            self.trigger.throw(token, self)
        return True


@dataclass(frozen=True)
class UserTaskSettings:
    """What a person's task says: who, when, with which form, on which basis."""

    assignee: Expression | None = None
    candidate_groups: Expression | None = None
    candidate_users: Expression | None = None
    due_date: Expression | None = None
    follow_up_date: Expression | None = None
    priority: Expression | None = None
    form_id: str | None = None
    lane: str | None = None
    deadline: DeadlineRules | None = None
    four_eyes: tuple[str, ...] = ()
    access_class: str | None = None
    institution: Expression | None = None
    headers: dict[str, str] = field(default_factory=dict)


class UserTask(ActivitySpec):
    """Waits for a person."""

    settings = UserTaskSettings()

    def perform(self, token: "Token") -> bool:
        token.execution.open(token, WaitingKind.USER_TASK, self.place(token))
        return False

    def place(self, token: "Token") -> UserTaskOpened:
        """Give what the diagram says of the task for this token: who, when, with which form."""
        settings = self.settings
        priority = _whole_number(self._any(settings.priority, token), USUAL_PRIORITY)
        return UserTaskOpened(
            token=token.id,
            element_id=self.element_id,
            name=self.element_name,
            lane=settings.lane,
            assignee=self._text(settings.assignee, token),
            candidate_groups=self._texts(settings.candidate_groups, token),
            candidate_users=self._texts(settings.candidate_users, token),
            due_at=self._instant(settings.due_date, token),
            follow_up_at=self._instant(settings.follow_up_date, token),
            priority=priority,
            form_id=settings.form_id,
            hjemmel=self.hjemmel,
            deadline=self._deadline(token, priority),
            four_eyes=settings.four_eyes,
            access_class=settings.access_class,
            institution=self._text(settings.institution, token),
            headers=settings.headers,
            variables=token.variables(),
        )

    def _any(self, expression: Expression | None, token: "Token") -> object:
        if expression is None:
            return None
        return expression.text if expression.is_literal else self.evaluate(expression, token)

    def _text(self, expression: Expression | None, token: "Token") -> str | None:
        if expression is None:
            return None
        value = self._any(expression, token)
        return None if value in (None, "") else str(value)

    def _texts(self, expression: Expression | None, token: "Token") -> tuple[str, ...]:
        value = self._any(expression, token)
        if isinstance(value, list):
            return tuple(str(v) for v in value if v is not None)
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else ()

    def _instant(self, expression: Expression | None, token: "Token") -> datetime | None:
        """Give the instant that a date, date-time or duration from now names; None when it has no value."""
        if expression is None:
            return None
        value = self._any(expression, token)
        try:
            return instant_of(value, token.execution.env)
        except InvalidTime:
            raise self._no_date(value) from None

    def _deadline(self, token: "Token", priority: int) -> DeadlineRule | None:
        spec = self.settings.deadline
        if spec is None:
            return None
        env = replace(token.execution.env, decide=partial(_decide, token))
        asking = Asking(token.execution.spec.name, self.element_id, self.element_name, priority)
        try:
            return deadline_rule(spec, lambda e: self.evaluate(e, token), env, asking)
        except InvalidTime as problem:
            raise self._no_date(str(problem)) from None

    def _no_date(self, value: object) -> Exception:
        return self.failure(
            "INVALID_DATE", f"{value!r} er ikke en dato eller frist.", f"{value!r} is no date or duration."
        )


class CallActivity(ActivitySpec):
    """Waits for a process instance of its own."""

    process_id: Expression | None = None
    binding = "legalDate"
    version_tag: str | None = None
    passes_all = True
    returns_all = True

    def perform(self, token: "Token") -> bool:
        assert self.process_id is not None
        called = self.evaluate(self.process_id, token)
        if not isinstance(called, str) or not called:
            raise self.failure(
                "CALLED_ELEMENT_ERROR",
                f"Den kaldte proces {self.process_id.text!r} har intet navn.",
                f"The called process {self.process_id.text!r} has no id.",
            )
        local = token.inner.local if token.inner is not None else {}
        variables = token.variables() if self.passes_all else dict(local)
        place = CallOpened(token.id, self.element_id, called, variables, self.binding, self.version_tag)
        token.execution.open(token, WaitingKind.CALL, place)
        return False

    def conclude(self, token: "Token") -> None:
        if not self.returns_all and not self.output_mappings:
            token.memo["result"] = {}
        super().conclude(token)


def _whole_number(value: object, otherwise: int) -> int:
    if isinstance(value, bool) or value is None:
        return otherwise
    try:
        return int(float(str(value)))
    except ValueError:
        return otherwise
