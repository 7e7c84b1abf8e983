"""`kfflow process …`: a process switched on and off, at one institution or everywhere, and the status to print."""

import csv
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

import click
import orjson

from kfflow.cli.acting import command
from kfflow.settings import Settings

if TYPE_CHECKING:
    from kfflow.service.activations import Status


@click.group()
def process() -> None:
    """Switch a process on or off at one institution, or everywhere, and print what is open."""


@process.command()
@click.argument("process_id")
@click.option("--institution", help="Code of the institution; without it everywhere.")
@click.option("--reason", required=True, help="Why; whoever is refused reads it.")
@click.pass_obj
def on(settings: Settings, process_id: str, *, institution: str | None, reason: str) -> None:
    """Let new cases of a process be started."""
    _switch(settings, process_id, institution, reason, to_on=True)


@process.command()
@click.argument("process_id")
@click.option("--institution", help="Code of the institution; without it everywhere.")
@click.option("--reason", required=True, help="Why; whoever is refused reads it.")
@click.pass_obj
def off(settings: Settings, process_id: str, *, institution: str | None, reason: str) -> None:
    """Refuse new cases of a process, and print what is open to be done by hand."""
    _switch(settings, process_id, institution, reason, to_on=False)


def _switch(settings: Settings, process_id: str, institution: str | None, reason: str, *, to_on: bool) -> None:
    from kfflow.service import activations

    with command(settings, reason=reason) as ctx:
        activations.switch(ctx, process_id, institution, on=to_on, reason=reason)
        told = activations.status(ctx, process_id, institution)
    _print(told, "text") if not to_on else click.echo(_headline(told))


@process.command()
@click.argument("process_id")
@click.option("--institution", help="Code of the institution; without it everywhere.")
@click.option("--format", "shape", type=click.Choice(["text", "json", "csv"]), default="text", show_default=True)
@click.pass_obj
def status(settings: Settings, process_id: str, *, institution: str | None, shape: str) -> None:
    """Print whether a process is on, and every open case with its tasks, owners and deadlines."""
    from kfflow.service import activations

    with command(settings) as ctx:
        _print(activations.status(ctx, process_id, institution), shape)


def _print(status: "Status", shape: str) -> None:
    match shape:
        case "json":
            click.echo(orjson.dumps(status, option=orjson.OPT_INDENT_2).decode())
        case "csv":
            rows = [asdict(task) for task in status.open]
            names = ["case_number", "title", "institution", "task", "owner", "due_at", "deadline"]
            writer = csv.DictWriter(sys.stdout, names)
            writer.writeheader()
            writer.writerows(rows)
        case _:
            click.echo(_headline(status))
            for task in status.open:
                due = f"{task.due_at:%Y-%m-%d %H:%M} UTC" if task.due_at else "-"
                click.echo(
                    f"  {task.case_number} {task.task or '-'} · {task.owner or '-'} · {due} · {task.deadline or '-'}"
                )
            click.echo(f"{len(status.open)} linjer. Åbne sager går videre her, eller føres i hånden fra denne liste.")


def _headline(status: "Status") -> str:
    state = "slået til" if status.on else "slået fra"
    since = f" siden {status.since:%Y-%m-%d %H:%M} UTC af {status.by}: {status.reason}" if status.since else ""
    return f"{status.process_id} {status.institution or 'overalt'} er {state}{since}"
