"""A change of law that is drawn and not published, and the running cases of life sentences that it will reach."""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from importlib import resources
from pathlib import PurePath
from typing import Any

from sqlalchemy import select

from kfflow.persistence.tables import Account
from kfflow.service import accounts, drafts, law_days, messages
from kfflow.service.context import Context
from kfflow.simulation.hours import ZONE
from kfflow.simulation.inmates import Inmate, Sentence
from kfflow.simulation.people import People

DAYS_A_YEAR = 365
DRAWN_BEFORE = timedelta(hours=20)


def read() -> dict[str, Any]:
    """Give the data file."""
    return tomllib.loads((resources.files("kfflow.demo") / "data" / "law.toml").read_text(encoding="utf-8"))


def for_life(there: Sequence[Inmate], served_years: Sequence[int], today: date) -> list[Inmate]:
    """Let the first in closed units be those who serve for life since so many years; gives everybody."""
    years = iter(served_years)
    return [_for_life(one, years, today) if one.unit.regime == "lukket" and not one.remand else one for one in there]


def _for_life(inmate: Inmate, years: Iterator[int], today: date) -> Inmate:
    served = next(years, None)
    if served is None:
        return inmate
    start = today - timedelta(days=served * DAYS_A_YEAR)
    return replace(inmate, sentence=Sentence("livstid", None, start, None), admitted_on=start)


def take_over_life(ctx: Context, people: People, there: Sequence[Inmate]) -> None:
    """Let the release cases of those who serve for life run, as their intake would have begun them."""
    for inmate in there:
        if inmate.sentence.kind == "livstid":
            told = people.taken_over(inmate.number, ctx.at.astimezone(ZONE).date())
            messages.publish(ctx, name="datoer_klar", correlation_key=inmate.number, variables=told)


def draw(ctx: Context, edits: Sequence[dict[str, str]]) -> None:
    """Let the designer have saved the edited files as drafts yesterday; raises ValueError when one fits no more."""
    account = ctx.session.scalars(select(Account).where(Account.username == "procesdesigner")).one()
    designer = ctx.as_of(ctx.at - DRAWN_BEFORE).on_behalf_of(accounts.actor_of(account))
    running, drawn = law_days.ahead(ctx)[0].sources, dict[str, str]()
    for edit in edits:
        name = edit["file"]
        source = drawn.get(name, running[name].decode())
        if edit["find"] not in source:
            raise ValueError(f"law.toml: {name} does not say {edit['find']!r}")
        drawn[name] = source.replace(edit["find"], edit["replace"])
    for name, source in drawn.items():
        drafts.save(designer, name, kind=PurePath(name).suffix[1:], source=source, revision=0)
