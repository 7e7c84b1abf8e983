"""A change of law as drafts that belong together: what it would do, and publishing it as it was seen."""

from collections.abc import Sequence
from pathlib import PurePath

from kfflow.domain.law import Validity
from kfflow.errors import FieldProblem, InvalidInput
from kfflow.persistence import definition_list
from kfflow.persistence.tables import Draft
from kfflow.service import drafts, law_preview, publications, scenario_files
from kfflow.service.context import Context
from kfflow.service.drafts import Seen
from kfflow.service.law_days import LawDay
from kfflow.service.law_preview import Told


def concerned(ctx: Context, changed: Sequence[Draft], days: Sequence[LawDay]) -> frozenset[str]:
    """Give the processes that the drafts define, and those whose diagrams name what the drafts define on any day."""
    ids = {one for draft in changed for one in _ids(ctx, draft.resource_name)}
    quoted = [f'"{one}"'.encode() for one in ids]
    diagrams = {(name, source) for day in days for name, source in day.sources.items() if name.endswith(".bpmn")}
    naming = {name for name, source in diagrams if any(one in source for one in quoted)}
    return frozenset(one for name in naming for one in _ids(ctx, name))


def _ids(ctx: Context, name: str) -> set[str]:
    if name.endswith(scenario_files.ENDING):
        return {scenario_files.place_of(name)[0]}
    return definition_list.ids_defined(ctx.session, name) | {PurePath(name).stem}


def would_name(ctx: Context, seen: Seen, validity: Validity) -> list[Told]:
    """Tell which running cases the drafts would name if they were published so; changes nothing."""
    _require_law(validity)
    files = [(draft.resource_name, draft.source.encode()) for draft in drafts.as_seen(ctx, seen)]
    return law_preview.of_files(ctx, files, validity)


def publish(ctx: Context, seen: Seen, validity: Validity, *, untried: str = "") -> int:
    """Publish the drafts together by law and discard them; gives the deployment.

    Raises InvalidInput without a law or a day, and as `publications.publish` does.
    """
    _require_law(validity)
    return publications.publish(ctx, seen, validity, untried=untried).deployment.key


def _require_law(validity: Validity) -> None:
    given = {"lov": validity.lov, "gyldig_fra": validity.gyldig_fra}
    problems = [FieldProblem(name, "Skal udfyldes.", "Must be given.") for name, value in given.items() if not value]
    if problems:
        raise InvalidInput("Loven kan ikke udgives.", "The law cannot be published.", fields=problems)
