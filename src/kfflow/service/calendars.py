"""Calendars as versioned data: a day closed or opened again, what an institution keeps, and which version holds.

A change is one more row, with its reason, its basis and who made it. Running deadlines follow by `reprojection`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select, text

from kfflow.domain import almanac as almanacs
from kfflow.domain import authorization, calendars, instants
from kfflow.domain.almanac import ALWAYS_OPEN, INSTITUTION, NATIONAL, Almanac, Change, ChangeKind, Hours
from kfflow.domain.authorization import Permission
from kfflow.domain.calendars import Calendar
from kfflow.domain.law import Validity, days_words
from kfflow.errors import Conflict, FieldProblem, Forbidden, InvalidInput
from kfflow.persistence import steps
from kfflow.persistence.tables import CalendarChange
from kfflow.persistence.tables import Institution as InstitutionRow
from kfflow.service import access, audit
from kfflow.service.context import Context


@dataclass(frozen=True, slots=True)
class Grounds:
    """Why a calendar is changed, and on which legal basis; for one institution, or the whole country."""

    reason: str
    hjemmel: str = ""
    institution: str | None = None


@dataclass(frozen=True, slots=True)
class ClosedDay:
    """A day that is no working day, and why in both languages."""

    day: date
    name_da: str
    name_en: str


# ------------------------------------------------------------------ which version holds


def version(ctx: Context) -> int:
    """Give the newest version that this command sees; it is asked for once."""
    if ctx.calendar_version is None:
        ctx.calendar_version = steps.calendar_version(ctx.transaction)
    return ctx.calendar_version


def at_version(ctx: Context, number: int) -> Almanac:
    """Give all calendars at a version; one that was read is kept, for it never changes."""
    return ctx.compiled.get("almanac", number, lambda: almanacs.almanac(changes(ctx, until=number)))


def changes(ctx: Context, *, after: int = 0, until: int) -> list[Change]:
    """Give the changes after one version up to another, in their order."""
    within = select(CalendarChange).where(CalendarChange.version > after, CalendarChange.version <= until)
    return [_change(row) for row in ctx.session.scalars(within.order_by(CalendarChange.version))]


def of(ctx: Context, code: str, institution: str | None, begun_at: datetime) -> Calendar:
    """Give the newest version of a calendar, as it holds for what begins at an instant."""
    return at_version(ctx, version(ctx)).calendar(code, institution, local_day(ctx, begun_at))


def last_working_day(ctx: Context, day: date) -> date:
    """Give a day itself, or the last working day before it, by the national calendar as it is now."""
    return calendars.on_or_before(of(ctx, "dk", None, ctx.at), day)


def local_day(ctx: Context, at: datetime) -> date:
    return at.astimezone(ZoneInfo(ctx.zone)).date()


def closed_days(ctx: Context, year: int, code: str = "dk", institution: str | None = None) -> Sequence[ClosedDay]:
    """Give the days of a year that are no working days but for its weekends.

    Raises InvalidInput for a year beyond the calendar, NotFound for an institution that nobody knows.
    """
    access.require(ctx, Permission.READ_DEFINITION)
    if institution is not None and ctx.session.get(InstitutionRow, institution) is None:
        raise access.not_found(f"Institution {institution}")
    if not date.min.year <= year <= date.max.year:
        problem = FieldProblem("year", "Skriv et årstal.", "Give a year.")
        raise InvalidInput("Året ligger uden for kalenderen.", "The year is beyond the calendar.", fields=[problem])
    first, last = date(year, 1, 1), date(year, 12, 31)
    calendar = at_version(ctx, version(ctx)).calendar(code, institution, first)
    reasons = ((day, calendars.reason_closed(calendar, day)) for day in calendars.days(first, last))
    return [ClosedDay(day, *why) for day, why in reasons if why and why[0] != "weekend"]


def history(ctx: Context) -> Sequence[CalendarChange]:
    """Give every change, the oldest first."""
    access.require(ctx, Permission.READ_DEFINITION)
    return ctx.session.scalars(select(CalendarChange).order_by(CalendarChange.version)).all()


# ------------------------------------------------------------------ changing


@dataclass(frozen=True, slots=True)
class DayChange:
    """A day to be closed, or opened again; `yearly`: from it on the same day of every year."""

    day: date
    opens: bool = False
    yearly: bool = False

    @property
    def kind(self) -> ChangeKind:
        if self.opens:
            return ChangeKind.OPEN_YEARLY if self.yearly else ChangeKind.OPEN
        return ChangeKind.CLOSE_YEARLY if self.yearly else ChangeKind.CLOSE


@dataclass(frozen=True, slots=True)
class Keeping:
    """An institution keeps one of the national calendars, with hours of its own, for what begins in a period.

    From a day on, until the day before another; a bound that is not given does not bind.
    """

    base: str
    hours: Hours | None = None
    valid_from: date | None = None
    valid_to: date | None = None


Wanted = DayChange | Keeping


def close(ctx: Context, day: date, grounds: Grounds, *, yearly: bool = False) -> CalendarChange:
    """Close a working day, or from that day on the same day of every year, weekend or not.

    Raises Conflict when it is closed already, InvalidInput without a reason and for a day that not every year has.
    """
    return change(ctx, DayChange(day, yearly=yearly), grounds)


def reopen(ctx: Context, day: date, grounds: Grounds, *, yearly: bool = False) -> CalendarChange:
    """Open a day again that a change closed: that day alone, or from it on the same day of every year.

    Raises Conflict for any other day.
    """
    return change(ctx, DayChange(day, opens=True, yearly=yearly), grounds)


def keep(ctx: Context, keeping: Keeping, grounds: Grounds) -> CalendarChange:
    """Let an institution keep one of the national calendars, with hours of its own, for what begins in a period.

    Inside a period that is kept already it is a season: afterwards what was kept before. Raises Conflict when something
    that is kept begins within the new period, for that would go on counting.
    """
    return change(ctx, keeping, grounds)


def change(ctx: Context, wanted: Wanted, grounds: Grounds) -> CalendarChange:
    """Change the calendars; raises as `close`, `reopen` and `keep` do."""
    _lock(ctx)
    require_possible(ctx, wanted, grounds)
    made = as_change(wanted, grounds, version(ctx) + 1)
    opens, closes = made.hours or (None, None)
    row = CalendarChange(kind=made.kind, day=made.day, base=made.base)
    row.valid_from, row.valid_to = made.valid_from, made.valid_to
    row.opens_at, row.closes_at = opens, closes
    return _write(ctx, grounds, row)


def as_change(wanted: Wanted, grounds: Grounds, number: int) -> Change:
    """Give what is wanted as the change that makes a version of the almanac."""
    if isinstance(wanted, DayChange):
        return Change(number, wanted.kind, grounds.institution, wanted.day, grounds.reason)
    return Change(
        number,
        ChangeKind.KEEP,
        grounds.institution,
        reason=grounds.reason,
        base=wanted.base,
        hours=wanted.hours,
        valid_from=wanted.valid_from,
        valid_to=wanted.valid_to,
    )


def require_possible(ctx: Context, wanted: Wanted, grounds: Grounds) -> None:
    """Raise what `change` would, and change nothing."""
    _require_may_change(ctx, grounds)
    if isinstance(wanted, Keeping):
        _require_kept(wanted, grounds)
        _require_nothing_within(ctx, wanted, grounds.institution)
        return
    if wanted.opens:
        _require_closed(ctx, wanted, grounds.institution)
        return
    _require_within_years(wanted)
    _require_open(ctx, wanted, grounds.institution)


def _require_open(ctx: Context, wanted: DayChange, institution: str | None) -> None:
    day, calendar = wanted.day, _concerned(ctx, institution, wanted.day)
    if calendar.code == ALWAYS_OPEN:
        raise Conflict("Institutionen holder åbent alle dage.", "The institution is open on all days.")
    closed = calendars.reason_named(calendar, day) if wanted.yearly else calendars.reason_closed(calendar, day)
    if closed is not None:
        raise Conflict(f"{day} er ikke en arbejdsdag: {closed[0]}.", f"{day} is no working day: {closed[1]}.")


def _require_closed(ctx: Context, wanted: DayChange, institution: str | None) -> None:
    almanac, day = at_version(ctx, version(ctx)), wanted.day
    if wanted.yearly and almanac.own_yearly_closing(institution, day) is None:
        raise Conflict(f"{day} er ikke lukket hvert år ved en ændring.", f"{day} was not closed yearly by a change.")
    if almanac.own_closing_day(institution, day) is None:
        raise Conflict(f"{day} er ikke lukket ved en ændring.", f"{day} was not closed by a change.")


def _require_within_years(wanted: DayChange) -> None:
    if wanted.day.year not in instants.YEARS:
        problem = FieldProblem("day", *instants.BEYOND)
        raise InvalidInput("Dagen kan ikke lukkes.", "The day cannot be closed.", fields=[problem])
    if wanted.yearly and (wanted.day.month, wanted.day.day) == (2, 29):
        problem = FieldProblem("day", "29. februar findes ikke hvert år.", "Not every year has a 29 February.")
        raise InvalidInput("Dagen kan ikke lukkes hvert år.", "The day cannot be closed yearly.", fields=[problem])


def _require_kept(wanted: Keeping, grounds: Grounds) -> None:
    problems = []
    if grounds.institution is None:
        problems.append(FieldProblem("institution", "Angiv institutionen.", "Name the institution."))
    if wanted.base not in NATIONAL:
        known = ", ".join(sorted(NATIONAL))
        problems.append(FieldProblem("base", f"Vælg en af {known}.", f"Choose one of {known}."))
    if wanted.hours is not None and wanted.hours[0] >= wanted.hours[1]:
        problems.append(FieldProblem("hours", "Åbningstiden er tom.", "The hours are empty."))
    period = Validity(wanted.valid_from, wanted.valid_to)
    problems += [FieldProblem("valid_to", wrong.message_da, wrong.message_en) for wrong in period.problems()]
    bounds = (("valid_from", wanted.valid_from), ("valid_to", wanted.valid_to))
    problems += [FieldProblem(name, *instants.BEYOND) for name, day in bounds if day and day.year not in instants.YEARS]
    if problems:
        raise InvalidInput("Kalenderen kan ikke ændres.", "The calendar cannot be changed.", fields=problems)


def _require_nothing_within(ctx: Context, wanted: Keeping, institution: str | None) -> None:
    """Raise Conflict when something that began later would go on counting in the period; a season in it may follow."""
    kept = at_version(ctx, version(ctx)).kept_within(institution, wanted.valid_from, wanted.valid_to)
    if kept is None or kept.valid_from is None:
        return
    da, en = days_words(kept.valid_from, kept.valid_to or date.max)
    raise Conflict(
        f"{institution} holder {kept.base} {da} (version {kept.version}), og det ville stadig gælde i perioden. "
        f"Lad den nye kalender slutte {kept.valid_from}, eller lad den begynde den dag eller senere.",
        f"{institution} keeps {kept.base} {en} (version {kept.version}), which would still count in the period. "
        f"Let the new calendar end on {kept.valid_from}, or let it begin on that day or later.",
    )


def _require_may_change(ctx: Context, grounds: Grounds) -> None:
    access.require(ctx, Permission.EDIT_CALENDAR)
    if not grounds.reason.strip():
        problem = FieldProblem("reason", "Skriv hvorfor.", "Say why.")
        raise InvalidInput("Kalenderen kan ikke ændres.", "The calendar cannot be changed.", fields=[problem])
    if grounds.institution is None:
        if not ctx.actor.national:
            raise Forbidden(
                "Du kan kun ændre din egen institutions kalender.",
                "You may change your own institution's calendar only.",
            )
        return
    place = ctx.session.get(InstitutionRow, grounds.institution)
    if place is None or not authorization.may_see(ctx.actor, place.code, place.area):
        raise access.not_found(f"Institution {grounds.institution}")


def _lock(ctx: Context) -> None:
    """Let no other change come between; readers go on. What was known of the version before is asked anew."""
    ctx.session.execute(text("LOCK TABLE calendar_change IN EXCLUSIVE MODE"))
    ctx.calendar_version = None


def _concerned(ctx: Context, institution: str | None, day: date) -> Calendar:
    code = INSTITUTION if institution else "dk"
    return at_version(ctx, version(ctx)).calendar(code, institution, day)


def _write(ctx: Context, grounds: Grounds, change: CalendarChange) -> CalendarChange:
    change.institution_code = grounds.institution
    change.reason, change.hjemmel = grounds.reason.strip(), grounds.hjemmel.strip()
    change.at, change.by = ctx.at, ctx.actor.username
    ctx.session.add(change)
    ctx.session.flush()
    ctx.calendar_version = change.version
    told = {"kind": change.kind, "day": str(change.day), "institution": change.institution_code, "base": change.base}
    audit.record(ctx, "service:calendar:change", str(change.version), reason=change.reason, data=told)
    return change


def _change(row: CalendarChange) -> Change:
    hours = (row.opens_at, row.closes_at) if row.opens_at and row.closes_at else None
    return Change(
        version=row.version,
        kind=ChangeKind(row.kind),
        institution=row.institution_code,
        day=row.day,
        reason=row.reason,
        base=row.base,
        hours=hours,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    )
