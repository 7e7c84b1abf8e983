"""`kfflow timer …`: what waits for a time, and moving it to another."""

from datetime import datetime
from zoneinfo import ZoneInfo

import click

from kfflow.cli.acting import command
from kfflow.cli.arguments import KEY, MOMENT
from kfflow.settings import Settings


@click.group()
def timer() -> None:
    """Look at timers and move one to another due date."""


@timer.command(name="list")
@click.option("--instance", type=KEY, help="Only the timers of this process instance.")
@click.option("--failed", is_flag=True, help="Rounds of process starts that were given up, instead of what waits.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1000))
@click.pass_obj
def show_all(settings: Settings, *, instance: int | None, failed: bool, limit: int) -> None:
    """Print what waits for a time, the earliest first: key, due date, process, element, instance."""
    from kfflow.persistence.listings import TIMERS
    from kfflow.persistence.search import Condition, Order, Query
    from kfflow.service import search

    conditions = [Condition("state", "eq", "FAILED" if failed else "ARMED")]
    if instance is not None:
        conditions.append(Condition("process_instance_key", "eq", instance))
    with command(settings) as ctx:
        query = Query(conditions=conditions, order=[Order("due_date")], limit=limit)
        for row in search.find(ctx, TIMERS, query).items:
            due = row["due_date"].astimezone(ZoneInfo(ctx.zone)).isoformat(timespec="seconds")
            where = row["process_instance_key"] or "-"
            click.echo(f"{row['timer_key']} {due} {row['process_definition_id']} {row['element_id']} {where}")


@timer.command()
@click.argument("key", type=KEY)
@click.argument("due", type=MOMENT)
@click.option("--reason", required=True, help="Why; it stands in the case's history.")
@click.pass_obj
def reschedule(settings: Settings, key: int, due: datetime, reason: str) -> None:
    """Let a waiting timer be due at DUE, wall clock time of the installation's zone."""
    from kfflow.service import timers

    with command(settings, reason=reason) as ctx:
        moved = timers.reschedule(ctx, key, due.replace(tzinfo=ZoneInfo(ctx.zone)), reason)
        click.echo(f"{moved.key} {moved.element_id} {moved.due_at.isoformat(timespec='seconds')}")
