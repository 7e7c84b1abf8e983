"""What designers call: put in force, check, and try out diagrams, tables, forms and letters."""

import sys
from pathlib import Path

import click

from kfflow.cli.acting import assembled, by_whom, publishing
from kfflow.cli.group import finding_line
from kfflow.cli.validity import by_law
from kfflow.engine.verdict import Verdict
from kfflow.settings import Settings

VERDICTS = {
    Verdict.RUNS: "kan sættes i drift",
    Verdict.DRAFT: "er en kladde, der skal rettes",
    Verdict.REFUSED: "kan ikke læses",
}


@click.command()
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@by_law
@by_whom
@click.pass_obj
def deploy(
    settings: Settings, /, files: tuple[Path, ...], username: str | None, reason: str, **given: str | None
) -> None:
    """Put diagrams, tables, forms and letters in force; without files, those that kfflow ships."""
    from kfflow import installation
    from kfflow.domain.law import Validity
    from kfflow.persistence.validity import name_of
    from kfflow.service import deployments

    if not files:
        with assembled(settings) as made:
            click.echo(f"{installation.deploy_shipped(made)} nye versioner.")
        return
    with publishing(settings, username=username, reason=reason) as ctx:
        found = [(f.name, f.read_bytes()) for f in files]
        deployed = deployments.deploy(ctx, found, validity=Validity.read(**given))
        for version in deployed.versions:
            click.echo(f"{name_of(version)} version {version.version}")
        for remark in deployed.remarks:
            click.echo(finding_line(remark.as_dict()))


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--strict",
    is_flag=True,
    help="Hold every file to the rules for case processes under law; a table of deadlines must be among the files.",
)
def lint(files: tuple[Path, ...], *, strict: bool) -> None:
    """Check diagrams, tables, forms and letters, and say all that is found at once."""
    from kfflow.service import deadline_tables, resource_files

    sources = {path: path.read_bytes() for path in files}
    beside = {path.name: source for path, source in sources.items() if path.suffix == ".typ"}
    tables = [(path.name, source) for path, source in sources.items() if path.suffix == ".dmn"]
    find_table = deadline_tables.among(tables) if tables or strict else None
    judged = {
        path: resource_files.judge(path.name, source, is_under_law=strict, beside=beside, find_table=find_table)
        for path, source in sources.items()
    }
    for path, judgement in judged.items():
        for finding in judgement.findings:
            click.echo(finding_line(finding.as_dict()))
        click.echo(f"{path.name} {VERDICTS[judgement.verdict]}")
    errors = sum(judgement.errors for judgement in judged.values())
    found = sum(len(judgement.findings) for judgement in judged.values())
    click.echo(f"{len(files)} filer, {found} fund, {errors} fejl.")
    sys.exit(1 if errors else 0)


@click.command(name="test")
@click.argument("what", required=False)
@click.option("--english", is_flag=True, help="Report in English.")
@click.option("--stored", is_flag=True, help="Run those kept in the database, on what is in force there and will be.")
@click.pass_obj
def run_scenarios(settings: Settings, what: str | None, *, english: bool, stored: bool) -> None:
    """Run the scenario files of a process (bpmn/<key>), or of all, and print what they cover."""
    from kfflow import trying

    report = trying.run_stored(settings, what) if stored else trying.run_scenarios(settings, what)
    click.echo(report.render("en" if english else "da"))
    sys.exit(0 if report.ok else 1)
