"""Bells are sent beside the work, and an absent broker costs nobody anything."""

import contextlib
import queue

from kfflow.jobs.ringer import Ringer
from kfflow.service.context import Bell


def test_bells_reach_the_broker_in_order():
    sent: queue.Queue[frozenset[Bell]] = queue.Queue()
    ringer = Ringer(sent.put)
    rung = [Bell("job", number) for number in range(20)]
    for bell in rung:
        ringer.ring(frozenset([bell]))
    heard: list[Bell] = []
    while len(heard) < len(rung):
        heard += sorted(sent.get(timeout=60), key=lambda bell: bell.key)
    assert heard == rung


def test_ringing_goes_on_after_the_broker_failed_once():
    tried: queue.Queue[frozenset[Bell]] = queue.Queue()
    attempts = iter(range(1_000_000))

    def send(bells: frozenset[Bell]) -> None:
        if next(attempts) == 0:
            raise ConnectionRefusedError
        tried.put(bells)

    ringer = Ringer(send, silent_for=0)
    bell = frozenset([Bell("job", 1)])
    heard: list[frozenset[Bell]] = []
    for _ in range(1000):
        ringer.ring(bell)
        with contextlib.suppress(queue.Empty):
            heard.append(tried.get(timeout=0.05))
            break
    assert heard == [bell]
