"""How the scenarios fared on drafts, kept with each until it is saved anew: what publishing looks at."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from kfflow.persistence.tables import Draft
from kfflow.service import audit, drafts
from kfflow.service.context import Context
from kfflow.service.drafts import Seen

Words = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Fared:
    """How many scenarios went as expected and differed, and whether all of the processes concerned were among them."""

    expected: int
    differing: int
    is_whole: bool


def keep(ctx: Context, seen: Seen, fared: Fared) -> None:
    """Keep with the drafts, as they were seen, how they fared together; raises as `drafts.as_seen`."""
    told = {"drafts": dict(seen), **asdict(fared), "by": ctx.actor.username, "at": ctx.at.isoformat()}
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


def _of(draft: Draft, danish: str, english: str) -> Words:
    return f"Kladden {draft.resource_name} {danish}.", f"The draft {draft.resource_name} {english}."
