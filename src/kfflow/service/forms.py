"""Forms of tasks and starts: which one, and whether the answers hold."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from kfflow.domain import forms as domain_forms
from kfflow.domain.law import Days
from kfflow.errors import Conflict, EngineFailure
from kfflow.feel import BudgetExceeded, FeelSyntaxError, compile_expression
from kfflow.persistence import institution_list, steps
from kfflow.persistence.steps import LockedTask, Running
from kfflow.persistence.tables import Case, ProcessInstance, UserTask
from kfflow.persistence.tables import Form as FormRow
from kfflow.service import appointments, cases, definitions, persons, places
from kfflow.service.context import Context

Task = UserTask | LockedTask
INSTITUTIONS = "institutioner"
"""What a form may choose an institution from, beside what the case knows: `label`, `value`, `regimer` of each."""
APPOINTABLE = "ansvarlige"
"""Whom a form that appoints somebody may choose: `label` with how many inmates each has, and `value`."""
_LOCAL_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?")


def for_task(ctx: Context, task: UserTask) -> domain_forms.Form | None:
    """Give the task's form, None when it has none; a form id that is not deployed raises EngineFailure."""
    if not task.form_id:
        return None
    case = ctx.session.get_one(Case, task.case_key)
    return in_force(ctx, task.form_id, definitions.days_of(ctx, case))


def row_of(ctx: Context, task: UserTask) -> FormRow | None:
    """Give the task's form as it was deployed, None when it has none."""
    if not task.form_id:
        return None
    return definitions.find_form(ctx, task.form_id, definitions.days_of(ctx, ctx.session.get_one(Case, task.case_key)))


def for_start(ctx: Context, form_id: str) -> domain_forms.Form:
    """Give the form of a start; there is no case yet, so the version in force today. Raises Conflict without one."""
    try:
        return in_force(ctx, form_id, definitions.today(ctx))
    except EngineFailure as missing:
        raise Conflict(
            f"{missing.message_da} Sæt den i drift, før en sag startes.",
            f"{missing.message_en} Deploy it before a case is started.",
        ) from missing


def in_force(ctx: Context, form_id: str, days: Days) -> domain_forms.Form:
    """Give the version of a form that is in force on a case's days; raises EngineFailure when there is none."""
    found = steps.find_form(ctx.transaction, form_id, days)
    if found is None:
        raise EngineFailure(
            f"Formularen {form_id} er ikke sat i drift, eller ingen version gælder for sagen.",
            f"Form {form_id} is not deployed, or no version is in force for the case.",
        )
    key, resource_key = found
    return definitions.parsed_form(ctx, form_id, key=key, resource_key=resource_key)


def judged(ctx: Context, running: Running, task: LockedTask, answers: dict[str, Any]) -> dict[str, Any]:
    """Give the answers as the form types them, hold the places that they promise, and appoint whom they name.

    Raises InvalidInput naming every field that is wrong, or the one that promises a place that is not free or names
    somebody who cannot be appointed.
    """
    if not task.form_id:
        return answers
    form = in_force(ctx, task.form_id, definitions.days_of(ctx, running))
    told = {**running.variables, **task.variables}
    known = with_choices(ctx, form, told, task.institution_code, task.area)
    today = ctx.at.astimezone(ZoneInfo(ctx.zone)).date()
    typed = domain_forms.validate(form, answers, evaluator(ctx, known), context=known, today=today)
    for field in domain_forms.inputs(form.fields):
        if field.place is not None:
            _hold(ctx, running, field, lambda source: evaluator(ctx, known)(source, typed))
        if field.appoints is not None:
            _appoint(ctx, running, field, typed, evaluator(ctx, known))
    return _with_offsets(form, typed, ZoneInfo(ctx.zone))


def judged_start(ctx: Context, form_id: str | None, variables: dict[str, Any]) -> dict[str, Any]:
    """Give the variables of a start with those that its form asks for as the form types them; others stay as they are.

    Raises InvalidInput naming every field that is wrong. A case number left empty is left out: the case will tell it.
    """
    if form_id is None:
        return variables
    form = for_start(ctx, form_id)
    answers, others = domain_forms.parted(form, variables)
    typed = start_answers(ctx, form, answers, others)
    if typed.get(cases.NUMBER_VARIABLE) is None:
        typed.pop(cases.NUMBER_VARIABLE, None)
    return domain_forms.merged(others, typed)


def start_answers(
    ctx: Context, form: domain_forms.Form, answers: dict[str, Any], others: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Give the answers to a start form as it types them; conditions see the person's master data and the `others`.

    Raises InvalidInput naming every field that is wrong, and what the form does not ask for.
    """
    known = {**(others or {}), **persons.seen_facts(ctx, answers.get(cases.PERSON_VARIABLE))}
    today = cases.local_date(ctx)
    typed = domain_forms.validate(form, answers, evaluator(ctx, known), context=known, today=today)
    return _with_offsets(form, typed, ZoneInfo(ctx.zone))


def _hold(ctx: Context, running: Running, field: domain_forms.Field, told: Callable[[str], object]) -> None:
    """Hold the place that the answer promises, or let go of the one held when it promises none."""
    asked = field.place
    assert asked is not None, "the field promises a place"
    overbooked, temporary = (bool(one) and told(one) is True for one in (asked.overbooked, asked.temporary))
    if asked.when and told(asked.when) is not True:
        places.let_go(ctx, running.root_key, temporary=temporary)
        return
    wanted = places.Wanted(str(told(asked.institution)), str(told(asked.regime)), overbooked, temporary)
    places.hold(ctx, running.root_key, wanted, field=field.key)


def _appoint(
    ctx: Context, running: Running, field: domain_forms.Field, typed: dict[str, Any], told: domain_forms.Evaluate
) -> None:
    """Appoint whom the answer names; a field that is hidden or left empty appoints nobody."""
    asked, username = field.appoints, domain_forms.value_at(typed, field.path)
    assert asked is not None, "the field appoints somebody"
    if isinstance(username, str) and username:
        excluded = told(asked.excluded, typed) if asked.excluded else None
        names = [str(one) for one in excluded] if isinstance(excluded, list) else []
        appointments.appoint(ctx, running, appointments.Wanted(asked.group, username, names), field=field.key)


def _with_offsets(form: domain_forms.Form, answers: dict[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    """Give the local times that people type their offset: FEEL compares no local time with an instant."""
    moments = {f.key for f in domain_forms.inputs(form.fields) if f.type is domain_forms.FieldType.DATETIME}
    return {key: _with_offset(value, zone) if key in moments else value for key, value in answers.items()}


def _with_offset(value: object, zone: ZoneInfo) -> object:
    if not isinstance(value, str) or not _LOCAL_MOMENT.fullmatch(value):
        return value
    return datetime.fromisoformat(value).replace(tzinfo=zone).isoformat()


def context_of(ctx: Context, task: UserTask) -> dict[str, Any]:
    """Give the variables a form may refer to: the instance's, then the task's own."""
    instance = ctx.session.get(ProcessInstance, task.instance_key)
    return {**(instance.variables if instance else {}), **task.variables}


def with_choices(
    ctx: Context, form: domain_forms.Form, known: dict[str, Any], institution_code: str | None, area: str | None
) -> dict[str, Any]:
    """Give what is known with what the form lets choose from: institutions, and who can be appointed at the place.

    Who was named as conflicted when somebody was appointed before is known, too, until the case says otherwise.
    """
    fields = list(domain_forms.inputs(form.fields))
    if any(INSTITUTIONS in field.options_expression for field in fields):
        known = {**known, INSTITUTIONS: institution_list.choices(ctx.session)}
    for asked in (field.appoints for field in fields if field.appoints is not None):
        able = appointments.choices(ctx, institution_code, area, asked.group)
        before = appointments.excluded(ctx, known.get(cases.PERSON_VARIABLE), asked.group)
        known = {asked.excluded: before, **known, APPOINTABLE: able}
    return known


def evaluator(ctx: Context, known: dict[str, Any]) -> domain_forms.Evaluate:
    """Give the function that form logic is evaluated with: FEEL on what is known and what was answered."""
    return evaluator_at(ctx.at, known)


def evaluator_at(at: datetime, known: Mapping[str, Any]) -> domain_forms.Evaluate:
    """Give that function for an instant; it raises EngineFailure for an expression that costs too much."""

    def evaluate(expression: str, answers: Mapping[str, object]) -> object:
        try:
            return compile_expression(expression.removeprefix("=")).evaluate({**known, **answers}, now=at)
        except (FeelSyntaxError, BudgetExceeded) as problem:
            shown = expression[:80]
            raise EngineFailure(
                f"Formularens udtryk »{shown}« kan ikke beregnes.",
                f"The form's expression “{shown}” cannot be evaluated: {problem}",
                kind="FORM_EXPRESSION",
            ) from None

    return evaluate
