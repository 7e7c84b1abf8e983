"""What operators call: run, migrate, worker, and what fills an installation."""

import signal
from types import FrameType

import click

from kfflow.cli.acting import assembled, command
from kfflow.settings import Settings


@click.command()
@click.option("--demo", is_flag=True, help="Load the synthetic demo population into an empty database.")
@click.option("--without-worker", is_flag=True, help="Serve the web alone; workers run elsewhere.")
@click.pass_obj
def run(settings: Settings, *, demo: bool, without_worker: bool) -> None:
    """Start everything in this process: database, web, worker."""
    from dataclasses import replace

    from kfflow import serving

    serving.run(replace(settings, demo=demo or settings.demo), with_worker=not without_worker)


@click.command()
@click.pass_obj
def migrate(settings: Settings) -> None:
    """Bring the database to the schema of this version."""
    from kfflow import installation

    with assembled(settings) as made:
        installation.migrate(made)
    click.echo("Databasen er ført frem til denne version.")


@click.command()
@click.pass_obj
def worker(settings: Settings) -> None:
    """Work off jobs, timers, messages and deadlines until told to stop."""
    from kfflow import installation

    made = installation.assemble(settings)
    if settings.broker_url:
        from kfflow.jobs import celery_app

        celery_app.serve(made.worker, settings.broker_url)
        return

    def stop(_number: int, _frame: FrameType | None) -> None:
        made.worker.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    made.worker.run()


@click.command()
@click.pass_obj
def institutions(settings: Settings) -> None:
    """Load the institutions and units that kfflow knows by name; what is there already stays."""
    from kfflow import reference

    with command(settings) as ctx:
        reference.load(ctx)
    click.echo("Institutioner og afdelinger er indlæst.")


@click.command()
@click.option("--days", type=click.IntRange(min=1, max=365), help="Days that are lived through, until now.")
@click.option("--scale", type=click.FloatRange(min=0.005, max=1), help="Share of the size of the real service.")
@click.option("--inmates", type=click.IntRange(min=1), help="People in prison, with or without a running case.")
@click.option("--seed", type=int)
@click.pass_obj
def demo(settings: Settings, days: int | None, scale: float | None, inmates: int | None, seed: int | None) -> None:
    """Load the synthetic demo population; what is not said is as for `kfflow run --demo`."""
    from kfflow import installation
    from kfflow.demo import cut, population

    told = cut.read()
    lived = {"days": days, "scale": scale, "seed": seed}
    told["extent"].update({name: value for name, value in lived.items() if value is not None})
    if inmates is not None:
        told["people"]["inmates"] = inmates

    with assembled(settings) as made:
        installation.migrate(made)
        installation.deploy_shipped(made)
        click.echo(str(population.load(made.database, told=told)))
