"""Which version is in force: one condition, for processes, decisions, forms, letters and scenarios alike.

A version counts when `gyldig_fra <= day < gyldig_til`, an empty bound not binding; its transitional rule says which day
of the case that is. Of several the highest version counts. The days are bound as `Days.parameters()` gives them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import (
    ClauseElement,
    ColumnElement,
    Date,
    Select,
    Text,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import DATERANGE, distinct_on, psycopg
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased
from sqlalchemy.orm.util import AliasedClass

from kfflow.domain.law import Days, Transition
from kfflow.persistence.tables import ByLaw, DecisionDefinition, Form, Letter, ProcessDefinition, Scenario

Version = ProcessDefinition | DecisionDefinition | Form | Letter | Scenario
Table = type[ByLaw]
V = TypeVar("V", bound=ByLaw)
KINDS: Mapping[str, type[ProcessDefinition] | type[DecisionDefinition] | type[Form] | type[Letter]] = {
    "process": ProcessDefinition,
    "decision": DecisionDefinition,
    "form": Form,
    "letter": Letter,
}
"""What a case gets."""

ALL_KINDS = (*KINDS.values(), Scenario)
"""What is published by law: what a case gets, and the scenarios that it is tried on."""

_NAMES: Mapping[Table, InstrumentedAttribute[str]] = {
    ProcessDefinition: ProcessDefinition.process_id,
    DecisionDefinition: DecisionDefinition.decision_id,
    Form: Form.form_id,
    Letter: Letter.letter_id,
    Scenario: Scenario.scenario_id,
}


@dataclass(frozen=True, slots=True)
class CaseDays:
    """The days of a case as SQL: parameters of the statement, or columns of the case."""

    opened: ColumnElement[date]
    legal: ColumnElement[date] | InstrumentedAttribute[date]
    today: ColumnElement[date]


_PARAMETERS = CaseDays(*(bindparam(name, type_=Date) for name in ("opened", "legal", "today")))


def in_force(table: Table | AliasedClass[Any], days: CaseDays = _PARAMETERS) -> ColumnElement[bool]:
    """Give the condition; without days on the parameters `opened`, `legal` and `today`."""
    day = case(
        (_follows(table, Transition.NEW_CASES), days.opened),
        (_follows(table, Transition.ALL_RUNNING), days.today),
        else_=days.legal,
    )
    return func.daterange(table.gyldig_fra, table.gyldig_til, type_=DATERANGE).contains(day)


def of_the_day(day: date | ColumnElement[date]) -> ColumnElement[bool]:
    """Give the condition that a process definition is the version that a case opened on a day gets."""
    days = CaseDays(*[literal(day, Date) if isinstance(day, date) else day] * 3)
    higher = aliased(ProcessDefinition)
    outdone = exists().where(
        higher.process_id == ProcessDefinition.process_id,
        higher.version > ProcessDefinition.version,
        in_force(higher, days),
    )
    return and_(in_force(ProcessDefinition, days), ~outdone)


def _follows(table: Table | AliasedClass[Any], transition: Transition) -> ColumnElement[bool]:
    return table.overgang == literal_column(f"'{transition}'", Text)


def name_of(version: ByLaw) -> str:
    """Give the id that all versions of one process, decision or form share."""
    name: str = getattr(version, _NAMES[type(version)].key)
    return name


def title_of(version: Version) -> str:
    return version.title if isinstance(version, Form | Letter | Scenario) else version.name


def chosen(table: Table, *columns: InstrumentedAttribute[Any]) -> Select[Any]:
    """Select the version of the one named by the parameter `name` that is in force."""
    named = _NAMES[table] == bindparam("name", type_=Text)
    shown: Sequence[Any] = columns or (table,)
    return select(*shown).where(named, in_force(table)).order_by(table.version.desc()).limit(literal_column("1"))


def find(session: Session, table: type[V], name: str, days: Days) -> V | None:
    """Give the version of a process, decision or form that is in force on a case's days, if any."""
    found: V | None = session.scalars(chosen(table), {"name": name, **days.parameters()}).first()
    return found


def all_in_force(session: Session, table: type[V], days: Days) -> list[V]:
    """Give of each name the version in force, by name."""
    name = _NAMES[table]
    versions = select(table).where(in_force(table)).order_by(name, table.version.desc()).ext(distinct_on(name))
    return list(session.scalars(versions, days.parameters()))


def files_in_force(table: type[Version]) -> Select[int]:
    """Select the file of the version of each name that is in force."""
    name, resource_key = _NAMES[table], table.resource_key
    return select(resource_key).where(in_force(table)).order_by(name, table.version.desc()).ext(distinct_on(name))


def latest(session: Session, table: type[V], name: str) -> V | None:
    """Give the highest version, in force or not."""
    named = select(table).where(_NAMES[table] == name).order_by(table.version.desc()).limit(1)
    found: V | None = session.scalars(named).first()
    return found


def announced(session: Session, version: Version, today: date) -> Version | None:
    """Give the first earlier version that begins after today and after this one, within this one's period."""
    table: type[Version] = type(version)
    begins = table.gyldig_fra
    within = (begins > max(today, version.gyldig_fra or today), begins < (version.gyldig_til or date.max))
    others = select(table).where(_NAMES[table] == name_of(version), table.version < version.version, *within)
    return session.scalars(others.order_by(begins, table.version.desc()).limit(1)).first()  # type: ignore[return-value]  # of the version's own table


def of_deployment(session: Session, deployment_key: int) -> list[Version]:
    """Give the versions that a deployment made."""
    made: list[Version] = []
    for table in KINDS.values():
        made += session.scalars(select(table).where(table.deployment_key == deployment_key).order_by(table.key))
    return made


def as_text(statement: ClauseElement) -> str:
    """Give a statement, or a condition, for psycopg's own connection, with `%(name)s` placeholders."""
    return str(statement.compile(dialect=psycopg.dialect()))  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped
