"""How the command line refuses: a sentence in both languages and every detail, never a trace."""

import sys

import click

from kfflow.cli import refusing
from kfflow.errors import InvalidInput, KfflowError


class Group(click.Group):
    """A group whose commands end with a sentence instead of a trace when kfflow refuses something."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except click.exceptions.NoArgsIsHelpError:
            raise  # a group alone asks for its help
        except click.UsageError as problem:
            click.secho(refusing.danish(problem), fg="red", err=True)
            problem.show()
        except KfflowError as problem:
            _tell(problem)
        except refusing.FOREIGN as problem:
            refusal = refusing.refusal_of(problem)
            if refusal is None:
                raise
            _tell(refusal)
        sys.exit(2)


def _tell(problem: KfflowError) -> None:
    click.secho(problem.message("da"), fg="red", err=True)
    click.echo(problem.message("en"), err=True)
    for line in _details(problem):
        click.echo(f"  {line}", err=True)


def _details(problem: KfflowError) -> list[str]:
    from kfflow.engine.findings import DeploymentRefused

    if isinstance(problem, DeploymentRefused):
        return [f"{finding_line(f.as_dict())} / {f.message_en}" for f in problem.findings]
    if isinstance(problem, InvalidInput):
        return [f"{field.field}: {field.message_da} / {field.message_en}" for field in problem.fields]
    return []


def finding_line(finding: dict[str, object]) -> str:
    """Give a finding as one line: file:line element severity rule message."""
    place = f"{finding['resource']}:{finding['line'] or '-'}"
    return f"{place} {finding['element_id'] or '-'} {finding['severity']} [{finding['rule']}] {finding['message_da']}"
