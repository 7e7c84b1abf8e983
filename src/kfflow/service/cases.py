"""Cases (sager): what process instances belong to, whom they are about, and where."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from kfflow.domain import authorization
from kfflow.domain.authorization import Permission
from kfflow.errors import FieldProblem, InvalidInput
from kfflow.persistence import starts
from kfflow.persistence.starts import Asked, CaseOf, Found
from kfflow.persistence.tables import Case, Comment, Person, ProcessInstance
from kfflow.service import access, audit
from kfflow.service.context import Context
from kfflow.service.definitions import ProcessVersion

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


def look_up(
    ctx: Context,
    process_id: str,
    variables: dict[str, Any],
    details: CaseDetails,
    *,
    number: str | None = None,
    takes_number: bool = True,
) -> Found:
    """Read what a start has to know of the case with this number, or of a new one; a new one may take the number."""
    of_person = variables.get(PERSON_VARIABLE) if details.person_key is None else None
    asked = Asked(
        process_id=process_id,
        zone=ctx.zone,
        at=ctx.known_at,
        legal=details.legal_date,
        number=number,
        new_number=number if takes_number else None,
        person_key=details.person_key,
        person_number=of_person if isinstance(of_person, str) else None,
        institution=details.institution_code,
        own_institution=ctx.actor.institution,
    )
    found = starts.read(ctx.transaction, asked)
    ctx.learn_instant(found.at)
    return found


def joined(ctx: Context, answers: dict[str, Any]) -> str | None:
    """Take the number of a case out of the answers of a start form: the new process belongs to that case.

    None when none is named. Raises InvalidInput when the actor sees no such case, or it is about somebody else.
    """
    number = str(answers.pop(NUMBER_VARIABLE, None) or "").strip()
    if not number:
        return None
    case = _find(ctx, number)
    if case is None or not authorization.may_see(ctx.actor, case.institution_code, case.area):
        raise _wrong_case(f"Sag {number} findes ikke; ret nummeret.", f"There is no case {number}; correct the number.")
    about = ctx.session.get(Person, case.person_key) if case.person_key else None
    if about is not None and about.person_number != answers.get(PERSON_VARIABLE):
        da = f"Sag {number} handler om en anden person; ret sagens eller personens nummer."
        raise _wrong_case(da, f"Case {number} is about another person; correct the number of either.")
    return number


def _wrong_case(danish: str, english: str) -> InvalidInput:
    problem = FieldProblem(NUMBER_VARIABLE, danish, english, "case")
    return InvalidInput("Ret de markerede felter.", "Correct the marked fields.", fields=[problem])


def open_or_join(ctx: Context, definition: ProcessVersion, found: Found, details: CaseDetails) -> CaseOf:
    """Give the case that was found, or open a new one; a new instance of an old case reopens it."""
    if found.joined is None:
        return _open(ctx, definition, found, details)
    joined = found.joined
    access.require_sight(ctx, joined.institution_code, joined.area, f"Sag {joined.number}")
    ctx.writes.execute(starts.REOPEN_CASE, {"case_key": joined.key})
    return joined


def _open(ctx: Context, definition: ProcessVersion, found: Found, details: CaseDetails) -> CaseOf:
    _require_place(ctx, found)
    assert found.new_number is not None, "a case that is not joined has been given its number"
    case = CaseOf(
        key=ctx.new_key(),
        number=found.new_number,
        legal_date=details.legal_date or local_date(ctx),
        opened_at=ctx.at,
        institution_code=found.place_code,
        area=found.place_area or ctx.actor.area,
        unit_code=details.unit_code or found.person_unit,
    )
    values = asdict(case)
    values.update(
        process_id=definition.process_id,
        title=details.title or definition.name,
        person_key=found.person_key,
        state="ACTIVE",
        opened_by=ctx.actor.username,
    )
    ctx.writes.insert(Case, values)
    return case


def _require_place(ctx: Context, found: Found) -> None:
    """Raise InvalidInput for an institution that there is not, NotFound for one the actor may not know of."""
    code = found.place_code
    if code is None:
        return
    if found.place_area is None:
        problem = FieldProblem("institution_code", f"Institutionen {code} kendes ikke.", f"Unknown institution {code}.")
        raise InvalidInput("Institutionen kendes ikke.", "Unknown institution.", fields=[problem])
    access.require_sight(ctx, code, found.place_area, f"Institution {code}")


def local_date(ctx: Context) -> date:
    """Give the day of the command in the installation's own time zone."""
    return ctx.at.astimezone(ZoneInfo(ctx.zone)).date()


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


def all_knowing(ctx: Context, instance_key: int, name: str) -> Sequence[dict[str, Any]]:
    """Give the variables of every other instance of its case that knows a name, the newest instance first."""
    own = select(ProcessInstance.case_key).where(ProcessInstance.key == instance_key).scalar_subquery()
    knowing = (
        select(ProcessInstance.variables)
        .where(
            ProcessInstance.case_key == own,
            ProcessInstance.key != instance_key,
            ProcessInstance.variables[name].as_string().is_not(None),
        )
        .order_by(ProcessInstance.started_at.desc(), ProcessInstance.key.desc())
    )
    return ctx.session.scalars(knowing).all()
