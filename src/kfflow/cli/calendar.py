"""`kfflow calendar …`: the closed days of a year, and closing or opening a day."""

from datetime import date
from typing import TYPE_CHECKING

import click

from kfflow.cli.acting import command
from kfflow.cli.arguments import DAY
from kfflow.settings import Settings

if TYPE_CHECKING:
    from kfflow.persistence.tables import CalendarChange

OF_DAY = click.argument("day", type=DAY)
REASON = click.option("--reason", required=True, help="Why; it stands in the ledger of every deadline that moves.")
BASIS = click.option("--hjemmel", default="", help="Legal basis.")
YEARLY = click.option("--yearly", is_flag=True, help="The same day of every year from then on, too.")
PLACE = click.option("--institution", help="Code of the institution; without it, for the whole country.")


@click.group()
def calendar() -> None:
    """Show and change the calendars; running deadlines follow by themselves."""


@calendar.command()
@click.argument("year", type=click.IntRange(1, 9999))
@click.option("--calendar", "code", default="dk", show_default=True, help="dk, dk-kontor, 24/7 or institution.")
@PLACE
@click.pass_obj
def show(settings: Settings, year: int, *, code: str, institution: str | None) -> None:
    """Print the days of YEAR that are no working days, without weekends."""
    from kfflow.service import calendars

    with command(settings) as ctx:
        for closed in calendars.closed_days(ctx, year, code, institution):
            click.echo(f"{closed.day} {closed.name_da} / {closed.name_en}")


@calendar.command()
@OF_DAY
@REASON
@BASIS
@PLACE
@YEARLY
@click.pass_obj
def close(settings: Settings, day: date, *, reason: str, hjemmel: str, institution: str | None, yearly: bool) -> None:
    """Close DAY."""
    from kfflow.service import calendars

    with command(settings, reason=reason) as ctx:
        _tell(calendars.close(ctx, day, calendars.Grounds(reason, hjemmel, institution), yearly=yearly))


@calendar.command(name="open")
@OF_DAY
@REASON
@BASIS
@PLACE
@YEARLY
@click.pass_obj
def open_again(
    settings: Settings, day: date, *, reason: str, hjemmel: str, institution: str | None, yearly: bool
) -> None:
    """Open DAY again, which was closed."""
    from kfflow.service import calendars

    with command(settings, reason=reason) as ctx:
        _tell(calendars.reopen(ctx, day, calendars.Grounds(reason, hjemmel, institution), yearly=yearly))


@calendar.command()
@click.argument("institution")
@click.argument("base", type=click.Choice(["dk", "dk-kontor", "24/7"]))
@REASON
@BASIS
@click.option("--hours", help="Office hours: 08:00-15:30.")
@click.option("--from", "valid_from", type=DAY, help="For what begins from this day on.")
@click.option("--until", "valid_to", type=DAY, help="The first day for which it no longer is.")
@click.pass_obj
def keep(
    settings: Settings,
    institution: str,
    base: str,
    *,
    reason: str,
    hjemmel: str,
    hours: str | None,
    valid_from: date | None,
    valid_to: date | None,
) -> None:
    """Let INSTITUTION keep the calendar BASE."""
    from kfflow.domain.calendars import read_hours
    from kfflow.service import calendars

    with command(settings, reason=reason) as ctx:
        grounds = calendars.Grounds(reason, hjemmel, institution)
        keeping = calendars.Keeping(base, read_hours(hours) if hours else None, valid_from, valid_to)
        _tell(calendars.keep(ctx, keeping, grounds))


@calendar.command()
@click.pass_obj
def changes(settings: Settings) -> None:
    """Print every change of the calendars, the oldest first."""
    from kfflow.service import calendars

    with command(settings) as ctx:
        for row in calendars.history(ctx):
            _tell(row)


def _tell(row: "CalendarChange") -> None:
    click.echo(change_line(row))


def change_line(row: "CalendarChange") -> str:
    """Give a change as one line: version, kind, day or calendar with its period, place, who and why."""
    where = row.institution_code or "DK"
    bounds = f" {row.valid_from or '–'}/{row.valid_to or '–'}" if row.valid_from or row.valid_to else ""
    return f"{row.version} {row.kind} {row.day or row.base}{bounds} {where} {row.by}: {row.reason}"
