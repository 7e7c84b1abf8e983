"""The command line: run, migrate, deploy, test, work — for those who operate kfflow and those who design with it."""

import click

from kfflow import __version__, telemetry
from kfflow.cli import designing, operating
from kfflow.cli.account import account
from kfflow.cli.batch import batch
from kfflow.cli.calendar import calendar
from kfflow.cli.deadline import deadline
from kfflow.cli.draft import draft
from kfflow.cli.exchanging import export, import_
from kfflow.cli.group import Group
from kfflow.cli.incident import incident
from kfflow.cli.instance import instance
from kfflow.cli.institution import institution
from kfflow.cli.klientsystem import klientsystem
from kfflow.cli.law import law
from kfflow.cli.letter import letter
from kfflow.cli.process import process
from kfflow.cli.simulating import simulate
from kfflow.cli.timer import timer
from kfflow.cli.versions import versions
from kfflow.settings import from_environment

COMMANDS = (
    operating.run,
    operating.migrate,
    operating.worker,
    operating.institutions,
    account,
    operating.demo,
    designing.deploy,
    designing.lint,
    designing.run_scenarios,
    simulate,
    instance,
    institution,
    batch,
    calendar,
    deadline,
    timer,
    incident,
    process,
    klientsystem,
    export,
    import_,
    versions,
    draft,
    law,
    letter,
)


@click.group(cls=Group)
@click.version_option(__version__)
@click.pass_context
def main(context: click.Context) -> None:
    """Run the case processes of a prison and probation service."""
    context.obj = from_environment()
    telemetry.configure(context.obj.log_level)


for command in COMMANDS:
    main.add_command(command)
