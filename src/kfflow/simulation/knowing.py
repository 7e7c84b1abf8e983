"""What somebody knows who answers a form or writes a message: the case, the person, the day, the next outing."""

from collections.abc import Mapping
from datetime import date, timedelta
from random import Random
from typing import Any

from kfflow.demo.answers import ZONE, next_outing
from kfflow.persistence.tables import ProcessInstance, UserTask
from kfflow.service import forms
from kfflow.service.context import Context
from kfflow.simulation.answers import Answering
from kfflow.simulation.people import People, place_of

TO_CLOSED = ("vold", "narkotika", "smugling")
FIRST_OUTING = timedelta(days=2)
"""How soon after it was planned an outing can begin."""


def of_instance(ctx: Context, people: People, instance_key: int | None, rng: Random) -> Answering:
    """Give what is known in a process instance."""
    instance = ctx.session.get(ProcessInstance, instance_key)
    return _answering(ctx, people, instance.variables if instance else {}, rng)


def of_task(ctx: Context, people: People, task: UserTask, rng: Random) -> Answering:
    """Give what is known to whoever does a task."""
    return _answering(ctx, people, forms.context_of(ctx, task), rng)


def _answering(ctx: Context, people: People, variables: Mapping[str, Any], rng: Random) -> Answering:
    number = variables.get("indsat_id")
    facts = people.facts.get(number, {}) if isinstance(number, str) else {}
    known = facts | {name: value for name, value in variables.items() if value is not None}
    local = ctx.at.astimezone(ZONE)
    known["idag"], known["nu"] = local.date().isoformat(), local.isoformat(timespec="seconds")
    if isinstance(number, str):
        known |= _places(ctx, people, known, rng)
    known |= _outing(known, local.date())
    return Answering(known, forms.evaluator(ctx, known), ctx.at, rng)


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
