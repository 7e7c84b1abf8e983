"""Drafts tried out from the page of a change of law: scenarios run on them, each result shown as it comes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from flask import Response, g, request, stream_template
from werkzeug.wrappers import Response as AnyResponse

from kfflow.engine.findings import DeploymentRefused
from kfflow.errors import Conflict, InvalidInput, KfflowError
from kfflow.service import drafts, law_drafts, trial_results
from kfflow.service.drafts import Seen
from kfflow.service.trial_results import Fared
from kfflow.web.law_drafts import seen_drafts, shown
from kfflow.web.trials import File, trials
from kfflow.web.visitor import acting
from kfflow.web.wording import say


def try_out() -> AnyResponse:
    """Run the scenarios of the processes concerned on the drafts; each result is sent as soon as it is there."""
    names = list(seen_drafts())
    if not names:
        return shown([], problem=InvalidInput("Vælg mindst én kladde.", "Choose at least one draft."))
    with acting("prøver lovændring") as ctx:
        changed = drafts.chosen(ctx, names)
        sources, processes = law_drafts.in_place(ctx, changed), law_drafts.concerned(ctx, changed)
        seen = {draft.resource_name: draft.revision for draft in changed}
    own = [(PurePath(f.filename).name, f.read()) for f in request.files.getlist("scenarier") if f.filename]
    shipped = [] if request.form.get("kun_egne") else trials().scenarios(processes, sources)
    trial = Trial(seen, sources, shipped, own)
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

    seen: Seen
    sources: Mapping[str, bytes]
    shipped: Sequence[File]
    own: Sequence[File]
    expected: int = 0
    failed: int = 0

    @property
    def total(self) -> int:
        return len(self.shipped) + len(self.own)

    def lines(self) -> Iterator[Line]:
        """Run them, those that were uploaded first; gives each as it comes, and keeps how all fared."""
        try:
            for result in trials().run(self.sources, [*self.own, *self.shipped]):
                yield self._line(result.process, result.name, say(result.danish, result.english))
        except KfflowError as problem:
            yield self._line("–", say("Kan ikke prøves", "Cannot be tried"), _told(problem))
        if changed := self._keep():
            yield changed

    def _keep(self) -> Line | None:
        """Keep the result with the drafts; gives a line when one was saved anew meanwhile."""
        fared = Fared(self.expected, self.failed, is_whole=bool(self.shipped))
        try:
            with acting("prøver lovændring") as ctx:
                trial_results.keep(ctx, self.seen, fared)
        except Conflict as problem:
            return self._line("–", say("Kladden er gemt imens", "The draft was saved meanwhile"), _told(problem))
        return None

    def _line(self, process: str, name: str, problem: str) -> Line:
        self.failed += bool(problem)
        self.expected += not problem
        return Line(self.failed + self.expected, process, name, problem)


def _told(problem: KfflowError) -> str:
    found = problem.findings if isinstance(problem, DeploymentRefused) else []
    return " ".join([problem.message(g.language), *(say(f.message_da, f.message_en) for f in found)])
