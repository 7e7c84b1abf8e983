"""The days from which other files are in force, with the files of each: what scenarios are run on.

A scenario is a version by law like any other file, so that those of the law today and of a law to come both stand.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from kfflow.domain.law import Validity
from kfflow.persistence import law_days as rows
from kfflow.persistence.tables import Draft
from kfflow.service import definitions
from kfflow.service.context import Context

ALWAYS = Validity()


@dataclass(frozen=True, slots=True)
class LawDay:
    """A day from which these files count, by name; drafts stand in the place of theirs."""

    begins: date
    sources: dict[str, bytes]


def first(ctx: Context, validity: Validity) -> date:
    """Give the first day of a period that is not over: what counts from a day long ago is tried as of today."""
    return max(definitions.today(ctx).today, validity.gyldig_fra or date.min)


def changes(ctx: Context) -> list[date]:
    """Give the days to come on which a version begins or ends, the earliest first."""
    return rows.changes(ctx.session, definitions.today(ctx).today)


def ahead(ctx: Context, changed: Sequence[Draft] = (), validity: Validity = ALWAYS) -> list[LawDay]:
    """Give the first day of a period, and each later one within it from which other files are in force.

    A draft stands in the place of its file until a version begins that is announced for a later day.
    """
    begins = first(ctx, validity)
    days = [begins, *(day for day in rows.changes(ctx.session, begins) if day < (validity.gyldig_til or date.max))]
    files = {day: rows.files(ctx.session, day) for day in days}
    sources = rows.sources(ctx.session, {key for found in files.values() for key in found.values()})
    found: list[LawDay] = []
    for day in days:
        in_place = _in_place(changed, outdone(ctx, begins, day))
        in_force = {name: sources[key] for name, key in files[day].items()} | in_place
        if not found or found[-1].sources != in_force:
            found.append(LawDay(day, in_force))
    return found


def outdone(ctx: Context, begins: date, day: date) -> frozenset[str]:
    """Give the files of which, after one day and until another, a version begins: a draft counts no longer then."""
    announced = rows.bounds(ctx.session, begins)
    return frozenset(one.name for one in announced if one.begins is not None and begins < one.begins <= day)


def _in_place(changed: Sequence[Draft], outdone: Collection[str]) -> dict[str, bytes]:
    return {draft.resource_name: draft.source.encode() for draft in changed if draft.resource_name not in outdone}
