"""`kfflow export` and `kfflow import …`: what leaves an installation, and what comes into one."""

import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kfflow.errors import Conflict, InvalidInput
from kfflow.settings import Settings

if TYPE_CHECKING:
    from kfflow.exchange.manifest import Manifest
    from kfflow.persistence.database import Database

ZIP = ".zip"


@click.command()
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--reason", default="", help="Why; it stands in the audit log.")
@click.pass_obj
def export(settings: Settings, target: Path, *, reason: str) -> None:
    """Write everything of the installation to TARGET: a new folder, or a file that ends in .zip."""
    from kfflow import installation
    from kfflow.exchange.export import export as write

    assembled = installation.assemble(settings)
    try:
        with _folder_to_fill(target) as folder:
            _tell(write(assembled.service, folder, reason=reason))
    finally:
        assembled.database.close()


@contextmanager
def _folder_to_fill(target: Path) -> Iterator[Path]:
    """Give the folder to write to; that of a zip is packed when the block ends, and the zip appears whole."""
    if target.suffix != ZIP:
        yield target
        return
    if target.exists():
        raise Conflict(f"{target} findes allerede.", f"{target} is there already.")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as beside:
        folder = Path(beside) / "export"
        yield folder
        packed = Path(beside) / target.name
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(folder.rglob("*")):
                archive.write(path, path.relative_to(folder))
        packed.chmod(0o600)
        packed.rename(target)


def _tell(manifest: "Manifest") -> None:
    for name, table in sorted(manifest.tables.items()):
        click.echo(f"{table.rows:>10} {name}")
    click.echo(f"{manifest.rows:>10} rækker, sha256 {manifest.digest}")


@click.group(name="import")
def import_() -> None:
    """Bring an exported installation, or open cases from elsewhere, into this one."""


@import_.command()
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.pass_obj
def installation(settings: Settings, source: Path) -> None:
    """Read what `kfflow export` wrote (folder or .zip) into this empty installation: all of it, or nothing."""
    from kfflow import installation as installations
    from kfflow.exchange.restore import restore

    assembled = installations.assemble(settings)
    try:
        installations.migrate(assembled)
        with _folder_to_read(source) as folder:
            _tell(restore(assembled.database, folder))
        _vacuum(assembled.database)
    finally:
        assembled.database.close()


@import_.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Try everything, tell every problem, keep nothing.")
@click.option("--reason", default="", help="Why; it stands in the audit log.")
@click.pass_obj
def cases(settings: Settings, file: Path, *, dry_run: bool, reason: str) -> None:
    """Import open cases from FILE (CSV or JSON): all of them, or with one problem none."""
    from kfflow.cli.acting import assembled, command
    from kfflow.service import case_import

    with command(settings, reason=reason) as ctx:
        report = case_import.import_cases(ctx, file.read_bytes(), dry_run=dry_run)
    if report.imported and not dry_run:
        with assembled(settings) as installation:
            _vacuum(installation.database)
    for p in report.problems:
        click.echo(f"række {p.row}, {p.column or 'filen'} »{p.value}«: {p.message_da} / {p.message_en}")
    told = "prøvet, intet er gemt" if dry_run else "indlæst"
    numbers = f"{report.accepted} sager {told}, {report.already} var her i forvejen"
    click.echo(f"{numbers}, {len(report.problems)} fejl.")
    sys.exit(1 if report.problems else 0)


def _vacuum(database: "Database") -> None:
    """Vacuum the tables that much was written to, telling of each on the side."""
    from kfflow.persistence.vacuum import vacuum

    for table in vacuum(database):
        click.echo(f"VACUUM ANALYZE {table}", err=True)


@contextmanager
def _folder_to_read(source: Path) -> Iterator[Path]:
    if source.suffix != ZIP:
        yield source
        return
    with tempfile.TemporaryDirectory(dir=source.parent) as beside:
        try:
            with zipfile.ZipFile(source) as archive:
                archive.extractall(beside)
        except zipfile.BadZipFile as problem:
            raise InvalidInput(f"{source} er ikke en zip-fil.", f"{source} is no zip file.") from problem
        yield Path(beside)
