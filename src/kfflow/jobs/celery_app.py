"""Celery as the bell: a message says which row may be waiting, nothing more.

Losing one costs at most a sweep. So results are ignored, nothing is retried, and there is neither ETA nor countdown.
"""

from collections.abc import Callable, Sequence

from celery import Celery

from kfflow.jobs.ringer import Ringer
from kfflow.jobs.worker import Worker
from kfflow.service.context import Bell, Ring

TASK = "kfflow.work"
QUEUE = "kfflow"
CONCURRENCY = 4


def make(broker_url: str) -> Celery:
    """Configure Celery for hints: small, early acknowledged, never stored."""
    app = Celery("kfflow", broker=broker_url)
    app.conf.update(
        task_default_queue=QUEUE,
        task_ignore_result=True,
        task_acks_late=False,
        worker_prefetch_multiplier=4,
        worker_hijack_root_logger=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,  # for ever: the sweeper works on meanwhile
        broker_transport_options={"socket_timeout": 2, "socket_connect_timeout": 2, "max_retries": 1},
        worker_soft_shutdown_timeout=25.0,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        enable_utc=True,
    )
    return app


def ring_through(broker_url: str) -> Ring:
    """Give the function that rings after a commit and returns at once; the sweeper finds what was not rung for."""
    app = make(broker_url)

    def send(bells: frozenset[Bell]) -> None:
        hints = [[bell.kind, bell.key] for bell in sorted(bells, key=lambda b: b.key)]
        app.send_task(TASK, args=[hints], retry=False, ignore_result=True)

    return Ringer(send).ring


def worker_task(app: Celery, worker: Worker) -> Callable[[Sequence[Sequence[object]]], int]:
    """Register the task that works off the rows a message names; gives how many were due."""

    def work(hints: Sequence[Sequence[object]]) -> int:
        bells = [Bell(str(kind), int(str(key))) for kind, key in hints]
        return worker.answer(bells)

    app.task(name=TASK)(work)
    return work


def serve(worker: Worker, broker_url: str) -> None:
    """Run a Celery worker in this process, with the sweeper beside it, until it is told to stop."""
    app = make(broker_url)
    worker_task(app, worker)
    sweeping = worker.start()
    options = [
        "worker",
        "--pool=threads",
        f"--concurrency={CONCURRENCY}",
        "--loglevel=WARNING",
        f"--hostname={worker.name}@%h",
    ]
    try:
        app.worker_main([*options, "--without-gossip", "--without-mingle"])
    finally:
        worker.stop()
        sweeping.join()
