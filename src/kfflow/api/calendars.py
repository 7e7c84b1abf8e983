"""Calendars: the closed days of a year, what was changed and why, and changing them."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from kfflow.api.operations import Call, Operations
from kfflow.api.shapes import Answer, Body, Nothing
from kfflow.domain.calendars import read_hours
from kfflow.persistence.tables import CalendarChange
from kfflow.service import calendars
from kfflow.service.calendars import Grounds
from kfflow.service.context import Context

operations = Operations("Calendars (kfflow)")

LONGEST_REASON = 500
Reason = Annotated[str, Field(min_length=1, max_length=LONGEST_REASON)]
Basis = Annotated[str, Field(max_length=LONGEST_REASON)]
Day = Annotated[date, Field(strict=False)]
Place = Annotated[str | None, Field(max_length=50)]


class Year(Body):
    """Whose closed days: of a national calendar, or `institution` with the institution's code."""

    year: Annotated[int, Field(ge=1, le=9999)]
    calendar: Annotated[str, Field(max_length=50)] = "dk"
    institution_code: Place = None


class ClosedDay(Answer):
    day: date
    name_da: str
    name_en: str


class ClosedDays(Answer):
    version: int
    items: list[ClosedDay]


class DayChange(Body):
    """A day, or from it on the same day of every year, why, and on which legal basis.

    Without an institution it is for the whole country.
    """

    day: Day
    reason: Reason
    hjemmel: Basis = ""
    institution_code: Place = None
    yearly: bool = False


class Keeping(Body):
    """An institution keeps one of the national calendars, with hours (`08:00-15:30`) of its own.

    For what begins from `valid_from` on, until the day before `valid_to`.
    """

    institution_code: Annotated[str, Field(max_length=50)]
    calendar: Literal["dk", "dk-kontor", "24/7"]
    reason: Reason
    hjemmel: Basis = ""
    hours: Annotated[str | None, Field(max_length=20)] = None
    valid_from: Annotated[date | None, Field(strict=False)] = None
    valid_to: Annotated[date | None, Field(strict=False)] = None


class Changed(Answer):
    """One version of the calendars: what made it, who, when and why."""

    version: int
    kind: str
    institution_code: str | None
    day: date | None
    calendar: str | None
    valid_from: date | None
    valid_to: date | None
    reason: str
    hjemmel: str
    at: datetime
    by: str


class Changes(Answer):
    items: list[Changed]


@operations.post("/kf/calendars/closed-days", "Give the closed days of a year", Year, ClosedDays)
def closed_days(ctx: Context, call: Call[Year]) -> ClosedDays:
    asked = call.body
    found = calendars.closed_days(ctx, asked.year, asked.calendar, asked.institution_code)
    items = [ClosedDay(day=one.day, name_da=one.name_da, name_en=one.name_en) for one in found]
    return ClosedDays(version=calendars.version(ctx), items=items)


@operations.get("/kf/calendars/changes", "Give every change of the calendars", Changes)
def changes(ctx: Context, _call: Call[Nothing]) -> Changes:
    return Changes(items=[shown_change(row) for row in calendars.history(ctx)])


@operations.post("/kf/calendars/closings", "Close a day", DayChange, Changed)
def close(ctx: Context, call: Call[DayChange]) -> Changed:
    return shown_change(calendars.close(ctx, call.body.day, _grounds(call.body), yearly=call.body.yearly))


@operations.post("/kf/calendars/reopenings", "Open a day again that was closed", DayChange, Changed)
def reopen(ctx: Context, call: Call[DayChange]) -> Changed:
    return shown_change(calendars.reopen(ctx, call.body.day, _grounds(call.body), yearly=call.body.yearly))


@operations.post("/kf/calendars/keepings", "Say which calendar an institution keeps", Keeping, Changed)
def keep(ctx: Context, call: Call[Keeping]) -> Changed:
    asked = call.body
    hours = read_hours(asked.hours) if asked.hours else None
    keeping = calendars.Keeping(asked.calendar, hours, asked.valid_from, asked.valid_to)
    return shown_change(calendars.keep(ctx, keeping, _grounds(asked)))


def _grounds(body: DayChange | Keeping) -> Grounds:
    return Grounds(body.reason, body.hjemmel, body.institution_code)


def shown_change(row: CalendarChange) -> Changed:
    """Give a change of the calendars as an answer."""
    return Changed(
        version=row.version,
        kind=row.kind,
        institution_code=row.institution_code,
        day=row.day,
        calendar=row.base,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        reason=row.reason,
        hjemmel=row.hjemmel,
        at=row.at,
        by=row.by,
    )
