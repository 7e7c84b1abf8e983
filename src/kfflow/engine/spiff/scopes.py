# SPDX-License-Identifier: LGPL-3.0-or-later
"""Elements with elements inside: the process, subprocesses, transactions, event subprocesses, ad-hoc subprocesses."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kfflow.engine.expressions import Expression
from kfflow.engine.outcome import InstanceState
from kfflow.engine.spiff.activity import ActivitySpec
from kfflow.engine.spiff.compensation import remember
from kfflow.engine.spiff.element import ElementSpec
from kfflow.engine.variables import Frame, fold

if TYPE_CHECKING:
    from kfflow.engine.spiff.token import Token


def open_scope(token: "Token", scope: "ScopeParts") -> None:
    """Listen with the event subprocesses of a scope; a scope that tries again listens anew."""
    for child in token.inside():
        if child.is_listener and not child.task_spec.is_boundary:
            token.execution.withdraw(child)
    for name in scope.event_starts:
        token.execution.spec.element(name).listen(token)


def live_tokens(scope: "Token") -> "list[Token]":
    """Give the tokens that keep a scope alive."""
    return [child for child in scope.inside() if not child.is_listener]


class ScopeParts:
    """What a scope knows of its inside: where it begins, and its event subprocesses, its own data."""

    starts: tuple[str, ...] = ()
    event_starts: tuple[str, ...] = ()
    compensation_starts: tuple[str, ...] = ()
    data_objects: tuple[str, ...] = ()


class ProcessScope(ElementSpec, ScopeParts):
    """The process itself; its token is the root of the tree."""

    def begin(self, token: "Token") -> bool:
        """Arm the event subprocesses; the start event is chosen by whoever starts the instance."""
        open_scope(token, self)
        return False

    def path_ended(self, scope: "Token") -> None:
        if not scope.count_live():
            scope.memo["leaving"] = True
            scope.execution.wake(scope)

    def element_completed(self, scope: "Token", token: "Token") -> None:
        remember(scope, token)

    def conclude(self, token: "Token") -> None:
        """End with nothing inside; a token that came meanwhile lets the process go on."""

    def depart(self, token: "Token") -> None:
        token.execution.finish(InstanceState.COMPLETED)


class Subprocess(ActivitySpec, ScopeParts):
    """An embedded subprocess: it completes when no path inside is left (BPMN 2.0 §13.3.4)."""

    def perform(self, token: "Token") -> bool:
        self.open(token)
        self._enter(token)
        return False

    def open(self, token: "Token") -> None:
        """Be ready for tokens inside, with the event subprocesses listening."""
        if token.inner is None:
            token.inner = Frame(token.frame)
        token.inner.local |= {name: None for name in self.data_objects if name not in token.inner.local}
        open_scope(token, self)

    def _enter(self, token: "Token") -> None:
        assert token.inner is not None
        execution = token.execution
        if not self.starts:
            self.path_ended(token)
        frames = [token.inner] if len(self.starts) == 1 else [token.inner.branch() for _ in self.starts]
        for name, frame in zip(self.starts, frames, strict=True):
            execution.arrive(execution.spec.element(name), token, frame)

    def path_ended(self, scope: "Token") -> None:
        if not scope.count_live():
            scope.memo["leaving"] = True
            scope.execution.wake(scope)

    def element_completed(self, scope: "Token", token: "Token") -> None:
        remember(scope, token)

    def conclude(self, token: "Token") -> None:
        for child in token.inside():
            if not child.task_spec.is_boundary:
                token.execution.withdraw(child)
        if token.inner is not None:
            token.execution.merged(fold(token.inner, token.frame), self)
        super().conclude(token)


class Transaction(Subprocess):
    """A subprocess that can be cancelled: what it did is compensated, then its cancel event fires (§13.3.4)."""


class AdHocSubprocess(Subprocess):
    """Its activities run without order, all at once or one after another, until the condition holds (§13.3.5)."""

    is_sequential = False
    completion_condition: Expression | None = None
    cancels_remaining = True
    active: Expression | None = None
    """Gives the ids of the activities to run, where not all of them do."""

    def open(self, token: "Token") -> None:
        super().open(token)
        token.memo["next"] = len(self.starts)

    def _enter(self, token: "Token") -> None:
        chosen = self.starts[:1] if self.is_sequential else self._chosen(token)
        token.memo["next"] = len(chosen) if self.is_sequential else len(self.starts)
        if not chosen:
            self.path_ended(token)
        for name in chosen:
            self._start(token, name)

    def _chosen(self, token: "Token") -> Sequence[str]:
        if self.active is None:
            return self.starts
        names = self.evaluate(self.active, token)
        if isinstance(names, list) and all(name in self.starts for name in names):
            return names
        raise self.failure(
            "EXTRACT_VALUE_ERROR",
            f"{self.active.text!r} giver ikke en liste af aktiviteter, der kan begynde i {self.element_id}.",
            f"{self.active.text!r} does not give a list of activities that can begin in {self.element_id}.",
        )

    def _start(self, token: "Token", name: str) -> None:
        assert token.inner is not None
        token.execution.arrive(token.execution.spec.element(name), token, token.inner.branch())

    def element_concludes(self, scope: "Token", token: "Token") -> None:  # noqa: ARG002 - scopes hear alike
        """Ask the condition whenever an activity completes; once it holds, nothing more begins behind it."""
        if self._is_complete(token):
            token.memo["taken"] = []

    def _is_complete(self, token: "Token") -> bool:
        return self.completion_condition is not None and self.evaluate(self.completion_condition, token) is True

    def path_ended(self, scope: "Token") -> None:
        if self._is_complete(scope):
            if self.cancels_remaining:
                for child in live_tokens(scope):
                    scope.execution.withdraw(child)
                super().path_ended(scope)
                return
            scope.memo["next"] = len(self.starts)
        position = scope.memo["next"]
        assert isinstance(position, int)
        if self.is_sequential and not scope.count_live() and position < len(self.starts):
            scope.memo["next"] = position + 1
            self._start(scope, self.starts[position])
            return
        super().path_ended(scope)


class EventSubprocess(Subprocess):
    """A subprocess that an event starts, in the scope it is drawn in (§13.5.4)."""

    is_event_subprocess = True

    def launch(self, scope: "Token", start: str, payload: dict[str, object], *, interrupting: bool) -> "Token":
        """Run it: an interrupting one ends everything else in its scope first."""
        execution = scope.execution
        if interrupting:
            for child in scope.inside():
                if not child.task_spec.is_boundary:
                    execution.withdraw(child)
        inner = scope.inner or scope.frame
        token = execution.arrive(self, scope, inner.branch())
        token.memo["start"], token.memo["payload"] = start, payload
        return token

    def _enter(self, token: "Token") -> None:
        assert token.inner is not None
        execution = token.execution
        spec = execution.spec.element(str(token.memo["start"]))
        payload = token.memo.pop("payload", {})
        begun = execution.arrive(spec, token, token.inner)
        begun.memo["result"] = payload
