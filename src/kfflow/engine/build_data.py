"""Data associations from the element model."""

from kfflow.engine.bpmn import data
from kfflow.engine.bpmn.data import Association, Item
from kfflow.engine.bpmn.model import EVENTS, Diagram, Node
from kfflow.engine.compiler import Compiler
from kfflow.engine.spiff.data import Assigned, DataEnd, Move, Moves


def build_moves(diagram: Diagram, node: Node, compiler: Compiler) -> Moves:
    """Compile what moves at an element; an association with an obstacle is left out (lint names it)."""
    optional = data.optional_outputs(node)
    inputs, outputs = (
        tuple(
            _move(one, optional, node, compiler)
            for one in data.associations(diagram, node, side)
            if one.obstacle is None
        )
        for side in ("Input", "Output")
    )
    carries = node.type in EVENTS or node.type == "receiveTask"
    own = frozenset(source.name for move in outputs for source in move.sources)
    return Moves(inputs, outputs, data.input_sets(node), own, carries=carries, works=node.type not in data.PASSES)


def _move(one: Association, optional: frozenset[str], node: Node, compiler: Compiler) -> Move:
    assert one.target is not None
    return Move(
        tuple(_end(source) for source in one.sources),
        _end(one.target),
        None if one.transformation is None else compiler.feel(one.transformation, node),
        tuple(Assigned(compiler.feel(a.source, node), a.path) for a in one.assignments),
        any(source.id in optional for source in one.sources),
    )


def _end(item: Item) -> DataEnd:
    return DataEnd(item.id, item.name)
