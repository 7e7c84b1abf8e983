"""Snapshots of every released version are restored and go on."""

from kfflow import engine
from kfflow.engine.outcome import InstanceState
from kfflow.engine.snapshot import dump, load
from tests.unit.engine.drawing import chain, compiled, end, environment, node, start, user

BODY = start() + node("parallelGateway", "Split") + node("parallelGateway", "Join") + user("A") + user("B") + end()
PATHS = chain("Begin", "Split", "A", "Join", "Done") + chain("Split", "B", "Join")
GOLDEN = {
    1: (
        b'{"v":1,"n":7,"f":[[-1,0,{},{"x":1},{},[]],[0,1,{},{"a":2},{},[]],[0,1,{},{},{},[]]],'
        b'"t":[["P:1","#process",-1,32,0,0,null,null,0,{}],'
        b'["B:5","B",0,32,2,-1,"USER_TASK","Split_B",0,{}],["Join:6","Join",0,32,1,-1,null,"A_Join",0,{}]]}'
    ),
}


def test_golden_snapshots_are_restored_and_go_on():
    definition, env = compiled(BODY + PATHS), environment()
    assert max(GOLDEN) == engine.SNAPSHOT_VERSION
    for snapshot in GOLDEN.values():
        assert dump(load(definition.spec, snapshot, env)) == snapshot
        assert engine.read_variables(snapshot) == {"x": 1, "a": 2}
        outcome = engine.complete_task(definition, snapshot, "B:5", {"b": 3}, env)
        assert (outcome.state, outcome.variables) == (InstanceState.COMPLETED, {"b": 3})
