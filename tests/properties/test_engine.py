"""The engine alone: writing an instance down loses nothing, and its history tells what it became."""

from collections import Counter
from random import Random

from kfflow.engine.outcome import InstanceState
from tests.properties import blocks, pairs, paths
from tests.properties.engines import Twins


def told_the_same(pair: pairs.Pair) -> Twins:
    """Make the path, then the way home, stored and in memory: they agree at every step, and the instance ends."""
    twins = _told(pair, blocks.drawn(pair.tree), pair.path)
    assert twins.is_over, twins.open
    return twins


def told_the_same_in_a_crowd(pair: pairs.Pair) -> Twins:
    """Do so with many branches of an event that goes on beside the process, some of which a command does not read.

    The way home lets the event happen, too, so that it may not be the end.
    """
    kind = ("attached", "listening")[pair.seed % 2]
    tree = (kind, "message", False, ("sequence", ("task",), pair.tree), pair.called)
    return _told(pair, blocks.drawn(tree), paths.crowded(pair.path, 6 + pair.seed % 9), way_home=40)


def _told(pair: pairs.Pair, source: bytes, path: tuple[paths.Turn, ...], way_home: int = 400) -> Twins:
    twins = Twins(source)
    for turn in (*path, *paths.homeward(Random(pair.seed), way_home)):
        if not twins.is_over:
            twins.turn(turn)
    return twins


def test_an_instance_written_down_at_every_step_is_the_one_kept_in_memory():
    ends = Counter[InstanceState]()
    pairs.hold(lambda pair: ends.update([told_the_same(pair).outcome.state]), 300)
    assert ends[InstanceState.COMPLETED] > ends.total() / 2


def test_an_instance_with_many_branches_written_down_is_the_one_kept_in_memory():
    crowds: list[int] = []
    pairs.hold(lambda pair: crowds.append(told_the_same_in_a_crowd(pair).most_open), 30)
    assert sorted(crowds)[len(crowds) // 2] > 5
