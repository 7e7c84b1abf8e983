"""Drafts of designers: which there are, how their scenarios fared, and publishing them."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import Field

from kfflow.api.deployments import DeploymentAnswer, shown_deployment
from kfflow.api.law import NamedInstances, named_instances
from kfflow.api.operations import Call, Operations
from kfflow.api.shapes import Answer, Body, Name, Nothing
from kfflow.domain.authorization import Permission
from kfflow.domain.law import Validity
from kfflow.persistence import definition_list
from kfflow.service import access, drafts, law_drafts, publications
from kfflow.service.context import Context

operations = Operations("Drafts (kfflow)")
Day = Annotated[date | None, Field(strict=False)]


class ShownDraft(Answer):
    """A draft; `trial` tells how its scenarios fared, `doubtDa` why that does not do for publishing it alone."""

    resource_name: str
    revision: int
    saved_by: str
    saved_at: datetime
    trial: dict[str, Any] | None
    doubt_da: str | None
    doubt_en: str | None


class Drafts(Answer):
    items: list[ShownDraft]


class Publication(Body):
    """Drafts by name with the revision that was seen, from when they count, and why untried if they are."""

    drafts: dict[Name, int] = Field(min_length=1)
    gyldig_fra: Day = Field(default=None, alias="gyldig_fra")
    gyldig_til: Day = Field(default=None, alias="gyldig_til")
    lov: str | None = None
    overgang: str | None = None
    untried: str = Field(default="", max_length=500)


@operations.get("/kf/drafts", "The drafts, with how their scenarios fared", Drafts)
def listed(ctx: Context, _call: Call[Nothing]) -> Drafts:
    access.require(ctx, Permission.PUBLISH)
    names = [row.resource_name for row in definition_list.drafts(ctx.session)]
    return Drafts(items=[_shown(ctx, name) for name in names])


def _shown(ctx: Context, name: str) -> ShownDraft:
    (draft,) = drafts.chosen(ctx, [name])
    da, en = publications.standing(ctx, [draft]).trial or (None, None)
    return ShownDraft(
        resource_name=name,
        revision=draft.revision,
        saved_by=draft.saved_by,
        saved_at=draft.saved_at,
        trial=draft.trial,
        doubt_da=da,
        doubt_en=en,
    )


@operations.post(
    "/kf/drafts/publication",
    "Publish drafts together: by another than who saved them last, tried before or with a reason",
    Publication,
    DeploymentAnswer,
)
def publish(ctx: Context, call: Call[Publication]) -> DeploymentAnswer:
    body = call.body
    return shown_deployment(publications.publish(ctx, body.drafts, _validity(body), untried=body.untried))


@operations.post(
    "/kf/drafts/preview",
    "Which running instances drafts would name if they were published so by law; nothing is published",
    Publication,
    NamedInstances,
)
def preview(ctx: Context, call: Call[Publication]) -> NamedInstances:
    return named_instances(law_drafts.would_name(ctx, call.body.drafts, _validity(call.body)))


def _validity(body: Publication) -> Validity:
    days = {"gyldig_fra": body.gyldig_fra, "gyldig_til": body.gyldig_til}
    written = {name: day.isoformat() if day else None for name, day in days.items()}
    return Validity.read(**written, lov=body.lov, overgang=body.overgang)
