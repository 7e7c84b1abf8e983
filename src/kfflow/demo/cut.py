"""What is cut out of the simulation for the demo, and what in it differs; the figures are in `data/cut.toml`."""

import tomllib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from importlib import resources
from typing import Any

from kfflow.demo.crew import Crew
from kfflow.simulation import Extent
from kfflow.simulation.figures import Profile, profile
from kfflow.simulation.hours import ZONE, in_office_hours, local_text, on
from kfflow.simulation.setting import Pace, Script, Setting, Staged

LEFT_AT = time(10)
"""When those on a staged leave went out, the day before they come back."""


def read() -> dict[str, Any]:
    """Give the data file."""
    source = resources.files("kfflow.demo") / "data" / "cut.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))


def extent(told: dict[str, Any], now: datetime) -> Extent:
    """Give the stretch of the simulation that ends now."""
    asked = told["extent"]
    return Extent(now - timedelta(days=asked["days"]), asked["days"], asked["seed"], asked["scale"])


def setting(told: dict[str, Any], now: datetime) -> Setting:
    """Give where the demo takes place, who works there how, and the leaves that go on now."""
    figures = _figures(told["figures"])
    return Setting(
        figures=figures,
        institutions=frozenset(told["people"]["institutions"]),
        crew=Crew(figures, told["extent"]["seed"]),
        pace=_pace(told["pace"]),
        staged=list(_staged(told["leaves"], now)),
    )


def _figures(otherwise: dict[str, float]) -> Profile:
    shipped = profile()
    changed = {name: replace(shipped.figures[name], value=value) for name, value in otherwise.items()}
    return replace(shipped, figures={**shipped.figures, **changed})


def _pace(told: dict[str, Any]) -> Pace:
    return Pace(
        lying=tuple(told["lying"]),
        late=tuple(told["late"]),
        late_share=told["late_share"],
        held=tuple(told["held"]),
        claimed_share=told["claimed_share"],
        longest=timedelta(days=told["longest_days"]),
    )


def _staged(told: dict[str, Any], now: datetime) -> Iterator[Staged]:
    asked_at = in_office_hours(now - timedelta(days=told["asked_days_ago"]))
    for leave in told["staged"]:
        answers = {**told["answers"], **leave.get("answers", {})}
        went_at = now - timedelta(days=1)
        if "returns_minutes" in leave:
            back_at = now.replace(second=0, microsecond=0) + timedelta(minutes=leave["returns_minutes"])
            went_at = on(min(back_at, now).astimezone(ZONE).date() - timedelta(days=1), LEFT_AT)
            answers["planlaeg_udgang"] = _planned(went_at, back_at)
        silent, left = frozenset(leave.get("silent", ())), frozenset(leave.get("left", ()))
        script = Script(answers, silent, left, leave.get("writes", {}))
        for institution in leave["institutions"]:
            yield Staged(asked_at, institution, told["kind"], told["purpose"], went_at.astimezone(ZONE).date(), script)


def _planned(went_at: datetime, back_at: datetime) -> dict[str, str]:
    return {"plan_valg": "afholdes", "udgang_start": local_text(went_at), "udgang_retur": local_text(back_at)}
