"""`kfflow account …`: who may log in, and on which days somebody is away."""

from datetime import date
from typing import TYPE_CHECKING

import click

from kfflow.cli.acting import command
from kfflow.cli.arguments import DAY
from kfflow.errors import InvalidInput
from kfflow.settings import Settings

if TYPE_CHECKING:
    from kfflow.service.absences import Absence


@click.group()
def account() -> None:
    """Create accounts, and tell on which days somebody is away."""


@account.command()
@click.argument("username")
@click.option("--name", required=True, help="The person's name as colleagues see it.")
@click.option("--role", "roles", multiple=True, required=True, help="caseworker, supervisor, designer, auditor, …")
@click.option("--group", "groups", multiple=True, help="A lane's role: sagsbehandler, betjent, omraadekontor, …")
@click.option("--institution", help="Code of the institution; without it and --area the account is national.")
@click.option("--area", help="oest or vest.")
@click.password_option(help="At least 12 characters; asked for when it is not given.")
@click.pass_obj
def create(
    settings: Settings,
    *,
    username: str,
    name: str,
    roles: tuple[str, ...],
    groups: tuple[str, ...],
    institution: str | None,
    area: str | None,
    password: str,
) -> None:
    """Create a local account: the first administrator of an installation, say."""
    from kfflow.service import accounts

    new = accounts.NewAccount(username, name, roles, groups, institution, area)
    with command(settings) as ctx:
        accounts.create(ctx, new, password)
    click.echo(f"Kontoen {username} er oprettet.")


@account.command()
@click.argument("username")
@click.option("--from", "first", type=DAY, help="The first day away.")
@click.option("--until", "last", type=DAY, help="The last day away; without it until further notice.")
@click.option("--end", is_flag=True, help="Back again, or not away after all.")
@click.option("--release", is_flag=True, help="Put the open tasks they hold back in the queue of their groups.")
@click.pass_obj
def absence(
    settings: Settings, username: str, *, first: date | None, last: date | None, end: bool, release: bool
) -> None:
    """Show on which days USERNAME is away, or tell it; both days are included."""
    if end and (first or release):
        raise InvalidInput(
            "--end går hverken med --from eller --release.", "--end goes with neither --from nor --release."
        )
    if last and not first:
        raise InvalidInput("--until kræver --from.", "--until takes --from.")
    from kfflow.service import absences

    with command(settings) as ctx:
        if end:
            absences.end(ctx, username)
        if first:
            absences.tell(ctx, username, first, last)
        for task in absences.put_back(ctx, username) if release else ():
            click.echo(f"{task.key} {task.message or 'lagt tilbage'}")
        click.echo(_words(absences.get(ctx, username)))


def _words(absence: "Absence") -> str:
    if absence.first is None:
        return f"{absence.name} er ikke meldt fraværende."
    days = f"fra {absence.first}" + (f" til og med {absence.last}" if absence.last else " indtil videre")
    return f"{absence.name} er fraværende {days}; {absence.holding} åbne opgaver."
