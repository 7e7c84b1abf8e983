"""`kfflow instance modify`: tokens moved, added and ended."""

import json
from typing import TYPE_CHECKING

import click

from kfflow.cli.acting import command
from kfflow.cli.arguments import KEY
from kfflow.errors import InvalidInput
from kfflow.settings import Settings

if TYPE_CHECKING:
    from kfflow.engine.instructions import Source


@click.command()
@click.argument("key", type=KEY)
@click.option("--move", "moves", nargs=2, multiple=True, metavar="FROM TO", help="End FROM and activate TO for each.")
@click.option("--activate", "activations", multiple=True, metavar="ELEMENT", help="Put a token on an element.")
@click.option("--terminate", "terminations", multiple=True, metavar="WHAT", help="End a token, or all at an element.")
@click.option("--within", metavar="TOKEN", help="The scope to activate in, when several run; see kfflow instance show.")
@click.option("--variables", default="{}", metavar="JSON", help="Variables of the case, set first.")
@click.option("--reason", required=True, help="Why; it stands in the audit log.")
@click.pass_obj
def modify(
    settings: Settings,
    *,
    key: int,
    moves: tuple[tuple[str, str], ...],
    activations: tuple[str, ...],
    terminations: tuple[str, ...],
    within: str | None,
    variables: str,
    reason: str,
) -> None:
    """Move, add and end tokens of an instance, all at once or not at all; FROM and WHAT are elements or tokens."""
    from kfflow.engine.instructions import Activate, Instruction, Move, Terminate, VariablesAt
    from kfflow.service import modifications

    given = (VariablesAt(_object(variables)),)
    instructions: list[Instruction] = [Activate(element, given, within) for element in activations]
    instructions += [Move(_source(origin), element, given, within) for origin, element in moves]
    instructions += [Terminate(_source(what)) for what in terminations]
    with command(settings, reason=reason) as ctx:
        modified = modifications.modify(ctx, key, instructions, reason=reason)
        click.echo(f"{modified.key} {modified.process_id} version {modified.version} {modified.state}")


def _source(text: str) -> "Source":
    from kfflow.engine.instructions import Source

    return Source(token=text) if ":" in text else Source(element_id=text)


def _object(text: str) -> dict[str, object]:
    try:
        found = json.loads(text)
    except json.JSONDecodeError:
        found = None
    if not isinstance(found, dict):
        raise InvalidInput(f"--variables er ikke et JSON-objekt: {text!r}", f"--variables is no JSON object: {text!r}")
    return found
