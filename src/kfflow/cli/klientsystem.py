"""`kfflow klientsystem …`: what waits for the client system, sending it now, and comparing both sides."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from kfflow.cli.acting import command
from kfflow.errors import Conflict
from kfflow.settings import Settings

if TYPE_CHECKING:
    from kfflow.installation import Installation


@click.group()
def klientsystem() -> None:
    """Look at the connection to the client system, send what waits, and compare both sides."""


@klientsystem.command()
@click.pass_obj
def status(settings: Settings) -> None:
    """Print whether the adapter is on, and how many outcomes wait or were refused."""
    from sqlalchemy import func, select

    from kfflow.jobs.client_system import NAME
    from kfflow.persistence.tables import Outbox

    click.echo(settings.klientsystem_url or "Slået fra: KFFLOW_KLIENTSYSTEM_URL er ikke sat.")
    refused, waits = Outbox.refused_at.is_not(None), Outbox.sent_at.is_(None) & Outbox.refused_at.is_(None)
    with command(settings) as ctx:
        for words, condition in (("venter", waits), ("afvist", refused)):
            counted = select(func.count()).where(Outbox.system == NAME, condition)
            click.echo(f"{ctx.session.scalar(counted):>6} {words}")


@klientsystem.command()
@click.pass_obj
def send(settings: Settings) -> None:
    """Send the outcomes that are due now."""
    from kfflow.jobs import client_system

    with _connected(settings) as assembled:
        click.echo(f"{client_system.send_due(assembled.service)} sendt.")


@klientsystem.command()
@click.pass_obj
def reconcile(settings: Settings) -> None:
    """Compare every person and outcome on both sides, store the report and print it; run it daily."""
    from kfflow.jobs import client_system

    with _connected(settings) as assembled:
        client = assembled.service.client_system
        assert client is not None, "connected"
        report = client_system.reconcile(assembled.service, client)
    for name, count in report.counts.items():
        click.echo(f"{count:>6} {name}")
    for line in report.differences:
        click.echo("  " + " ".join(f"{name}={value}" for name, value in line.items() if value))


@contextmanager
def _connected(settings: Settings) -> "Iterator[Installation]":
    """Give the installation; raises Conflict when the adapter is off."""
    from kfflow import installation

    assembled = installation.assemble(settings)
    try:
        if assembled.service.client_system is None:
            raise Conflict(
                "Klientsystemet er slået fra: sæt KFFLOW_KLIENTSYSTEM_URL.",
                "The client system is switched off: set KFFLOW_KLIENTSYSTEM_URL.",
            )
        yield assembled
    finally:
        assembled.database.close()
