"""`kfflow versions at DAY`: what is in force, per kind, by which law and transitional rule; the calendars, too."""

from datetime import date
from typing import TYPE_CHECKING

import click

from kfflow.cli.acting import command
from kfflow.cli.arguments import DAY
from kfflow.cli.calendar import change_line
from kfflow.settings import Settings

if TYPE_CHECKING:
    from kfflow.service.context import Context

ROW = "{:<32} {:>7}  {:<10}  {:<10}  {:<18}  {}"


@click.group()
def versions() -> None:
    """Which version of each process, decision, form, letter and calendar counts."""


@versions.command()
@click.argument("day", type=DAY)
@click.pass_obj
def at(settings: Settings, day: date) -> None:
    """Print what a case of a day (YYYY-MM-DD) gets."""
    from kfflow.persistence.validity import KINDS, Version, name_of
    from kfflow.service import search

    def line(row: Version) -> str:
        bounds = (str(row.gyldig_fra or "–"), str(row.gyldig_til or "–"))
        return ROW.format(name_of(row), row.version, *bounds, row.overgang, row.lov or "")

    with command(settings) as ctx:
        for kind, table in KINDS.items():
            click.secho(kind, bold=True)
            click.echo(ROW.format("id", "version", "gyldig_fra", "gyldig_til", "overgang", "lov"))
            for row in search.in_force(ctx, table, day):
                click.echo(line(row))
        _print_calendars(ctx, day)


def _print_calendars(ctx: "Context", day: date) -> None:
    """Print each calendar with the reason why the day is closed, then what was changed about the day."""
    from kfflow.service import calendars_in_force

    click.secho("calendar", bold=True)
    click.echo(ROW.format("id", "version", "gyldig_fra", "gyldig_til", "overgang", "lov"))
    for one in calendars_in_force.in_force(ctx, day):
        name = f"{one.id} ({one.closed[0]})" if one.closed else one.id
        bounds = (str(one.gyldig_fra or "–"), str(one.gyldig_til or "–"))
        click.echo(ROW.format(name, one.version, *bounds, calendars_in_force.OVERGANG, one.lov))
    for row in calendars_in_force.changes_for(ctx, day):
        click.echo(change_line(row))
