# SPDX-License-Identifier: LGPL-3.0-or-later
"""Activities that run several times: multi-instance and standard loop (BPMN 2.0 §13.3.6, §13.3.7)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kfflow.engine.expressions import Expression
from kfflow.engine.spiff.activity import ActivitySpec
from kfflow.engine.spiff.compensation import remember
from kfflow.engine.spiff.propagation import throw_error, throw_escalation
from kfflow.engine.spiff.triggers import ErrorTrigger, EscalationTrigger, Trigger
from kfflow.engine.variables import Frame, fold

if TYPE_CHECKING:
    from kfflow.engine.spiff.token import Token

MOST_INSTANCES = 5_000


@dataclass(frozen=True, slots=True)
class AnnouncementSpec:
    """An event that a multi-instance activity throws as its instances complete, on its condition if it has one."""

    condition: Expression | None
    trigger: Trigger


class RepeatedActivity(ActivitySpec):
    """The whole of the repetitions; `inner` names the element that runs once each time."""

    inner = ""

    @property
    def undone_by(self) -> str | None:
        """Name nothing: each of its instances is undone, the last one first (§13.5.5)."""
        return None

    def element_completed(self, scope: "Token", token: "Token") -> None:
        remember(scope, token, token.frame.local)

    def _run_once(self, token: "Token", local: dict[str, object], index: int) -> None:
        assert token.inner is not None
        frame = token.inner.branch()
        frame.local = local
        inner = token.execution.arrive(token.execution.spec.element(self.inner), token, frame)
        inner.memo["index"] = index

    def _fold(self, token: "Token") -> None:
        assert token.inner is not None
        token.execution.merged(fold(token.inner, token.frame), self)

    def _count(self, token: "Token", name: str) -> int:
        value = token.memo.get(name, 0)
        assert isinstance(value, int)
        return value


class MultiInstance(RepeatedActivity):
    """Runs once for each item, in parallel or one after another; results keep the order of the items."""

    is_sequential = False
    collection: Expression | None = None
    cardinality: Expression | None = None
    input_element: str | None = None
    output_collection: str | None = None
    output_item: str | None = None
    output_element: Expression | None = None
    completion_condition: Expression | None = None
    announcements: tuple[AnnouncementSpec, ...] = ()
    announces_once = False
    counts_from = 1

    def perform(self, token: "Token") -> bool:
        items = self._items(token)
        token.memo.update(items=items, started=0, completed=0, outputs=[None] * len(items))
        token.inner = token.inner or Frame(token.frame)
        if not items:
            return True
        for _ in items[:1] if self.is_sequential else items:
            self._next(token)
        return False

    def _items(self, token: "Token") -> list[object]:
        if self.collection is not None:
            value = self.evaluate(self.collection, token)
            if isinstance(value, list) and len(value) <= MOST_INSTANCES:
                return value
            raise self._no_items(self.collection.text)
        assert self.cardinality is not None
        number = self.evaluate(self.cardinality, token)
        try:
            count = int(str(number))
        except ValueError:
            raise self._no_items(self.cardinality.text) from None
        if not 0 <= count <= MOST_INSTANCES:
            raise self._no_items(self.cardinality.text)
        return [None] * count

    def _no_items(self, text: str) -> Exception:
        return self.failure(
            "EXTRACT_VALUE_ERROR",
            f"{text!r} giver hverken en liste eller et antal (højst {MOST_INSTANCES}) til {self.element_id}.",
            f"{text!r} gives neither a list nor a number (at most {MOST_INSTANCES}) for {self.element_id}.",
        )

    def _next(self, token: "Token") -> None:
        position = self._count(token, "started")
        items = token.memo["items"]
        assert isinstance(items, list)
        token.memo["started"] = position + 1
        local: dict[str, object] = {"loopCounter": position + self.counts_from}
        if self.input_element:
            local[self.input_element] = items[position]
        if self.output_item:
            local[self.output_item] = None
        self._run_once(token, local, position + 1)

    def element_completed(self, scope: "Token", token: "Token") -> None:
        super().element_completed(scope, token)
        scope.memo["completed"] = self._count(scope, "completed") + 1

    def element_concludes(self, scope: "Token", token: "Token") -> None:
        outputs, index = scope.memo["outputs"], token.memo["index"]
        assert isinstance(outputs, list)
        assert isinstance(index, int)
        if self.output_element is not None:
            result = token.memo.get("result")
            outputs[index - 1] = self.evaluate(self.output_element, token, result if isinstance(result, dict) else None)

    def path_ended(self, scope: "Token") -> None:
        self._announce(scope)
        if not scope.execution.is_alive(scope):
            return
        if self._is_complete(scope):
            for child in scope.inside():
                if not child.is_listener:
                    scope.execution.withdraw(child)
            scope.memo["leaving"] = True
            scope.execution.wake(scope)
        elif self.is_sequential:
            self._next(scope)

    def _announce(self, token: "Token") -> None:
        """Throw what the completion of an instance throws; events attached to the activity catch it first."""
        completed = self._count(token, "completed")
        if not self.announcements or (self.announces_once and completed > 1):
            return
        items = token.memo["items"]
        assert isinstance(items, list)
        counts = self._counts(token, len(items), completed)
        for found in self.announcements:
            if not token.execution.is_alive(token):
                return
            if found.condition is None or self.evaluate(found.condition, token, counts) is True:
                self._throw(token, found.trigger)

    def _throw(self, token: "Token", trigger: Trigger) -> None:
        if isinstance(trigger, ErrorTrigger):
            throw_error(token, trigger.code_at(token, self), {})
        elif isinstance(trigger, EscalationTrigger):
            throw_escalation(token, trigger.code_at(token, self))
        else:
            trigger.throw(token, self)

    def _is_complete(self, token: "Token") -> bool:
        items = token.memo["items"]
        assert isinstance(items, list)
        completed = self._count(token, "completed")
        if self.completion_condition is not None:
            counts = self._counts(token, len(items), completed)
            if self.evaluate(self.completion_condition, token, counts) is True:
                return True
        if self.is_sequential:
            return self._count(token, "started") == len(items)
        return token.count_live() == 0

    def _counts(self, token: "Token", total: int, completed: int) -> dict[str, object]:
        active = token.count_live()
        return {
            "numberOfInstances": total,
            "numberOfCompletedInstances": completed,
            "numberOfActiveInstances": active,
            "numberOfTerminatedInstances": self._count(token, "started") - active - completed,
            "nrOfInstances": total,
            "nrOfCompletedInstances": completed,
            "nrOfActiveInstances": active,
        }

    def conclude(self, token: "Token") -> None:
        self._fold(token)
        if self.output_collection:
            token.memo["result"] = {self.output_collection: token.memo["outputs"]}
        super().conclude(token)


class StandardLoop(RepeatedActivity):
    """Runs again while its condition holds, at most so many times."""

    tests_before = False
    condition: Expression | None = None
    maximum: int | None = None

    def perform(self, token: "Token") -> bool:
        token.memo["rounds"] = 0
        token.inner = token.inner or Frame(token.frame)
        if self.tests_before and not self._goes_on(token):
            return True
        self._round(token)
        return False

    def _goes_on(self, token: "Token") -> bool:
        if self.maximum is not None and self._count(token, "rounds") >= self.maximum:
            return False
        return self.condition is None or self.evaluate(self.condition, token) is True

    def _round(self, token: "Token") -> None:
        token.memo["rounds"] = rounds = self._count(token, "rounds") + 1
        self._run_once(token, {"loopCounter": rounds}, rounds)

    def path_ended(self, scope: "Token") -> None:
        if any(not child.is_listener for child in scope.inside()):
            return
        if self._goes_on(scope):
            self._round(scope)
            return
        scope.memo["leaving"] = True
        scope.execution.wake(scope)

    def conclude(self, token: "Token") -> None:
        self._fold(token)
        super().conclude(token)
