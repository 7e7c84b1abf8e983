"""What a job handler is given, and the registry of handlers that `workflows/` fills.

    @handler("svc_dokument")
    def write_letter(context: HandlerContext, variables: dict[str, object]) -> dict[str, object]:
        context.write_letter(letters.Wanted("afgoerelse", variables))
        return {"dokument": "afgoerelse"}

A handler runs outside any transaction and may run more than once: what it calls must take the idempotency key.
Its documents and outbound calls are stored together with the completion of the job. Raising `BpmnError` ends the
job by that error; any other exception is a failed attempt.
"""

import importlib.util
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from kfflow.jobs import client_system
from kfflow.persistence.tables import ProcessInstance
from kfflow.service import cases, deadlines, institutions, letters, persons, places
from kfflow.service.accounts import SYSTEM
from kfflow.service.context import Service
from kfflow.service.effects import Effects, Move, NewDocument, Outbound

Variables = dict[str, Any]


class BpmnError(Exception):
    """An error of the process, with a code that a boundary event can catch."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class HandlerContext:
    """The job at hand; `idempotency_key` is the same in every attempt, `at` is the instant of this one (UTC).

    `service` is what the handler may ask questions of; what it changes, it leaves as effects.
    """

    instance_key: int
    business_key: str
    element_id: str
    idempotency_key: str
    at: datetime
    headers: dict[str, Any]
    service: Service
    effects: Effects = field(default_factory=Effects)

    def write_letter(self, wanted: letters.Wanted) -> None:
        """Make a letter and put it on the case when the job completes; one that cannot be made fails the attempt."""
        self.effects.letters.append(wanted)

    def write_document(self, template: str, title: str, text: str, *, access_class: str | None = None) -> None:
        """Put a text document on the case when the job completes."""
        self.effects.documents.append(NewDocument(template, title, text.encode(), access_class=access_class))

    def record_outbound(self, system: str, payload: Variables) -> None:
        """Leave a call on another system in the outbox when the job completes."""
        self.effects.outbound.append(Outbound(system, payload))

    def move_person(self, move: Move) -> None:
        """Move a person with their open cases and tasks to another institution when the job completes.

        The completion fails when the regime has no place that the process holds or that is free.
        """
        self.effects.moves.append(move)

    def hold_place(self, wanted: places.Wanted) -> None:
        """Hold a place for the process when the job completes; the completion fails when it is gone by then."""
        self.effects.holds.append(wanted)

    def leave_place(self, person_number: str) -> None:
        """Free the place of somebody who has left when the job completes."""
        self.effects.leaves.append(person_number)

    def facts_of(self, person_number: str) -> Variables | None:
        """Give a person's master data, fresh from the client system when it answers, else as kfflow knows them.

        None when nobody has the number; raises InvalidInput when what the client system says is unusable.
        """
        reason = f"{self.business_key} {self.element_id}"
        return client_system.read_facts(self.service, person_number, effects=self.effects, reason=reason)

    def open_cases_of(self, person_number: str) -> list[str]:
        """Give the numbers of a person's open cases, the one at hand among them, the oldest first."""
        with self.service.query(SYSTEM) as ctx:
            found = persons.open_case_numbers(ctx, person_number)
        return found if self.business_key in found else [*found, self.business_key]

    def all_knowing(self, name: str) -> Sequence[Variables]:
        """Give the variables of every other instance of the case that knows a name, the newest instance first."""
        with self.service.query(SYSTEM) as ctx:
            return cases.all_knowing(ctx, self.instance_key, name)

    def case_deadline(self) -> str | None:
        """Give the local day (ISO 8601) on which the deadline of the whole process falls; None when it has none."""
        with self.service.query(SYSTEM) as ctx:
            day = deadlines.due_day(ctx, self.instance_key)
        return None if day is None else day.isoformat()

    def area_of(self, institution_code: str) -> str:
        """Give the area in which an institution lies, by its code; raises NotFound."""
        with self.service.query(SYSTEM) as ctx:
            return institutions.area_of(ctx, institution_code)

    def has_place(self, wanted: places.Wanted) -> bool:
        """Tell whether who arrives has a place: held by this process, one too many that was accepted, or free."""
        with self.service.query(SYSTEM) as ctx:
            return places.has(ctx, ctx.session.get_one(ProcessInstance, self.instance_key).root_key, wanted)

    def free_places(self, institution_code: str, regime: str) -> int:
        """Give how many places of a regime an institution has left for this process; negative when it is overfull."""
        with self.service.query(SYSTEM) as ctx:
            own = ctx.session.get_one(ProcessInstance, self.instance_key).root_key
            return places.free(ctx, institution_code, regime, besides=own)


Handler = Callable[[HandlerContext, Variables], Variables | None]
_registry: dict[str, Handler] = {}
_folders: dict[Path, None] = {}


def handler(job_type: str) -> Callable[[Handler], Handler]:
    """Register a function as the handler of a job type; a second one for the same type is an error."""

    def register(function: Handler) -> Handler:
        known = _registry.get(job_type)
        if known is not None and known.__code__.co_filename != function.__code__.co_filename:
            raise ValueError(f"job type {job_type} already has a handler")
        _registry[job_type] = function
        return function

    return register


def find(job_type: str) -> Handler | None:
    return _registry.get(job_type)


def types() -> list[str]:
    return sorted(_registry)


def folders() -> list[Path]:
    """Give the workflows folders that were loaded, for another process to load the same."""
    return list(_folders)


def load(workflows_dir: Path) -> list[str]:
    """Import every `handlers.py` below the workflows folder; gives the job types registered in all."""
    _folders[workflows_dir.resolve()] = None
    for path in sorted(workflows_dir.glob("*/handlers.py")):
        name = f"kfflow_workflows.{path.parent.name}.handlers"
        if name in sys.modules:
            continue
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None, f"{path} is a Python file"
        assert spec.loader is not None, f"{path} is a Python file"
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return types()
