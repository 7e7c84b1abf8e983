"""Files of plain text in the browser: opened as their draft or as they are in force, saved as drafts, put in force."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath

from flask import g, request

from kfflow.domain import law
from kfflow.engine.bpmn.encoding import as_text
from kfflow.engine.findings import Finding
from kfflow.errors import FieldProblem, InvalidInput, KfflowError
from kfflow.persistence import definition_list
from kfflow.service import access, deployments, drafts, telling
from kfflow.service.context import Context
from kfflow.web.wording import say


@dataclass(frozen=True, slots=True)
class Text:
    """A file as it is being written; `revision` is 0 while there is no draft of it."""

    resource: str
    source: str
    revision: int = 0
    saved_at: datetime | None = None
    saved_by: str = ""
    running_version: int | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a file was neither saved nor put in force; `over` is the colleague's revision that stands in the way."""

    message: str
    problems: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    over: int | None = None


def opened(ctx: Context, resource: str) -> Text:
    """Give the draft of a file, else the file as it was put in force last; raises NotFound."""
    draft, running = drafts.find(ctx, resource), definition_list.newest_resource(ctx.session, resource)
    version = definition_list.newest_version(ctx.session, resource)
    if draft is not None:
        by = telling.name_of(ctx, draft.saved_by)
        return Text(resource, draft.source, draft.revision, draft.saved_at, by, version)
    if running is None:
        raise access.not_found(resource)
    return Text(resource, as_text(running.source), running_version=version)


def save(ctx: Context, resource: str, *, over: int | None = None) -> None:
    """Save what was typed as the draft; raises Conflict over a colleague's newer one, unless `over` names it."""
    source = typed()
    if len(source.encode()) > deployments.MAXIMUM_BYTES:
        raise InvalidInput("Filen er for stor; højst 5 MB.", "The file is too large; 5 MB at most.")
    kind = PurePath(resource).suffix[1:]
    drafts.save(ctx, resource, kind=kind, source=source, revision=over or revision())


def typed() -> str:
    """Give the text of the page's field with the line ends of a file: browsers send those of a network."""
    return request.form.get("kilde", "").replace("\r\n", "\n")


def revision() -> int:
    """Give the revision that the page was opened at."""
    return _number("revision") or 0


def overwritten() -> int | None:
    """Give the colleague's revision that somebody has chosen to save over, if any."""
    return _number("over")


def _number(name: str) -> int | None:
    given = request.form.get(name, "")
    return int(given) if given.isdecimal() and given.isascii() else None


def validity() -> law.Validity:
    """Read from when the file shall count, by which law and rule; raises InvalidInput by field."""
    return law.Validity.read(**{name: request.form.get(name) for name in law.VALIDITY_FIELDS})


def refusal(problem: KfflowError, *, over: int | None = None) -> Refusal:
    """Tell why something was refused, field by field and finding by finding."""
    fields = problem.fields if isinstance(problem, InvalidInput) else ()
    found = tuple(getattr(problem, "findings", ()))
    return Refusal(problem.message(g.language), tuple(_words(field) for field in fields), found, over)


def _words(field: FieldProblem) -> str:
    return say(field.message_da, field.message_en)
