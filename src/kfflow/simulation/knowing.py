"""What somebody knows who answers a form or writes a message: the case, the person, the day, the next outing."""

from collections.abc import Mapping
from datetime import date, timedelta
from random import Random
from typing import Any

from sqlalchemy import bindparam, select

from kfflow.domain.forms import Form
from kfflow.persistence.tables import ProcessInstance
from kfflow.service import forms
from kfflow.service.context import Context
from kfflow.simulation.answers import Answering
from kfflow.simulation.hours import ZONE
from kfflow.simulation.outings import next_outing
from kfflow.simulation.people import People, place_of
from kfflow.simulation.queues import Place
from kfflow.simulation.sheets import Sheet

_VARIABLES = select(ProcessInstance.variables).where(ProcessInstance.key == bindparam("key"))
TO_CLOSED = ("vold", "narkotika", "smugling")
FIRST_OUTING = timedelta(days=2)
"""How soon after it was planned an outing can begin."""


def of_instance(ctx: Context, people: People, instance_key: int | None, rng: Random) -> Answering:
    """Give what is known in a process instance to somebody outside, who does not know of free places."""
    return _answering(ctx, people, ctx.session.scalar(_VARIABLES, {"key": instance_key}) or {}, rng)


def of_task(ctx: Context, people: People, sheet: Sheet, rng: Random, *, places: bool = False) -> Answering:
    """Give what is known to whoever does a task; with where the person is and can go to if `places`."""
    known = sheet.known
    if places and isinstance(known.get("indsat_id"), str):
        number = known["indsat_id"]
        known = {**known, **_places(ctx, people, {**people.facts_of(number), **_told(known)}, rng)}
    return _answering(ctx, people, known, rng)


def with_choices(ctx: Context, form: Form, place: Place, answering: Answering) -> Answering:
    """Give the same with what the form lets choose from at the task's place."""
    return answering.with_known(**forms.with_choices(ctx, form, dict(answering.known), place.institution, place.area))


def _answering(ctx: Context, people: People, variables: Mapping[str, Any], rng: Random) -> Answering:
    number = variables.get("indsat_id")
    facts = people.facts_of(number) if isinstance(number, str) else {}
    known = {**facts, **_told(variables)}
    local = ctx.at.astimezone(ZONE)
    known["idag"], known["nu"] = local.date().isoformat(), local.isoformat(timespec="seconds")
    known |= _outing(known, local.date())
    return Answering(known, forms.evaluator(ctx, known), ctx.at, rng)


def _told(variables: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in variables.items() if value is not None}


def _places(ctx: Context, people: People, known: Mapping[str, Any], rng: Random) -> dict[str, Any]:
    """Give where the person is, and the regime and the institution to move to."""
    now_at = place_of(ctx, known["indsat_id"])
    regime = known.get("regime") or "aaben"
    reason = known.get("anledning")
    if reason in TO_CLOSED or regime == "arrest":
        goal = "lukket"
    elif reason == "genovervejelse" and regime == "lukket":
        goal = "aaben"
    else:
        goal = regime
    place = people.place_for(rng, known.get("til_regime") or goal, besides=now_at)
    return {"er_i": now_at, "nyt_regime": goal, "ledigt_sted": place}


def _outing(known: Mapping[str, Any], today: date) -> dict[str, Any]:
    wanted = known.get("oensket_fra")
    day = max(date.fromisoformat(wanted) if isinstance(wanted, str) else today, today + FIRST_OUTING)
    begins, ends = next_outing(str(known.get("udgangstype")), day)
    return {"udgang_fra": begins.isoformat(), "udgang_til": ends.isoformat()}
