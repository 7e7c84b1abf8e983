"""Webs and workers are killed at random while people work: nothing acknowledged is lost, nothing is done twice."""

import os
import random
import threading
import time

import pytest

from kfflow.demo.accounts import CLIENT_ID
from tests.chaos.cases import Case
from tests.chaos.client import Balancer
from tests.chaos.harness import Topology, tell, wait_until
from tests.chaos.verify import violations

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(300)]
KILLS = 20
CLIENTS = 4
AT_ONCE = 8
BETWEEN_KILLS = (0.3, 5.0)
"""Seconds: from killing a process that has not come up again yet to letting it work for a while."""


class Client(threading.Thread):
    """Somebody who starts cases and works them, several at a time, until no more are to be started."""

    def __init__(self, name: str, web: Balancer, closing: threading.Event) -> None:
        super().__init__(name=name, daemon=True)
        self.web = web
        self.closing = closing
        self.cases: list[Case] = []
        self.problem: BaseException | None = None
        self.last_acknowledged = time.monotonic()
        self.longest_silence = 0.0

    def run(self) -> None:
        try:
            self._work()
        except BaseException as problem:  # noqa: BLE001 - told by the test
            self.problem = problem

    def _work(self) -> None:
        while (waiting := self._waiting()) or not self.closing.is_set():
            if not sum(self._advance(case) for case in waiting):
                time.sleep(0.05)

    def _waiting(self) -> list[Case]:
        waiting = [case for case in self.cases if not case.is_done]
        while len(waiting) < AT_ONCE and not self.closing.is_set():
            waiting.append(Case(f"{self.name}-{len(self.cases)}"))
            self.cases.append(waiting[-1])
        return waiting

    def _advance(self, case: Case) -> bool:
        done = case.advance(self.web)
        if done:
            now = time.monotonic()
            self.longest_silence = max(self.longest_silence, now - self.last_acknowledged)
            self.last_acknowledged = now
        return done


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
    closing = threading.Event()
    clients = [Client(f"K{seed}-{n}", balancer, closing) for n in range(CLIENTS)]
    for client in clients:
        client.start()
    killed = kill_at_random(topology, random.Random(seed))
    closing.set()
    topology.wait_until_up()
    rested = wait_until(lambda: not any(c.is_alive() for c in clients), within=90, what="all cases done")
    assert [client.problem for client in clients if client.problem] == [], topology.complaints()
    cases = [case for client in clients for case in client.cases]
    instances = [case.instance_key for case in cases]
    ended = "SELECT count(*) FROM process_instance WHERE key = ANY(%s) AND state <> 'ACTIVE'"
    wait_until(lambda: topology.count(ended, [instances]) == len(cases), what="all instances ended")
    acknowledged = sum(len(case.acknowledged) for case in cases)
    tell(
        f"{KILLS} kills {killed}; {len(cases)} cases, {acknowledged} operations acknowledged, "
        f"{balancer.retried} requests sent again; longest silence of a client "
        f"{max(c.longest_silence for c in clients):.1f} s; at rest {rested:.1f} s after the last process was up"
    )
    assert violations(topology, cases, CLIENT_ID) == []
