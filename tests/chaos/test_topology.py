"""What production runs works: two webs, two workers, PostgreSQL and Valkey; and without Valkey."""

import statistics
import threading
import time
from collections.abc import Sequence

import pytest

from tests.chaos.cases import Case
from tests.chaos.client import Balancer
from tests.chaos.harness import PATIENCE, Topology, tell, wait_until

pytestmark = pytest.mark.chaos
CLIENTS = 4

_ENDED = "SELECT count(*) FROM process_instance WHERE key = ANY(%s) AND state = 'COMPLETED'"
_JOB_LATENCY = "SELECT extract(epoch FROM ended_at - created_at)::float FROM job WHERE instance_key = ANY(%s)"
_BY_BELL = "SELECT name, rung FROM worker"


def run_cases(web: Balancer, cases: Sequence[Case]) -> None:
    """Work the cases to their end with several clients at once."""
    failures: list[BaseException] = []
    pause = threading.Event()

    def client(own: Sequence[Case]) -> None:
        try:
            while waiting := [case for case in own if not case.is_done]:
                if not sum(case.advance(web) for case in waiting):
                    pause.wait(0.1)
        except BaseException as problem:  # noqa: BLE001 - told by the test below
            failures.append(problem)

    threads = [threading.Thread(target=client, args=[cases[n::CLIENTS]]) for n in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(90)
    assert failures == []
    assert [case.number for case in cases if not case.is_done] == []


def ended(topology: Topology, cases: Sequence[Case]) -> int:
    return topology.count(_ENDED, [[case.instance_key for case in cases]])


def job_latency(topology: Topology, cases: Sequence[Case]) -> float:
    """Give the median of the seconds from a job's creation to its completion."""
    rows = topology.rows(_JOB_LATENCY, [[case.instance_key for case in cases]])
    return statistics.median(seconds for (seconds,) in rows)


class Bells:
    """Counts from now on what the workers did because of a bell."""

    def __init__(self, topology: Topology) -> None:
        self.topology = topology
        self.before = dict(topology.rows(_BY_BELL))

    def heard(self) -> int:
        return sum(max(0, rung - self.before.get(name, 0)) for name, rung in self.topology.rows(_BY_BELL))


def wait_for_bell(topology: Topology, balancer: Balancer) -> float:
    """Run cases one by one until a worker has heard the bell; gives the seconds that took."""
    bells = Bells(topology)

    def is_heard() -> bool:
        run_cases(balancer, [Case(f"V-{time.monotonic_ns()}")])
        return bells.heard() > 0

    return wait_until(is_heard, what="a bell")


def test_cases_run_through_both_webs_and_the_bell_is_heard(topology: Topology, balancer: Balancer):
    wait_for_bell(topology, balancer)
    bells = Bells(topology)
    cases = [Case(f"T-{n}") for n in range(50)]
    run_cases(balancer, cases)
    assert ended(topology, cases) == len(cases)
    wait_until(lambda: bells.heard() >= len(cases) / 2, within=10, what="half of the jobs done by the bell")
    tell(f"50 cases; median job latency with the bell {job_latency(topology, cases):.3f} s")


def test_cases_run_without_the_broker(topology: Topology, balancer: Balancer):
    topology.stop_valkey()
    try:
        cases = [Case(f"U-{n}") for n in range(20)]
        run_cases(balancer, cases)
    finally:
        topology.start_valkey()
    assert ended(topology, cases) == len(cases)
    tell(f"20 cases without Valkey; median job latency {job_latency(topology, cases):.3f} s")


def test_the_bell_is_heard_again_when_the_broker_is_back(topology: Topology, balancer: Balancer):
    topology.stop_valkey()
    topology.start_valkey()
    took = wait_for_bell(topology, balancer)
    assert took < PATIENCE
    tell(f"the bell was heard again {took:.1f} s after the broker came back")
