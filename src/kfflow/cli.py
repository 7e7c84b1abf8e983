"""The command line: run, migrate, deploy, test, work — for those who operate kfflow and those who design with it."""

import signal
import sys
from datetime import date
from pathlib import Path
from types import FrameType

import click
from sqlalchemy.exc import OperationalError

from kfflow import __version__, telemetry
from kfflow.errors import InvalidInput, KfflowError, Unavailable
from kfflow.settings import Settings, from_environment


class _Group(click.Group):
    """A group whose commands end with a sentence instead of a trace when kfflow refuses something."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except KfflowError as problem:
            _tell(problem)
        except OperationalError as problem:
            words = str(problem.orig).strip().partition("\n")[0]
            _tell(Unavailable(f"Databasen kan ikke bruges: {words}", f"The database cannot be used: {words}"))
        sys.exit(2)


def _tell(problem: KfflowError) -> None:
    click.secho(problem.message("da"), fg="red", err=True)
    click.echo(problem.message("en"), err=True)
    for line in _details(problem):
        click.echo(f"  {line}", err=True)


def _details(problem: KfflowError) -> list[str]:
    from kfflow.engine.findings import DeploymentRefused

    if isinstance(problem, DeploymentRefused):
        return [finding_line(f.as_dict()) for f in problem.findings]
    if isinstance(problem, InvalidInput):
        return [f"{field.field}: {field.message_da} / {field.message_en}" for field in problem.fields]
    return []


def finding_line(finding: dict[str, object]) -> str:
    """Give a finding as one line: file:line element severity rule message."""
    place = f"{finding['resource']}:{finding['line'] or '-'}"
    return f"{place} {finding['element_id'] or '-'} {finding['severity']} [{finding['rule']}] {finding['message_da']}"


@click.group(cls=_Group)
@click.version_option(__version__)
@click.pass_context
def main(context: click.Context) -> None:
    """Run the case processes of a prison and probation service."""
    context.obj = from_environment()
    telemetry.configure(context.obj.log_level)


@main.command()
@click.option("--demo", is_flag=True, help="Load the synthetic demo population into an empty database.")
@click.option("--without-worker", is_flag=True, help="Serve the web alone; workers run elsewhere.")
@click.pass_obj
def run(settings: Settings, *, demo: bool, without_worker: bool) -> None:
    """Start everything in this process: database, web, worker."""
    from dataclasses import replace

    from kfflow import serving

    serving.run(replace(settings, demo=demo or settings.demo), with_worker=not without_worker)


@main.command()
@click.pass_obj
def migrate(settings: Settings) -> None:
    """Bring the database to the schema of this version."""
    from kfflow import installation

    assembled = installation.assemble(settings)
    installation.migrate(assembled)
    click.echo("Databasen er ført frem til denne version.")


@main.command()
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--gyldig-fra", type=click.DateTime(["%Y-%m-%d"]), help="Day from which the versions are in force.")
@click.pass_obj
def deploy(settings: Settings, files: tuple[Path, ...], gyldig_fra: object) -> None:
    """Put diagrams, tables and forms in force; without files, those that kfflow ships."""
    from kfflow import installation
    from kfflow.service import deployments
    from kfflow.service.accounts import SYSTEM

    assembled = installation.assemble(settings)
    if not files:
        click.echo(f"{installation.deploy_shipped(assembled)} nye versioner.")
        return
    valid_from: date | None = gyldig_fra.date() if gyldig_fra else None  # type: ignore[attr-defined]  # click gives a datetime
    with assembled.service.command(SYSTEM) as ctx:
        found = [(f.name, f.read_bytes()) for f in files]
        deployed = deployments.deploy(ctx, found, gyldig_fra=valid_from)
        for process in deployed.processes:
            click.echo(f"{process.process_id} version {process.version}")


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--strict", is_flag=True, help="A gateway, timer or task without legal basis is an error.")
def lint(files: tuple[Path, ...], *, strict: bool) -> None:
    """Check diagrams, tables and forms, and say all that is found at once."""
    from kfflow.service import deployments

    findings = [f for path in files for f in deployments.lint_file(path.name, path.read_bytes(), strict=strict)]
    for finding in findings:
        click.echo(finding_line(finding.as_dict()))
    errors = sum(f.severity == "error" for f in findings)
    click.echo(f"{len(files)} filer, {len(findings)} fund, {errors} fejl.")
    sys.exit(1 if errors else 0)


@main.command()
@click.pass_obj
def worker(settings: Settings) -> None:
    """Work off jobs, timers, messages and deadlines until told to stop."""
    from kfflow import installation

    assembled = installation.assemble(settings)
    if settings.broker_url:
        from kfflow.jobs import celery_app

        celery_app.serve(assembled.worker, settings.broker_url)
        return

    def stop(_number: int, _frame: FrameType | None) -> None:
        assembled.worker.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    assembled.worker.run()


@main.command(name="test")
@click.argument("what", required=False)
@click.option("--english", is_flag=True, help="Report in English.")
@click.pass_obj
def run_scenarios(settings: Settings, what: str | None, *, english: bool) -> None:
    """Run the scenario files of a process (bpmn/<key>), or of all, and print what they cover."""
    from kfflow import trying

    report = trying.run_scenarios(settings, what)
    click.echo(report.render("en" if english else "da"))
    sys.exit(0 if report.ok else 1)


@main.command()
@click.pass_obj
def institutions(settings: Settings) -> None:
    """Load the institutions and units that kfflow knows by name; what is there already stays."""
    from kfflow import installation as installations
    from kfflow.demo import reference
    from kfflow.service.accounts import SYSTEM

    assembled = installations.assemble(settings)
    with assembled.service.command(SYSTEM) as ctx:
        reference.load_reference(ctx)
    click.echo("Institutioner og afdelinger er indlæst.")


@main.command()
@click.argument("username")
@click.option("--name", required=True, help="The person's name as colleagues see it.")
@click.option("--role", "roles", multiple=True, required=True, help="caseworker, supervisor, designer, auditor, …")
@click.option("--group", "groups", multiple=True, help="A lane's role: sagsbehandler, betjent, omraadekontor, …")
@click.option("--institution", help="Code of the institution; without it and --area the account is national.")
@click.option("--area", help="oest or vest.")
@click.password_option(help="At least 12 characters; asked for when it is not given.")
@click.pass_obj
def account(
    settings: Settings,
    *,
    username: str,
    name: str,
    roles: tuple[str, ...],
    groups: tuple[str, ...],
    institution: str | None,
    area: str | None,
    password: str,
) -> None:
    """Create a local account: the first administrator of an installation, say."""
    from kfflow import installation as installations
    from kfflow.service import accounts

    assembled = installations.assemble(settings)
    new = accounts.NewAccount(username, name, roles, groups, institution, area)
    with assembled.service.command(accounts.SYSTEM) as ctx:
        accounts.create(ctx, new, password)
    click.echo(f"Kontoen {username} er oprettet.")


@main.command()
@click.option("--inmates", default=2000, show_default=True, type=click.IntRange(min=1))
@click.option("--cases", default=400, show_default=True, type=click.IntRange(min=0))
@click.option("--seed", default=1, show_default=True)
@click.pass_obj
def demo(settings: Settings, inmates: int, cases: int, seed: int) -> None:
    """Load the synthetic demo population."""
    from kfflow import installation
    from kfflow.demo import population

    assembled = installation.assemble(settings)
    installation.migrate(assembled)
    installation.deploy_shipped(assembled)
    summary = population.load(assembled.database, seed=seed, inmates=inmates, cases=cases, progress=True)
    click.echo(str(summary))


if __name__ == "__main__":
    main()
