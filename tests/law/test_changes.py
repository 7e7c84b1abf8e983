"""Each change of law, from the draft to the moved cases, by the means that a designer has.

Old law in force and cases running → edits as drafts → scenarios of the new law → published with its day → the cases
that the transitional rule names, and no others, follow; who works on them is told.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from datetime import time as of_day
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from kfflow.domain.authorization import Actor, Role
from kfflow.engine.verdict import Verdict
from kfflow.jobs.worker import Worker
from kfflow.persistence.tables import (
    BatchItem,
    Case,
    Comment,
    DecisionEvaluation,
    Document,
    ProcessInstance,
    Timer,
    UserTask,
)
from kfflow.service import (
    deployments,
    drafts,
    forms,
    instances,
    institutions,
    law,
    law_batches,
    letters,
    messages,
    tasks,
)
from kfflow.service.accounts import SYSTEM
from kfflow.service.cases import CaseDetails
from kfflow.service.context import Service
from kfflow.service.law import Following, Way
from tests.law import changes
from tests.law.changes import Change, RunningCase
from tests.unit.letters.reading import text_of

DESIGNER = Actor("procesdesigner", "Dea", frozenset({Role.DESIGNER}), national=True)
COPENHAGEN = ZoneInfo("Europe/Copenhagen")
KEYS = sorted(path.parent.name for path in changes.FOLDER.glob("*/aendring.toml"))


@dataclass
class Play:
    """One change under way on a database of its own."""

    service: Service
    worker: Worker
    change: Change

    def go_to(self, day: date) -> None:
        """Let the morning of a day come, with everything that is due by then."""
        self.service.clock.at = datetime.combine(day, of_day(9), COPENHAGEN)
        self.worker.drain()

    def start(self, case: RunningCase) -> int:
        self.go_to(max(case.started, self.service.clock.at.astimezone(COPENHAGEN).date()))
        with self.service.command(SYSTEM) as ctx:
            details = CaseDetails(legal_date=case.legal_date, institution_code=case.institution)
            given = dict(case.variables)
            begun = instances.create(ctx, process_id=case.process, variables=given, case=details, as_part=True)
        self.worker.drain()
        self.take(begun.key, case.earlier)
        return begun.key

    def take(self, key: int, steps: Sequence[Mapping[str, Any]]) -> None:
        """Complete tasks and send messages, one after the other."""
        for step in steps:
            if "complete" in step:
                self.complete(key, step)
                continue
            with self.service.command(SYSTEM) as ctx:
                messages.correlate(
                    ctx,
                    name=step["message"],
                    correlation_key=step["correlation_key"],
                    variables=dict(step.get("with", {})),
                )
            self.worker.drain()

    def complete(self, key: int, step: Mapping[str, Any]) -> None:
        """Complete an open task as somebody of its group, another person for each."""
        with self.service.query(SYSTEM) as ctx:
            of_tree = select(UserTask).where(UserTask.root_key == key, UserTask.state == "CREATED")
            task = ctx.session.scalars(of_tree.where(UserTask.element_id == step["complete"])).one()
        groups = frozenset(task.candidate_groups)
        actor = Actor(f"til-{task.key}", "Til", frozenset({Role.CASEWORKER}), groups=groups, national=True)
        with self.service.command(actor) as ctx:
            tasks.claim(ctx, task.key)
            tasks.complete(ctx, task.key, variables=dict(step.get("with", {})))
        self.worker.drain()

    def save_drafts(self, edited: dict[str, bytes]) -> None:
        with self.service.command(DESIGNER) as ctx:
            for name, source in edited.items():
                kind = name.rpartition(".")[2]
                drafts.save(ctx, name, kind=kind, source=source.decode(), revision=0)
                assert deployments.judge(ctx, name, source).verdict is Verdict.RUNS, name

    def publish(self, names: list[str]) -> Following:
        with self.service.command(DESIGNER) as ctx:
            sources = [(name, drafts.find(ctx, name).source.encode()) for name in names]
            made = deployments.deploy(ctx, sources, name=self.change.name, validity=self.change.validity)
            for name in names:
                drafts.discard(ctx, name)
            return Following(made.deployment.key, make_up=self.change.make_up)

    def named(self, following: Following) -> list[law.Named]:
        with self.service.command(DESIGNER) as ctx:
            return law.named(ctx, following)

    def apply(self, following: Following) -> None:
        found = self.named(following)
        assert [one.obstacles for one in found if one.is_blocked] == []
        if any(one.way is not Way.NEXT_EVALUATION for one in found):
            with self.service.command(DESIGNER) as ctx:
                batch = law_batches.apply(ctx, following).key
            self.worker.drain()
            with self.service.query(SYSTEM) as ctx:
                items = ctx.session.scalars(select(BatchItem).where(BatchItem.batch_key == batch))
                assert {(item.state, item.message_en) for item in items} == {("DONE", None)}

    def put(self, into: str) -> int:
        """Put the institutions that the change names in the area of one side of it; gives how many cases went along."""
        cases = 0
        for one in self.change.institutions:
            with self.service.command(SYSTEM) as ctx:
                moved = institutions.move_to_area(ctx, one["code"], one[into], reason=self.change.name, is_new=True)
                cases += moved.cases
        return cases

    def told(self, key: int) -> list[str]:
        """Give the comments on an instance's case that tell of the law."""
        with self.service.query(SYSTEM) as ctx:
            instance = ctx.session.get_one(ProcessInstance, key)
            of_case = select(Comment.text).where(Comment.case_key == instance.case_key)
            return [text for text in ctx.session.scalars(of_case) if self.change.validity.lov in text]

    def seen(self, key: int, wanted: dict) -> dict:
        """Give what a case shows of the kinds of things that are expected of it."""
        with self.service.query(SYSTEM) as ctx:
            tree = list(ctx.session.scalars(select(ProcessInstance).where(ProcessInstance.root_key == key)))
            keys = [one.key for one in tree]
            timers = select(Timer).where(Timer.instance_key.in_(keys), Timer.state == "ARMED")
            waits = {t.element_id: t.due_at.astimezone(COPENHAGEN).date() for t in ctx.session.scalars(timers)}
            open_tasks = select(UserTask).where(UserTask.root_key == key, UserTask.state == "CREATED")
            opened = list(ctx.session.scalars(open_tasks.order_by(UserTask.element_id)))
            shown = {
                "waits": {name: waits.get(name) for name in wanted.get("waits", {})},
                "open": [task.element_id for task in opened],
                "options": _options(ctx, opened, wanted.get("options", {})),
                "decided": _decided(ctx, keys, wanted.get("decided", {})),
                "letters": _letters(ctx, key),
                "comment": [said for said in wanted.get("comment", ()) if said in "".join(self.told(key))],
                "told": _said(ctx, key, wanted.get("told", {})),
                "areas": sorted({task.area for task in opened} | {_case_of(ctx, key).area}),
                "calls": sorted(one.process_id for one in tree if one.parent_key == key and one.state == "ACTIVE"),
                "versions": {
                    one.process_id: one.version for one in tree if one.process_id in wanted.get("versions", {})
                },
            }
            return {kind: shown[kind] for kind in wanted}


def _letters(ctx, key):
    """Give who each letter of the case says that it is from; made again, each still comes out the same."""
    verified = letters.verify(ctx, _case_of(ctx, key))
    assert [one.problem_en for one in verified if not one.holds] == []
    return [_from(one.document) for one in verified]


def _from(document):
    agency, sender = document.data["myndighed"], document.data["afsender"]
    told = text_of(document.content)
    assert [name for name in (agency, sender) if name not in told] == []
    return {"template": document.template, "agency": agency, "sender": sender}


def _case_of(ctx, key):
    return ctx.session.get_one(Case, ctx.session.get_one(ProcessInstance, key).case_key)


def _decided(ctx, keys, wanted):
    """Give the outputs that are asked about, of the last evaluation of each decision in the tree."""
    rows = select(DecisionEvaluation).where(DecisionEvaluation.instance_key.in_(keys)).order_by(DecisionEvaluation.key)
    last = {row.decision_id: row.output[0] for row in ctx.session.scalars(rows)}
    return {name: {output: last[name][output] for output in outputs} for name, outputs in wanted.items()}


def _said(ctx, key, wanted):
    """Give which of the words that are asked about stand in the last letter of each template."""
    of_case = select(Document).where(Document.case_key == _case_of(ctx, key).key).order_by(Document.key)
    last = {letter.template: text_of(letter.content) for letter in ctx.session.scalars(of_case)}
    return {name: [said for said in words if said in last[name]] for name, words in wanted.items()}


def _options(ctx, opened, wanted):
    found = {}
    for task in opened:
        form = forms.for_task(ctx, task)
        for field in form.fields if form else ():
            if field.key in wanted:
                found[field.key] = [option.value for option in field.options]
    return found


@pytest.fixture
def play(service, worker, shipped, request):
    change = changes.read(request.param)
    with service.command(SYSTEM) as ctx:
        deployments.deploy(ctx, list(change.old(shipped).items()))
    play = Play(service, worker, change)
    assert play.put("from") == 0
    return play


@pytest.mark.parametrize("play", KEYS, indirect=True, ids=KEYS)
def test_change_of_law_reaches_the_cases_that_its_rule_names(play, shipped, tried, report):
    change = play.change
    begins = change.validity.gyldig_fra
    play.service.clock.at = datetime.combine(min(c.started for c in change.cases), of_day(9), COPENHAGEN)
    running = {case: play.start(case) for case in _by_start(change) if case.started < begins}
    for case, key in running.items():
        assert (case.name, play.seen(key, case.before)) == (case.name, dict(case.before))

    began = time.process_time()
    edited = change.edited(shipped)
    play.save_drafts(edited)
    tests = tried(edited, change.scenarios)
    assert [(result.name, result.english) for result in tests] == [(result.name, "") for result in tests]
    assert tests
    following = play.publish(list(edited))
    play.go_to(begins)
    play.apply(following)
    rehomed = play.put("to")
    seconds = time.process_time() - began

    moved = [case.name for case, key in running.items() if play.told(key)]
    assert moved == [case.name for case in running if case.moved]
    assert [n for n in play.named(following) if n.way is not Way.NEXT_EVALUATION] == []
    for case, key in running.items():
        play.take(key, case.steps)
        assert (case.name, play.seen(key, case.after)) == (case.name, dict(case.after))
    for case in (c for c in _by_start(change) if c.started >= begins):
        assert (case.name, play.seen(play.start(case), case.after)) == (case.name, dict(case.after))
    assert rehomed == sum(case.institution is not None for case in running)
    went_along = f", {rehomed} with their institution" if change.institutions else ""
    report(f"{change.key}  {seconds:6.2f} s  {len(moved)} of {len(running)}{went_along}  {change.name}")


def _by_start(change):
    return sorted(change.cases, key=lambda case: case.started)
