"""Versions by date: which version of each process, decision, form and letter a case of a day gets; the calendars."""

from datetime import date

from kfflow.api import problems
from kfflow.api.calendars import Changed, shown_change
from kfflow.api.operations import Call, Operations
from kfflow.api.shapes import Answer, Key, Nothing
from kfflow.domain.law import Transition
from kfflow.errors import FieldProblem
from kfflow.persistence.validity import KINDS, Version, name_of, title_of
from kfflow.service import calendars_in_force, cases, search
from kfflow.service.calendars_in_force import OVERGANG, CalendarInForce
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


class Calendar(Answer):
    """A calendar as it counts on the day: national, or of an institution (`id` is its code).

    `version` is the newest change that concerns it, 0 when there is none; `lov` and `reason` are that change's. What an
    institution keeps holds for deadlines that begin from `gyldig_fra` on, until the day before `gyldig_til`.
    `overgang` is always ALL_RUNNING: running deadlines follow. `closed_*` say why the day is no working day.
    """

    id: str
    base: str
    version: int
    gyldig_fra: date | None
    gyldig_til: date | None
    lov: str
    reason: str
    overgang: Transition
    closed_da: str | None
    closed_en: str | None


class VersionsInForce(Answer):
    """What counts on a day; `calendar_changes` are those that close or open it, or begin or end on it."""

    at: date
    items: list[VersionInForce]
    calendars: list[Calendar]
    calendar_changes: list[Changed]


@operations.get(
    "/kf/versions", "Which versions are in force on the day `at` (today when left out)", VersionsInForce, query=("at",)
)
def in_force(ctx: Context, call: Call[Nothing]) -> VersionsInForce:
    day = _day(ctx, call.query.get("at"))
    items = [_shown(kind, row) for kind, table in KINDS.items() for row in search.in_force(ctx, table, day)]
    return VersionsInForce(
        at=day,
        items=items,
        calendars=[_calendar(one) for one in calendars_in_force.in_force(ctx, day)],
        calendar_changes=[shown_change(row) for row in calendars_in_force.changes_for(ctx, day)],
    )


def _day(ctx: Context, given: str | None) -> date:
    if given is None:
        return cases.local_date(ctx)
    try:
        return date.fromisoformat(given)
    except ValueError as error:
        problem = FieldProblem("at", "Skriv datoen som ÅÅÅÅ-MM-DD.", "Write the date as YYYY-MM-DD.", "date")
        raise problems.invalid_fields([problem]) from error


def _calendar(one: CalendarInForce) -> Calendar:
    closed_da, closed_en = one.closed or (None, None)
    return Calendar(
        id=one.id,
        base=one.base,
        version=one.version,
        gyldig_fra=one.gyldig_fra,
        gyldig_til=one.gyldig_til,
        lov=one.lov,
        reason=one.reason,
        overgang=OVERGANG,
        closed_da=closed_da,
        closed_en=closed_en,
    )


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
