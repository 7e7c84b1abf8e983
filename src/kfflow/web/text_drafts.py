"""Files of plain text in the browser: opened as their draft or as they are in force, saved as drafts, put in force."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath

from flask import flash, g, request
from werkzeug.wrappers import Response as AnyResponse

from kfflow.domain import law
from kfflow.domain.diagrams import Change
from kfflow.engine.bpmn.encoding import as_text
from kfflow.engine.findings import Finding
from kfflow.errors import Conflict, FieldProblem, Forbidden, InvalidInput, KfflowError
from kfflow.persistence import definition_list, keys
from kfflow.service import access, drafts, resource_files, telling
from kfflow.service.context import Context
from kfflow.service.publications import REASON
from kfflow.web import described, designer
from kfflow.web.visitor import acting
from kfflow.web.wording import say

UNPROCESSABLE, CONFLICT = 422, 409


@dataclass(frozen=True, slots=True)
class Text:
    """A file as it is being written, and how it differs from what is kept; `revision` is 0 while there is no draft."""

    resource: str
    source: str
    revision: int = 0
    saved_at: datetime | None = None
    saved_by: str = ""
    is_kept: bool = True
    running_version: int | None = None
    changes: Sequence[Change] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a file was neither saved nor put in force; `over` is the colleague's revision that stands in the way."""

    message: str
    problems: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    over: int | None = None


Refuse = Callable[[Refusal, int], AnyResponse]
"""Shows the page again with why it was refused, under an HTTP status."""


def opened(ctx: Context, resource: str, *, scenario_version: int | None = None) -> Text:
    """Give the draft of a file, else the file as it was put in force last, or a version of a scenario.

    Raises NotFound when there is none of them.
    """
    draft, running = drafts.find(ctx, resource), definition_list.newest_resource(ctx.session, resource)
    version = definition_list.newest_version(ctx.session, resource)
    if draft is None and scenario_version is not None:
        running, version = definition_list.scenario(ctx.session, resource, scenario_version), scenario_version
    if draft is not None:
        kept = running.source if running else b""
        return Text(
            resource,
            draft.source,
            draft.revision,
            draft.saved_at,
            saved_by=telling.name_of(ctx, draft.saved_by),
            is_kept=running is not None,
            running_version=version,
            changes=described.difference(kept, draft.source.encode(), resource) if running else (),
        )
    if running is None:
        raise access.not_found(resource)
    return Text(resource, as_text(running.source), running_version=version)


def save(resource: str, refuse: Refuse) -> AnyResponse | None:
    """Save what was typed as the draft; over a colleague's newer one, or too large, it gives the page that says so."""
    try:
        with acting("gemmer kladde") as ctx:
            _save(ctx, resource)
    except Conflict as conflict:
        with acting("gemmer kladde") as ctx:
            draft = drafts.find(ctx, resource)
        return refuse(refusal(conflict, over=draft.revision if draft else None), CONFLICT)
    except InvalidInput as problem:
        return refuse(refusal(problem), UNPROCESSABLE)
    return None


def _save(ctx: Context, resource: str) -> None:
    source = typed()
    if len(source.encode()) > resource_files.MAXIMUM_BYTES:
        raise InvalidInput("Filen er for stor; højst 5 MB.", "The file is too large; 5 MB at most.")
    kind, chosen = PurePath(resource).suffix[1:], _number("over")
    drafts.save(ctx, resource, kind=kind, source=source, revision=chosen or _number("revision") or 0)


def publish(resource: str, refuse: Refuse) -> AnyResponse | None:
    """Put the draft in force as it was shown, from the day and by the rule given; gives the page that refuses it."""
    try:
        with acting("udgiver kladde") as ctx:
            seen, untried = {resource: _number("revision") or 0}, request.form.get(REASON, "")
            told = designer.publish(ctx, seen, _validity(), untried=untried)
    except Conflict as conflict:
        return refuse(refusal(conflict), CONFLICT)
    except (Forbidden, InvalidInput) as problem:
        return refuse(refusal(problem), UNPROCESSABLE)
    flash(designer.published(*told), "ok")
    return None


def typed() -> str:
    """Give the text of the page's field with the line ends of a file: browsers send those of a network."""
    return request.form.get("kilde", "").replace("\r\n", "\n")


def _number(name: str) -> int | None:
    return keys.read(request.form.get(name, ""))


def _validity() -> law.Validity:
    """Read from when the file shall count, by which law and rule; raises InvalidInput by field."""
    return law.Validity.read(**{name: request.form.get(name) for name in law.VALIDITY_FIELDS})


def refusal(problem: KfflowError, *, over: int | None = None) -> Refusal:
    """Tell why something was refused, field by field and finding by finding."""
    fields = problem.fields if isinstance(problem, InvalidInput) else ()
    found = tuple(getattr(problem, "findings", ()))
    return Refusal(problem.message(g.language), tuple(_words(field) for field in fields), found, over)


def _words(field: FieldProblem) -> str:
    return say(field.message_da, field.message_en)
