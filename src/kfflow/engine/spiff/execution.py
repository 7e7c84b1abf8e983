# SPDX-License-Identifier: LGPL-3.0-or-later
"""A running process instance: SpiffWorkflow's workflow, moved by a queue instead of walks over the task tree."""

from collections import deque
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Protocol

from SpiffWorkflow.util.task import TaskState
from SpiffWorkflow.workflow import Workflow

from kfflow.engine.ledger import Ledger
from kfflow.engine.outcome import CloseReason, Environment, IncidentOpened, InstanceState, Opened, Thrown, WaitingKind
from kfflow.engine.spiff.token import Token, number_of
from kfflow.engine.variables import Frame, Merged, absorb, end_branch, fold
from kfflow.errors import EngineFailure

if TYPE_CHECKING:
    from kfflow.engine.spiff.element import ElementSpec, FlowSpec
    from kfflow.engine.spiff.process import ProcessSpec

MOST_STUCK = 50
"""With more tokens than this moving when the budget is spent the command fails instead of opening incidents."""


class Resting(Protocol):
    """Branches of a scope that this command has not touched; `count` tells how many."""

    count: int

    def wake(self) -> None:
        """Make tokens of them."""


class Execution(Workflow):  # type: ignore[misc]  # SpiffWorkflow is untyped
    """The tokens of one instance, and what this command does to them."""

    tasks: dict[str, Token]

    def __init__(self, spec: "ProcessSpec", env: Environment) -> None:
        super().__init__(spec, deserializing=True)
        self.env = env
        self.ledger = Ledger()
        self.state = InstanceState.ACTIVE
        self.counter = 0
        self.steps = 0
        self.queue: deque[Token] = deque()
        self.patient: deque[Token] = deque()
        self.has_changed_variables = False
        self.moved_names: set[str] = set()
        self.resting: dict[str, list[Resting]] = {}

    # branches at rest (`engine/resting.py`), by the scope they are in

    def rouse(self, *scopes: str) -> None:
        """Wake the branches at rest in these scopes, or in all."""
        for identity in scopes or tuple(self.resting):
            for group in tuple(self.resting.get(identity, ())):
                group.wake()

    def put_in_order(self, scope: Token) -> None:
        """Let tokens that were woken stand where they stood."""
        scope._children.sort(key=number_of)  # noqa: SLF001 - SpiffWorkflow keeps the order in which they were added
        self.tasks = dict(sorted(self.tasks.items(), key=lambda item: number_of(item[0])))

    # tokens

    def add(self, spec: "ElementSpec", scope: Token | None, frame: Frame, via: str | None = None) -> Token:
        """Put a token on an element."""
        self.counter += 1
        token = Token(self, spec, scope, f"{spec.element_id}:{self.counter}", frame)
        token.via = via
        return token

    def arrive(self, spec: "ElementSpec", scope: Token, frame: Frame, via: str | None = None) -> Token:
        """Put a token on an element and let it act."""
        token = self.add(spec, scope, frame, via)
        frame.holder = token
        self.queue.append(token)
        return token

    def listen(self, spec: "ElementSpec", host: Token) -> Token:
        """Put a listener on an element, hanging on the token it listens for."""
        token = self.add(spec, host, host.frame)
        token.is_listener = True
        return token

    def replace(self, token: Token) -> Token:
        """Give a waiting place a new identity: the next round of a cycle is another timer."""
        again = self.add(token.task_spec, token.scope, token.frame, token.via)
        again.is_listener = token.is_listener
        if "definition" in token.memo:
            again.memo["definition"] = token.memo["definition"]
        if not again.is_listener:
            token.frame.holder = again
        self.remove(token)
        return again

    def wake(self, token: Token) -> None:
        """Let a token that waited go on; the same one only once."""
        if token not in self.queue:
            self.queue.append(token)

    def hold(self, token: Token) -> None:
        """Let a token be in its element without having run there."""
        token._set_state(TaskState.STARTED)  # noqa: SLF001 - as in open_incident

    def remove(self, token: Token) -> None:
        """Take a token and all that hangs on it out of the tree."""
        for child in token.children:
            self.remove(child)
        if token.above is not None:
            token.above._children.remove(token.id)  # noqa: SLF001 - as SpiffWorkflow does, which then tells listeners
        del self.tasks[token.id]

    def is_alive(self, token: Token) -> bool:
        return self.tasks.get(token.id) is token

    def _task_completed_notify(self, task: Token) -> None:
        """Do nothing: what follows a completed element is its own business, not a walk over all tasks."""

    # running

    def run(self) -> None:
        """Let every token act until all wait or the instance ended."""
        self.spec.settle_conditions(self)
        while self.state is InstanceState.ACTIVE and (self.queue or self.patient or self.spec.settle_joins(self)):
            moving = self.queue or self.patient
            token = moving.popleft() if moving else None
            if token is not None and self.is_alive(token):
                self._step(token)

    def _step(self, token: Token) -> None:
        self.steps += 1
        if self.steps > self.env.step_budget:
            if len(self.queue) > MOST_STUCK:
                raise _budget_spent(token)
            if not token.has_begun():
                token.memo["entering"] = True
            self.open_incident(token, _budget_spent(token))
            return
        token.run()
        self.spec.settle_conditions(self)

    def wait_for_others(self, token: Token) -> bool:
        """Let everything else move first, once; True when it has (whoever throws a signal lets others listen)."""
        if token.memo.pop("patient", None):
            return True
        token.memo["patient"] = True
        self.patient.append(token)
        return False

    # waiting places

    def open(self, token: Token, kind: str, place: Opened | None) -> None:
        """Let a token wait for something outside."""
        token.waiting = kind
        if place is not None:
            self.ledger.opened.append(place)

    def close(self, token: Token, reason: CloseReason) -> None:
        if token.waiting is not None:
            if token.waiting != "condition":
                self.ledger.close(token.id, token.task_spec.element_id, reason, WaitingKind(token.waiting))
            token.waiting = None

    def open_incident(self, token: Token, failure: EngineFailure) -> None:
        """Keep a token at the element that could not go on."""
        self.close(token, CloseReason.COMPLETED)
        token._set_state(TaskState.STARTED)  # noqa: SLF001 - SpiffWorkflow's own setter refuses to go back
        element = failure.element_id or token.task_spec.element_id
        self.open(
            token,
            WaitingKind.INCIDENT,
            IncidentOpened(token.id, element, failure.kind, failure.message_da, failure.message_en),
        )

    def try_again(self, token: Token) -> None:
        """Let an element that could not go on do so: from its beginning, or from where it failed."""
        self.close(token, CloseReason.COMPLETED)
        if token.has_begun() and not {"leaving", "path_ended"} & token.memo.keys():
            token.task_spec.note(self, "ELEMENT_RETRIED")
        token.memo.pop("entering", None)
        token.run()

    # variables

    def write(self, frame: Frame, values: Mapping[str, object]) -> None:
        for name, value in values.items():
            if name in self.spec.deadline_names and frame.find(name) != value:
                self.moved_names.add(name)
            frame.write(name, value)
            if not frame.is_local(name):
                self.ledger.variables[name] = value
        self.has_changed_variables = self.has_changed_variables or bool(values)

    def merged(self, merges: Iterable[Merged], spec: "ElementSpec") -> None:
        """Record what a meeting of branches made of the variables."""
        conflicts = []
        for merge in merges:
            self.has_changed_variables = True
            if merge.name in self.spec.deadline_names:
                self.moved_names.add(merge.name)
            if merge.name in self.ledger.variables or merge.is_conflict:
                self.ledger.variables[merge.name] = merge.value
            if merge.is_conflict:
                conflicts.append(merge.name)
        if conflicts:
            spec.note(self, "MERGE_CONFLICT", names=conflicts)

    def meet(self, survivor: Token, others: Iterable[Token]) -> None:
        """Join branches: the others end, and the survivor goes on with what all of them know."""
        for other in others:
            self.merged(absorb(survivor.frame, other.frame), survivor.task_spec)
            frame = other.frame
            self.close(other, CloseReason.COMPLETED)
            self.remove(other)
            self.merged(end_branch(frame), survivor.task_spec)

    # paths

    def take(self, token: Token, flows: "Iterable[FlowSpec]") -> None:
        """Leave an element by some of its flows; by none the path ends."""
        taken = list(flows)
        scope, frame = token.scope, token.frame
        self.remove(token)
        if not taken:
            self.end_path(scope, frame, token.task_spec)
            return
        frames = self._split(frame, len(taken))
        for flow, own in zip(taken, frames, strict=True):
            self.ledger.note("FLOW_TAKEN", flow.id, "sequenceFlow", flow.name)
            self.arrive(self.spec.element(flow.target), scope, own, flow.id)

    def _split(self, frame: Frame, ways: int) -> list[Frame]:
        if ways == 1:
            return [frame]
        frame.holder = None
        return [frame.branch() for _ in range(ways)]

    def end_path(self, scope: Token, frame: Frame, spec: "ElementSpec") -> None:
        self.merged(end_branch(frame), spec)
        try:
            scope.task_spec.path_ended(scope)
        except EngineFailure as failure:
            scope.memo["path_ended"] = True
            self.open_incident(scope, failure)

    # interruption

    def withdraw(self, token: Token, *, keep_frame: bool = False) -> None:
        """Cancel a token with all inside it; what its branch wrote is kept."""
        for child in token.inside():
            self.withdraw(child)
        spec = token.task_spec
        self.close(token, CloseReason.CANCELED)
        if not token.is_listener and token.has_begun():
            spec.note(self, "ELEMENT_CANCELED")
        if token.inner is not None and token.inner is not token.frame:
            self.merged(fold(token.inner, token.frame), spec)
        if self.is_alive(token):
            token._set_state(TaskState.CANCELLED)  # noqa: SLF001 - as in open_incident
            self.remove(token)
        if not keep_frame and not token.is_listener:
            self.merged(end_branch(token.frame), spec)

    def interrupt(self, host: Token, boundary: "ElementSpec", payload: dict[str, object]) -> None:
        """End an activity and go on at the event attached to it."""
        scope, frame = host.scope, host.frame
        self.withdraw(host, keep_frame=True)
        self.go_on_at(boundary, scope, frame, payload)

    def branch_off(self, host: Token, boundary: "ElementSpec", payload: dict[str, object]) -> None:
        """Go on at an event attached to an activity that continues: in one fork with what branched off it before."""
        frame = host.frame.beside() if "forked" in host.memo else host.frame.branch()
        host.memo["forked"] = True
        self.go_on_at(boundary, host.scope, frame, payload)

    def go_on_at(self, spec: "ElementSpec", scope: Token, frame: Frame, payload: dict[str, object]) -> None:
        """Let an event have happened: its token is there and about to leave."""
        token = self.arrive(spec, scope, frame)
        spec.activated(token)
        token.memo.update(result=payload, leaving=True)

    def finish(self, state: InstanceState) -> None:
        """End the instance."""
        for child in self.task_tree.inside():
            self.withdraw(child)
        self.state = state
        self.queue.clear()

    def throw(self, thrown: Thrown) -> None:
        self.ledger.throw(thrown)


def _budget_spent(token: Token) -> EngineFailure:
    name = token.task_spec.element_id
    return EngineFailure(
        f"Sagen gik for mange skridt i træk uden at vente (ved {name}).",
        f"The case went too many steps in a row without waiting (at {name}).",
        element_id=name,
        kind="STEP_BUDGET_EXCEEDED",
    )
