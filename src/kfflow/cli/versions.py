"""`kfflow versions at DAY`: what is in force, per kind, by which law and transitional rule."""

from datetime import datetime

import click

from kfflow.cli.acting import command
from kfflow.settings import Settings

ROW = "{:<32} {:>7}  {:<10}  {:<10}  {:<18}  {}"


@click.group()
def versions() -> None:
    """Which version of each process, decision and form counts."""


@versions.command()
@click.argument("day", type=click.DateTime(["%Y-%m-%d"]))
@click.pass_obj
def at(settings: Settings, day: datetime) -> None:
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
            for row in search.in_force(ctx, table, day.date()):
                click.echo(line(row))
