"""`kfflow draft …`: the drafts of designers, their scenarios, and publishing them."""

import sys

import click

from kfflow.cli.acting import by_whom, command, publishing
from kfflow.cli.validity import by_law
from kfflow.settings import Settings

SHOWN = "{:<32} {:>4} {:<16} {}"


@click.group()
def draft() -> None:
    """See the drafts of designers, run their scenarios, and publish them."""


@draft.command(name="list")
@click.pass_obj
def listed(settings: Settings) -> None:
    """Print each draft: its revision, who saved it, and why it does not count as tried, if so."""
    from kfflow.persistence import definition_list
    from kfflow.service import drafts, trial_results

    with command(settings) as ctx:
        names = [row.resource_name for row in definition_list.drafts(ctx.session)]
        for one in drafts.chosen(ctx, names):
            doubt = trial_results.doubt([one])
            told = " / ".join(doubt) if doubt else "prøvet / tried"
            click.echo(SHOWN.format(one.resource_name, one.revision, one.saved_by, told))


@draft.command(name="try")
@click.argument("names", nargs=-1, required=True)
@click.pass_obj
def try_out(settings: Settings, names: tuple[str, ...]) -> None:
    """Run the scenarios of the processes concerned on drafts, and keep how they fared."""
    from kfflow import trying

    results = trying.try_drafts(settings, names)
    for result in results:
        click.echo(f"{'✓' if result.ok else '✗'} {result.process} · {result.name} {result.danish}".rstrip())
    differing = sum(not result.ok for result in results)
    click.echo(f"{len(results)} scenarier, {differing} afviger.")
    sys.exit(1 if differing or not results else 0)


@draft.command()
@click.argument("names", nargs=-1, required=True)
@click.option("--untried", default="", metavar="WHY", help="Why they are published without a passed trial.")
@by_law
@by_whom
@click.pass_obj
def publish(
    settings: Settings, /, names: tuple[str, ...], untried: str, username: str | None, reason: str, **given: str | None
) -> None:
    """Put drafts in force together; refused without a passed trial of them as they are, or a reason."""
    from kfflow.domain.law import Validity
    from kfflow.persistence.validity import name_of
    from kfflow.service import drafts, publications

    with publishing(settings, username=username, reason=reason) as ctx:
        seen = {one.resource_name: one.revision for one in drafts.chosen(ctx, names)}
        made = publications.publish(ctx, seen, Validity.read(**given), untried=untried)
        for version in made.versions:
            click.echo(f"{name_of(version)} version {version.version}")
