"""One kfflow that a browser can visit: served from a thread, its worker running, with cases made by commands."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import exists, select
from werkzeug.serving import WSGIRequestHandler, make_server

from kfflow.app import create_app
from kfflow.domain.law import Transition, Validity
from kfflow.installation import Installation
from kfflow.persistence.tables import Case, Job, Person, UserTask
from kfflow.service import deployments, instances
from kfflow.service.accounts import SYSTEM
from kfflow.service.cases import CaseDetails
from kfflow.service.context import Service, SettableClock
from tests.integration.service import diagrams

ROOT = Path(__file__).resolve().parents[2]
LEAVE = "kf_udgangstilladelse"
DECISION = "kf_afgoerelse"
MOST_LOOKS = 600
SCENARIO = ROOT / "workflows" / LEAVE / "scenarios" / "godkendt_regelmaessig_udgang.yaml"


class _Silent(WSGIRequestHandler):
    def log(self, *_words: object) -> None:
        """Say nothing: what matters is in kfflow's own log."""


@dataclass(frozen=True, slots=True)
class House:
    """The running kfflow: where it is, and the doors behind the screens."""

    address: str
    installation: Installation
    clock: SettableClock
    numbers: Iterator[int] = field(default_factory=partial(count, 1))

    @property
    def service(self) -> Service:
        return self.installation.service

    def open_cases(self, prefix: str, how_many: int, *, with_person: bool = True, **variables: Any) -> list[str]:
        """Start leave cases of the institution SDO with numbers of their own; the application is known."""
        numbers = [f"{prefix}-{next(self.numbers)}" for _ in range(how_many)]
        for number in numbers:
            self._open_case(number, {**application(), **variables}, with_person=with_person)
        return numbers

    def _open_case(self, number: str, variables: dict[str, Any], *, with_person: bool, process_id: str = LEAVE) -> None:
        of_institution = select(Person.key).where(Person.institution_code == "SDO").order_by(Person.key).limit(1)
        with self.service.command(SYSTEM) as ctx:
            person_key = ctx.session.scalar(of_institution) if with_person else None
            details = CaseDetails(person_key=person_key, institution_code="SDO")
            instances.create(
                ctx, process_id=process_id, variables=variables, business_key=number, case=details, as_part=True
            )

    def open_decision(self, prefix: str, role: str) -> str:
        """Start a case in which somebody of a group has to decide about a leave; gives its number."""
        number = f"{prefix}-{next(self.numbers)}"
        variables = {**application(), "sagstype": "udgang", "afgoerelse_rolle": role}
        self._open_case(number, variables, with_person=True, process_id=DECISION)
        self.come_to_rest()
        return number

    def come_to_rest(self) -> None:
        """Wait until all that is due is done, also what the worker's own loop is at: then the pages stand still."""
        pause = threading.Event()
        for _ in range(MOST_LOOKS):
            if not self.installation.worker.drain() and not self._is_at_work():
                return
            pause.wait(0.1)
        raise AssertionError("the worker does not come to rest")

    def _is_at_work(self) -> bool:
        leased = exists().where(Job.state == "CREATED", Job.lease_until > self.clock.at)
        with self.installation.database.transaction() as session:
            return bool(session.scalar(select(leased)))

    def publish_law(self) -> int:
        """Publish a process of its own by a law to come; gives the deployment."""
        source = diagrams.sequence("lovproeve", diagrams.user_task("A"), ids=["A"])
        law = Validity(date(2027, 1, 1), None, "lov nr. 1 af 2026", Transition.ALL_RUNNING)
        with self.service.command(SYSTEM) as ctx:
            return deployments.deploy(ctx, [("lovproeve.bpmn", source)], validity=law).deployment.key

    def tasks_of(self, number: str) -> list[UserTask]:
        """Give the tasks of a case, the first made first."""
        tasks = select(UserTask).join(Case, Case.key == UserTask.case_key).where(Case.number == number)
        with self.installation.database.transaction() as session:
            return list(session.scalars(tasks.order_by(UserTask.key)))

    def open_task(self, number: str) -> UserTask:
        return next(task for task in self.tasks_of(number) if task.state == "CREATED")


def application() -> dict[str, Any]:
    """Give everything the form «Registrér ansøgning» asks, as a scenario of the leave process answers it."""
    scenario = yaml.safe_load(SCENARIO.read_text(encoding="utf-8"))
    step = next(step for step in scenario["steps"] if step.get("complete") == "RegistrerAnsoegning")
    return {**scenario["start"]["variables"], **step["with"]}


@contextmanager
def served(installation: Installation, clock: SettableClock) -> Iterator[House]:
    """Serve an installation, web and worker, as long as the block runs."""
    app = create_app(installation)
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Silent)
    web = threading.Thread(target=server.serve_forever, daemon=True)
    worker = installation.worker.start()
    web.start()
    yield House(f"http://127.0.0.1:{server.server_port}", installation, clock)
    installation.worker.stop()
    worker.join()
    server.shutdown()
    web.join()
    server.server_close()
