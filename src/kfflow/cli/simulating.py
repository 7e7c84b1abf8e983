"""What shows how an installation would fare: a simulated span of the whole service."""

import json
import sys
from datetime import date
from pathlib import Path

import click

from kfflow.cli.arguments import DAY
from kfflow.settings import Settings


@click.command()
@click.option("--days", default=30, show_default=True, type=click.IntRange(min=1, max=3660))
@click.option("--seed", default=1, show_default=True)
@click.option("--scale", default=0.05, show_default=True, type=click.FloatRange(min=0.005, max=5))
@click.option(
    "--processes",
    default=0,
    show_default=True,
    type=click.IntRange(min=0, max=16),
    help="Run commands beside the people, time moving by five minutes: faster, and no two runs are quite alike.",
)
@click.option("--from", "start", default="2026-01-05", show_default=True, type=DAY)
@click.option("--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Write the report here too.")
@click.option("--english", is_flag=True, help="Report in English.")
@click.pass_obj
def simulate(
    settings: Settings,
    *,
    days: int,
    seed: int,
    scale: float,
    processes: int,
    start: date,
    json_file: Path | None,
    english: bool,
) -> None:
    """Live through days of the whole service on a virtual clock, in a database of its own, and report."""
    from kfflow import trying

    extent = trying.extent_of(settings, start, days=days, seed=seed, scale=scale)
    report = trying.simulate(settings, extent, processes=processes)
    click.echo(report.render("en" if english else "da"))
    if json_file is not None:
        json_file.write_text(json.dumps(report.as_json(), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    sys.exit(0 if report.ok else 1)
