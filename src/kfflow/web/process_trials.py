"""The scenarios of one process run from its page: on what is in operation, with the drafts of the process in place."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from flask import Response, g, request, stream_template
from werkzeug.wrappers import Response as AnyResponse

from kfflow.engine.describe import describe
from kfflow.engine.findings import DeploymentRefused
from kfflow.engine.named import named
from kfflow.errors import Conflict, InvalidInput, KfflowError
from kfflow.persistence import definition_list
from kfflow.service import access, definitions, drafts, law_days, law_drafts, scenario_files, trial_results
from kfflow.service.context import Context
from kfflow.service.drafts import Seen
from kfflow.service.law_days import LawDay
from kfflow.service.trial_results import Fared
from kfflow.web.trials import Result, Round, trials
from kfflow.web.visitor import acting
from kfflow.web.wording import say


@dataclass(frozen=True, slots=True)
class Line:
    """How one scenario fared on what is in force from a day on; `problem` is empty when it went as it says."""

    name: str
    problem: str
    begins: date | None = None


@dataclass(slots=True)
class Trial:
    """Scenarios of a process to be run, on what is in force today and on each day from which that is something else."""

    process_id: str
    seen: Seen
    resource: str
    rounds: Sequence[Round]
    is_whole: bool
    failed: int = field(default=0)
    expected: int = field(default=0)

    @property
    def total(self) -> int:
        return sum(len(one.scenarios) for one in self.rounds)

    def lines(self) -> Iterator[Line]:
        """Run them; gives each result as it comes, and why no more could be run; keeps how the drafts fared."""
        try:
            for one in self.rounds:
                for result in trials().run(one.sources, one.scenarios, one.covered):
                    yield self._line(result.name, self._told(result), one.begins)
        except KfflowError as problem:
            found = problem.findings if isinstance(problem, DeploymentRefused) else []
            words = [problem.message(g.language), *(say(f.message_da, f.message_en) for f in found)]
            yield self._line(say("Kan ikke prøves", "Cannot be tried"), " ".join(words))
        if self.seen and (changed := self._keep()):
            yield changed

    def _keep(self) -> Line | None:
        """Keep the result with the drafts; gives a line when one was saved anew meanwhile."""
        try:
            with acting("prøver scenarier") as ctx:
                trial_results.keep(ctx, self.seen, Fared(self.expected, self.failed, is_whole=self.is_whole))
        except Conflict as problem:
            return self._line(
                say("Kladden er gemt imens", "The draft was saved meanwhile"), problem.message(g.language)
            )
        return None

    def _told(self, result: Result) -> str:
        return say(result.danish, result.english)

    def _line(self, name: str, problem: str, begins: date | None = None) -> Line:
        self.failed += bool(problem)
        self.expected += not problem
        return Line(name, problem, begins)

    def missed(self, one: Round) -> list[str]:
        """Name the elements that no scenario came by; ways between them are counted and not named."""
        names = describe(one.sources[self.resource], self.resource)
        ids = one.covered.coverage.missed if one.covered.coverage else ()
        told = [names.get(id_, {}) for id_ in ids]
        return [words.get("name") or one for one, words in zip(ids, told, strict=True) if not _is_way(words)]


def _is_way(words: Mapping[str, str]) -> bool:
    return words.get("type") == "sequenceFlow"


def run(process_id: str) -> AnyResponse:
    """Run all scenarios of a process, or the one that is asked for; each result is sent as soon as it is there."""
    wanted = request.form.get("scenarie", "")
    with acting("prøver scenarier") as ctx:
        trial, in_place = _prepared(ctx, process_id, wanted)
    page = stream_template(
        "pages/process_trial.html", trial=trial, process_id=process_id, in_place=in_place, wanted=wanted
    )
    return Response(page)


def _prepared(ctx: Context, process_id: str, wanted: str) -> tuple[Trial, list[str]]:
    version = definitions.find_latest(ctx, process_id)
    if version is None:
        raise access.not_found(f"Processen {process_id}")
    in_place = _drafts_of(ctx, process_id, version.resource_name, definitions.source(ctx, version.key))
    changed = drafts.chosen(ctx, in_place)
    days = law_days.ahead(ctx, changed)
    rounds = [found for day in days if (found := _round(day, process_id, wanted)).scenarios]
    if not rounds:
        raise InvalidInput("Der er ingen scenarier at prøve.", "There are no scenarios to run.")
    seen = {draft.resource_name: draft.revision for draft in changed}
    is_whole = not wanted and law_drafts.concerned(ctx, changed, days) <= {process_id}
    return Trial(process_id, seen, version.resource_name, rounds, is_whole), in_place


def _round(day: LawDay, process_id: str, wanted: str) -> Round:
    """Give the scenarios of a process, or the one that is asked for, and what is in force from a day on."""
    found = trials().scenarios(frozenset({process_id}), day.sources)
    chosen = [file for file in found if wanted in ("", file[0])]
    return Round(day.begins, day.sources, chosen, trials().measuring(process_id))


def _drafts_of(ctx: Context, process_id: str, resource: str, source: bytes) -> list[str]:
    """Give the drafts of the diagram, of what it names, and of its scenarios."""
    files = {resource} | {
        row.resource_name for row in definition_list.files_named(ctx.session, named(source, resource))
    }
    listed = [row.resource_name for row in definition_list.drafts(ctx.session)]
    return [name for name in listed if name in files or scenario_files.place_of(name)[0] == process_id]
