"""`kfflow batch …`: what is being done to many, and stopping it."""

from typing import Any

import click

from kfflow.cli.acting import command
from kfflow.cli.arguments import KEY
from kfflow.settings import Settings


@click.group()
def batch() -> None:
    """Look at batch operations; let one wait, go on or end."""


@batch.command(name="list")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 1000))
@click.pass_obj
def show_all(settings: Settings, limit: int) -> None:
    """Print the batches, the newest first: key, operation, state, and how the items stand."""
    from kfflow.persistence.listings import BATCH_OPERATIONS
    from kfflow.persistence.search import Query
    from kfflow.service import search

    with command(settings) as ctx:
        for row in search.find(ctx, BATCH_OPERATIONS, Query(limit=limit)).items:
            click.echo(_line(row))


@batch.command()
@click.argument("key", type=KEY)
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 1000), help="Most refusals printed.")
@click.pass_obj
def show(settings: Settings, key: int, limit: int) -> None:
    """Print how a batch stands, and each item that was skipped or failed with the reason."""
    from kfflow.persistence.listings import BATCH_ITEMS, BATCH_OPERATIONS
    from kfflow.persistence.search import Condition, Query
    from kfflow.service import search

    refused = [Condition("batch_operation_key", "eq", key), Condition("state", "in", ["CANCELED", "FAILED"])]
    with command(settings) as ctx:
        click.echo(_line(search.get(ctx, BATCH_OPERATIONS, key, "Batch")))
        for item in search.find(ctx, BATCH_ITEMS, Query(refused, limit=limit)).items:
            click.echo(f"  {item['item_key']} {item['state']} {item['error_message_da']}")


def _line(row: Any) -> str:  # noqa: ANN401 - a row of the listing
    numbers = " ".join(
        f"{name}={row[f'operations_{name}_count']}" for name in ("total", "pending", "completed", "skipped", "failed")
    )
    return f"{row['batch_operation_key']} {row['batch_operation_type']} {row['state']} {numbers}"


@batch.command()
@click.argument("key", type=KEY)
@click.pass_obj
def suspend(settings: Settings, key: int) -> None:
    """Let a batch wait; items in hand are finished."""
    from kfflow.service import batches

    with command(settings) as ctx:
        click.echo(f"{key} {batches.suspend(ctx, key).state}")


@batch.command()
@click.argument("key", type=KEY)
@click.pass_obj
def resume(settings: Settings, key: int) -> None:
    """Let a waiting batch go on."""
    from kfflow.service import batches

    with command(settings) as ctx:
        click.echo(f"{key} {batches.resume(ctx, key).state}")


@batch.command()
@click.argument("key", type=KEY)
@click.pass_obj
def cancel(settings: Settings, key: int) -> None:
    """End a batch; what is done stays done, the rest is skipped."""
    from kfflow.service import batches

    with command(settings) as ctx:
        click.echo(f"{key} {batches.cancel(ctx, key).state}")


@batch.command()
@click.argument("key", type=KEY)
@click.pass_obj
def retry(settings: Settings, key: int) -> None:
    """Let the workers try again what failed."""
    from kfflow.service import batches

    with command(settings) as ctx:
        click.echo(f"{batches.retry_failed(ctx, key)} prøves igen.")
