"""Designers' drafts: saved with errors or without, never over a colleague's newer one."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from kfflow.domain import authorization
from kfflow.domain.authorization import Permission
from kfflow.errors import Conflict
from kfflow.persistence.tables import Draft
from kfflow.service import access, audit, telling
from kfflow.service.context import Context

Seen = Mapping[str, int]
"""The names of drafts with the revision of each that somebody has seen."""


def find(ctx: Context, resource_name: str) -> Draft | None:
    """Give the draft of a file, to those who draw and those who publish."""
    if not authorization.permits(ctx.actor, Permission.PUBLISH):
        access.require(ctx, Permission.EDIT_DRAFT)
    return ctx.session.scalars(select(Draft).where(Draft.resource_name == resource_name)).first()


def chosen(ctx: Context, names: Sequence[str]) -> list[Draft]:
    """Give drafts by name, in the order asked for; raises NotFound naming one that is not there."""
    return [_get(ctx, name) for name in dict.fromkeys(names)]


def as_seen(ctx: Context, seen: Seen) -> list[Draft]:
    """Give drafts by name; raises NotFound as `chosen`, Conflict when one was saved anew since it was seen."""
    found = chosen(ctx, list(seen))
    for draft in found:
        if draft.revision != seen[draft.resource_name]:
            who = telling.name_of(ctx, draft.saved_by)
            raise Conflict(
                f"Kladden {draft.resource_name} er gemt af {who}, efter at du så den. Se ændringerne igen.",
                f"The draft {draft.resource_name} was saved by {who} after you saw it. Look at the changes again.",
            )
    return found


def _get(ctx: Context, name: str) -> Draft:
    found = find(ctx, name)
    if found is None:
        raise access.not_found(f"Kladden {name}")
    return found


def save(
    ctx: Context, resource_name: str, *, kind: str, source: str, revision: int, based_on_version: int | None = None
) -> Draft:
    """Save a draft that was opened at `revision` (0: a new one); raises Conflict naming who saved in between."""
    access.require(ctx, Permission.EDIT_DRAFT)
    locked = select(Draft).where(Draft.resource_name == resource_name).with_for_update()
    draft = ctx.session.scalars(locked).first()
    if draft is None:
        return _create(ctx, resource_name, kind, source, based_on_version)
    if draft.revision != revision:
        who, (da, en) = telling.name_of(ctx, draft.saved_by), telling.moments(ctx, draft.saved_at)
        raise Conflict(
            f"Kladden er gemt af {who} den {da}, efter at du åbnede den.",
            f"The draft was saved by {who} on {en}, after you opened it.",
        )
    draft.source, draft.revision = source, draft.revision + 1
    draft.saved_at, draft.saved_by, draft.trial = ctx.at, ctx.actor.username, None
    ctx.session.flush()
    return draft


def _create(ctx: Context, resource_name: str, kind: str, source: str, based_on_version: int | None) -> Draft:
    draft = Draft(
        key=ctx.new_key(),
        resource_name=resource_name,
        kind=kind,
        source=source,
        revision=1,
        based_on_version=based_on_version,
        saved_at=ctx.at,
        saved_by=ctx.actor.username,
    )
    ctx.session.add(draft)
    ctx.session.flush()
    audit.record(ctx, "designer:draft:create", resource_name)
    return draft


def discard(ctx: Context, resource_name: str) -> None:
    """Delete a draft, because it was deployed or is no longer wanted."""
    draft = find(ctx, resource_name)
    if draft is not None:
        ctx.session.delete(draft)
        audit.record(ctx, "designer:draft:discard", resource_name)


def throw_away(ctx: Context, resource_name: str, *, revision: int) -> None:
    """Delete an unwanted draft as it was seen; raises NotFound, or Conflict when it was saved anew."""
    draft = find(ctx, resource_name)
    if draft is None:
        raise access.not_found(f"Kladden {resource_name}")
    if draft.revision != revision:
        who = telling.name_of(ctx, draft.saved_by)
        raise Conflict(
            f"Kladden er gemt af {who}, efter at du så den, og er ikke kasseret.",
            f"The draft was saved by {who} after you saw it, and was not discarded.",
        )
    discard(ctx, resource_name)
