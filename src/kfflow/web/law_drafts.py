"""A change of law prepared: drafts that belong together compared, tried, shown with whom they name, and published."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import PurePath

from flask import flash, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from kfflow.domain import law
from kfflow.domain.diagrams import Change
from kfflow.engine.bpmn.encoding import as_text
from kfflow.engine.findings import DeploymentRefused, Finding
from kfflow.errors import Conflict, FieldProblem, Forbidden, InvalidInput, KfflowError
from kfflow.persistence import definition_list, keys
from kfflow.persistence.tables import Draft
from kfflow.service import deployments, drafts, law_days, law_drafts, publications, resource_files
from kfflow.service.context import Context
from kfflow.service.drafts import Seen
from kfflow.service.law_preview import Told
from kfflow.service.publications import REASON
from kfflow.web import described
from kfflow.web import law as law_pages
from kfflow.web.visitor import acting
from kfflow.web.wording import say

UNPROCESSABLE = 422
ENDINGS = (".bpmn", ".dmn", ".form", ".typ", ".yaml")
FIELDS = (*law.VALIDITY_FIELDS, REASON)


@dataclass(frozen=True, slots=True)
class Compared:
    """One draft beside what is in operation: its revision, the differences in words, and what a check finds."""

    name: str
    revision: int
    changes: Sequence[Change]
    findings: Sequence[Finding]


def page() -> AnyResponse:
    """Show the drafts, and of those chosen how they differ from what is in operation."""
    return shown(request.args.getlist("fil"))


def shown(
    names: Sequence[str],
    *,
    problem: KfflowError | None = None,
    findings: Sequence[Finding] = (),
    named: Sequence[Told] | None = None,
) -> AnyResponse:
    """Show the page with some drafts chosen; with a problem, what it is and that nothing was published."""
    with acting("forbereder lovændring") as ctx:
        listed = definition_list.drafts(ctx.session)
        known = [row.resource_name for row in listed if row.resource_name in names]
        chosen = drafts.chosen(ctx, known)
        beside = [(draft.resource_name, draft.source.encode()) for draft in chosen]
        compared = [_compared(ctx, draft, beside) for draft in chosen]
        standing = publications.standing(ctx, chosen)
        announced = law_days.changes(ctx)
    rendered = render_template(
        "pages/law_draft.html",
        drafts=listed,
        chosen=known,
        compared=compared,
        standing=standing,
        announced=announced,
        language=g.language,
        named=named,
        counts=Counts.of(named or ()),
        ways=law_pages.ways(),
        message=problem.message(g.language) if problem else "",
        problems=[_words(one) for one in problem.fields] if isinstance(problem, InvalidInput) else [],
        findings=findings,
        given={name: request.form.get(name, "") for name in FIELDS},
        rules={rule: say(*words) for rule, words in law.WORDS.items()},
    )
    return make_response(rendered, UNPROCESSABLE if problem else 200)


@dataclass(frozen=True, slots=True)
class Counts:
    """Of those named, how many follow in which way, and how many cannot."""

    by_way: Mapping[str, int]
    blocked: int

    @classmethod
    def of(cls, named: Sequence[Told]) -> "Counts":
        moving = [one for one in named if not one.is_blocked]
        ways = dict.fromkeys(one.way for one in moving)
        return cls({way: sum(one.way is way for one in moving) for way in ways}, len(named) - len(moving))


def _words(field: FieldProblem) -> str:
    return f"{field.field}: {say(field.message_da, field.message_en)}"


def _compared(ctx: Context, draft: Draft, beside: Sequence[tuple[str, bytes]]) -> Compared:
    name, source = draft.resource_name, draft.source.encode()
    running = definition_list.newest_resource(ctx.session, name)
    changes = described.difference(running.source if running else b"", source, name)
    return Compared(name, draft.revision, changes, deployments.lint(ctx, name, source, beside))


def add() -> AnyResponse:
    """Save uploaded files as drafts, and choose them; over a colleague's draft it is refused, saying whose."""
    files = [(file.filename or "", file.read()) for file in request.files.getlist("filer") if file.filename]
    chosen = [*request.form.getlist("fil"), *(PurePath(name).name for name, _ in files)]
    try:
        _require_files(files)
        with acting("lægger kladder op") as ctx:
            for name, source in files:
                _save(ctx, PurePath(name).name, source)
    except (InvalidInput, Conflict) as problem:
        return shown(request.form.getlist("fil"), problem=problem)
    return redirect(url_for("web.law_draft", fil=list(dict.fromkeys(chosen))), 303)


def _require_files(files: Iterable[tuple[str, bytes]]) -> None:
    wrong = [name for name, source in files if not name.endswith(ENDINGS) or len(source) > resource_files.MAXIMUM_BYTES]
    if wrong or not files:
        told = ", ".join(wrong) or "–"
        problem = FieldProblem(
            "filer",
            f"{told}: brug .bpmn, .dmn, .form, .typ eller .yaml, højst 5 MB.",
            f"{told}: use .bpmn, .dmn, .form, .typ or .yaml.",
        )
        raise InvalidInput("Filerne kan ikke bruges.", "The files cannot be used.", fields=[problem])


def _save(ctx: Context, name: str, source: bytes) -> None:
    """Save a file as a draft over one's own, never over a colleague's."""
    former = drafts.find(ctx, name)
    is_own = former is not None and former.saved_by == ctx.actor.username
    revision = former.revision if former is not None and is_own else 0
    drafts.save(ctx, name, kind=PurePath(name).suffix[1:], source=as_text(source), revision=revision)


def preview() -> AnyResponse:
    """Show which running cases the drafts would name, how each follows and why; nothing is published."""
    return _acting_on(law_drafts.would_name)


def publish() -> AnyResponse:
    """Publish the drafts by law; the running cases are shown and moved from the page of the change."""
    untried = request.form.get(REASON, "")
    return _acting_on(partial(law_drafts.publish, untried=untried))


def _acting_on(act: Callable[[Context, Seen, law.Validity], list[Told] | int]) -> AnyResponse:
    seen = seen_drafts()
    try:
        with acting("udgiver lovændring") as ctx:
            done = act(ctx, seen, law.Validity.read(**{name: request.form.get(name) for name in law.VALIDITY_FIELDS}))
    except DeploymentRefused as refused:
        return shown(list(seen), problem=refused, findings=refused.findings)
    except (InvalidInput, Conflict, Forbidden) as problem:
        return shown(list(seen), problem=problem)
    if isinstance(done, list):
        return shown(list(seen), named=done)
    flash(say("Loven er udgivet.", "The law is published."), "ok")
    return redirect(url_for("web.law_change", key=done), 303)


def seen_drafts() -> Seen:
    """Read the drafts with the revision of each that the page showed."""
    given = (line.rpartition("@") for line in request.form.getlist("set"))
    return {name: seen for name, _, revision in given if (seen := keys.read(revision)) is not None}
