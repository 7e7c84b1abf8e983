"""Saving and loading between all steps changes nothing: random block-structured processes, random paths."""

from datetime import timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from kfflow import engine
from kfflow.engine.ledger import Ledger
from kfflow.engine.outcome import CloseReason, InstanceState, WaitingKind
from kfflow.engine.snapshot import dump, load
from kfflow.engine.spiff.element import resume
from tests.unit.engine import drawing
from tests.unit.engine.drawing import chain, compiled, end, flow, node, start, timer, user

MOST_STEPS = 25


class Drawn:
    """Draws a block tree; every block is a piece of XML with one way in and one way out."""

    def __init__(self):
        self.count = 0

    def name(self, kind):
        self.count += 1
        return f"{kind}{self.count}"

    def block(self, tree):
        kind, *parts = tree
        return getattr(self, kind)(*parts)

    def task(self):
        name = self.name("Task")
        return user(name), name, name

    def sequence(self, *trees):
        pieces = [self.block(t) for t in trees]
        joined = "".join(flow(a[2], b[1]) for a, b in pairwise(pieces))
        return "".join(p[0] for p in pieces) + joined, pieces[0][1], pieces[-1][2]

    def gateway(self, kind, trees, conditions):
        split, join = self.name("Split"), self.name("Join")
        default = {"default": f"{split}_0"} if conditions else {}
        xml = node(kind, split, **default) + node(kind, join)
        for index, tree in enumerate(trees):
            inner, first, last = self.block(tree)
            condition = f"=modulo(answer, {index + 1}) = 0" if conditions and index else ""
            xml += inner + flow(split, first, condition, f"{split}_{index}") + flow(last, join)
        return xml, split, join

    def exclusive(self, *trees):
        return self.gateway("exclusiveGateway", trees, conditions=True)

    def parallel(self, *trees):
        return self.gateway("parallelGateway", trees, conditions=False)

    def inclusive(self, *trees):
        return self.gateway("inclusiveGateway", trees, conditions=True)

    def loop(self, tree):
        first, last = self.name("Again"), self.name("Enough")
        inner, begin, finish = self.block(tree)
        leave = self.name("Leave")
        xml = node("exclusiveGateway", first) + node("exclusiveGateway", last, default=f"{last}_out")
        xml += inner + flow(first, begin) + flow(finish, last) + flow(last, first, "=answer > 6")
        xml += node("manualTask", leave) + flow(last, leave, identity=f"{last}_out")
        return xml, first, leave

    def subprocess(self, tree):
        name, begin, finish = self.name("Sub"), self.name("Begin"), self.name("Finish")
        inner, first, last = self.block(tree)
        body = start(begin) + inner + end(finish) + flow(begin, first) + flow(last, finish)
        event, aside, stop = self.name("Remind"), self.name("Aside"), self.name("Stop")
        xml = node("subProcess", name, body)
        xml += node("boundaryEvent", event, timer("timeCycle", "R2/PT1H"), attachedToRef=name, cancelActivity="false")
        return xml + user(aside) + end(stop) + chain(event, aside, stop), name, name

    def many(self, tree):
        name, begin, finish = self.name("Many"), self.name("Begin"), self.name("Finish")
        inner, first, last = self.block(tree)
        repeat = "<bpmn:loopCardinality>2</bpmn:loopCardinality>"
        body = f"<bpmn:multiInstanceLoopCharacteristics>{repeat}</bpmn:multiInstanceLoopCharacteristics>"
        body += start(begin) + inner + end(finish) + flow(begin, first) + flow(last, finish)
        return node("subProcess", name, body), name, name


def trees():
    leaf = st.just(("task",))
    return st.recursive(
        leaf,
        lambda inner: st.one_of(
            st.tuples(st.just("sequence"), inner, inner),
            st.tuples(st.sampled_from(["exclusive", "parallel", "inclusive"]), inner, inner),
            st.tuples(st.sampled_from(["exclusive", "parallel", "inclusive"]), inner, inner, inner),
            st.tuples(st.sampled_from(["loop", "subprocess", "many"]), inner),
        ),
        max_leaves=6,
    )


def drawn(tree):
    inner, first, last = Drawn().block(tree)
    return compiled(start() + inner + end() + flow("Begin", first) + flow(last, "Done"))


class Untouched:
    """The same instance kept in memory from beginning to end, never written down."""

    def __init__(self, definition, first, env):
        self.execution = load(definition.spec, first.snapshot, env)

    def step(self, token, kind, variables, env):
        execution = self.execution
        execution.env, execution.ledger = env, Ledger()
        execution.steps = 0
        waiting = execution.tasks[token]
        if kind == WaitingKind.TIMER:
            waiting.task_spec.happen(waiting, {})
        else:
            waiting.memo["result"] = variables
            execution.close(waiting, CloseReason.COMPLETED)
            resume(waiting)
        execution.run()
        return execution


@given(trees(), st.lists(st.tuples(st.integers(0, 50), st.integers(0, 11)), min_size=3, max_size=MOST_STEPS))
@settings(max_examples=50, deadline=None)
def test_saving_between_all_steps_changes_nothing(tree, choices):
    definition = drawn(tree)
    at = drawing.AT
    outcome = engine.start(definition, {"answer": 1}, drawing.environment(at))
    untouched = Untouched(definition, outcome, drawing.environment(at))
    for choice, answer in choices:
        if outcome.state is not InstanceState.ACTIVE:
            break
        at += timedelta(minutes=7)
        env = drawing.environment(at)
        places = engine.waiting(outcome.snapshot)
        token, _, kind = places[choice % len(places)]
        answers = {"answer": answer, f"by_{choice % 3}": [answer]}
        if kind == WaitingKind.TIMER:
            outcome = engine.fire_timer(definition, outcome.snapshot, token, env)
        else:
            outcome = engine.complete_task(definition, outcome.snapshot, token, answers, env)
        execution = untouched.step(token, kind, answers, env)
        assert execution.state is outcome.state
        assert tuple(execution.ledger.opened) == outcome.opened
        assert tuple(execution.ledger.closed) == outcome.closed
        assert (
            tuple(execution.ledger.happened)[: len(outcome.happened)]
            == outcome.happened[: len(execution.ledger.happened)]
        )
        assert execution.ledger.variables == outcome.variables
        if outcome.snapshot is not None:
            assert dump(execution) == outcome.snapshot
            assert dump(load(definition.spec, outcome.snapshot, env)) == outcome.snapshot
            assert places_are_not_lost(outcome)


def places_are_not_lost(outcome):
    """An active instance waits for something."""
    return bool(engine.waiting(outcome.snapshot))
