"""Process definitions, decisions and forms as deployed, and which version is in force on a date.

Which version that is `persistence.validity` says: by the version's transitional rule the day the case was opened, its
legal date, or the day something is decided.
"""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from kfflow import engine
from kfflow.domain import forms as domain_forms
from kfflow.domain.law import Days, Transition
from kfflow.engine import dmn
from kfflow.engine.letters import CallAhead
from kfflow.engine.outcome import CallOpened, Decided, Environment, Variables
from kfflow.errors import EngineFailure, NotFound
from kfflow.persistence import starts, steps, validity
from kfflow.persistence.steps import Running
from kfflow.persistence.subjects import Subject
from kfflow.persistence.tables import Case, DecisionDefinition, Form, ProcessDefinition, Resource
from kfflow.service.context import Context


@dataclass(frozen=True, slots=True)
class ProcessVersion:
    """What never changes of a version of a process; from when to when it is in force may."""

    key: int
    process_id: str
    version: int
    name: str
    deployment_key: int


def version(ctx: Context, key: int) -> ProcessVersion:
    """Give what never changes of a version; raises NotFound."""

    def read() -> ProcessVersion:
        row = get(ctx, key)
        return ProcessVersion(row.key, row.process_id, row.version, row.name, row.deployment_key)

    return ctx.compiled.get("version", key, read)


def get(ctx: Context, key: int) -> ProcessDefinition:
    definition = ctx.session.get(ProcessDefinition, key)
    if definition is None:
        raise NotFound(f"Procesdefinition {key} findes ikke.", f"Process definition {key} does not exist.")
    return definition


def days_of(ctx: Context, case: Running | Case | Subject) -> Days:
    """Give the days on which the versions of a case hang, in the installation's zone."""
    return days_on(ctx, case.opened_at, case.legal_date)


def days_on(ctx: Context, opened_at: datetime, legal_date: date) -> Days:
    """Give those days for a case of which no more is at hand."""
    zone = ZoneInfo(ctx.zone)
    return Days(opened_at.astimezone(zone).date(), legal_date, ctx.at.astimezone(zone).date())


def today(ctx: Context) -> Days:
    """Give the days of a case that is opened now and about what happens now."""
    return Days.on(ctx.at.astimezone(ZoneInfo(ctx.zone)).date())


def find_in_force(ctx: Context, process_id: str, days: Days) -> ProcessDefinition | None:
    """Give the version of a process that is in force for a case, if any."""
    return validity.find(ctx.session, ProcessDefinition, process_id, days)


def version_in_force(ctx: Context, process_id: str, days: Days) -> ProcessVersion | None:
    """Give what never changes of the version of a process that is in force for a case, if any."""
    key = starts.find_in_force(ctx.transaction, process_id, days)
    return None if key is None else version(ctx, key)


def is_of_today(ctx: Context, key: int) -> bool:
    """Tell whether a version is the one that a case opened today gets."""
    chosen = select(ProcessDefinition.key).where(ProcessDefinition.key == key, validity.of_the_day(today(ctx).today))
    return ctx.session.scalar(chosen) is not None


def find_version(ctx: Context, process_id: str, version: int) -> ProcessDefinition | None:
    chosen = select(ProcessDefinition).where(
        ProcessDefinition.process_id == process_id, ProcessDefinition.version == version
    )
    return ctx.session.scalars(chosen).first()


def get_version(ctx: Context, process_id: str, version: int) -> ProcessDefinition:
    found = find_version(ctx, process_id, version)
    if found is None:
        raise NotFound(f"{process_id} har ingen version {version}.", f"{process_id} has no version {version}.")
    return found


def find_latest(ctx: Context, process_id: str) -> ProcessDefinition | None:
    chosen = (
        select(ProcessDefinition)
        .where(ProcessDefinition.process_id == process_id)
        .order_by(ProcessDefinition.version.desc())
        .limit(1)
    )
    return ctx.session.scalars(chosen).first()


def find_tagged(ctx: Context, process_id: str, version_tag: str) -> ProcessDefinition | None:
    """Give the newest version of a process that carries this version tag."""
    chosen = (
        select(ProcessDefinition)
        .where(ProcessDefinition.process_id == process_id, ProcessDefinition.version_tag == version_tag)
        .order_by(ProcessDefinition.version.desc())
        .limit(1)
    )
    return ctx.session.scalars(chosen).first()


def find_beside(ctx: Context, process_id: str, definition_key: int) -> ProcessVersion | None:
    """Give the version of a process that was deployed together with another definition."""
    together = version(ctx, definition_key).deployment_key
    chosen = select(ProcessDefinition.key).where(
        ProcessDefinition.process_id == process_id, ProcessDefinition.deployment_key == together
    )
    key = ctx.session.scalars(chosen).first()
    return None if key is None else version(ctx, key)


def find_called(ctx: Context, days: Days, caller_key: int, call: CallOpened | CallAhead) -> ProcessVersion | None:
    """Give the version a call activity binds to: the one in force for the case unless the diagram asks for another."""
    if call.process_id is None:
        return None
    match call.binding:
        case "versionTag":
            tagged = find_tagged(ctx, call.process_id, call.version_tag or "")
            return version(ctx, tagged.key) if tagged else None
        case "deployment":
            beside = find_beside(ctx, call.process_id, caller_key)
            return beside or version_in_force(ctx, call.process_id, days)
        case "latest":
            return version_in_force(ctx, call.process_id, today(ctx))
        case _:
            return version_in_force(ctx, call.process_id, days)


def source(ctx: Context, key: int) -> bytes:
    """Give the BPMN XML of a process definition, byte for byte as deployed."""
    return _resource(ctx, get(ctx, key).resource_key).source


def _resource(ctx: Context, key: int) -> Resource:
    resource = ctx.session.get(Resource, key)
    assert resource is not None, "a definition's resource is a foreign key"
    return resource


def compiled(ctx: Context, key: int) -> engine.Definition:
    """Give the executable form of a process definition."""
    return ctx.compiled.get("process", key, lambda: _compile(ctx, key))


def _compile(ctx: Context, key: int) -> engine.Definition:
    row = get(ctx, key)
    made = engine.compile_process(_resource(ctx, row.resource_key).source, row.resource_name)
    return next(d for d in made if d.process_id == row.process_id)


@dataclass(frozen=True, slots=True)
class DecisionVersion:
    """What never changes of a version of a decision; from when to when it is in force may."""

    key: int
    decision_id: str
    version: int
    name: str
    resource_key: int
    resource_name: str
    overgang: Transition


def find_decision(ctx: Context, decision_id: str, days: Days) -> DecisionVersion | None:
    """Give the version of a decision that is in force for a case, if any."""
    key = steps.find_decision(ctx.transaction, decision_id, days)
    return None if key is None else decision(ctx, key)


def decision(ctx: Context, key: int) -> DecisionVersion:
    """Give what never changes of a version of a decision; raises NotFound."""

    def read() -> DecisionVersion:
        row = ctx.session.get(DecisionDefinition, key)
        if row is None:
            raise NotFound(f"Beslutning {key} findes ikke.", f"Decision {key} does not exist.")
        rule = Transition(row.overgang)
        return DecisionVersion(
            row.key, row.decision_id, row.version, row.name, row.resource_key, row.resource_name, rule
        )

    return ctx.compiled.get("decision version", key, read)


def starting_environment(ctx: Context) -> Environment:
    """Give what a start event's expressions may ask: the instant and the zone; there is no case to decide on yet."""

    def decide(decision_id: str, _variables: Variables) -> Decided:
        raise EngineFailure(
            f"En starthændelse kan ikke bruge tabellen {decision_id}.",
            f"A start event cannot use decision {decision_id}.",
        )

    return Environment(at=ctx.at, decide=decide, zone=ctx.zone)


def decision_model(ctx: Context, decision: DecisionVersion) -> dmn.DecisionModel:
    """Give the compiled model that a decision stands in; what was deployed once is not judged anew."""

    def compile_model() -> dmn.DecisionModel:
        model, findings = dmn.read_decisions(_resource(ctx, decision.resource_key).source, decision.resource_name)
        if model is None:
            raise dmn.DecisionsRefused(findings)
        return model

    return ctx.compiled.get("decision", decision.resource_key, compile_model)


def find_form(ctx: Context, form_id: str, days: Days) -> Form | None:
    """Give the version of a form that is in force for a case, if any."""
    return validity.find(ctx.session, Form, form_id, days)


def parsed_form(ctx: Context, form_id: str, *, key: int, resource_key: int) -> domain_forms.Form:
    """Give a form ready to render and to judge answers."""

    def parse() -> domain_forms.Form:
        return domain_forms.parse_form(_resource(ctx, resource_key).source.decode(), form_id)

    return ctx.compiled.get("form", key, parse)
