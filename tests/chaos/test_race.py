"""Two clients, two web processes, one task: exactly one of them gets it, and the other is told who did."""

import re
import threading
from collections.abc import Callable
from functools import partial

import pytest

from tests.chaos import cases
from tests.chaos.client import Balancer, Client, Reply, basic
from tests.chaos.harness import Topology, tell

pytestmark = pytest.mark.chaos
ROUNDS = 50
RACERS = ("sagsbehandler", "teamleder")
NAMES = ("Sanne Kjærsgaard", "Tove Lindegaard")
WHEN = re.compile(r"\d\d\.\d\d\.\d{4} (kl\.|at) \d\d\.\d\d")


def at_once(*acts: Callable[[], Reply]) -> list[Reply]:
    """Run the requests at the same time; gives their answers in order."""
    answers: list[Reply] = [(0, None)] * len(acts)
    gate = threading.Barrier(len(acts))

    def run(place: int) -> None:
        gate.wait()
        answers[place] = acts[place]()

    threads = [threading.Thread(target=run, args=[place]) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.fixture
def racers(topology: Topology) -> list[Client]:
    """Two people, each at a web process of their own."""
    return [Client(f"127.0.0.1:{web.port}", basic(name)) for web, name in zip(topology.webs, RACERS, strict=True)]


def open_task(balancer: Balancer, number: str) -> int:
    instance_key = cases.start(balancer, number)
    task_key = cases.find_open(balancer, instance_key, "Modtag")
    assert task_key is not None
    return task_key


def test_of_two_who_complete_a_task_at_once_exactly_one_wins(topology, balancer, racers):
    wins = dict.fromkeys(RACERS, 0)
    for turn in range(ROUNDS):
        key = open_task(balancer, f"R-{turn}")
        path = f"/v2/user-tasks/{key}/completion"
        answers = at_once(*(partial(web.post, path, {"variables": {}}) for web in racers))
        assert sorted(status for status, _ in answers) == [204, 409]
        winner = RACERS[[status for status, _ in answers].index(204)]
        refusal = next(body for status, body in answers if status == 409)
        assert NAMES[RACERS.index(winner)] in refusal["detail"]
        assert WHEN.search(refusal["detail"])
        assert topology.rows("SELECT state, completed_by FROM user_task WHERE key = %s", [key]) == [
            ("COMPLETED", winner)
        ]
        wins[winner] += 1
    tell(f"{ROUNDS} rounds, one winner each: {wins}")


def test_of_two_who_claim_a_task_at_once_exactly_one_gets_it(topology, balancer, racers):
    key = open_task(balancer, "R-claim")
    path = f"/v2/user-tasks/{key}/assignment"
    pairs = zip(racers, RACERS, strict=True)
    answers = at_once(*(partial(w.post, path, {"assignee": n, "allowOverride": False}) for w, n in pairs))
    assert sorted(status for status, _ in answers) == [204, 409]
    holder = RACERS[[status for status, _ in answers].index(204)]
    assert topology.rows("SELECT assignee FROM user_task WHERE key = %s", [key]) == [(holder,)]


def test_one_request_sent_twice_at_once_acts_once_and_is_answered_twice_the_same(topology, balancer):
    for turn in range(10):
        number = f"I-{turn}"
        body = {"processDefinitionId": "kf_kaos", "businessId": number, "variables": {"sagsnummer": number}}
        answers = at_once(
            *(partial(c.post, "/v2/process-instances", body, key=f"twice-{number}") for c in balancer.clients)
        )
        assert answers[0] == answers[1]
        assert answers[0][0] == 200
        found = 'SELECT count(*) FROM process_instance i JOIN "case" c ON c.key = i.case_key WHERE c.number = %s'
        assert topology.count(found, [number]) == 1


def test_one_completion_sent_twice_at_once_acts_once(topology, balancer):
    for turn in range(10):
        key = open_task(balancer, f"J-{turn}")
        path = f"/v2/user-tasks/{key}/completion"
        answers = at_once(*(partial(web.post, path, {}, key=f"twice-{key}") for web in balancer.clients))
        assert [status for status, _ in answers] == [204, 204]
        told = "SELECT count(*) FROM audit_event WHERE subject = %s AND verb = 'service:task:complete'"
        assert topology.count(told, [str(key)]) == 1
