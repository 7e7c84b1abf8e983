"""Drives kfflow for the third-party cases: through its commands on a real database, never around them."""

import atexit
import shutil
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from sqlalchemy import select

from kfflow.domain.authorization import Actor, Role
from kfflow.domain.lifecycle import IncidentState, UserTaskState
from kfflow.engine.bpmn.encoding import as_text
from kfflow.engine.bpmn.lint import EXECUTABILITY
from kfflow.engine.findings import Finding, Severity
from kfflow.jobs.worker import Worker
from kfflow.persistence import embedded, schema
from kfflow.persistence.database import Database
from kfflow.persistence.tables import HistoryEvent, Incident, Job, ProcessInstance, Timer, UserTask
from kfflow.service import deployments, drafts, instances, jobs, messages, signals, tasks
from kfflow.service.context import Service, SettableClock
from tests.conformance.dmn_driver import Driver as DecisionDriver
from tests.kept import Kept

EVERYBODY = Actor("conformance", "Conformance", frozenset(Role), national=True)
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def severity(finding: Finding) -> str:
    """Give how grave a finding is by the standard: that an element says too little to be run breaks no rule of it."""
    return "warning" if finding.rule in EXECUTABILITY and finding.severity is Severity.ERROR else finding.severity.value


OPENED = ExitStack()
"""What is to be closed at the end: a process of several that run tests ends without its exit handlers."""
atexit.register(OPENED.close)


@cache
def database() -> Database:
    """One migrated database for all runs of this process."""
    folder = Path(tempfile.mkdtemp(prefix="kf"))
    folder.chmod(0o755)
    server = embedded.start(folder / "pg")
    made = Database(embedded.fresh(server, "conformance"))
    schema.upgrade(made)
    OPENED.callback(shutil.rmtree, folder, ignore_errors=True)
    OPENED.callback(server.stop)
    OPENED.callback(made.close)
    return made


class Driver:
    """One run on an empty database; the clock moves only by `advance`."""

    def __init__(self) -> None:
        Kept(database()).clear()
        self.clock = SettableClock(NOON)
        self.service = Service(database(), clock=self.clock)
        self.service.publish_alone = True
        self.worker = Worker(self.service)
        self.root: int | None = None

    # -------------------------------------------------------------- execution

    def deploy(self, files: list[tuple[str, bytes]]) -> None:
        with self._command() as ctx:
            deployments.deploy(ctx, [(Path(name).name, source) for name, source in files])

    def start(self, process_id: str, variables: dict[str, object]) -> None:
        with self._command() as ctx:
            self.root = instances.create(ctx, process_id=process_id, variables=variables).key
        self.worker.drain()

    def also_start(self, process_id: str) -> None:
        with self._command() as ctx:
            instances.create(ctx, process_id=process_id, variables={})
        self.worker.drain()

    def open(self) -> list[str]:
        return [row.element_id for row in (*self._open(UserTask), *self._open(Job))]

    def complete(self, element_id: str, variables: dict[str, object], nth: int = 0) -> None:
        row = self._waiting(element_id, nth)
        with self._command(row) as ctx:
            if isinstance(row, UserTask):
                tasks.complete(ctx, row.key, variables=variables, validate=False)
            else:
                jobs.complete(ctx, row.key, variables)
        self.worker.drain()

    def fail(self, element_id: str, bpmn_error_code: str) -> None:
        row = self._waiting(element_id, 0)
        with self._command(row) as ctx:
            throw = tasks.throw_error if isinstance(row, UserTask) else jobs.throw_error
            throw(ctx, row.key, code=bpmn_error_code)
        self.worker.drain()

    def message(self, name: str) -> None:
        with self._command() as ctx:
            messages.publish(ctx, name=name, correlation_key=None, variables={})
        self.worker.drain()

    def signal(self, name: str) -> None:
        with self._command() as ctx:
            signals.broadcast(ctx, name=name, variables={})
        self.worker.drain()

    def advance(self, seconds: float) -> None:
        """Move the clock, stopping at every timer on the way."""
        end = self.clock.at + timedelta(seconds=seconds)
        while (due := self._next_due(end)) is not None:
            self.clock.at = max(due, self.clock.at)
            if not self.worker.drain():
                break
        self.clock.at = end
        self.worker.drain()

    def state(self) -> str:
        with self.service.database.transaction() as session:
            instance = session.get_one(ProcessInstance, self.root)
            active = select(Incident.key).where(
                Incident.root_key == instance.root_key, Incident.state == IncidentState.ACTIVE
            )
            if session.scalars(active).first() is not None:
                return "failed"
        return {"ACTIVE": "running", "COMPLETED": "completed", "TERMINATED": "completed"}[instance.state]

    def executed(self) -> list[str]:
        done = select(HistoryEvent.element_id).where(
            HistoryEvent.kind == "ELEMENT_COMPLETED", HistoryEvent.element_type == "scriptTask"
        )
        with self.service.database.transaction() as session:
            return list(session.scalars(done.order_by(HistoryEvent.key)))

    def variables(self) -> dict[str, object]:
        with self.service.database.transaction() as session:
            return dict(session.get_one(ProcessInstance, self.root).variables)

    # -------------------------------------------------------------- the other suites

    def evaluate(self, *question: object) -> object:
        return DecisionDriver().evaluate(*question)

    def findings(self, filename: str, source: bytes) -> list[dict[str, object]]:
        """Give what a designer is told of a file; what kfflow alone cannot run is no fault of the model."""
        with self._command() as ctx:
            found = deployments.lint(ctx, filename, source)
        return [{**f.as_dict(), "severity": severity(f), "message": f.message_en} for f in found]

    def roundtrip(self, filename: str, source: bytes) -> bytes:
        """Give a file back from a designer's draft."""
        with self._command() as ctx:
            drafts.save(ctx, filename, kind="bpmn", source=as_text(source), revision=0)
        with self._command() as ctx:
            return drafts.find(ctx, filename).source.encode()

    # -------------------------------------------------------------- rows

    def _command(self, row: UserTask | Job | None = None):
        """Open a command as somebody who is in the groups that the task is for: the cases name groups of their own."""
        groups = frozenset(row.candidate_groups) if isinstance(row, UserTask) else frozenset()
        candidate = replace(EVERYBODY, groups=groups)
        if isinstance(row, UserTask) and row.assignee:
            candidate = replace(candidate, username=row.assignee)
        return self.service.command(candidate, language="en")

    def _open(self, table: type) -> list:
        state = UserTaskState.CREATED.value
        with self.service.database.transaction() as session:
            return list(session.scalars(select(table).where(table.state == state).order_by(table.key)))

    def _waiting(self, element_id: str, nth: int) -> UserTask | Job:
        rows = [row for row in (*self._open(UserTask), *self._open(Job)) if row.element_id == element_id]
        return rows[nth]

    def _next_due(self, until: datetime) -> datetime | None:
        armed = select(Timer.due_at).where(Timer.state == "ARMED", Timer.due_at <= until).order_by(Timer.due_at)
        with self.service.database.transaction() as session:
            return session.scalars(armed.limit(1)).first()
