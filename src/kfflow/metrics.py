"""`/metrics` for Prometheus: what waits and since when, what stopped, which workers live. No personal data.

The figures come from the database, so every web process gives the same ones, and one of them is enough to ask.
"""

from collections.abc import Iterator
from typing import cast

from flask import Flask, Response, current_app
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from kfflow.errors import Unavailable
from kfflow.persistence import vitals
from kfflow.persistence.tables import WorkerProcess
from kfflow.persistence.vitals import Vitals
from kfflow.service.context import Service


def register(app: Flask) -> None:
    """Put `/metrics` on the application."""
    app.add_url_rule("/metrics", "metrics", metrics)


def metrics() -> Response:
    """Give the figures of this instant; 503 when the database does not answer."""
    service = cast("Service", current_app.extensions["kfflow"])
    try:
        with service.database.transaction() as session:
            found = vitals.read(session)
    except (SQLAlchemyError, Unavailable):
        return Response("# the database does not answer\n", status=503, content_type="text/plain")
    registry = CollectorRegistry()
    registry.register(_Figures(found))
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class _Figures(Collector):
    """Gives what was read in the shape Prometheus takes."""

    def __init__(self, found: Vitals) -> None:
        self.found = found

    def collect(self) -> Iterator[Metric]:
        yield from self._single()
        yield from self._by_label()
        yield from self._workers()

    def _single(self) -> Iterator[Metric]:
        found = self.found.waiting
        figures: dict[str, tuple[str, float]] = {
            "oldest_due_timer_age_seconds": ("How long the oldest due timer has waited", found.oldest_due_timer_age),
            "due_timers": ("Timers that are due and have not fired", found.due_timers),
            "oldest_waiting_job_age_seconds": ("How long the oldest due job has waited", found.oldest_waiting_job_age),
            "buffered_messages": ("Messages and signals that wait to be delivered", found.buffered_messages),
            "outbox_unsent": ("Calls on other systems not sent yet", found.unsent_calls),
            "outbox_oldest_age_seconds": ("How long the oldest of them has waited", found.oldest_unsent_call_age),
            "process_instances_active": ("Process instances that run", found.active_instances),
            "user_tasks_open": ("User tasks that wait for somebody", found.open_tasks),
            "user_tasks_overdue": ("Open user tasks whose due date has passed", found.overdue_tasks),
        }
        for name, (meaning, value) in figures.items():
            yield GaugeMetricFamily(f"kfflow_{name}", meaning, value=float(value))

    def _by_label(self) -> Iterator[Metric]:
        jobs = GaugeMetricFamily("kfflow_jobs", "Jobs that wait or are worked on", labels=["type", "state"])
        for job_type, (waiting, leased) in self.found.jobs.items():
            jobs.add_metric([job_type, "waiting"], waiting)
            jobs.add_metric([job_type, "leased"], leased)
        yield jobs
        incidents = GaugeMetricFamily("kfflow_incidents_active", "Incidents that wait for a person", labels=["kind"])
        for kind, number in self.found.incidents.items():
            incidents.add_metric([kind], number)
        yield incidents

    def _workers(self) -> Iterator[Metric]:
        yield GaugeMetricFamily("kfflow_workers", "Workers that live", value=len(self.found.workers))
        swept = [worker.swept_at for worker in self.found.workers if worker.swept_at]
        if swept:
            age = (self.found.waiting.at - max(swept)).total_seconds()
            yield GaugeMetricFamily("kfflow_sweep_age_seconds", "Since the last sweep of any worker", value=age)
        seen = GaugeMetricFamily("kfflow_worker_beat_age_seconds", "Since a worker was last seen", labels=["worker"])
        done = GaugeMetricFamily(
            "kfflow_worker_pieces", "Pieces of work done by a worker", labels=["worker", "found_by"]
        )
        for worker in self.found.workers:
            seen.add_metric([worker.name], (self.found.waiting.at - worker.seen_at).total_seconds())
            _add_pieces(done, worker)
        yield seen
        yield done


def _add_pieces(done: GaugeMetricFamily, worker: WorkerProcess) -> None:
    done.add_metric([worker.name, "bell"], worker.rung)
    done.add_metric([worker.name, "sweep"], worker.swept)
