"""`kfflow deadline …`: how a deadline came about, and extending, pausing and resuming one."""

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from kfflow.cli.acting import command
from kfflow.cli.arguments import KEY
from kfflow.settings import Settings

if TYPE_CHECKING:
    from kfflow.persistence.tables import Deadline

OF_KEY = click.argument("key", type=KEY)
REASON = click.option("--reason", required=True, help="Why; it stands in the deadline's ledger.")
BASIS = click.option("--hjemmel", default="", help="Legal basis; a deadline of the law takes one.")


@click.group()
def deadline() -> None:
    """Explain one deadline and change it."""


@deadline.command()
@OF_KEY
@click.option("--english", is_flag=True, help="In English instead of Danish.")
@click.pass_obj
def explain(settings: Settings, key: int, *, english: bool) -> None:
    """Tell step by step how the deadline came about, and what has happened to it since."""
    from kfflow.persistence.listings import DEADLINES
    from kfflow.persistence.tables import Deadline
    from kfflow.service import ledgers, search

    language = "en" if english else "da"
    with command(settings) as ctx:
        search.get(ctx, DEADLINES, key, "Frist")
        row = ctx.session.get_one(Deadline, key)
        click.echo(f"{row.name} ({row.hjemmel})")
        for number, step in enumerate(row.explanation, 1):
            click.echo(f"{number}. {step[f'text_{language}']}")
        for line in ledgers.told(ctx, [key])[key]:
            click.echo(f"- {line.text(language)}")


@deadline.command()
@OF_KEY
@click.argument("to")
@REASON
@BASIS
@click.pass_obj
def extend(settings: Settings, key: int, to: str, *, reason: str, hjemmel: str) -> None:
    """Extend a deadline by TO (5 AD, P1M), or to TO (2026-12-01, 2026-12-01T12:00)."""
    from kfflow.service import deadlines

    with command(settings, reason=reason) as ctx:
        _show(ctx.zone, deadlines.extend(ctx, key, to, reason=reason, hjemmel=hjemmel))


@deadline.command()
@OF_KEY
@REASON
@BASIS
@click.pass_obj
def pause(settings: Settings, key: int, *, reason: str, hjemmel: str) -> None:
    """Let a deadline stand still until it is resumed."""
    from kfflow.service import deadlines

    with command(settings, reason=reason) as ctx:
        _show(ctx.zone, deadlines.pause(ctx, key, reason=reason, hjemmel=hjemmel))


@deadline.command()
@OF_KEY
@REASON
@click.pass_obj
def resume(settings: Settings, key: int, *, reason: str) -> None:
    """Let a paused deadline run on from where it was."""
    from kfflow.service import deadlines

    with command(settings, reason=reason) as ctx:
        _show(ctx.zone, deadlines.resume(ctx, key, reason=reason))


def _show(zone: str, row: "Deadline") -> None:
    due = row.due_at.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds")
    click.echo(f"{row.key} {row.state} {due}")
