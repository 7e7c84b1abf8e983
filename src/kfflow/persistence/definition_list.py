"""What the designer's list shows: the newest version of each process, how many cases run on it, and the drafts."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Row, Select, cast, func, literal, literal_column, or_, select, union, union_all
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import InstrumentedAttribute, Session

from kfflow.domain.law import Days
from kfflow.persistence import validity
from kfflow.persistence.tables import (
    Account,
    DecisionDefinition,
    Draft,
    Form,
    Letter,
    ProcessDefinition,
    ProcessInstance,
    Resource,
    Scenario,
)


def newest(session: Session, today: Days) -> list[Row[Any]]:
    """Give the newest version of each process, the one in force, and its running cases, also on older versions."""
    latest = (
        select(ProcessDefinition)
        .ext(distinct_on(ProcessDefinition.process_id))
        .order_by(ProcessDefinition.process_id, ProcessDefinition.version.desc())
        .subquery()
    )
    version = (
        select(ProcessInstance.process_id, ProcessInstance.version, func.count().label("cases"))
        .where(ProcessInstance.state == literal_column("'ACTIVE'"))
        .group_by(ProcessInstance.process_id, ProcessInstance.version)
        .subquery()
    )
    running = func.sum(version.c.cases)
    older = running.filter(version.c.version < latest.c.version)
    counts = (
        select(ProcessDefinition.process_id, func.max(ProcessDefinition.version).label("version"))
        .where(validity.in_force(ProcessDefinition))
        .group_by(ProcessDefinition.process_id)
        .subquery()
    )
    listed = (
        select(
            latest,
            counts.c.version.label("in_force_version"),
            cast(func.coalesce(running, 0), BigInteger).label("running"),
            cast(func.coalesce(older, 0), BigInteger).label("older"),
        )
        .outerjoin(version, version.c.process_id == latest.c.process_id)
        .outerjoin(counts, counts.c.process_id == latest.c.process_id)
        .group_by(*latest.c, counts.c.version)
        .order_by(latest.c.name, latest.c.process_id)
    )
    return list(session.execute(listed, today.parameters()))


def drafts(session: Session) -> list[Row[Any]]:
    """Give the drafts without their sources, with the name of who saved each."""
    columns = (Draft.resource_name, Draft.kind, Draft.revision, Draft.saved_at, Draft.saved_by)
    shown = select(*columns, func.coalesce(Account.name, Draft.saved_by).label("owner"))
    named = shown.outerjoin(Account, Account.username == Draft.saved_by)
    return list(session.execute(named.order_by(Draft.resource_name)))


def newest_resource(session: Session, name: str) -> Resource | None:
    """Give the file of this name that was put in operation last."""
    return session.scalars(select(Resource).where(Resource.name == name).order_by(Resource.key.desc()).limit(1)).first()


def newest_version(session: Session, name: str) -> int | None:
    """Give the newest version of what files of this name define: processes, decisions, forms, letters or a scenario."""
    of_file = select(Resource.key).where(Resource.name == name)
    found = (
        session.scalar(select(func.max(ProcessDefinition.version)).where(ProcessDefinition.resource_name == name)),
        session.scalar(select(func.max(DecisionDefinition.version)).where(DecisionDefinition.resource_name == name)),
        session.scalar(select(func.max(Form.version)).where(Form.resource_key.in_(of_file))),
        session.scalar(select(func.max(Letter.version)).where(Letter.resource_key.in_(of_file))),
        session.scalar(select(func.max(Scenario.version)).where(Scenario.resource_key.in_(of_file))),
    )
    return next((version for version in found if version is not None), None)


def sources_under_law(session: Session) -> list[bytes]:
    """Give the diagram of the newest version of each process that names its legal basis."""
    newest = select(ProcessDefinition.resource_key, ProcessDefinition.hjemmel).order_by(
        ProcessDefinition.process_id, ProcessDefinition.version.desc()
    )
    named = newest.ext(distinct_on(ProcessDefinition.process_id)).subquery()
    held = select(named.c.resource_key).where(named.c.hjemmel.is_not(None))
    return list(session.scalars(select(Resource.source).where(Resource.key.in_(held))))


def ids_defined(session: Session, name: str) -> set[str]:
    """Give the ids of what files of this name have defined: processes, decisions, forms and letters."""
    of_file = select(Resource.key).where(Resource.name == name)
    ids = (
        select(ProcessDefinition.process_id).where(ProcessDefinition.resource_key.in_(of_file)),
        select(DecisionDefinition.decision_id).where(DecisionDefinition.resource_key.in_(of_file)),
        select(Form.form_id).where(Form.resource_key.in_(of_file)),
        select(Letter.letter_id).where(Letter.resource_key.in_(of_file)),
    )
    return set(session.scalars(union(*ids)))


_NAMED: Mapping[str, tuple[Any, InstrumentedAttribute[str], InstrumentedAttribute[str]]] = {
    "process": (ProcessDefinition, ProcessDefinition.process_id, ProcessDefinition.name),
    "decision": (DecisionDefinition, DecisionDefinition.decision_id, DecisionDefinition.name),
    "form": (Form, Form.form_id, Form.title),
    "letter": (Letter, Letter.letter_id, Letter.title),
}


_DEFINED_BY = {".bpmn": "process", ".dmn": "decision", ".form": "form", ".typ": "letter"}


def files_named(session: Session, ids: Mapping[str, Collection[str]]) -> list[Row[Any]]:
    """Give the newest versions of what has these ids, by kind and title: kind, id, title and name of the file."""
    found = union_all(*(select(_newest_named(kind, ids.get(kind, ())).subquery()) for kind in _NAMED)).subquery()
    return list(session.execute(select(found).order_by(found.c.kind, found.c.title, found.c.id)))


def _newest_named(kind: str, ids: Collection[str]) -> Select[*tuple[Any, ...]]:
    table, identifier, title = _NAMED[kind]
    return (
        select(
            literal(kind).label("kind"),
            identifier.label("id"),
            title.label("title"),
            Resource.name.label("resource_name"),
        )
        .join(Resource, Resource.key == table.resource_key)
        .where(identifier.in_(sorted(ids)))
        .ext(distinct_on(identifier))
        .order_by(identifier, table.version.desc())
    )


def scenarios_of(session: Session, process_id: str, today: date) -> list[Row[Any]]:
    """Give the versions of scenarios of a process that count today or from a later day on.

    Each with its name, title, number, period and law, by name and from when it counts.
    """
    counting = or_(Scenario.gyldig_fra > today, Scenario.resource_key.in_(validity.files_in_force(Scenario)))
    shown = select(
        Resource.name,
        Scenario.title,
        Scenario.version,
        Scenario.gyldig_fra,
        Scenario.gyldig_til,
        Scenario.lov,
    ).join(Resource, Resource.key == Scenario.resource_key)
    kept = shown.where(Scenario.process_id == process_id, counting)
    ordered = kept.order_by(Scenario.scenario_id, Scenario.gyldig_fra.nulls_first(), Scenario.version)
    return list(session.execute(ordered, Days.on(today).parameters()))


def scenario(session: Session, name: str, version: int) -> Resource | None:
    """Give the file of a scenario in a version."""
    found = select(Resource).join(Scenario, Scenario.resource_key == Resource.key)
    return session.scalars(found.where(Resource.name == name, Scenario.version == version)).first()


def drawn_scenarios(session: Session, process_id: str) -> dict[str, bytes]:
    """Give the drafts of scenarios of a process by name, ordered by it."""
    drawn = select(Draft.resource_name, Draft.source).where(
        Draft.kind == "yaml", Draft.resource_name.startswith(f"{process_id}.", autoescape=True)
    )
    return {row.resource_name: row.source.encode() for row in session.execute(drawn.order_by(Draft.resource_name))}


def is_defined(session: Session, identifier: str, ending: str) -> bool:
    """Tell whether any version of something that files with this ending define has the id."""
    _, column, _ = _NAMED[_DEFINED_BY[ending]]
    return session.scalar(select(column).where(column == identifier).limit(1)) is not None


def other_resources(session: Session) -> list[Row[Any]]:
    """Give the names of tables, forms and letters in operation, each once."""
    shown = select(Resource.name, Resource.kind).where(Resource.kind.in_(("dmn", "form", "letter"))).distinct()
    return list(session.execute(shown.order_by(Resource.kind, Resource.name)))
