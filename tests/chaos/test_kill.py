"""Processes are killed, drained and cut off while people work: nothing acknowledged is lost, nothing is done twice."""

import os
import random
import time

import pytest

from tests.chaos.client import Balancer
from tests.chaos.harness import Topology, tell, wait_until
from tests.chaos.load import under_load

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(300)]
KILLS = 20
BETWEEN_KILLS = (0.3, 5.0)
"""Seconds: from killing a process that has not come up again yet to letting it work for a while."""
DRAINED_WITHIN = 30.0
"""Seconds: the grace period of the compose file."""


def kill_at_random(topology: Topology, chance: random.Random) -> dict[str, int]:
    """Kill and restart one process after the other; gives how often each was."""
    killed: dict[str, int] = {child.name: 0 for child in topology.children}
    for _ in range(KILLS):
        victim = chance.choice(topology.children)
        victim.kill()
        victim.start()
        killed[victim.name] += 1
        time.sleep(chance.uniform(*BETWEEN_KILLS))
    return killed


def test_nothing_acknowledged_is_lost_and_nothing_is_done_twice(topology: Topology, balancer: Balancer):
    seed = int(os.environ.get("KFFLOW_CHAOS_SEED", "0")) or random.SystemRandom().randrange(1, 10**6)
    tell(f"KFFLOW_CHAOS_SEED={seed}")
    with under_load(topology, balancer, f"K{seed}"):
        killed = kill_at_random(topology, random.Random(seed))
        tell(f"{KILLS} kills: {killed}")
    assert sum(killed.values()) == KILLS


def test_processes_that_are_asked_to_stop_finish_what_they_do(topology: Topology, balancer: Balancer):
    with under_load(topology, balancer, "D"):
        for child in topology.children:
            began = time.monotonic()
            assert child.stop(within=DRAINED_WITHIN) == 0
            tell(f"{child.name} drained in {time.monotonic() - began:.1f} s")
            child.start()
            topology.wait_until_up()


def test_a_crash_of_the_database_is_survived(topology: Topology, balancer: Balancer):
    with under_load(topology, balancer, "P") as load:
        for _ in range(2):
            before = load.acknowledged()
            wait_until(lambda before=before: load.acknowledged() > before + 20, what="work going on")
            topology.crash_database()
            at_crash = load.acknowledged()
    assert load.acknowledged() > at_crash, "cases went on after the last crash"
