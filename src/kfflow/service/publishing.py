"""The versions that a deployment makes of its resources, and whether their validity leaves cases without any."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import date
from pathlib import PurePath
from typing import Any

import orjson
from sqlalchemy import select

from kfflow import engine
from kfflow.domain.law import Days, Transition, Validity
from kfflow.engine import dmn
from kfflow.engine.describe import Described, describe
from kfflow.errors import FieldProblem, InvalidInput
from kfflow.letters import templates
from kfflow.persistence import validity as in_force
from kfflow.persistence.tables import (
    DecisionDefinition,
    Form,
    Letter,
    ProcessDefinition,
    ProcessInstance,
    Resource,
    Scenario,
)
from kfflow.persistence.validity import Table, Version, name_of
from kfflow.service import scenario_files, starting
from kfflow.service.context import Context

_REFERENCES: Mapping[Table, tuple[str, str]] = {
    ProcessDefinition: ("calledProcess", "processId"),
    DecisionDefinition: ("decision", "decisionId"),
    Form: ("form", "formId"),
    Letter: ("headers", "value"),
}
_TABLE_OF_DEADLINE = "deadline.table"
"""The property under which a diagram's description names what it refers to, and by which attribute."""


def require_coherent(validity: Validity) -> None:
    """Raise InvalidInput naming each field of a validity that contradicts another."""
    problems = validity.problems()
    if problems:
        raise InvalidInput("Gyldigheden hænger ikke sammen.", "The validity contradicts itself.", fields=problems)


# ------------------------------------------------------------------ versions


def process(ctx: Context, resource: Resource, compiled: engine.Definition, validity: Validity) -> ProcessDefinition:
    """Give the version that a process becomes: a new one, or the latest when it is equal in bytes and validity."""
    latest = in_force.latest(ctx.session, ProcessDefinition, compiled.process_id)
    if latest is not None and _is_same(ctx, latest, resource, validity):
        return latest
    row = ProcessDefinition(
        **_version(ctx, resource, latest, validity),
        process_id=compiled.process_id,
        version_tag=compiled.version_tag,
        name=compiled.name,
        resource_name=resource.name,
        start_form_id=compiled.start_form,
        hjemmel=compiled.hjemmel,
        task_names=sorted({e.name for e in compiled.elements.values() if e.type == "userTask" and e.name}),
    )
    ctx.session.add(row)
    ctx.session.flush()
    starting.listen(ctx, row, compiled)
    return row


def decisions(
    ctx: Context, resource: Resource, model: dmn.DecisionModel, validity: Validity
) -> list[DecisionDefinition]:
    """Give the versions that the decisions of a model become."""
    drg = {"drg_id": model.drg_id, "drg_name": model.drg_name}
    return [_decision(ctx, resource, validity, d.id, {"name": d.name, **drg}) for d in model.decisions.values()]


def _decision(
    ctx: Context, resource: Resource, validity: Validity, decision_id: str, named: dict[str, str]
) -> DecisionDefinition:
    latest = in_force.latest(ctx.session, DecisionDefinition, decision_id)
    if latest is not None and _is_same(ctx, latest, resource, validity):
        return latest
    row = DecisionDefinition(
        **_version(ctx, resource, latest, validity),
        decision_id=decision_id,
        **named,
        resource_name=resource.name,
    )
    ctx.session.add(row)
    return row


def form(ctx: Context, resource: Resource, validity: Validity) -> Form:
    """Give the version that a form becomes."""
    schema = orjson.loads(resource.source)
    form_id = form_id_of(resource.name, schema)
    latest = in_force.latest(ctx.session, Form, form_id)
    if latest is not None and _is_same(ctx, latest, resource, validity):
        return latest
    title = str(schema.get("title") or form_id)
    row = Form(**_version(ctx, resource, latest, validity), form_id=form_id, title=title, schema=schema)
    ctx.session.add(row)
    return row


def form_id_of(name: str, schema: Mapping[str, object]) -> str:
    """Give the id a form is found by: its own, else the name of its file."""
    return str(schema.get("id") or PurePath(name).stem)


def letter(ctx: Context, resource: Resource, validity: Validity) -> Letter:
    """Give the version that a letter template, or a part of letters, becomes."""
    letter_id = PurePath(resource.name).stem
    latest = in_force.latest(ctx.session, Letter, letter_id)
    if latest is not None and _is_same(ctx, latest, resource, validity):
        return latest
    title = templates.parse(resource.name, resource.source).title
    row = Letter(**_version(ctx, resource, latest, validity), letter_id=letter_id, title=title)
    ctx.session.add(row)
    return row


def scenario(ctx: Context, resource: Resource, validity: Validity) -> Scenario:
    """Give the version that a scenario becomes."""
    scenario_id = PurePath(resource.name).stem
    latest = in_force.latest(ctx.session, Scenario, scenario_id)
    if latest is not None and _is_same(ctx, latest, resource, validity):
        return latest
    process_id, title = scenario_files.place_of(resource.name)[0], scenario_files.title_of(resource.source)
    row = Scenario(
        **_version(ctx, resource, latest, validity), scenario_id=scenario_id, process_id=process_id, title=title
    )
    ctx.session.add(row)
    return row


def _version(ctx: Context, resource: Resource, latest: Version | None, validity: Validity) -> dict[str, Any]:
    return {
        "key": ctx.new_key(),
        "version": latest.version + 1 if latest else 1,
        "resource_key": resource.key,
        "deployment_key": resource.deployment_key,
        "deployed_at": ctx.at,
        **asdict(validity),
    }


def _is_same(ctx: Context, latest: Version, resource: Resource, validity: Validity) -> bool:
    if validity_of(latest) != validity:
        return False
    return ctx.session.scalar(select(Resource.sha256).where(Resource.key == latest.resource_key)) == resource.sha256


def validity_of(version: Version) -> Validity:
    """Give what a version was published with."""
    return Validity(version.gyldig_fra, version.gyldig_til, version.lov, Transition(version.overgang))


# ------------------------------------------------------------------ gaps


def require_no_gap(ctx: Context, versions: list[Version]) -> None:
    """Raise InvalidInput for versions whose end leaves running cases without any version in force."""
    problems = [_gap(name, version.gyldig_til) for version, name in _ending(ctx, versions)]
    if problems:
        raise InvalidInput(
            "Slutdatoen efterlader sager uden regler.", "The end date leaves cases without rules.", fields=problems
        )


def _ending(ctx: Context, versions: list[Version]) -> Iterator[tuple[Version, str]]:
    for version in versions:
        table, name = type(version), name_of(version)
        if version.gyldig_til is None or isinstance(version, Scenario):
            continue
        if in_force.find(ctx.session, table, name, Days.on(version.gyldig_til)):
            continue
        if _is_referred_to(ctx, table, name):
            yield version, name


def _gap(name: str, end: date | None) -> FieldProblem:
    return FieldProblem(
        "gyldig_til",
        f"Ingen version af {name} gælder fra {end}, men igangværende sager bruger den. "
        "Udgiv først den version, der skal afløse, eller lad slutdatoen stå tom.",
        f"No version of {name} is in force from {end}, but running cases use it. "
        "Deploy the version that is to follow first, or leave the end empty.",
    )


def _is_referred_to(ctx: Context, table: Table, name: str) -> bool:
    """Say whether running cases follow the process, or a diagram that names the process, decision or form."""
    running = select(ProcessInstance.definition_key).where(ProcessInstance.state == "ACTIVE").distinct()
    followed = select(ProcessDefinition.process_id, Resource.name, Resource.source)
    followed = followed.join(Resource, Resource.key == ProcessDefinition.resource_key)
    for process_id, resource_name, source in ctx.session.execute(followed.where(ProcessDefinition.key.in_(running))):
        if table is ProcessDefinition and process_id == name:
            return True
        if _refers(describe(source, resource_name), table, name):
            return True
    return False


def _refers(described: Described, table: Table, name: str) -> bool:
    told, attribute = _REFERENCES[table]
    if table is DecisionDefinition and any(element.get(_TABLE_OF_DEADLINE) == name for element in described.values()):
        return True
    return any(f"{attribute} {name}" in element.get(told, "").split(", ") for element in described.values())
