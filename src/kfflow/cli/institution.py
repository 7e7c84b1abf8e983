"""`kfflow institution …`: in which area an institution is."""

import click

from kfflow.cli.acting import command
from kfflow.settings import Settings


@click.group()
def institution() -> None:
    """Change what is known of an institution."""


@institution.command()
@click.argument("code")
@click.argument("area")
@click.option("--new", "is_new", is_flag=True, help="AREA is new: no institution is in it yet.")
@click.option("--reason", required=True, help="Why.")
@click.pass_obj
def area(settings: Settings, code: str, area: str, *, is_new: bool, reason: str) -> None:
    """Put the institution CODE in another AREA, with its open cases and tasks."""
    from kfflow.service import institutions

    with command(settings, reason=reason) as ctx:
        moved = institutions.move_to_area(ctx, code, area, reason=reason, is_new=is_new)
        click.echo(f"{moved.code} {moved.area}: {moved.cases} sager, {moved.tasks} opgaver")
