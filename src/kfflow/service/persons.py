"""Persons: what kfflow knows of them, and moving one to another institution with everything that is open."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select

from kfflow.domain import authorization
from kfflow.errors import FieldProblem, InvalidInput
from kfflow.persistence.tables import Case, Institution, Person, Unit, UserTask
from kfflow.service import audit, places
from kfflow.service.context import Context


def facts(ctx: Context, number: str) -> dict[str, Any] | None:
    """Give the master data of a person as variables of a case, dates as ISO text; None when nobody has the number."""
    person = ctx.session.scalars(select(Person).where(Person.person_number == number)).first()
    if person is None:
        return None
    dates = {"indsat_dato": person.admitted_on, "foedt_dato": person.born_on}
    known = {name: day.isoformat() for name, day in dates.items() if day is not None}
    return {**person.facts, **known, "indsat_navn": person.name, "fra_institution": person.institution_code}


def seen_facts(ctx: Context, number: object) -> dict[str, Any]:
    """Give the master data of a person of the actor's own institution or area; nothing of anybody else."""
    if not isinstance(number, str):
        return {}
    place = select(Institution.code, Institution.area).join(Person, Person.institution_code == Institution.code)
    found = ctx.session.execute(place.where(Person.person_number == number)).first()
    is_seen = found is None or authorization.may_see(ctx.actor, found.code, found.area)
    return (facts(ctx, number) if is_seen else None) or {}


def open_case_numbers(ctx: Context, number: str) -> list[str]:
    """Give the numbers of the open cases of a person, the oldest first; none when nobody has the number."""
    of_person = select(Case.number).join(Person, Person.key == Case.person_key).where(Person.person_number == number)
    return list(ctx.session.scalars(of_person.where(Case.state == "ACTIVE").order_by(Case.key)))


@dataclass(frozen=True, slots=True)
class Arrival:
    """Where somebody arrives: a unit, or a regime of which `root_key` holds a place or one is free."""

    institution_code: str
    unit_code: str | None = None
    regime: str | None = None
    root_key: int | None = None
    overbooked: bool = False


def move(ctx: Context, case_key: int, number: str, arrival: Arrival) -> int:
    """Move a person, their open cases and every open task of these to an institution, all in this transaction.

    Whoever holds one of the tasks keeps it; the others are for the receiving institution. The case at hand moves even
    when nobody has the number. Gives how many tasks moved; raises InvalidInput on an unknown institution or unit, or
    when the regime has no place.
    """
    institution = _receiving(ctx, arrival.institution_code, arrival.unit_code)
    unit_code = arrival.unit_code or _unit_of(ctx, arrival)
    place = {"institution_code": institution.code, "unit_code": unit_code}
    person_key = _move_person(ctx, number, place)
    moved = [
        _move_case(ctx, case, {**place, "area": institution.area}) for case in _open_cases(ctx, case_key, person_key)
    ]
    data = {"cases": len(moved), "tasks": sum(moved)}
    audit.record(ctx, "service:person:move", institution.code, case_key=case_key, data=data)
    return sum(moved)


def _unit_of(ctx: Context, arrival: Arrival) -> str | None:
    if not arrival.regime or arrival.root_key is None:
        return None
    wanted = places.Wanted(arrival.institution_code, arrival.regime, arrival.overbooked)
    return places.take(ctx, arrival.root_key, wanted)


def _receiving(ctx: Context, code: str, unit_code: str | None) -> Institution:
    institution = ctx.session.get(Institution, code)
    unit = ctx.session.get(Unit, unit_code) if unit_code else None
    if institution is None:
        raise _unknown("institution_code", f"Institutionen {code} kendes ikke.", f"Unknown institution {code}.")
    if unit_code and (unit is None or unit.institution_code != code):
        raise _unknown("unit_code", f"{code} har ingen afdeling {unit_code}.", f"{code} has no unit {unit_code}.")
    return institution


def _unknown(field: str, danish: str, english: str) -> InvalidInput:
    return InvalidInput(danish, english, fields=[FieldProblem(field, danish, english)])


def _move_person(ctx: Context, number: str, place: dict[str, str | None]) -> int | None:
    """Lock the person, so that two moves of one person follow each other."""
    locked = select(Person).where(Person.person_number == number).with_for_update()
    person = ctx.session.scalars(locked).first()
    if person is None:
        return None
    person.institution_code, person.unit_code = place["institution_code"], place["unit_code"]
    return person.key


def _open_cases(ctx: Context, case_key: int, person_key: int | None) -> list[Case]:
    about = or_(Case.key == case_key, Case.person_key == person_key) if person_key else Case.key == case_key
    return list(
        ctx.session.scalars(select(Case).where(about, Case.state == "ACTIVE").order_by(Case.key).with_for_update())
    )


def _move_case(ctx: Context, case: Case, place: dict[str, str | None]) -> int:
    waiting = select(UserTask).where(UserTask.case_key == case.key, UserTask.state == "CREATED")
    tasks = list(ctx.session.scalars(waiting.order_by(UserTask.key).with_for_update()))
    for row in (case, *tasks):
        for name, value in place.items():
            setattr(row, name, value)
    for task in tasks:
        task.revision += 1
    ctx.session.flush()
    return len(tasks)
