"""Naming process instances on the command line: one by key, or many by what they have in common."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import click

from kfflow.cli.arguments import KEY, WHOLE
from kfflow.errors import FieldProblem, InvalidInput

if TYPE_CHECKING:
    from kfflow.persistence.search import Condition, Query
    from kfflow.service.batch_operations import A, Operation
    from kfflow.service.context import Context

F = TypeVar("F", bound=Callable[..., Any])
SHOWN = 20
_TRUTH = {"true": True, "false": False}


def of_many(command: F) -> F:
    """Add the options that choose many instances."""
    for option in reversed(
        (
            click.argument("key", type=KEY, required=False),
            click.option("--process", help="All of this process: its id."),
            click.option("--version", type=WHOLE, help="All of this version."),
            click.option(
                "--filter", "filters", multiple=True, metavar="FIELD=VALUE", help="state=ACTIVE, businessId=…"
            ),
            click.option("--dry-run", is_flag=True, help="Print how many and which; change nothing."),
            click.option("--yes", is_flag=True, help="Do not ask before a batch is started."),
        )
    ):
        command = option(command)
    return command


def query_of(many: "Many") -> "Query":
    """Give the query of the options; raises InvalidInput naming a field that cannot be filtered on."""
    from kfflow.persistence.search import Condition, Query

    conditions = [_condition(text) for text in many.filters]
    if many.process is not None:
        conditions.append(Condition("process_definition_id", "eq", many.process))
    if many.version is not None:
        conditions.append(Condition("process_definition_version", "eq", many.version))
    return Query(conditions)


def _condition(text: str) -> "Condition":
    from pydantic.alias_generators import to_camel

    from kfflow.persistence.listings import PROCESS_INSTANCES
    from kfflow.persistence.search import Condition, Kind

    name, _, value = text.partition("=")
    readers: dict[Kind, Callable[[str], object]] = {
        Kind.TEXT: str,
        Kind.KEY: KEY,
        Kind.INTEGER: WHOLE,
        Kind.BOOLEAN: _TRUTH.__getitem__,
    }
    known = {to_camel(c.name): c for c in PROCESS_INSTANCES.columns if c.filterable and c.kind in readers}
    if name in known:
        try:
            return Condition(known[name].name, "eq", readers[known[name].kind](value))
        except (KeyError, click.BadParameter):
            pass
    usable = ", ".join(sorted(known))
    problem = FieldProblem("--filter", f"{text}: brug {usable}", f"{text}: use {usable}")
    raise InvalidInput("Filteret kan ikke læses.", "The filter cannot be read.", fields=[problem])


@dataclass(frozen=True, slots=True)
class Many:
    """What the options say: which instances, and whether to start."""

    process: str | None
    version: int | None
    filters: tuple[str, ...]
    dry_run: bool
    yes: bool


def start_batch(ctx: "Context", operation: "Operation[A]", many: Many, arguments: "A | None" = None) -> None:
    """Print how many would be chosen and the first of them, and start the batch unless it is a dry run."""
    from kfflow.service import batches

    query = query_of(many)
    seen = batches.preview(ctx, operation, query, most=SHOWN)
    click.echo(f"{operation.name}: {seen.count}")
    for key in seen.first:
        click.echo(f"  {key}")
    if seen.count > SHOWN:
        click.echo(f"  … og {seen.count - SHOWN} til")
    if many.dry_run or not (many.yes or click.confirm(f"Start en batch på {seen.count}?")):
        return
    batch = batches.create(ctx, operation, query, arguments=arguments)
    click.echo(f"batch {batch.key}: {batch.frozen_count}")
