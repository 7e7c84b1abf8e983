"""Drafts put in operation: by another than who saved them last, tried before, or with a written reason."""

from collections.abc import Sequence
from dataclasses import dataclass

from kfflow.domain.authorization import Permission
from kfflow.domain.law import Validity
from kfflow.errors import FieldProblem, Forbidden, InvalidInput
from kfflow.persistence.tables import Draft
from kfflow.service import access, audit, deployments, drafts, trial_results
from kfflow.service.context import Context
from kfflow.service.deployments import ALWAYS, Deployed
from kfflow.service.drafts import Seen
from kfflow.service.trial_results import Words

REASON = "uden_proeve"
"""The field in which is written why drafts are published that did not pass their scenarios."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands against publishing drafts: by this person, and without a reason; None when nothing does."""

    eyes: Words | None
    trial: Words | None


def standing(ctx: Context, found: Sequence[Draft]) -> Standing:
    """Tell before anybody asks what `publish` will ask for, but for the days that it is told."""
    return Standing(_own(ctx, found), trial_results.doubt(found))


def publish(ctx: Context, seen: Seen, validity: Validity = ALWAYS, *, untried: str = "") -> Deployed:
    """Put drafts in operation together, as they were seen, and discard them.

    `untried` says why they are published although they did not pass their scenarios as they are. Raises Forbidden
    when the publisher saved one of them last, unless the installation lets one publish alone; InvalidInput without
    a passed trial and without a reason; Conflict as `drafts.as_seen`; and as `deployments.put_in_force` does.
    """
    access.require(ctx, Permission.PUBLISH)
    found = drafts.as_seen(ctx, seen)
    if own := _own(ctx, found):
        raise Forbidden(*own)
    doubted = trial_results.doubt(found) or trial_results.doubt_of_period(ctx, found, validity)
    if doubted and not untried.strip():
        raise _untried(doubted)
    files = [(draft.resource_name, draft.source.encode()) for draft in found]
    made = deployments.put_in_force(ctx, files, name=validity.lov, validity=validity)
    _record(ctx, found, made, untried=untried.strip() if doubted else "")
    for name in seen:
        drafts.discard(ctx, name)
    return made


def _own(ctx: Context, found: Sequence[Draft]) -> Words | None:
    own = ", ".join(draft.resource_name for draft in found if draft.saved_by == ctx.actor.username)
    if not own or ctx.publish_alone:
        return None
    return (
        f"Du har selv gemt {own} sidst. En kollega skal udgive (fire øjne).",
        f"You saved {own} last yourself. A colleague must publish (four eyes).",
    )


def _untried(doubted: Words) -> InvalidInput:
    da, en = doubted
    problem = FieldProblem(
        REASON,
        f"{da} Prøv scenarierne, eller skriv, hvorfor der udgives uden.",
        f"{en} Run the scenarios, or write why it is published without.",
    )
    return InvalidInput("Kladden kan ikke udgives.", "The draft cannot be published.", fields=[problem])


def _record(ctx: Context, found: Sequence[Draft], made: Deployed, *, untried: str) -> None:
    """Log who drew, how the scenarios fared, and why it was published when they did not pass."""
    told = [
        {"resource": d.resource_name, "revision": d.revision, "saved_by": d.saved_by, "trial": d.trial} for d in found
    ]
    data = {"deployment": str(made.deployment.key), "drafts": told, "untried": untried}
    audit.record(ctx, "designer:draft:publish", ", ".join(d.resource_name for d in found), reason=untried, data=data)
