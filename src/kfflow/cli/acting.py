"""One command of an operator: the installation is put together, acts as the system, and is taken apart again."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

import click

from kfflow.errors import FieldProblem, InvalidInput
from kfflow.settings import Settings

if TYPE_CHECKING:
    from kfflow.installation import Installation
    from kfflow.service.context import Context

F = TypeVar("F", bound=Callable[..., object])


@contextmanager
def command(settings: Settings, *, reason: str = "") -> "Iterator[Context]":
    """Open one transaction as the system; commits at the end of the block, undoes everything when it raises."""
    from kfflow.service.accounts import SYSTEM

    with assembled(settings) as installation, installation.service.command(SYSTEM, reason=reason) as ctx:
        yield ctx


@contextmanager
def assembled(settings: Settings) -> "Iterator[Installation]":
    """Put the installation together for as long as the block runs."""
    from kfflow import installation

    made = installation.assemble(settings)
    try:
        yield made
    finally:
        made.database.close()


def by_whom(command: F) -> F:
    """Add `--as` and `--reason` to a command that puts something in operation."""
    options = (
        click.option("--as", "username", metavar="USERNAME", help="Who does it; without, the operator as the system."),
        click.option("--reason", default="", metavar="WHY", help="Why the operator does it alone; stands in the log."),
    )
    for option in reversed(options):
        command = option(command)
    return command


@contextmanager
def publishing(settings: Settings, *, username: str | None, reason: str) -> "Iterator[Context]":
    """Open one transaction as `command` does, to put something in operation: for an account, by its rights.

    Without one it is the operator's act, whom no second pair of eyes stops: in production it takes a reason, unless
    the installation lets one publish alone. Raises InvalidInput without, and as `accounts.acting`.
    """
    if username is None and _is_production(settings) and not reason.strip():
        raise _without_reason()
    from kfflow.service import accounts, audit

    with command(settings, reason=reason.strip()) as ctx:
        if username is None:
            yield ctx
            return
        actor = accounts.acting(ctx, username)
        audit.record(ctx, "cli:account:act", username)
        yield ctx.on_behalf_of(actor)


def _is_production(settings: Settings) -> bool:
    return settings.database_url is not None and not settings.publish_alone


def _without_reason() -> InvalidInput:
    problem = FieldProblem(
        "--reason",
        "Skriv hvorfor; det står i loggen. Eller angiv med --as, hvem der udgiver.",
        "Write why; it stands in the audit log. Or say with --as who publishes.",
    )
    return InvalidInput(
        "I drift udgiver systemet ikke uden begrundelse (fire øjne).",
        "In production the system publishes nothing without a reason (four eyes).",
        fields=[problem],
    )
