"""A change of law prepared: drafts that belong together compared, tried, shown with whom they name, and published."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from flask import (
    Response,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    stream_template,
    url_for,
)
from werkzeug.wrappers import Response as AnyResponse

from kfflow.domain import law
from kfflow.domain.diagrams import Change
from kfflow.engine.bpmn.encoding import as_text
from kfflow.engine.findings import DeploymentRefused, Finding
from kfflow.errors import Conflict, FieldProblem, InvalidInput, KfflowError
from kfflow.persistence import definition_list
from kfflow.persistence.tables import Draft
from kfflow.service import deployments, drafts, law_drafts
from kfflow.service.context import Context
from kfflow.service.law_drafts import Seen
from kfflow.service.law_preview import Told
from kfflow.web import described
from kfflow.web import law as law_pages
from kfflow.web.trials import File, trials
from kfflow.web.visitor import acting
from kfflow.web.wording import say

UNPROCESSABLE = 422
ENDINGS = (".bpmn", ".dmn", ".form", ".typ", ".yaml")
FIELDS = ("lov", "gyldig_fra", "gyldig_til", "overgang")


@dataclass(frozen=True, slots=True)
class Compared:
    """One draft beside what is in operation: its revision, the differences in words, and what a check finds."""

    name: str
    revision: int
    changes: Sequence[Change]
    findings: Sequence[Finding]


def page() -> AnyResponse:
    """Show the drafts, and of those chosen how they differ from what is in operation."""
    return _page(request.args.getlist("fil"))


def _page(
    names: Sequence[str],
    *,
    problem: KfflowError | None = None,
    findings: Sequence[Finding] = (),
    named: Sequence[Told] | None = None,
) -> AnyResponse:
    with acting("forbereder lovændring") as ctx:
        listed = definition_list.drafts(ctx.session)
        known = [row.resource_name for row in listed if row.resource_name in names]
        chosen = law_drafts.chosen(ctx, known)
        beside = [(draft.resource_name, draft.source.encode()) for draft in chosen]
        compared = [_compared(ctx, draft, beside) for draft in chosen]
    rendered = render_template(
        "pages/law_draft.html",
        drafts=listed,
        chosen=known,
        compared=compared,
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
        return _page(request.form.getlist("fil"), problem=problem)
    return redirect(url_for("web.law_draft", fil=list(dict.fromkeys(chosen))), 303)


def _require_files(files: Iterable[tuple[str, bytes]]) -> None:
    wrong = [name for name, source in files if not name.endswith(ENDINGS) or len(source) > deployments.MAXIMUM_BYTES]
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
    return _acting_on(law_drafts.publish)


def _acting_on(act: Callable[[Context, Seen, law.Validity], list[Told] | int]) -> AnyResponse:
    seen = _seen()
    try:
        with acting("udgiver lovændring") as ctx:
            done = act(ctx, seen, law.Validity.read(**{name: request.form.get(name) for name in FIELDS}))
    except DeploymentRefused as refused:
        return _page(list(seen), problem=refused, findings=refused.findings)
    except (InvalidInput, Conflict) as problem:
        return _page(list(seen), problem=problem)
    if isinstance(done, list):
        return _page(list(seen), named=done)
    flash(say("Loven er udgivet.", "The law is published."), "ok")
    return redirect(url_for("web.law_change", key=done), 303)


def _seen() -> Seen:
    """Read the drafts with the revision of each that the page showed."""
    given = (line.rpartition("@") for line in request.form.getlist("set"))
    return {name: int(revision) for name, _, revision in given if revision.isdecimal() and revision.isascii()}


# ------------------------------------------------------------------ trying


def try_out() -> AnyResponse:
    """Run the scenarios of the processes concerned on the drafts; each result is sent as soon as it is there."""
    names = list(_seen())
    if not names:
        return _page([], problem=InvalidInput("Vælg mindst én kladde.", "Choose at least one draft."))
    with acting("prøver lovændring") as ctx:
        changed = law_drafts.chosen(ctx, names)
        sources, processes = law_drafts.in_place(ctx, changed), law_drafts.concerned(ctx, changed)
    own = [(PurePath(f.filename).name, f.read()) for f in request.files.getlist("scenarier") if f.filename]
    shipped = [] if request.form.get("kun_egne") else trials().scenarios(processes, sources)
    trial = Trial(sources, shipped, own)
    return Response(
        stream_template(
            "pages/law_trial.html",
            chosen=names,
            processes=sorted(processes),
            total=trial.total,
            trial=trial,
        )
    )


@dataclass(frozen=True, slots=True)
class Line:
    """What the page tells of one scenario, or of why no more could be run."""

    number: int
    process: str
    name: str
    problem: str


@dataclass(slots=True)
class Trial:
    """Scenarios to be run on the drafts, and how those that were run fared."""

    sources: Mapping[str, bytes]
    shipped: Sequence[File]
    own: Sequence[File]
    expected: int = 0
    failed: int = 0

    @property
    def total(self) -> int:
        return len(self.shipped) + len(self.own)

    def lines(self) -> Iterator[Line]:
        """Run them, those that were uploaded first; gives each as soon as it is there."""
        try:
            for result in trials().run(self.sources, [*self.own, *self.shipped]):
                yield self._line(result.process, result.name, say(result.danish, result.english))
        except KfflowError as problem:
            yield self._line("–", say("Kan ikke prøves", "Cannot be tried"), _told(problem))

    def _line(self, process: str, name: str, problem: str) -> Line:
        self.failed += bool(problem)
        self.expected += not problem
        return Line(self.failed + self.expected, process, name, problem)


def _told(problem: KfflowError) -> str:
    found = problem.findings if isinstance(problem, DeploymentRefused) else []
    return " ".join([problem.message(g.language), *(say(f.message_da, f.message_en) for f in found)])
