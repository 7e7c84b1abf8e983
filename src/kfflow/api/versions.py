"""Versions by date: which version of each process and decision is in force on a day."""

from datetime import date

from kfflow.api import problems
from kfflow.api.operations import Call, Operations
from kfflow.api.shapes import Answer, Key, Nothing
from kfflow.errors import FieldProblem
from kfflow.persistence.tables import DecisionDefinition, ProcessDefinition
from kfflow.service import cases, search
from kfflow.service.context import Context

operations = Operations("Versions (kfflow)")


class VersionInForce(Answer):
    """One process or decision in the version that counts on the day."""

    kind: str
    id: str
    name: str
    version: int
    key: Key
    gyldig_fra: date | None
    gyldig_til: date | None


class VersionsInForce(Answer):
    at: date
    items: list[VersionInForce]


@operations.get("/kf/versions", "Which versions are in force on the day `at` (today when left out)", VersionsInForce)
def in_force(ctx: Context, call: Call[Nothing]) -> VersionsInForce:
    day = _day(ctx, call.query.get("at"))
    processes = [_shown("process", p.process_id, p) for p in search.processes_in_force(ctx, day)]
    decisions = [_shown("decision", d.decision_id, d) for d in search.decisions_in_force(ctx, day)]
    return VersionsInForce(at=day, items=[*processes, *decisions])


def _day(ctx: Context, given: str | None) -> date:
    if given is None:
        return cases.local_date(ctx)
    try:
        return date.fromisoformat(given)
    except ValueError as error:
        problem = FieldProblem("at", "Skriv datoen som ÅÅÅÅ-MM-DD.", "Write the date as YYYY-MM-DD.", "date")
        raise problems.invalid_fields([problem]) from error


def _shown(kind: str, identifier: str, row: ProcessDefinition | DecisionDefinition) -> VersionInForce:
    return VersionInForce(
        kind=kind,
        id=identifier,
        name=row.name,
        version=row.version,
        key=row.key,
        gyldig_fra=row.gyldig_fra,
        gyldig_til=row.gyldig_til,
    )
