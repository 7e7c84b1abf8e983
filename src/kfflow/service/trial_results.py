"""How the scenarios fared on drafts, kept with each until it is saved anew: what publishing looks at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from kfflow.domain.law import Validity
from kfflow.persistence import law_days as rows
from kfflow.persistence.tables import Draft
from kfflow.service import audit, drafts, law_days
from kfflow.service.context import Context
from kfflow.service.drafts import Seen

Words = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Fared:
    """How many scenarios went as expected and differed, and whether all of the processes concerned were among them."""

    expected: int
    differing: int
    is_whole: bool


def keep(ctx: Context, seen: Seen, fared: Fared, validity: Validity = law_days.ALWAYS) -> None:
    """Keep with the drafts, as they were seen, how they fared together as if they counted so; raises as `as_seen`."""
    told = {
        "drafts": dict(seen),
        "expected": fared.expected,
        "differing": fared.differing,
        "is_whole": fared.is_whole,
        "begins": law_days.first(ctx, validity).isoformat(),
        "ends": validity.gyldig_til and validity.gyldig_til.isoformat(),
        "by": ctx.actor.username,
        "at": ctx.at.isoformat(),
    }
    for draft in drafts.as_seen(ctx, seen):
        draft.trial = told
    audit.record(ctx, "designer:draft:try", ", ".join(seen), data=told)


def doubt(found: Sequence[Draft]) -> Words | None:
    """Give why these drafts do not count as tried, in both languages; None when they passed together so."""
    seen = {draft.resource_name: draft.revision for draft in found}
    for draft in found:
        if draft.trial is None:
            return _of(draft, "er ikke prøvet, som den er nu", "was not tried as it is now")
        if draft.trial["drafts"] != seen:
            together = ", ".join(draft.trial["drafts"])
            return _of(draft, f"er prøvet sammen med andet: {together}", f"was tried with something else: {together}")
        if draft.trial["differing"]:
            count = draft.trial["differing"]
            return _of(draft, f"afviger i {count} scenarier", f"differs in {count} scenarios")
        if not (draft.trial["is_whole"] and draft.trial["expected"]):
            return _of(draft, "er ikke prøvet på processens scenarier", "was not tried on the scenarios of the process")
    return None


def doubt_of_period(ctx: Context, found: Sequence[Draft], validity: Validity) -> Words | None:
    """Give a day of a period for which drafts that passed were not tried, in words: other files are in force then."""
    for draft in found:
        if day := _missed(ctx, draft, validity):
            da, en = f"er ikke prøvet på det, der gælder fra {day}", f"was not tried on what is in force from {day}"
            return _of(draft, da, en)
    return None


def _missed(ctx: Context, draft: Draft, validity: Validity) -> date | None:
    """Give the first day of a period from which files are in force that the trial of a draft says nothing of."""
    trial = draft.trial or {}
    begins, ends = date.fromisoformat(trial["begins"]), date.fromisoformat(trial["ends"] or date.max.isoformat())
    first, until = law_days.first(ctx, validity), validity.gyldig_til or date.max
    if draft.resource_name in law_days.outdone(ctx, begins, first):
        return first
    marks = [first, *(day for day in rows.changes(ctx.session, first) if day < until), until]
    stretches = pairwise(marks) if first < until else ()
    return next((day for day, following in stretches if begins >= following or day >= ends), None)


def _of(draft: Draft, danish: str, english: str) -> Words:
    return f"Kladden {draft.resource_name} {danish}.", f"The draft {draft.resource_name} {english}."
