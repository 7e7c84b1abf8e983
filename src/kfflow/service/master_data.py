"""Master data of persons from the client system: taken over once, never over what people have decided here.

The client system is the register of record for who somebody is, the sentence and its dates: its newer version replaces
ours, and running cases are told (`stamdata_aendret`). Where a person is, kfflow decides (a transfer moves the person);
when the client system says otherwise, ours stays and the conflict is told to a person.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from kfflow.errors import InvalidInput
from kfflow.klientsystem.port import MasterData
from kfflow.persistence.tables import Institution, Person
from kfflow.service import audit, messages
from kfflow.service.context import Context

CHANGED = "stamdata_aendret"
TOLD_FOR = timedelta(days=1)
_NAMES = {"born_on": "foedt_dato", "admitted_on": "indsat_dato", "name": "indsat_navn"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One field in which both sides differ, without its values when it may tell of a person."""

    person_number: str
    field: str
    here: str = ""
    there: str = ""


def take(ctx: Context, told: MasterData) -> list[Difference]:
    """Take over a person's master data, once per version; gives the conflicts, in which ours stays.

    A person whom kfflow does not know is entered. A version older than the one taken last changes nothing. Raises
    InvalidInput when the institution of somebody new is not known here.
    """
    locked = select(Person).where(Person.person_number == told.person_number).with_for_update()
    person = ctx.session.scalars(locked).first()
    if person is None:
        _enter(ctx, told)
        return []
    if person.source_version is None or told.version > person.source_version:
        _replace(ctx, person, told)
    return conflicts(person, told)


def conflicts(person: Person, told: MasterData) -> list[Difference]:
    if told.institution in (None, person.institution_code):
        return []
    return [Difference(told.person_number, "institution", person.institution_code or "", told.institution or "")]


def differences(person: Person, told: MasterData) -> list[Difference]:
    """Give the fields in which the record here is not what the client system says, conflicts among them."""
    fields = [*_changed(person, told)] + (["version"] if _is_stale(person, told) else [])
    return [Difference(told.person_number, field) for field in fields] + conflicts(person, told)


def _is_stale(person: Person, told: MasterData) -> bool:
    return person.source_version is not None and told.version < person.source_version


def _enter(ctx: Context, told: MasterData) -> None:
    if told.institution is not None and ctx.session.get(Institution, told.institution) is None:
        raise InvalidInput(
            f"Klientsystemets institution {told.institution} kendes ikke.",
            f"The client system's institution {told.institution} is not known.",
        )
    person = Person(
        key=ctx.new_key(),
        person_number=told.person_number,
        name=told.name,
        born_on=told.born_on,
        institution_code=told.institution,
        admitted_on=told.admitted_on,
        facts=told.facts,
        source_version=told.version,
        fetched_at=ctx.at,
    )
    ctx.session.add(person)
    ctx.session.flush()
    audit.record(ctx, "service:person:enter", str(person.key), data={"version": told.version})


def _replace(ctx: Context, person: Person, told: MasterData) -> None:
    changed = _changed(person, told)
    person.name, person.born_on, person.admitted_on = told.name, told.born_on, told.admitted_on
    person.facts, person.source_version, person.fetched_at = dict(told.facts), told.version, ctx.at
    ctx.session.flush()
    data = {"version": told.version, "fields": sorted(changed)}
    audit.record(ctx, "service:person:refresh", str(person.key), data=data)
    if changed:
        key = f"{told.person_number}:{told.version}"
        messages.publish(
            ctx, name=CHANGED, correlation_key=told.person_number, variables=changed, ttl=TOLD_FOR, message_id=key
        )


def _changed(person: Person, told: MasterData) -> dict[str, Any]:
    """Give what is new under the names of case variables; a fact that is gone is null."""
    facts = {name: told.facts.get(name) for name in {*person.facts, *told.facts}}
    changed = {name: value for name, value in facts.items() if person.facts.get(name) != value}
    for column, name in _NAMES.items():
        value = getattr(told, column)
        if getattr(person, column) != value:
            changed[name] = value if value is None or isinstance(value, str) else value.isoformat()
    return changed
