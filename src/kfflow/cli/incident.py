"""`kfflow incident …`: what stopped, and letting it go on — after a change of its variables, or by ending the case."""

from typing import Any

import click
import orjson

from kfflow.cli.acting import command
from kfflow.cli.arguments import KEY
from kfflow.errors import InvalidInput
from kfflow.settings import Settings


@click.group()
def incident() -> None:
    """Look at incidents and let what stopped go on, or end it; `kfflow instance modify` moves it elsewhere."""


@incident.command(name="list")
@click.option("--instance", type=KEY, help="Only those of this process instance.")
@click.option("--kind", help="Only this kind: JOB_NO_RETRIES, TIMER_FAILED, ORPHAN_TOKEN, …")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1000))
@click.pass_obj
def show_all(settings: Settings, *, instance: int | None, kind: str | None, limit: int) -> None:
    """Print the open incidents: key, kind, process, element, instance."""
    from kfflow.persistence.listings import INCIDENTS
    from kfflow.persistence.search import Condition, Query
    from kfflow.service import search

    asked = [("state", "ACTIVE"), ("process_instance_key", instance), ("kind", kind)]
    conditions = [Condition(name, "eq", value) for name, value in asked if value is not None]
    with command(settings) as ctx:
        for row in search.find(ctx, INCIDENTS, Query(conditions=conditions, limit=limit)).items:
            where = f"{row['process_definition_id']} {row['element_id']} {row['process_instance_key']}"
            click.echo(f"{row['incident_key']} {row['kind']} {where}")


@incident.command()
@click.argument("key", type=KEY)
@click.pass_obj
def show(settings: Settings, key: int) -> None:
    """Print an incident: where, since when, what went wrong, and what can be done."""
    from kfflow.service import incidents

    with command(settings) as ctx:
        found = incidents.get(ctx, key)
        click.echo(f"{found.key} {found.kind} {found.state} {found.created_at.isoformat(timespec='seconds')}")
        click.echo(f"  {found.process_id} {found.element_id} instance {found.instance_key} root {found.root_key}")
        click.echo(f"  {found.message_da}\n  {found.message_en}")


@incident.command()
@click.argument("key", type=KEY)
@click.option("--set", "given", multiple=True, metavar="NAME=JSON", help="Change a variable of the instance first.")
@click.option("--reason", default="", help="Why; it stands in the audit log.")
@click.pass_obj
def retry(settings: Settings, key: int, *, given: tuple[str, ...], reason: str) -> None:
    """Let what stopped try again; what fails once more is a new incident."""
    from kfflow.service import incidents

    with command(settings, reason=reason) as ctx:
        resolved = incidents.resolve(ctx, key, variables=dict(_variable(text) for text in given))
        click.echo(f"{resolved.key} {resolved.kind} {resolved.state}")


@incident.command()
@click.argument("key", type=KEY)
@click.option("--reason", required=True, help="Why; it stands in the case's history.")
@click.pass_obj
def end(settings: Settings, key: int, reason: str) -> None:
    """Cancel the process instance that stopped, with its whole tree."""
    from kfflow.service import incidents, instances

    with command(settings, reason=reason) as ctx:
        ended = instances.cancel(ctx, incidents.get(ctx, key).root_key, reason=reason)
        click.echo(f"{ended.key} {ended.process_id} {ended.state}")


def _variable(text: str) -> tuple[str, Any]:
    name, _, value = text.partition("=")
    try:
        return name, orjson.loads(value)
    except orjson.JSONDecodeError:
        quoted = "--set 'navn=\"tekst\"'"
        raise InvalidInput(
            f"»{text}« er ikke NAVN=JSON; tekst skal i anførselstegn: {quoted}",
            f"“{text}” is not NAME=JSON; text needs quotes: {quoted}",
        ) from None
