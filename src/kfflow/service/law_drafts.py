"""A change of law as drafts that belong together: what it would do, and publishing it as it was seen."""

from collections.abc import Mapping, Sequence
from pathlib import PurePath

from kfflow.domain.law import Validity
from kfflow.errors import Conflict, FieldProblem, InvalidInput
from kfflow.persistence import definition_list
from kfflow.persistence.tables import Draft
from kfflow.service import access, deployments, drafts, law_preview, scenario_files, telling
from kfflow.service.context import Context
from kfflow.service.law_preview import Told

Seen = Mapping[str, int]
"""The names of the drafts with the revision of each that somebody has seen."""


def chosen(ctx: Context, names: Sequence[str]) -> list[Draft]:
    """Give drafts by name, in the order asked for; raises NotFound naming one that is not there."""
    return [_draft(ctx, name) for name in dict.fromkeys(names)]


def _draft(ctx: Context, name: str) -> Draft:
    found = drafts.find(ctx, name)
    if found is None:
        raise access.not_found(f"Kladden {name}")
    return found


def in_place(ctx: Context, changed: Sequence[Draft]) -> dict[str, bytes]:
    """Give every file in operation, with the drafts in place of theirs."""
    return definition_list.newest_sources(ctx.session) | {d.resource_name: d.source.encode() for d in changed}


def concerned(ctx: Context, changed: Sequence[Draft]) -> frozenset[str]:
    """Give the processes that the drafts define, and those whose diagrams name what the drafts define."""
    sources = in_place(ctx, changed)
    ids = {one for draft in changed for one in _ids(ctx, draft.resource_name)}
    quoted = [f'"{one}"'.encode() for one in ids]
    naming = [name for name, source in sources.items() if name.endswith(".bpmn") and any(q in source for q in quoted)]
    return frozenset(one for name in naming for one in _ids(ctx, name))


def _ids(ctx: Context, name: str) -> set[str]:
    if name.endswith(scenario_files.ENDING):
        return {scenario_files.place_of(name)[0]}
    return definition_list.ids_defined(ctx.session, name) | {PurePath(name).stem}


def would_name(ctx: Context, seen: Seen, validity: Validity) -> list[Told]:
    """Tell which running cases the drafts would name if they were published so; changes nothing."""
    _require_law(validity)
    return law_preview.of_files(ctx, _sources(ctx, seen), validity)


def publish(ctx: Context, seen: Seen, validity: Validity) -> int:
    """Publish the drafts together by law and discard them; gives the deployment.

    Raises InvalidInput without a law or a day, Conflict when a draft was saved anew since it was seen, and as
    `deployments.deploy` does.
    """
    _require_law(validity)
    made = deployments.deploy(ctx, _sources(ctx, seen), name=validity.lov, validity=validity)
    for name in seen:
        drafts.discard(ctx, name)
    return made.deployment.key


def _require_law(validity: Validity) -> None:
    given = {"lov": validity.lov, "gyldig_fra": validity.gyldig_fra}
    problems = [FieldProblem(name, "Skal udfyldes.", "Must be given.") for name, value in given.items() if not value]
    if problems:
        raise InvalidInput("Loven kan ikke udgives.", "The law cannot be published.", fields=problems)


def _sources(ctx: Context, seen: Seen) -> list[tuple[str, bytes]]:
    found = chosen(ctx, list(seen))
    for draft in found:
        if draft.revision != seen[draft.resource_name]:
            who = telling.name_of(ctx, draft.saved_by)
            raise Conflict(
                f"Kladden {draft.resource_name} er gemt af {who}, efter at du så den. Se ændringerne igen.",
                f"The draft {draft.resource_name} was saved by {who} after you saw it. Look at the changes again.",
            )
    return [(draft.resource_name, draft.source.encode()) for draft in found]
