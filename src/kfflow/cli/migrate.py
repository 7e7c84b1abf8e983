"""`kfflow instance migrate` and `undo-migration`: to another version of the process, and back."""

import sys

import click

from kfflow.cli.acting import command
from kfflow.cli.arguments import KEY, WHOLE
from kfflow.errors import InvalidInput
from kfflow.settings import Settings


@click.command()
@click.argument("keys", nargs=-1, required=True, type=KEY)
@click.option("--to", "version", required=True, type=WHOLE, help="The version to move to.")
@click.option("--map", "pairs", nargs=2, multiple=True, metavar="OLD NEW", help="What an element becomes.")
@click.option("--suggested", is_flag=True, help="Map by id, else by type and name; --map comes first.")
@click.option("--dry-run", is_flag=True, help="Print what stands against it, and change nothing.")
@click.option("--reason", default="", help="Why; it stands in the audit log. Needed unless it is a dry run.")
@click.pass_obj
def migrate(
    settings: Settings,
    *,
    keys: tuple[int, ...],
    version: int,
    pairs: tuple[tuple[str, str], ...],
    suggested: bool,
    dry_run: bool,
    reason: str,
) -> None:
    """Move instances to another version of their process; each is moved whole or not at all."""
    if not dry_run and not reason.strip():
        raise InvalidInput("Skriv hvorfor med --reason.", "Write why with --reason.")
    fine = [
        _one(settings, key, version, dict(pairs), suggested=suggested, reason=None if dry_run else reason)
        for key in keys
    ]
    click.echo(f"{sum(fine)} / {len(fine)}")
    sys.exit(0 if all(fine) else 1)


def _one(
    settings: Settings, key: int, version: int, given: dict[str, str], *, suggested: bool, reason: str | None
) -> bool:
    """Check one instance and, with a reason, move it; gives whether it can be (or was) moved."""
    from kfflow import engine
    from kfflow.service import definitions, instances, migrations

    with command(settings, reason=reason or "") as ctx:
        instance = instances.get(ctx, key)
        target = definitions.get_version(ctx, instance.process_id, version)
        planned = migrations.plan(ctx, instance.definition_key, target.key).mapping if suggested else {}
        mapping = {**planned, **given}
        found = migrations.check(ctx, key, target.key, mapping)
        for one in found:
            click.echo(f"{key} {one.element_id} {one.severity} [{one.kind}] {one.message_da} / {one.message_en}")
        fits = not engine.blocks(found)
        if fits and reason is not None:
            migrations.migrate(ctx, key, target.key, mapping, reason=reason)
        return fits


@click.command(name="undo-migration")
@click.argument("key", type=KEY)
@click.option("--reason", required=True, help="Why; it stands in the audit log.")
@click.pass_obj
def undo_migration(settings: Settings, *, key: int, reason: str) -> None:
    """Bring an instance back to where it was before its last migration, if it has not gone on since."""
    from kfflow.service import migrations

    with command(settings, reason=reason) as ctx:
        back = migrations.undo(ctx, key, reason=reason)
        click.echo(f"{back.key} {back.process_id} version {back.version} {back.state}")
