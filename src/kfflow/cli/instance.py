"""`kfflow instance …`: what operators do to one running process instance, named by its key."""

import click

from kfflow.cli.acting import command
from kfflow.settings import Settings


@click.group()
def instance() -> None:
    """Look at one process instance and act on it."""


@instance.command()
@click.argument("key", type=int)
@click.pass_obj
def show(settings: Settings, key: int) -> None:
    """Print which version it runs on, its state, and each place where it waits: token, element, for what."""
    from kfflow import engine
    from kfflow.service import instances

    with command(settings) as ctx:
        found = instances.get(ctx, key)
        click.echo(f"{found.key} {found.process_id} version {found.version} {found.state}")
        for token, element_id, kind in engine.waiting(found.snapshot) if found.snapshot else ():
            click.echo(f"  {token} {element_id} {kind}")
