"""The options that say from when, by which law and for which cases versions count."""

from collections.abc import Callable
from typing import TypeVar

import click

F = TypeVar("F", bound=Callable[..., object])
RULES = ("NEW_CASES", "FROM_REFERENCE_DATE", "ALL_RUNNING")


def by_law(command: F) -> F:
    """Add `--gyldig-fra`, `--gyldig-til`, `--lov` and `--overgang` to a command."""
    options = (
        click.option("--gyldig-fra", metavar="YYYY-MM-DD", help="The day from which the versions are in force."),
        click.option("--gyldig-til", metavar="YYYY-MM-DD", help="The first day on which they are not."),
        click.option("--lov", help="The law, such as 'lov nr. 611 af 14.06.2011'."),
        click.option("--overgang", type=click.Choice(RULES), help="For which cases; FROM_REFERENCE_DATE if left out."),
    )
    for option in reversed(options):
        command = option(command)
    return command
