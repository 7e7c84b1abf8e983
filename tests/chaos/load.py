"""People at work while something breaks: they start cases, work several at a time, and keep what they were told."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from kfflow.demo.accounts import CLIENT_ID
from tests.chaos.cases import Case
from tests.chaos.client import Balancer
from tests.chaos.harness import Topology, tell, wait_until
from tests.chaos.verify import violations

CLIENTS = 4
AT_ONCE = 8
_ENDED = "SELECT count(*) FROM process_instance WHERE key = ANY(%s) AND state <> 'ACTIVE'"


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


@dataclass
class Load:
    """What all clients together have done."""

    topology: Topology
    web: Balancer
    clients: list[Client]
    closing: threading.Event = field(default_factory=threading.Event)

    def acknowledged(self) -> int:
        """Tell how many operations were acknowledged so far."""
        return sum(len(case.acknowledged) for client in self.clients for case in list(client.cases))

    def come_to_rest(self) -> list[Case]:
        """Start no more cases, finish those that run, and wait until every instance has ended; gives the cases."""
        self.closing.set()
        self.topology.wait_until_up()
        rested = wait_until(lambda: not any(c.is_alive() for c in self.clients), within=90, what="all cases done")
        assert [c.problem for c in self.clients if c.problem] == [], self.topology.complaints()
        cases = [case for client in self.clients for case in client.cases]
        keys = [case.instance_key for case in cases]
        wait_until(lambda: self.topology.count(_ENDED, [keys]) == len(cases), what="all instances ended")
        silence = max(client.longest_silence for client in self.clients)
        tell(
            f"{len(cases)} cases, {self.acknowledged()} operations acknowledged, {self.web.retried} sent again; "
            f"longest silence of a client {silence:.1f} s; at rest {rested:.1f} s after the last process was up"
        )
        return cases


@contextmanager
def under_load(topology: Topology, web: Balancer, name: str) -> Iterator[Load]:
    """Let clients work while the block breaks things; afterwards nothing may be lost or done twice."""
    load = Load(topology, web, [])
    load.clients = [Client(f"{name}-{n}", web, load.closing) for n in range(CLIENTS)]
    for client in load.clients:
        client.start()
    try:
        yield load
        assert violations(topology, load.come_to_rest(), CLIENT_ID) == []
    finally:
        load.closing.set()
