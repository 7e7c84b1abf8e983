"""A modified instance is whole: what waits is what opened, its history tells where it is, and it can be stored."""

from random import Random

from kfflow import engine
from kfflow.engine.outcome import InstanceState
from kfflow.engine.snapshot import active, dump, load
from kfflow.errors import InvalidInput
from tests.properties import blocks, orders, pairs
from tests.properties.test_moving_on import BUDGET, Side, has_stopped
from tests.unit.engine import drawing


def stays_whole(pair: pairs.Pair) -> None:
    """Modify an instance again and again on its path; what is refused changes nothing, what is done adds up."""
    random = Random(pair.seed)
    definition = engine.compile_process(blocks.drawn(pair.tree), "random.bpmn")[0]
    env = drawing.environment(drawing.AT, step_budget=BUDGET)
    side = Side(definition, engine.start(definition, {"answer": 1, "trail": [], "key": "k"}, env))
    waiting = {token for token, _, _ in engine.waiting(side.outcome.snapshot)} if side.outcome.snapshot else set()
    for turn in pair.path:
        if side.outcome.state is not InstanceState.ACTIVE or has_stopped(side) or not waiting:
            return
        try:
            given = orders.to_modify(definition, side.outcome.snapshot, random)
            side.take(engine.modify(definition, side.outcome.snapshot, given, env))
        except InvalidInput:
            side.turn(turn, env)
        waiting = whole(side, waiting, env)


def whole(side: Side, waiting: set[str], env) -> set[str]:
    """Check that rows, history and snapshot tell the same; gives what waits now."""
    outcome = side.outcome
    left = waiting - {closed.token for closed in outcome.closed} | {opened.token for opened in outcome.opened}
    assert {closed.token for closed in outcome.closed} <= waiting
    if outcome.snapshot is None:
        assert (left, side.replayed.active) == (set(), {})
        return left
    assert {token for token, _, _ in engine.waiting(outcome.snapshot)} == left
    assert side.replayed.active == active(side.definition.spec, outcome.snapshot)
    assert dump(load(side.definition.spec, outcome.snapshot, env)) == outcome.snapshot
    return left


def test_a_modified_instance_is_whole():
    pairs.hold(stays_whole, 150)
