"""`kfflow instance …`: what operators do to one running process instance, named by its key."""

import click

from kfflow.cli import stopping
from kfflow.cli.acting import command
from kfflow.cli.arguments import KEY
from kfflow.cli.migrate import migrate, undo_migration
from kfflow.cli.modify import modify
from kfflow.settings import Settings


@click.group()
def instance() -> None:
    """Look at one process instance and act on it."""


@instance.command()
@click.argument("key", type=KEY)
@click.pass_obj
def show(settings: Settings, key: int) -> None:
    """Print which version it runs on, its state, and each token: element, scope, what it waits for."""
    from kfflow.service import instances, modifications

    with command(settings) as ctx:
        found = instances.get(ctx, key)
        click.echo(f"{found.key} {found.process_id} version {found.version} {found.state}")
        for token in modifications.tokens(ctx, key):
            click.echo(f"  {token.token} {token.waiting or '-'} {token.scope or '-'}")


for act in (modify, migrate, undo_migration, stopping.cancel, stopping.suspend, stopping.resume):
    instance.add_command(act)
