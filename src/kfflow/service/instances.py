"""Process instances: create, look up, cancel."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from kfflow import engine
from kfflow.domain.authorization import Permission
from kfflow.errors import Conflict, EngineFailure, FieldProblem, InvalidInput, NotFound
from kfflow.persistence.tables import Case, ProcessDefinition, ProcessInstance
from kfflow.service import access, activations, audit, cases, deadlines, definitions, execution, history, opening
from kfflow.service.cases import CaseDetails
from kfflow.service.context import Context


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
) -> ProcessInstance:
    """Start an instance of the version in force on the case's legal date, or of the version asked for.

    A business key that is the number of a case joins that case; otherwise a case with this number is opened.
    """
    access.require(ctx, Permission.START_INSTANCE)
    definition = _chosen(ctx, process_id, version, definition_key, new=_New(variables, case, business_key))
    return start(ctx, definition, variables, business_key=business_key, case=case, start_element=start_element)


def start(
    ctx: Context,
    definition: ProcessDefinition,
    variables: dict[str, Any],
    *,
    business_key: str | None = None,
    case: CaseDetails | None = None,
    start_element: str | None = None,
) -> ProcessInstance:
    """Start an instance on behalf of somebody whose right to do so is already established."""
    compiled = definitions.compiled(ctx, definition.key)
    details = replace(case or CaseDetails(), legal_date=_legal_date(ctx, compiled, variables, case))
    of_case = cases.open_or_join(ctx, definition, variables, number=business_key, details=details)
    activations.require_on(ctx, definition.process_id, of_case.institution_code)
    given = {cases.NUMBER_VARIABLE: of_case.number, **variables}
    running = opening.make_instance(ctx, definition, given, case=of_case)
    audit.record(ctx, "service:instance:create", definition.process_id, case_key=of_case.key)
    deadlines.start_for_case(ctx, running, compiled)
    execution.run(ctx, running, execution.starting(given, start_element))
    ctx.flush()
    return loaded(ctx, running.key)


def _legal_date(
    ctx: Context, compiled: engine.Definition, variables: dict[str, Any], case: CaseDetails | None
) -> date | None:
    """Give the date whose law the case follows: the one said, else the one the process names, else none."""
    if case is not None and case.legal_date is not None:
        return case.legal_date
    try:
        return engine.legal_date(compiled, variables, definitions.starting_environment(ctx))
    except EngineFailure as problem:
        raise InvalidInput(problem.message_da, problem.message_en) from problem


@dataclass(frozen=True, slots=True)
class _New:
    """What is known of the case that an instance is to be started for."""

    variables: dict[str, Any]
    case: CaseDetails | None = None
    number: str | None = None


def find_to_start(
    ctx: Context, definition: ProcessDefinition, variables: dict[str, Any], *, element_id: str, number: str | None
) -> ProcessDefinition:
    """Give the version that an event starts: the one in force for the case, if it has this start; else the newest."""
    found = _in_force(ctx, definition.process_id, _New(variables, number=number))
    return found if found and element_id in definitions.compiled(ctx, found.key).elements else definition


def _in_force(ctx: Context, process_id: str, new: _New) -> ProcessDefinition | None:
    """Give the version in force for the case that is joined, or a new one; the newest version tells its legal date."""
    newest, joined = definitions.find_latest(ctx, process_id), cases.find_by_number(ctx, new.number)
    if newest is None:
        return None
    if joined is not None:
        return definitions.find_in_force(ctx, process_id, definitions.days_of(ctx, joined))
    legal = _legal_date(ctx, definitions.compiled(ctx, newest.key), new.variables, new.case)
    days = definitions.today(ctx)
    return definitions.find_in_force(ctx, process_id, replace(days, legal=legal or days.legal))


def _chosen(
    ctx: Context,
    process_id: str | None,
    version: int | None,
    key: int | None,
    *,
    new: _New,
) -> ProcessDefinition:
    if key is not None:
        return definitions.get(ctx, key)
    if process_id is None:
        problem = FieldProblem("processDefinitionId", "Angiv en proces.", "Name a process.")
        raise InvalidInput("Angiv en proces.", "Name a process.", fields=[problem])
    if version is not None and version > 0:
        found = definitions.find_version(ctx, process_id, version)
    else:
        found = _in_force(ctx, process_id, new)
    if found is None:
        raise NotFound(
            f"Processen {process_id} er ikke i kraft, eller versionen findes ikke.",
            f"Process {process_id} is not in force, or there is no such version.",
        )
    return found


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
