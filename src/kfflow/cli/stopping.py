"""`kfflow instance cancel|suspend|resume`: one instance by key, or many as a batch."""

from typing import Any

import click

from kfflow.cli.acting import command
from kfflow.cli.selection import Many, of_many, start_batch
from kfflow.settings import Settings

REASON = click.option("--reason", required=True, help="Why; everybody who meets the case is told.")


@click.command()
@of_many
@REASON
@click.pass_obj
def cancel(settings: Settings, /, *, key: int | None, reason: str, **many: Any) -> None:  # noqa: ANN401 - the options of `of_many`
    """End an instance with everything it called; without KEY, all that the options choose."""
    from kfflow.service import instances
    from kfflow.service.batch_operations import CANCEL

    with command(settings, reason=reason) as ctx:
        if key is None:
            start_batch(ctx, CANCEL, Many(**many))
            return
        ended = instances.cancel(ctx, key, reason=reason)
        click.echo(f"{ended.key} {ended.state}")


@click.command()
@of_many
@REASON
@click.option("--hjemmel", default="", help="Legal basis on which deadlines of the law stand still, too.")
@click.pass_obj
def suspend(settings: Settings, /, *, key: int | None, reason: str, hjemmel: str, **many: Any) -> None:  # noqa: ANN401 - the options of `of_many`
    """Let an instance stand still with everything it called; without KEY, all that the options choose."""
    from kfflow.service import suspension
    from kfflow.service.batch_operations import SUSPEND, Basis

    with command(settings, reason=reason) as ctx:
        if key is None:
            start_batch(ctx, SUSPEND, Many(**many), Basis(hjemmel))
            return
        suspension.suspend(ctx, key, reason=reason, hjemmel=hjemmel)
        click.echo(f"{key} SUSPENDED")


@click.command()
@of_many
@REASON
@click.pass_obj
def resume(settings: Settings, /, *, key: int | None, reason: str, **many: Any) -> None:  # noqa: ANN401 - the options of `of_many`
    """Let a suspended instance go on; without KEY, all that the options choose."""
    from kfflow.service import suspension
    from kfflow.service.batch_operations import RESUME

    with command(settings, reason=reason) as ctx:
        if key is None:
            start_batch(ctx, RESUME, Many(**many))
            return
        suspension.resume(ctx, key, reason=reason)
        click.echo(f"{key} ACTIVE")
