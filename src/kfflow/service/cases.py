"""Cases (sager): what process instances belong to, whom they are about, and where."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select, text

from kfflow.domain.authorization import Permission
from kfflow.errors import FieldProblem, InvalidInput
from kfflow.persistence.tables import Case, Comment, Institution, Person, ProcessDefinition
from kfflow.service import access, audit
from kfflow.service.context import Context
from kfflow.service.opening import CaseOf

NUMBER_VARIABLE = "sagsnummer"
"""Every instance knows its case number under this name, so that diagrams can correlate on it."""

PERSON_VARIABLE = "indsat_id"
"""A start variable of this name says which person the case is about."""

LONGEST_COMMENT = 10_000


@dataclass(frozen=True, slots=True)
class CaseDetails:
    """What somebody says of a case when opening it; what is left out follows from the person or the actor."""

    person_key: int | None = None
    institution_code: str | None = None
    unit_code: str | None = None
    title: str | None = None
    legal_date: date | None = None


def get(ctx: Context, key_or_number: int | str, *, reason: str = "") -> Case:
    """Give a case that the actor may see; the reading is written to the audit log."""
    access.require(ctx, Permission.READ_CASE)
    case = _find(ctx, key_or_number)
    if case is None:
        raise access.not_found(f"Sag {key_or_number}")
    access.require_sight(ctx, case.institution_code, case.area, f"Sag {key_or_number}")
    audit.record(ctx, "service:case:read", case.number, case_key=case.key, reason=reason)
    return case


def _find(ctx: Context, key_or_number: int | str) -> Case | None:
    if isinstance(key_or_number, int):
        return ctx.session.get(Case, key_or_number)
    return ctx.session.scalars(select(Case).where(Case.number == key_or_number)).first()


def find_by_number(ctx: Context, number: str | None) -> Case | None:
    return _find(ctx, number) if number else None


def open_or_join(
    ctx: Context,
    definition: ProcessDefinition,
    variables: dict[str, Any],
    *,
    number: str | None = None,
    details: CaseDetails | None = None,
) -> CaseOf:
    """Give the case with this number, or open a new one; a new instance of an old case reopens it."""
    case = find_by_number(ctx, number)
    if case is not None:
        access.require_sight(ctx, case.institution_code, case.area, f"Sag {number}")
        case.state, case.closed_at = "ACTIVE", None
        return _case_of(case)
    return _case_of(_open(ctx, definition, variables, number, details or CaseDetails()))


def _open(
    ctx: Context, definition: ProcessDefinition, variables: dict[str, Any], number: str | None, details: CaseDetails
) -> Case:
    person = _person(ctx, variables, details)
    institution = _institution(ctx, person, details)
    case = Case(
        key=ctx.new_key(),
        number=number or _next_number(ctx),
        process_id=definition.process_id,
        title=details.title or definition.name,
        person_key=person.key if person else None,
        institution_code=institution.code if institution else None,
        area=institution.area if institution else ctx.actor.area,
        unit_code=details.unit_code or (person.unit_code if person else None),
        state="ACTIVE",
        legal_date=details.legal_date or local_date(ctx),
        opened_at=ctx.at,
        opened_by=ctx.actor.username,
    )
    ctx.session.add(case)
    ctx.session.flush()
    return case


def local_date(ctx: Context) -> date:
    """Give the day of the command in the installation's own time zone."""
    return ctx.at.astimezone(ZoneInfo(ctx.zone)).date()


def _next_number(ctx: Context) -> str:
    running: int = ctx.session.execute(text("SELECT nextval('case_number')")).scalar_one()
    return f"{local_date(ctx).year}-{running}"


def _person(ctx: Context, variables: dict[str, Any], details: CaseDetails) -> Person | None:
    if details.person_key is not None:
        return ctx.session.get(Person, details.person_key)
    number = variables.get(PERSON_VARIABLE)
    if not isinstance(number, str):
        return None
    return ctx.session.scalars(select(Person).where(Person.person_number == number)).first()


def _institution(ctx: Context, person: Person | None, details: CaseDetails) -> Institution | None:
    code = details.institution_code or (person.institution_code if person else None) or ctx.actor.institution
    if code is None:
        return None
    institution = ctx.session.get(Institution, code)
    if institution is None:
        problem = FieldProblem("institution_code", f"Institutionen {code} kendes ikke.", f"Unknown institution {code}.")
        raise InvalidInput("Institutionen kendes ikke.", "Unknown institution.", fields=[problem])
    access.require_sight(ctx, institution.code, institution.area, f"Institution {code}")
    return institution


def _case_of(case: Case) -> CaseOf:
    return CaseOf(
        case.key, case.number, case.legal_date, case.opened_at, case.institution_code, case.area, case.unit_code
    )


def comment(ctx: Context, case_key: int, words: str, *, task_key: int | None = None) -> Comment:
    """Write a comment on a case; empty or overlong ones are refused."""
    case = get(ctx, case_key, reason="kommentar")
    stripped = words.strip()
    if not stripped or len(stripped) > LONGEST_COMMENT:
        problem = FieldProblem("text", "Skriv mellem 1 og 10.000 tegn.", "Write between 1 and 10,000 characters.")
        raise InvalidInput("Kommentaren kan ikke gemmes.", "The comment cannot be saved.", fields=[problem])
    row = Comment(
        key=ctx.new_key(),
        case_key=case.key,
        task_key=task_key,
        author=ctx.actor.username,
        written_at=ctx.at,
        text=stripped,
    )
    ctx.session.add(row)
    audit.record(ctx, "service:comment:write", case.number, case_key=case.key)
    return row
