"""What two processes complete beside one, and what a whole case costs: start, ten tasks, end.

Each process completes tasks of cases of its own for the same time; one and two processes take turns, so that a
machine that slows down slows both. PostgreSQL shares the machine's cores with them.
"""

import multiprocessing
import statistics
import time
from multiprocessing.synchronize import Barrier

from bench._postgres import migrated
from bench.completions import ACTOR, LOOP, open_task
from kfflow.persistence.database import Database
from kfflow.service import deployments, instances, tasks
from kfflow.service.context import Service

ROUNDS, SECONDS, CASES = 5, 2.0, 20
TASKS = 10
WHOLE = LOOP.replace(b'id="loop"', b'id="whole"').replace(b"=slut", b"=svar = 10")


def main() -> None:
    with migrated() as database:
        service = Service(database)
        service.publish_alone = True
        with service.command(ACTOR) as ctx:
            deployments.deploy(ctx, [("loop.bpmn", LOOP), ("whole.bpmn", WHOLE)])
        report_case(service)
        report_processes(database.url)


def report_case(service: Service) -> None:
    whole_case(service)
    costs = [whole_case(service) for _ in range(20)]
    steps = TASKS + 1
    print(f"a whole case of {TASKS} tasks: {statistics.median(costs):.2f} ms CPU of this process")
    print(f"a step of it with its SQL: {statistics.median(costs) / steps:.2f} ms CPU (aim <= 1)")


def whole_case(service: Service) -> float:
    """Start a case and complete its tasks; gives the milliseconds of CPU, without those of finding the tasks."""
    begun = time.process_time()
    with service.command(ACTOR) as ctx:
        key = instances.create(ctx, process_id="whole", variables={}).key
    spent = time.process_time() - begun
    for number in range(1, TASKS + 1):
        task = open_task(service, key)
        begun = time.process_time()
        with service.command(ACTOR) as ctx:
            tasks.complete(ctx, task, variables={"svar": number})
        spent += time.process_time() - begun
    return spent * 1000


def report_processes(url: str) -> None:
    alone, together = [], []
    for _ in range(ROUNDS):
        alone.append(rate(url, 1))
        together.append(rate(url, 2))
    one, two = statistics.median(alone), statistics.median(together)
    print(f"one process {one:.0f} completions/s, two {two:.0f}/s: {two / one:.2f} times (aim >= 1.8)")


def rate(url: str, processes: int) -> float:
    """Give the completions per second of so many processes side by side."""
    barrier, counted = multiprocessing.Barrier(processes), multiprocessing.Queue()
    workers = [
        multiprocessing.Process(target=complete_for_a_while, args=(url, barrier, counted)) for _ in range(processes)
    ]
    for worker in workers:
        worker.start()
    found = [counted.get() for _ in workers]
    for worker in workers:
        worker.join()
    return sum(found)


def complete_for_a_while(url: str, barrier: Barrier, counted: "multiprocessing.Queue[float]") -> None:
    database = Database(url)
    service = Service(database)
    service.publish_alone = True
    cases = []
    for _ in range(CASES):
        with service.command(ACTOR) as ctx:
            cases.append(instances.create(ctx, process_id="loop", variables={"slut": False}).key)
    one_round(service, cases)
    barrier.wait()
    done, begun = 0, time.perf_counter()
    while time.perf_counter() - begun < SECONDS:
        done += one_round(service, cases)
    counted.put(done / (time.perf_counter() - begun))
    database.close()


def one_round(service: Service, cases: list[int]) -> int:
    for case in cases:
        key = open_task(service, case)
        with service.command(ACTOR) as ctx:
            tasks.complete(ctx, key, variables={"svar": 1})
    return len(cases)


if __name__ == "__main__":
    main()
