"""Pairs of a random process and a random path, from a seed; and how one that fails is told and made smaller.

`KFFLOW_PAIRS` says how many pairs a run tries, `KFFLOW_MUTANTS` how many mutants, `KFFLOW_SEED` with which it begins
(`make property` sets them).
"""

import os
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from random import Random

from tests.properties import blocks, paths

MOST_SECONDS = 60
"""How long simpler pairs are tried before the smallest found so far is told."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A process, the process it may call, a path, and the seed from which they grew."""

    seed: int
    tree: blocks.Block
    path: tuple[paths.Turn, ...]
    called: blocks.Block = ("task",)

    def simpler(self) -> Iterator["Pair"]:
        yield from (replace(self, tree=tree) for tree in blocks.simpler(self.tree))
        yield from (replace(self, called=tree) for tree in blocks.simpler(self.called))
        yield from (replace(self, path=path) for path in paths.shorter(self.path))


Check = Callable[[Pair], None]


def grown(seed: int) -> Pair:
    random = Random(seed)
    tree = blocks.grown(random, random.randint(1, blocks.MOST_BLOCKS))
    return Pair(seed, tree, paths.wandered(random), blocks.grown(random, 3))


def wanted(default: int, of: str = "PAIRS") -> range:
    """Give the seeds of this run."""
    first = int(os.environ.get("KFFLOW_SEED", "1"))
    return range(first, first + int(os.environ.get(f"KFFLOW_{of}", str(default))))


def hold(check: Check, default: int) -> None:
    """Check so many pairs; raises AssertionError with the smallest pair found that fails."""
    for seed in wanted(default):
        pair = grown(seed)
        if _fault(check, pair) is not None:
            smallest = _shrunk(check, pair)
            raise AssertionError(f"seed {seed}: {smallest!r}\n{_fault(check, smallest)}")


def _fault(check: Check, pair: Pair) -> str | None:
    try:
        check(pair)
    except Exception:  # noqa: BLE001 - whatever goes wrong is what the property is about
        return traceback.format_exc()
    return None


def _shrunk(check: Check, pair: Pair) -> Pair:
    over_at = time.monotonic() + MOST_SECONDS
    while time.monotonic() < over_at:
        smaller = next((p for p in pair.simpler() if time.monotonic() > over_at or _fault(check, p) is not None), None)
        if smaller is None or _fault(check, smaller) is None:
            return pair
        pair = smaller
    return pair
