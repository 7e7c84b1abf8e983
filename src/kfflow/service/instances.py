"""Process instances: create, look up, cancel."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from kfflow import engine
from kfflow.domain.authorization import Permission
from kfflow.errors import Conflict, EngineFailure, FieldProblem, InvalidInput, NotFound
from kfflow.persistence.starts import Found
from kfflow.persistence.tables import Case, ProcessInstance
from kfflow.service import (
    access,
    activations,
    audit,
    cases,
    deadlines,
    definitions,
    execution,
    forms,
    history,
    opening,
)
from kfflow.service.cases import CaseDetails
from kfflow.service.context import Context
from kfflow.service.definitions import ProcessVersion


@dataclass(frozen=True, slots=True)
class Started:
    """A new instance as its first step left it; `state` is COMPLETED when it waits for nothing."""

    key: int
    process_id: str
    version: int
    definition_key: int
    case_key: int
    case_number: str
    state: str
    variables: Mapping[str, Any]


def create(
    ctx: Context,
    *,
    variables: dict[str, Any],
    process_id: str | None = None,
    version: int | None = None,
    definition_key: int | None = None,
    business_key: str | None = None,
    case: CaseDetails | None = None,
    start_element: str | None = None,
    as_part: bool = False,
) -> Started:
    """Start an instance of the version in force on the case's legal date, or of the version asked for.

    A business key that is the number of a case joins that case; otherwise a case with this number is opened.
    What the start's form asks for is judged by it; raises InvalidInput naming every field that is wrong, and Conflict
    for a process that is part of a case and is given none, unless it is tried on its own (`as_part`).
    """
    access.require(ctx, Permission.START_INSTANCE)
    process_id, named = _named(ctx, process_id, version, definition_key)
    details = case or CaseDetails()
    found = cases.look_up(ctx, process_id, variables, details, number=business_key)
    form_id = _form_asked(ctx, named, found, start_element)
    new = _New(forms.judged_start(ctx, form_id, variables), details, start_element)
    chosen = named or _in_force(ctx, process_id, new, found)
    if chosen is None:
        raise _no_such(process_id)
    if found.joined is None and not as_part and definitions.compiled(ctx, chosen.key).is_part_of_a_case:
        raise _no_case(chosen)
    return _start(ctx, chosen, new, found)


def _no_case(part: ProcessVersion) -> Conflict:
    return Conflict(
        f"{part.name} er en del af en sag og åbner ingen selv; angiv sagens nummer (businessId).",
        f"{part.name} is part of a case and opens none by itself; give the number of the case (businessId).",
    )


def _form_asked(ctx: Context, named: ProcessVersion | None, found: Found, start_element: str | None) -> str | None:
    """Give the form of the start that people are shown today: in the version named, in force, or the newest."""
    key = named.key if named else found.in_force_key or found.newest_key
    if key is None:
        return None
    shown = definitions.compiled(ctx, key)
    return shown.start_form if start_element is None else _form_of(shown, start_element)


def _form_of(process: engine.Definition, element_id: str) -> str | None:
    element = process.elements.get(element_id)
    return element.form if element else None


def start_by_event(
    ctx: Context,
    definition_key: int,
    element_id: str,
    variables: dict[str, Any],
    *,
    correlation_key: str | None = None,
) -> Started:
    """Start an instance on behalf of an event; a correlation key that is the number of a case joins that case.

    It gets the version in force for the case, if that has this start; else the one that listened, the newest.
    """
    listening = definitions.version(ctx, definition_key)
    new = _New(variables, CaseDetails(), element_id, correlation_key)
    found = cases.look_up(ctx, listening.process_id, variables, new.details, number=correlation_key, takes_number=False)
    chosen = _in_force(ctx, listening.process_id, new, found)
    has_start = chosen is not None and element_id in definitions.compiled(ctx, chosen.key).elements
    return _start(ctx, chosen if chosen and has_start else listening, new, found)


def start_by_message(
    ctx: Context, definition_key: int, element_id: str, variables: dict[str, Any], *, correlation_key: str | None
) -> Started:
    """Start an instance by a message, as `start_by_event`; one whose start event has a form brings what it asks for.

    Raises InvalidInput naming every field that is wrong.
    """
    form_id = _form_of(definitions.compiled(ctx, definition_key), element_id)
    answers = forms.judged_start(ctx, form_id, variables)
    return start_by_event(ctx, definition_key, element_id, answers, correlation_key=correlation_key)


@dataclass(frozen=True, slots=True)
class _New:
    """An instance that is to be started, and what somebody says of its case."""

    variables: dict[str, Any]
    details: CaseDetails
    start_element: str | None = None
    correlation_key: str | None = None


def _start(ctx: Context, definition: ProcessVersion, new: _New, found: Found) -> Started:
    compiled = definitions.compiled(ctx, definition.key)
    details = replace(new.details, legal_date=_legal_date(ctx, compiled, new))
    of_case = cases.open_or_join(ctx, definition, found, details)
    activations.require_on(definition.process_id, found)
    given = {cases.NUMBER_VARIABLE: of_case.number, **new.variables}
    running = opening.make_instance(ctx, definition, given, case=of_case, correlation_key=new.correlation_key)
    audit.record(ctx, "service:instance:create", definition.process_id, case_key=of_case.key)
    deadlines.start_for_case(ctx, running, compiled)
    execution.run(ctx, running, execution.starting(given, new.start_element))
    ctx.flush()
    return Started(
        key=running.key,
        process_id=running.process_id,
        version=definition.version,
        definition_key=running.definition_key,
        case_key=running.case_key,
        case_number=running.case_number,
        state=running.state,
        variables=running.variables,
    )


def _legal_date(ctx: Context, compiled: engine.Definition, new: _New) -> date | None:
    """Give the date whose law the case follows: the one said, else the one the process names, else none."""
    if new.details.legal_date is not None:
        return new.details.legal_date
    try:
        return engine.legal_date(compiled, new.variables, definitions.starting_environment(ctx))
    except EngineFailure as problem:
        raise InvalidInput(problem.message_da, problem.message_en) from problem


def _in_force(ctx: Context, process_id: str, new: _New, found: Found) -> ProcessVersion | None:
    """Give the version in force for the case that is joined, or a new one; the newest version tells its legal date."""
    if found.newest_key is None:
        return None
    today, key = definitions.today(ctx), found.in_force_key
    if found.joined is None:
        legal = _legal_date(ctx, definitions.compiled(ctx, found.newest_key), new)
        if legal not in {None, new.details.legal_date or today.legal}:
            return definitions.version_in_force(ctx, process_id, replace(today, legal=legal))
    return None if key is None else definitions.version(ctx, key)


def _named(
    ctx: Context, process_id: str | None, version: int | None, key: int | None
) -> tuple[str, ProcessVersion | None]:
    """Give the process asked for, and its version when that was asked for, too."""
    if key is not None:
        named = definitions.version(ctx, key)
        return named.process_id, named
    if process_id is None:
        problem = FieldProblem("processDefinitionId", "Angiv en proces.", "Name a process.")
        raise InvalidInput("Angiv en proces.", "Name a process.", fields=[problem])
    if version is None or version <= 0:
        return process_id, None
    found = definitions.find_version(ctx, process_id, version)
    if found is None:
        raise _no_such(process_id)
    return process_id, definitions.version(ctx, found.key)


def _no_such(process_id: str) -> NotFound:
    return NotFound(
        f"Processen {process_id} er ikke i kraft, eller versionen findes ikke.",
        f"Process {process_id} is not in force, or there is no such version.",
    )


def get(ctx: Context, key: int) -> ProcessInstance:
    """Give an instance of a case that the actor may see."""
    access.require(ctx, Permission.READ_CASE)
    instance = ctx.session.get(ProcessInstance, key)
    if instance is None:
        raise access.not_found(f"Procesinstans {key}")
    require_sight(ctx, instance)
    return instance


def require_sight(ctx: Context, instance: ProcessInstance) -> Case:
    """Give the instance's case, or raise NotFound as if the instance did not exist."""
    case = ctx.session.get(Case, instance.case_key)
    assert case is not None, "an instance's case is a foreign key"
    access.require_sight(ctx, case.institution_code, case.area, f"Procesinstans {instance.key}")
    return case


def require_root(instance: ProcessInstance) -> None:
    """Raise Conflict for a called process: its caller's tree is canceled, suspended and resumed as one."""
    if instance.parent_key is not None:
        raise Conflict(
            f"Procesinstans {instance.key} er kaldt af en anden; brug den øverste, {instance.root_key}.",
            f"Process instance {instance.key} was called by another; use the topmost one, {instance.root_key}.",
        )


def cancel(ctx: Context, key: int, *, reason: str = "") -> ProcessInstance:
    """Cancel a root instance with everything it called, for a reason; raises Conflict when it has ended."""
    ctx = ctx.because(reason or ctx.reason)
    access.require(ctx, Permission.CANCEL_INSTANCE)
    instance = get(ctx, key)
    require_root(instance)
    running = execution.lock(ctx, instance.key, instance.root_key)
    if running.state != "ACTIVE":
        raise Conflict(
            f"Procesinstans {key} er allerede afsluttet ({running.state}).",
            f"Process instance {key} has already ended ({running.state}).",
        )
    audit.record(ctx, "service:instance:cancel", str(key), case_key=instance.case_key)
    execution.run(ctx, running, engine.cancel, even_suspended=True)
    told = ["INSTANCE_CANCELED", running.process_id, "process", "", {"reason": ctx.reason}]
    history.add(ctx, running, [told])
    ctx.flush()
    return loaded(ctx, key)


def loaded(ctx: Context, key: int) -> ProcessInstance:
    """Give an instance as this command has just written it."""
    instance = ctx.session.get(ProcessInstance, key, populate_existing=True)
    assert instance is not None, "it was written in this command"
    return instance
