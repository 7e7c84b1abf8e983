"""Letters before they are issued: that of a task, and all that a case can still come to. Nothing is stored.

A draft is made from what is known now and from what tables and scripts will work out on the way; what nobody has said
yet stands blank, and is named in the draft and beside it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from sqlalchemy import select

from kfflow import engine
from kfflow.domain import authorization
from kfflow.domain import forms as domain_forms
from kfflow.domain.law import Days
from kfflow.engine import JobAhead
from kfflow.engine.outcome import Decided, Environment, Variables
from kfflow.errors import EngineFailure, NotFound
from kfflow.letters.templates import Template
from kfflow.persistence.tables import Case, ProcessInstance, UserTask
from kfflow.service import audit, calendars, decisions, definitions, forms, letter_templates, letters
from kfflow.service.context import Context
from kfflow.service.letters import Draft, Made, Wanted

Words = tuple[str, str]
"""What something is called, in Danish and English."""

GUIDANCE: Words = ("klagevejledning", "complaint guidance")
MARK = "skabelon"
"""The header by which a job says that it makes a letter."""


@dataclass(frozen=True, slots=True)
class LetterAhead:
    """A letter that a case can still come to, and what is not known of it yet.

    `id` holds as long as the case stands where it stands. `process` and `element` say where it is made; `calls` are
    the call activities that lead there, none when the process runs already.
    """

    id: str
    title: str
    recipient: str | None
    process: str
    element: engine.Element
    calls: tuple[str, ...]
    blank: tuple[Words, ...]
    wanted: Wanted


@dataclass(frozen=True, slots=True)
class _Place:
    """A process in which letters may be made: the way to it, and what the forms on that way call things.

    `way` names the call activities, `numbers` which instance of each, `processes` what each called.
    """

    instance_key: int
    definition_key: int = 0
    way: tuple[engine.Element, ...] = ()
    numbers: tuple[int, ...] = ()
    processes: tuple[str, ...] = ()
    words: Mapping[str, Words] = field(default_factory=dict)


def of_task(ctx: Context, task: UserTask, answers: Mapping[str, Any], *, number: int = 0) -> Made:
    """Make a letter that a task prepares, with the answers given so far.

    `number` counts the letters of the task from 0. Raises NotFound when the task prepares none of this number,
    EngineFailure when the letter cannot be made of what is known.
    """
    definition = definitions.compiled(ctx, task.definition_key)
    case, known = ctx.session.get_one(Case, task.case_key), forms.context_of(ctx, task)
    planned = engine.plan_letter(definition, task.element_id, number, known, answers, _environment(ctx, case))
    if planned is not None and planned.call is not None:
        planned = _first_of_called(ctx, case, task.definition_key, planned)
    if planned is None:
        raise NotFound("Opgaven forbereder ikke noget brev.", "The task prepares no letter.")
    audit.record(ctx, "service:letter:preview", str(task.key), case_key=case.key)
    return letters.make(ctx, case.key, letters.wanted_by(planned.headers, planned.variables), ctx.at, draft=Draft())


def _first_of_called(ctx: Context, case: Case, caller_key: int, one: JobAhead) -> JobAhead | None:
    """Give what makes the first letter of the process that will be called."""
    assert one.call is not None
    called = definitions.find_called(ctx, definitions.days_of(ctx, case), caller_key, one.call)
    if called is None:
        return None
    begun = engine.letters_of_start(definitions.compiled(ctx, called.key), one.variables, _environment(ctx, case))
    return next((job for job in begun if MARK in job.headers), None)


def ahead(ctx: Context, case: Case) -> list[LetterAhead]:
    """Give the letters that a case can still come to, those of each running process the nearest first.

    Protected letters are left out for who may not open them. Whoever asks has read the case (`cases.get`).
    """
    env = _environment(ctx, case)
    found: list[LetterAhead] = []
    for instance in _running(ctx, case):
        definition = definitions.compiled(ctx, instance.definition_key)
        place = _at(ctx, case, _Place(instance.key), instance.definition_key)
        assert instance.snapshot is not None, "a running instance has its state"
        coming = engine.letters_ahead(definition, instance.snapshot, env)
        found += _letters(ctx, case, place, coming)
    return [one for one in found if authorization.may_open(ctx.actor, one.wanted.access_class)]


def preview(ctx: Context, case: Case, letter_id: str) -> Made:
    """Make a letter that the case can still come to, marked as a draft; the reading is audited.

    Raises NotFound when the case has none of this id: it has gone on, or the reader may not open it.
    """
    found = next((one for one in ahead(ctx, case) if one.id == letter_id), None)
    if found is None:
        da = f"Sag {case.number} kan ikke længere komme til brevet, eller du har ikke adgang til det."
        raise NotFound(da, f"Case {case.number} comes to no such letter any more, or you may not open it.")
    data = {"template": found.wanted.letter_id, "element": found.element.id}
    audit.record(ctx, "service:letter:preview", case.number, case_key=case.key, data=data)
    return letters.make(ctx, case.key, found.wanted, ctx.at, draft=Draft(found.blank))


def _environment(ctx: Context, case: Case) -> Environment:
    def decide(decision_id: str, variables: Variables) -> Decided:
        return Decided(decisions.look_up(ctx, case, decision_id, variables), {})

    return Environment(
        at=ctx.at,
        decide=decide,
        zone=ctx.zone,
        opened_at=case.opened_at,
        legal_date=case.legal_date,
        working_day=partial(calendars.last_working_day, ctx),
    )


def _running(ctx: Context, case: Case) -> Sequence[ProcessInstance]:
    running = select(ProcessInstance).where(ProcessInstance.case_key == case.key, ProcessInstance.state == "ACTIVE")
    return ctx.session.scalars(running.order_by(ProcessInstance.key)).all()


def _at(ctx: Context, case: Case, before: _Place, definition_key: int) -> _Place:
    """Give the place of a process that runs, or is called where `before` ends; its own forms' words come first."""
    definition, days = definitions.compiled(ctx, definition_key), definitions.days_of(ctx, case)
    own = ctx.compiled.get(f"words on {days}", definition_key, lambda: dict(_words(ctx, definition, days)))
    processes = (*before.processes, definition.process_id)
    return replace(before, definition_key=definition_key, processes=processes, words={**before.words, **own})


def _words(ctx: Context, definition: engine.Definition, days: Days) -> Iterator[tuple[str, Words]]:
    """Give what the forms of a process call the things that they ask for."""
    for form_id in definition.forms:
        row = definitions.find_form(ctx, form_id, days)
        if row is not None:
            form = definitions.parsed_form(ctx, form_id, key=row.key, resource_key=row.resource_key)
            yield from ((one.key, (one.label, one.english_label)) for one in domain_forms.inputs(form.fields))


def _letters(ctx: Context, case: Case, place: _Place, coming: Sequence[JobAhead]) -> Iterator[LetterAhead]:
    for one in coming:
        if one.call is not None:
            yield from _called(ctx, case, place, one)
        elif MARK in one.headers:
            yield from _letter(ctx, case, place, one)


def _called(ctx: Context, case: Case, place: _Place, one: JobAhead) -> Iterator[LetterAhead]:
    """Give the letters of a process that will be called; one that calls itself is looked into once."""
    assert one.call is not None
    days = definitions.days_of(ctx, case)
    called = definitions.find_called(ctx, days, place.definition_key, one.call)
    if called is None or called.process_id in place.processes:
        return
    calling = definitions.compiled(ctx, place.definition_key).elements[one.element_id]
    way = replace(place, way=(*place.way, calling), numbers=(*place.numbers, one.number))
    begun = engine.letters_of_start(definitions.compiled(ctx, called.key), one.variables, _environment(ctx, case))
    yield from _letters(ctx, case, _at(ctx, case, way, called.key), begun)


def _letter(ctx: Context, case: Case, place: _Place, one: JobAhead) -> Iterator[LetterAhead]:
    definition = definitions.compiled(ctx, place.definition_key)
    wanted = letters.wanted_by(one.headers, one.variables)
    try:
        version = letter_templates.get(ctx, wanted.letter_id, definitions.days_of(ctx, case))
    except EngineFailure:
        return
    template = letter_templates.template_of(ctx, version)
    numbers = "-".join(str(number) for number in (*place.numbers, one.number))
    yield LetterAhead(
        id=":".join([str(place.instance_key), *(step.id for step in place.way), one.element_id, numbers]),
        title=wanted.title or template.title,
        recipient=wanted.recipient,
        process=definition.name,
        element=definition.elements[one.element_id],
        calls=tuple(step.name for step in place.way),
        blank=tuple(_blank(ctx, case, template, wanted, place.words)),
        wanted=wanted,
    )


def _blank(ctx: Context, case: Case, template: Template, wanted: Wanted, words: Mapping[str, Words]) -> Iterator[Words]:
    """Name what the letter shows and nobody has said yet; what its sample leaves out, it can do without."""
    for name, sample in (template.fields or {}).items():
        if sample is not None and wanted.variables.get(name) is None:
            plain = name.replace("_", " ")
            yield template.names.get(name) or words.get(name) or (plain, plain)
    if template.rule is not None and letters.find_complaint(ctx, case, template, wanted.variables) is None:
        yield GUIDANCE
