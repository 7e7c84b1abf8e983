"""One instance moved twice over: written down and read back at every step, and kept in memory from first to last."""

from datetime import timedelta

from kfflow import engine
from kfflow.engine.ledger import Ledger
from kfflow.engine.outcome import CloseReason, IncidentOpened, InstanceState, Outcome, WaitingKind
from kfflow.engine.replay import Replayed
from kfflow.engine.snapshot import active, dump, load
from kfflow.engine.spiff import timers
from kfflow.engine.spiff.element import resume
from kfflow.engine.spiff.propagation import end_by_error, throw_escalation
from tests.properties import paths
from tests.unit.engine import drawing

COMPLETING = {
    WaitingKind.USER_TASK: engine.complete_task,
    WaitingKind.JOB: engine.complete_job,
    WaitingKind.CALL: engine.complete_call,
}
STEP_BUDGET = 300
DELIVERING = {WaitingKind.MESSAGE: engine.deliver_message, WaitingKind.SIGNAL: engine.deliver_signal}


class Twins:
    """The same instance stored and in memory; each turn is made by both and compared."""

    def __init__(self, source: bytes) -> None:
        self.definition = engine.compile_process(source, "random.bpmn")[0]
        self.at = drawing.AT
        first = engine.start(self.definition, {"answer": 1, "trail": [], "key": "k"}, self.env())
        self.open: dict[str, str] = {}
        self.most_open = 0
        self.replayed = Replayed()
        self.variables: dict[str, object] = {}
        self.kept = load(self.definition.spec, first.snapshot, self.env()) if first.snapshot else None
        self._take(first)

    def env(self):
        return drawing.environment(self.at, step_budget=STEP_BUDGET)

    @property
    def is_over(self) -> bool:
        """Tell whether the instance ended, or runs in circles that only a person can break."""
        return self.outcome.state is not InstanceState.ACTIVE or "STEP_BUDGET_EXCEEDED" in self.open.values()

    def turn(self, turn: paths.Turn) -> None:
        """Make a turn at one of the places that wait."""
        self.at += timedelta(minutes=7)
        env = self.env()
        place = turn.pick(engine.waiting(self.outcome.snapshot))
        outcome = _stored(self.definition, self.outcome.snapshot, place, turn, env)
        self._keep(place, turn, env)
        self._compare(outcome)
        self._take(outcome)

    def _keep(self, place, turn, env) -> None:
        """Make the turn in memory, on tokens that were never written down."""
        kept, (token, _, kind) = self.kept, place
        kept.env, kept.ledger, kept.steps = env, Ledger(), 0
        _in_memory(kept, kept.tasks[token], kind, turn)
        kept.run()

    def _compare(self, outcome: Outcome) -> None:
        ledger = self.kept.ledger
        assert self.kept.state is outcome.state
        assert tuple(ledger.opened) == outcome.opened
        assert tuple(ledger.closed) == outcome.closed
        assert tuple(ledger.thrown) == outcome.thrown
        assert ledger.variables == outcome.variables
        assert tuple(ledger.happened) == outcome.happened[: len(ledger.happened)]
        if outcome.snapshot is not None:
            assert dump(self.kept) == outcome.snapshot

    def _take(self, outcome: Outcome) -> None:
        self.outcome = outcome
        for closed in outcome.closed:
            del self.open[closed.token]
        for opened in outcome.opened:
            assert opened.token not in self.open
            self.open[opened.token] = opened.kind if isinstance(opened, IncidentOpened) else opened.element_id
        self.most_open = max(self.most_open, len(self.open))
        self.variables |= outcome.variables
        for line in outcome.happened:
            self.replayed.take(line)
        self._require_whole()

    def _require_whole(self) -> None:
        """Nothing is lost: what waits is what opened and never closed, and the history tells the same story."""
        snapshot = self.outcome.snapshot
        assert (self.replayed.state, self.replayed.variables) == (self.outcome.state, self.variables)
        if snapshot is None:
            assert (self.open, self.replayed.active) == ({}, {})
            return
        assert dump(load(self.definition.spec, snapshot, self.env())) == snapshot
        waiting = engine.waiting(snapshot)
        assert {token for token, _, _ in waiting} == self.open.keys()
        assert self.replayed.active == active(self.definition.spec, snapshot)
        assert waiting


def _stored(definition, snapshot, place, turn, env) -> Outcome:
    token, _, kind = place
    match turn.throws(kind):
        case "error":
            return engine.throw_error(definition, snapshot, token, paths.ERROR, "", turn.variables(), env)
        case "escalation":
            return engine.escalate_call(definition, snapshot, token, paths.ESCALATION, turn.variables(), env)
    return moved(definition, snapshot, place, turn.variables(), env)


def moved(definition, snapshot, place, variables, env) -> Outcome:
    """Let what waits at a place come: a result, a message or signal, the due time, another attempt."""
    token, _, kind = place
    if kind == WaitingKind.TIMER:
        return engine.fire_timer(definition, snapshot, token, env)
    if kind == WaitingKind.INCIDENT:
        return engine.retry(definition, snapshot, token, env)
    command = COMPLETING.get(kind) or DELIVERING[kind]
    return command(definition, snapshot, token, variables, env)


def _in_memory(kept, token, kind, turn) -> None:
    match turn.throws(kind):
        case "error":
            end_by_error(token, paths.ERROR, turn.variables(), "")
            return
        case "escalation":
            throw_escalation(token, paths.ESCALATION, turn.variables())
            return
    if kind == WaitingKind.TIMER:
        if timers.settle_missed(token):
            token.task_spec.happen(token, {})
    elif kind in DELIVERING:
        token.task_spec.happen(token, turn.variables())
    elif kind == WaitingKind.INCIDENT:
        kept.try_again(token)
    else:
        token.memo["result"] = turn.variables()
        kept.close(token, CloseReason.COMPLETED)
        resume(token)
