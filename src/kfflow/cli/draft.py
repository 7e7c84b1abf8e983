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
@click.option("--gyldig-fra", metavar="YYYY-MM-DD", help="The day from which they shall count; today when left out.")
@click.option("--gyldig-til", metavar="YYYY-MM-DD", help="The first day on which they shall not.")
@click.pass_obj
def try_out(settings: Settings, /, names: tuple[str, ...], **given: str | None) -> None:
    """Run the scenarios of the processes concerned on drafts, on what is in force then, and keep how they fared."""
    from kfflow import trying
    from kfflow.domain.law import Validity
    from kfflow.scenarios.report import Report

    report = Report(tuple(trying.try_drafts(settings, names, Validity.read(**given))), ())
    click.echo(report.render("da"))
    sys.exit(0 if report.ok and report.results else 1)


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
