"""One engine step and all that follows from it, until everything waits again.

`run` applies a step to a locked instance and records its outcome. What the step sets off in other instances of
the same tree (a call activity starts its process, an ended process answers its caller) happens in the same
transaction; what it sets off elsewhere (messages, signals) is left as rows for the workers.
"""

from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any

from kfflow import engine
from kfflow.engine.outcome import (
    CallOpened,
    Closed,
    Decided,
    Environment,
    IncidentOpened,
    InstanceState,
    Outcome,
    Thrown,
    Variables,
    WaitingKind,
)
from kfflow.errors import EngineFailure
from kfflow.persistence import closings, steps
from kfflow.persistence.steps import Running
from kfflow.persistence.tables import ProcessInstance
from kfflow.service import (
    calendars,
    closing,
    deadlines,
    decisions,
    definitions,
    history,
    opening,
    pauses,
    redating,
    suspended,
    throwing,
)
from kfflow.service.context import Context

Step = Callable[[engine.Definition, bytes, Environment], Outcome]
MOST_DEPTH, MOST_CALLS = 50, 5_000
"""How deep, and how often, processes call each other in one command; beyond that they go round and round."""


class Execution:
    """The instances that one command touches, each locked, run and saved once."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx
        self._running: dict[int, Running] = {}
        self._pending: deque[tuple[Running, Step]] = deque()
        self._touched: dict[int, Running] = {}
        self._opened: set[tuple[int, str]] = set()
        self._depth: dict[int, int] = {}

    def adopt(self, running: Running) -> None:
        """Take an instance that is already locked, or that this command has just made."""
        self._running[running.key] = running

    def run(self, running: Running, step: Step) -> None:
        """Apply the step and everything that follows; writes are pending in the context afterwards."""
        self.adopt(running)
        self._pending.append((running, step))
        while self._pending:
            self._apply(*self._pending.popleft())
        for touched in self._touched.values():
            steps.save_instance(self.ctx.writes, touched, at=self.ctx.at)
        self._close_cases()

    def _apply(self, running: Running, step: Step) -> None:
        definition = definitions.compiled(self.ctx, running.definition_key)
        outcome = step(definition, running.snapshot or b"", self.environment(running))
        if running.key not in self._touched:
            self._keep_story_in_order()
            running.revision += 1
            self._touched[running.key] = running
        running.snapshot = outcome.snapshot
        running.state = outcome.state.value
        running.changed.update(outcome.variables)
        running.variables = {**running.variables, **outcome.variables}
        self._record(running, outcome)
        if outcome.redated:
            redating.follow(self.ctx, running, outcome.redated)
        deadlines.note_progress(self.ctx, running, definition, outcome)
        self._follow(running, outcome)

    def _keep_story_in_order(self) -> None:
        """Let what several instances do in one command be told in the order it happened."""
        if self._touched:
            self.ctx.writes.keep_order()

    def environment(self, running: Running) -> Environment:
        """Give what a run of an instance may ask of the outside."""

        def decide(decision_id: str, variables: Variables) -> Decided:
            return decisions.decide_for(self.ctx, running, None, decision_id, variables)

        def is_caught_outside(code: str) -> bool:
            return self._is_caught_around(running, code)

        return Environment(
            self.ctx.at,
            decide,
            self.ctx.zone,
            opened_at=running.opened_at,
            legal_date=running.legal_date,
            is_caught_outside=is_caught_outside,
            working_day=partial(calendars.last_working_day, self.ctx),
        )

    def _is_caught_around(self, running: Running, code: str) -> bool:
        """Ask the instances that called this one, nearest first, whether they catch an error."""
        while running.parent_key is not None and running.parent_token is not None:
            token = running.parent_token
            running = self._locked(running.parent_key, running.root_key)
            definition = definitions.compiled(self.ctx, running.definition_key)
            if running.snapshot and engine.catches(
                definition, running.snapshot, token, code, self.environment(running)
            ):
                return True
        return False

    def _record(self, running: Running, outcome: Outcome) -> None:
        for closed in outcome.closed:
            if (running.key, closed.token) in self._opened:
                self.ctx.writes.keep_order()
            closing.close(self.ctx, running, closed)
            if closed.kind is WaitingKind.CALL and closed.reason == "CANCELED":
                self._cancel_child(running, closed)
        for opened in outcome.opened:
            self._opened.add((running.key, opened.token))
            opening.open_waiting(self.ctx, running, opened)
        history.add(self.ctx, running, [tuple(happened) for happened in outcome.happened])

    def _follow(self, running: Running, outcome: Outcome) -> None:
        for opened in outcome.opened:
            if isinstance(opened, CallOpened):
                self._call(running, opened)
        for thrown in outcome.thrown:
            self._throw(running, thrown)
        if outcome.state is InstanceState.COMPLETED:
            self._answer_caller(running)
        elif outcome.state is InstanceState.TERMINATED:
            self._end_by_error(running, outcome)

    def _call(self, running: Running, call: CallOpened) -> None:
        depth = self._depth.get(running.key, 0) + 1
        if depth > MOST_DEPTH or len(self._depth) >= MOST_CALLS:
            opening.open_waiting(self.ctx, running, _going_round(call))
            return
        days = definitions.days_of(self.ctx, running)
        definition = definitions.find_called(self.ctx, days, running.definition_key, call)
        if definition is None:
            incident = IncidentOpened(
                token=call.token,
                element_id=call.element_id,
                kind="CALLED_PROCESS_MISSING",
                message_da=f"Processen {call.process_id} er ikke i kraft den {running.legal_date:%d.%m.%Y}.",
                message_en=f"Process {call.process_id} is not in force on {running.legal_date:%Y-%m-%d}.",
            )
            opening.open_waiting(self.ctx, running, incident)
            return
        child = opening.make_instance(
            self.ctx, definition, dict(call.variables), case=opening.case_of(running), parent=(running, call)
        )
        self.adopt(child)
        self._depth[child.key] = depth
        deadlines.start_for_case(self.ctx, child, definitions.compiled(self.ctx, child.definition_key))
        self._pending.append((child, starting(dict(call.variables))))

    def _answer_caller(self, running: Running) -> None:
        if running.parent_key is None or running.parent_token is None:
            return
        token, answer = running.parent_token, dict(running.variables)

        def complete_call(d: engine.Definition, s: bytes, e: Environment) -> Outcome:
            return engine.complete_call(d, s, token, answer, e)

        self._pending.append((self._locked(running.parent_key, running.root_key), complete_call))

    def _end_by_error(self, running: Running, outcome: Outcome) -> None:
        steps_values = {"instance_key": running.key, "at": self.ctx.at, "actor": self.ctx.actor.username}
        self.ctx.writes.keep_order()
        self.ctx.writes.execute(closings.RESOLVE_INCIDENTS_OF_ENDED, steps_values)
        error = next((t for t in outcome.thrown if t.kind == "ERROR"), None)
        if error is None or running.parent_key is None or running.parent_token is None:
            return
        token = running.parent_token

        def throw(d: engine.Definition, s: bytes, e: Environment) -> Outcome:
            return engine.throw_error(d, s, token, error.name, "", dict(error.variables), e)

        self._pending.append((self._locked(running.parent_key, running.root_key), throw))

    def _throw(self, running: Running, thrown: Thrown) -> None:
        match thrown.kind:
            case "MESSAGE" | "SIGNAL":
                throwing.leave_for_workers(self.ctx, thrown, instance_key=running.key)
            case "ESCALATION" if running.parent_key is not None and running.parent_token is not None:
                self._escalate(running, thrown)
            case _:
                return

    def _escalate(self, running: Running, thrown: Thrown) -> None:
        assert running.parent_key is not None
        token = running.parent_token or ""

        def escalate(d: engine.Definition, s: bytes, e: Environment) -> Outcome:
            return engine.escalate_call(d, s, token, thrown.name, dict(thrown.variables), e)

        self._pending.append((self._locked(running.parent_key, running.root_key), escalate))

    def _cancel_child(self, running: Running, closed: Closed) -> None:
        self.ctx.flush()  # the child may be one of this command's own
        key = steps.find_child(self.ctx.transaction, running.key, closed.token)
        child = self._locked(key, running.root_key) if key is not None else None
        if child is not None and child.state == InstanceState.ACTIVE:
            self._pending.append((child, engine.cancel))

    def _locked(self, key: int, root_key: int) -> Running:
        held = self._running.get(key)
        if held is not None:
            return held
        self.ctx.flush()
        found = steps.lock_instance(self.ctx.transaction, key, root_key)
        assert found is not None, "parents and children are foreign keys"
        self.adopt(found)
        return found

    def _close_cases(self) -> None:
        ended_roots = [r for r in self._touched.values() if r.parent_key is None and r.state != "ACTIVE"]
        for ended in ended_roots:
            self.ctx.writes.keep_order()
            values = {"case_key": ended.case_key, "state": ended.state, "at": self.ctx.at}
            self.ctx.writes.execute(closings.LOCK_CASE, {"case_key": ended.case_key})
            self.ctx.writes.execute(closings.CLOSE_CASE, values)


def _going_round(call: CallOpened) -> IncidentOpened:
    return IncidentOpened(
        token=call.token,
        element_id=call.element_id,
        kind="CALL_BUDGET_EXCEEDED",
        message_da=f"Processerne kalder hinanden igen og igen uden at vente ({call.process_id}).",
        message_en=f"The processes call each other again and again without waiting ({call.process_id}).",
    )


def starting(variables: dict[str, Any], start_element: str | None = None) -> Step:
    """Give the step that starts an instance."""

    def start(definition: engine.Definition, _snapshot: bytes, environment: Environment) -> Outcome:
        return engine.start(definition, variables, environment, start_element=start_element)

    return start


def run(ctx: Context, running: Running, step: Step, *, even_suspended: bool = False) -> None:
    """Run one step on a locked instance, with everything that follows; raises Suspended unless told to run even so.

    What then opens in a suspended instance waits as everything else in it does, its deadlines paused.
    """
    if not even_suspended:
        suspended.require_going(ctx, running)
    Execution(ctx).run(running, step)
    if running.suspended_at is not None:
        ctx.flush()
        pauses.pause_all(ctx, running.root_key)


def lock(ctx: Context, instance_key: int, root_key: int) -> Running:
    """Lock an instance for a step; raises EngineFailure when it is not there, which its callers rule out."""
    running = steps.lock_instance(ctx.transaction, instance_key, root_key)
    if running is None:
        raise EngineFailure(f"Sagsgang {instance_key} findes ikke.", f"Process instance {instance_key} does not exist.")
    return running


def root_of(ctx: Context, instance_key: int) -> int | None:
    instance = ctx.session.get(ProcessInstance, instance_key)
    return instance.root_key if instance else None
