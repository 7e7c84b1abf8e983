"""Versions by date: which version of each process, decision and form a case of a day gets."""

from datetime import date

from kfflow.api import problems
from kfflow.api.operations import Call, Operations
from kfflow.api.shapes import Answer, Key, Nothing
from kfflow.domain.law import Transition
from kfflow.errors import FieldProblem
from kfflow.persistence.validity import KINDS, Version, name_of, title_of
from kfflow.service import cases, search
from kfflow.service.context import Context

operations = Operations("Versions (kfflow)")


class VersionInForce(Answer):
    """One process, decision or form in the version that counts on the day, by which law and transitional rule."""

    kind: str
    id: str
    name: str
    version: int
    key: Key
    gyldig_fra: date | None
    gyldig_til: date | None
    lov: str | None
    overgang: Transition


class VersionsInForce(Answer):
    at: date
    items: list[VersionInForce]


@operations.get("/kf/versions", "Which versions are in force on the day `at` (today when left out)", VersionsInForce)
def in_force(ctx: Context, call: Call[Nothing]) -> VersionsInForce:
    day = _day(ctx, call.query.get("at"))
    items = [_shown(kind, row) for kind, table in KINDS.items() for row in search.in_force(ctx, table, day)]
    return VersionsInForce(at=day, items=items)


def _day(ctx: Context, given: str | None) -> date:
    if given is None:
        return cases.local_date(ctx)
    try:
        return date.fromisoformat(given)
    except ValueError as error:
        problem = FieldProblem("at", "Skriv datoen som ÅÅÅÅ-MM-DD.", "Write the date as YYYY-MM-DD.", "date")
        raise problems.invalid_fields([problem]) from error


def _shown(kind: str, row: Version) -> VersionInForce:
    return VersionInForce(
        kind=kind,
        id=name_of(row),
        name=title_of(row),
        version=row.version,
        key=row.key,
        gyldig_fra=row.gyldig_fra,
        gyldig_til=row.gyldig_til,
        lov=row.lov,
        overgang=Transition(row.overgang),
    )
