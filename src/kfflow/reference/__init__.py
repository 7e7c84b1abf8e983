"""Reference data: the institutions of the service with their areas, and their units with regime and places.

The names are public; where no public figure was found, the number of places is an estimate and the note says so.
"""

import csv
from importlib import resources
from typing import Any

from sqlalchemy.dialects.postgresql import insert

from kfflow.persistence.tables import Institution, Unit
from kfflow.service.context import Context


def load(ctx: Context) -> None:
    """Load institutions and units; those that are there already stay as they are."""
    ctx.session.execute(insert(Institution).on_conflict_do_nothing(), institutions())
    ctx.session.execute(insert(Unit).on_conflict_do_nothing(), units())


def institutions() -> list[dict[str, str]]:
    """Give the institutions as rows of their table."""
    return _read("institutions.csv")


def units() -> list[dict[str, Any]]:
    """Give the units as rows of their table."""
    return [
        {
            "code": row["code"],
            "institution_code": row["institution"],
            "name": row["name"],
            "regime": row["regime"],
            "places": int(row["places"]),
        }
        for row in _read("units.csv")
    ]


def _read(name: str) -> list[dict[str, str]]:
    source = resources.files("kfflow.reference") / "data" / name
    return list(csv.DictReader(source.read_text(encoding="utf-8").splitlines()))
