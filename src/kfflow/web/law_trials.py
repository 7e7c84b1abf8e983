"""Drafts tried out from the page of a change of law: scenarios run on them, each result shown as it comes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath

from flask import Response, g, request, stream_template
from werkzeug.wrappers import Response as AnyResponse

from kfflow.domain.law import Validity
from kfflow.engine.findings import DeploymentRefused
from kfflow.errors import Conflict, InvalidInput, KfflowError
from kfflow.service import drafts, law_days, law_drafts, publishing, trial_results
from kfflow.service.drafts import Seen
from kfflow.service.trial_results import Fared
from kfflow.web.law_drafts import seen_drafts, shown
from kfflow.web.trials import File, Round, trials
from kfflow.web.visitor import acting
from kfflow.web.wording import say


def try_out() -> AnyResponse:
    """Run the scenarios of the processes concerned on the drafts; each result is sent as soon as it is there."""
    names = list(seen_drafts())
    try:
        _require(names)
        validity = Validity.read(**{name: request.form.get(name) for name in ("gyldig_fra", "gyldig_til")})
        publishing.require_coherent(validity)
    except InvalidInput as problem:
        return shown(names, problem=problem)
    trial, processes = _prepared(names, validity)
    return Response(
        stream_template(
            "pages/law_trial.html", chosen=names, processes=sorted(processes), total=trial.total, trial=trial
        )
    )


def _require(names: Sequence[str]) -> None:
    if not names:
        raise InvalidInput("Vælg mindst én kladde.", "Choose at least one draft.")


def _prepared(names: Sequence[str], validity: Validity) -> "tuple[Trial, frozenset[str]]":
    """Give what is run on each day from which other files are in force, and the processes concerned."""
    with acting("prøver lovændring") as ctx:
        changed = drafts.chosen(ctx, names)
        days = law_days.ahead(ctx, changed, validity)
        processes = law_drafts.concerned(ctx, changed, days)
        seen = {draft.resource_name: draft.revision for draft in changed}
    own = [(PurePath(f.filename).name, f.read()) for f in request.files.getlist("scenarier") if f.filename]
    kept = frozenset[str]() if request.form.get("kun_egne") else processes
    rounds = [Round(d.begins, d.sources, trials().scenarios(kept, d.sources), trials().measuring("")) for d in days]
    first, later = rounds[0], [one for one in rounds[1:] if one.scenarios]
    return Trial(seen, validity, [first, *later], own), processes


@dataclass(frozen=True, slots=True)
class Line:
    """What the page tells of one scenario on what is in force from a day on, or of why no more could be run."""

    number: int
    process: str
    name: str
    problem: str
    begins: date | None = None


@dataclass(slots=True)
class Trial:
    """Scenarios to be run on the drafts, as if they counted so, and how those that were run fared.

    Uploaded ones run on what is in force from the first day on.
    """

    seen: Seen
    validity: Validity
    rounds: Sequence[Round]
    own: Sequence[File]
    expected: int = 0
    failed: int = 0

    @property
    def total(self) -> int:
        return sum(len(one.scenarios) for one in self.rounds) + len(self.own)

    def lines(self) -> Iterator[Line]:
        """Run them, those that were uploaded first; gives each as it comes, and keeps how all fared."""
        try:
            for one in self.rounds:
                own = self.own if one is self.rounds[0] else ()
                for result in trials().run(one.sources, [*own, *one.scenarios]):
                    yield self._line(result.process, result.name, say(result.danish, result.english), one.begins)
        except KfflowError as problem:
            yield self._line("–", say("Kan ikke prøves", "Cannot be tried"), _told(problem))
        if changed := self._keep():
            yield changed

    def _keep(self) -> Line | None:
        """Keep the result with the drafts; gives a line when one was saved anew meanwhile."""
        fared = Fared(self.expected, self.failed, is_whole=any(one.scenarios for one in self.rounds))
        try:
            with acting("prøver lovændring") as ctx:
                trial_results.keep(ctx, self.seen, fared, self.validity)
        except Conflict as problem:
            return self._line("–", say("Kladden er gemt imens", "The draft was saved meanwhile"), _told(problem))
        return None

    def _line(self, process: str, name: str, problem: str, begins: date | None = None) -> Line:
        self.failed += bool(problem)
        self.expected += not problem
        return Line(self.failed + self.expected, process, name, problem, begins)


def _told(problem: KfflowError) -> str:
    found = problem.findings if isinstance(problem, DeploymentRefused) else []
    return " ".join([problem.message(g.language), *(say(f.message_da, f.message_en) for f in found)])
