"""`kfflow law …`: put a change of law in force, see which running cases it names, and let them follow it."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kfflow.cli.acting import by_whom, command, publishing
from kfflow.cli.arguments import KEY
from kfflow.cli.group import finding_line
from kfflow.cli.validity import RULES
from kfflow.settings import Settings

if TYPE_CHECKING:
    from kfflow.service.context import Context
    from kfflow.service.law import Following, Named

RECKON_ANEW = "stamdata_aendret"
NAMED = "{:<14} {:<16} {:<16} {:<28} {}"


@click.group()
def law() -> None:
    """Publish a change of law and let the running cases follow it that its transitional rule names."""


@law.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--gyldig-fra", required=True, metavar="YYYY-MM-DD", help="The day from which the law is in force.")
@click.option("--gyldig-til", metavar="YYYY-MM-DD", help="The first day on which it is not.")
@click.option("--lov", required=True, help="The law, such as 'lov nr. 611 af 14.06.2011'.")
@click.option("--overgang", required=True, type=click.Choice(RULES), help="For which cases.")
@by_whom
@click.pass_obj
def publish(
    settings: Settings, /, files: tuple[Path, ...], username: str | None, reason: str, **given: str | None
) -> None:
    """Put files in force together; prints the key of the deployment, and each version."""
    from kfflow.domain.law import Validity
    from kfflow.persistence.validity import name_of
    from kfflow.service import deployments

    with publishing(settings, username=username, reason=reason) as ctx:
        found = [(file.name, file.read_bytes()) for file in files]
        deployed = deployments.deploy(ctx, found, name=given["lov"], validity=Validity.read(**given))
        click.echo(deployed.deployment.key)
        for version in deployed.versions:
            click.echo(f"{name_of(version)} version {version.version}")
        for remark in deployed.remarks:
            click.echo(finding_line(remark.as_dict()))


@law.command()
@click.argument("deployment", type=KEY)
@click.option("--message", default=RECKON_ANEW, show_default=True, help="On which message cases reckon anew.")
@click.pass_obj
def affected(settings: Settings, deployment: int, message: str) -> None:
    """Print each running instance that the rule names: case, owner, how it follows, and what stands against that."""
    from kfflow.service.law import Following

    with command(settings) as ctx:
        _print_named(ctx, Following(deployment, message))


@law.command()
@click.argument("deployment", type=KEY)
@click.option("--message", default=RECKON_ANEW, show_default=True, help="On which message cases reckon anew.")
@click.option("--make-up", multiple=True, metavar="ELEMENT", help="Let cases that are past it do this element still.")
@click.option("--dry-run", is_flag=True, help="Print what would be done, and change nothing.")
@click.option("--reason", default="", help="Why; the law when left out.")
@click.pass_obj
def apply(
    settings: Settings, deployment: int, message: str, *, make_up: tuple[str, ...], dry_run: bool, reason: str
) -> None:
    """Let the running cases follow, as a batch that the workers take; prints its key and how many it moves."""
    from kfflow.service import law_batches
    from kfflow.service.law import Following

    following = Following(deployment, message, make_up)
    with command(settings, reason=reason) as ctx:
        if dry_run:
            _print_named(ctx, following)
            return
        made = law_batches.apply(ctx, following, reason=reason)
        click.echo(f"{made.key} {made.frozen_count}")


def _print_named(ctx: "Context", following: "Following") -> None:
    from kfflow.service import law as law_commands

    found = law_commands.named(ctx, following)
    for one in found:
        click.echo(_line(one))
        for obstacle in one.obstacles:
            click.echo(f"    {obstacle.element_id} {obstacle.severity}: {obstacle.message_da} / {obstacle.message_en}")
    blocked = sum(one.is_blocked for one in found)
    click.echo(f"{len(found)} ({blocked} blocked)")


def _line(one: "Named") -> str:
    from kfflow.persistence.validity import name_of

    reached, version = one.reached, one.version
    to = f"{name_of(version)} v{version.version}"
    return NAMED.format(reached.case_number, reached.owner, one.way, to, reached.instance_key)
