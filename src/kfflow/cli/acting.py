"""One command of an operator: the installation is put together, acts as the system, and is taken apart again."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from kfflow.settings import Settings

if TYPE_CHECKING:
    from kfflow.installation import Installation
    from kfflow.service.context import Context


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
