"""The engine alone: writing an instance down loses nothing, and its history tells what it became."""

from random import Random

from tests.properties import blocks, pairs, paths
from tests.properties.engines import Twins


def told_the_same(pair: pairs.Pair) -> None:
    """Make the path, then the way home, stored and in memory: they agree at every step, and the instance ends."""
    twins = Twins(blocks.drawn(pair.tree))
    for turn in (*pair.path, *paths.homeward(Random(pair.seed))):
        if twins.is_over:
            return
        twins.turn(turn)
    assert twins.is_over, twins.open


def test_an_instance_written_down_at_every_step_is_the_one_kept_in_memory():
    pairs.hold(told_the_same, 300)
