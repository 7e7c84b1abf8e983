"""Open cases of another system, put into the middle of a process: all of a file or, with a reason for each row, none.

Everything happens as of the instants that the row says: the case is opened then, the element entered then, and its
deadlines and timers run from there. What is due already is worked off after the import. The audit log says when it was
imported, and the first line of each deadline's ledger where it came from.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date

import orjson
from sqlalchemy import select, text, update

from kfflow import engine
from kfflow.domain import authorization, case_rows
from kfflow.domain.authorization import Permission
from kfflow.domain.case_rows import CaseRow, RowProblem
from kfflow.engine.outcome import Environment, Outcome
from kfflow.errors import Conflict, FieldProblem, InvalidInput, KfflowError, SwitchedOff
from kfflow.persistence.starts import CaseOf
from kfflow.persistence.steps import Running
from kfflow.persistence.tables import Deadline, DeadlineEntry, ImportedCase, Incident, Institution, Person, UserTask
from kfflow.service import access, activations, audit, cases, deadlines, definitions, execution, opening, tasks
from kfflow.service.context import Context
from kfflow.service.definitions import ProcessVersion

_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(7015002)")


@dataclass(slots=True)
class Report:
    """How a file fares: the numbers of the new cases, how many were there already, and what is wrong, row by row.

    `tried` of `total` rows were taken so far; rows that cannot be read are not among them. `accepted` are new cases, or
    would be: those of a dry run have no number.
    """

    dry_run: bool = False
    tried: int = 0
    total: int = 0
    accepted: int = 0
    imported: list[str] = field(default_factory=list)
    already: int = 0
    problems: list[RowProblem] = field(default_factory=list)


def import_cases(ctx: Context, content: bytes, *, dry_run: bool = False) -> Report:
    """Import a file of open cases (see domain/case_rows.py) in this one transaction.

    A case that was imported before is passed over. With `dry_run` everything is tried and nothing kept. Otherwise
    raises InvalidInput with every problem of every row, and nothing is kept.
    """
    *_, report = importing(ctx, content, dry_run=dry_run)
    return report


def importing(ctx: Context, content: bytes, *, dry_run: bool = False) -> Iterator[Report]:
    """Import a file as `import_cases` does; gives how it fares before the first row and after each."""
    access.require(ctx, Permission.START_INSTANCE)
    access.require(ctx, Permission.MODIFY_INSTANCE)
    ctx.session.execute(_ONE_AT_A_TIME)
    parsed = case_rows.parse(content, at=ctx.at, zone=ctx.zone)
    report = Report(dry_run, total=len(parsed.rows), problems=list(parsed.problems))
    yield report
    trial = ctx.session.begin_nested()
    for report.tried, row in enumerate(parsed.rows, start=1):
        _try(ctx, row, report)
        yield report
    report.problems.sort(key=lambda problem: problem.row)
    if dry_run:
        trial.rollback()
        ctx.bells.clear()
    elif report.problems:
        raise refusal(report)
    else:
        trial.commit()
        _record(ctx, report, content)


def refusal(report: Report) -> InvalidInput:
    """Give the error that tells every problem; its fields read `rows.3.institution`."""
    fields = [
        FieldProblem(
            f"rows.{p.row}.{p.column}".rstrip("."),
            f"»{p.value}«: {p.message_da}",
            f"“{p.value}”: {p.message_en}",
            p.code,
        )
        for p in report.problems
    ]
    count = len(fields)
    return InvalidInput(
        f"Filen har {count} fejl; intet er indlæst.",
        f"The file has {count} errors; nothing was imported.",
        fields=fields,
    )


def _record(ctx: Context, report: Report, content: bytes) -> None:
    data = {"cases": report.accepted, "already": report.already}
    audit.record(ctx, "service:case:import", hashlib.sha256(content).hexdigest(), data=data)


def _try(ctx: Context, row: CaseRow, report: Report) -> None:
    """Import one row within the file's transaction; what fails is undone and told."""
    attempt = ctx.session.begin_nested()
    try:
        number = _import(ctx, row)
        ctx.flush()
        ctx.session.flush()
    except _WrongRowError as wrong:
        problems = wrong.problems
    except KfflowError as refused:
        problems = _told(row, refused)
    else:
        attempt.commit()
        if number is None:
            report.already += 1
        else:
            report.accepted += 1
            report.imported.extend([] if report.dry_run else [number])
        return
    ctx.writes.forget()
    attempt.rollback()
    report.problems.extend(problems)


class _WrongRowError(Exception):
    """A row that cannot be imported, with all that is known to be wrong."""

    def __init__(self, problems: Sequence[RowProblem]) -> None:
        super().__init__()
        self.problems = list(problems)


def _told(row: CaseRow, refused: KfflowError) -> list[RowProblem]:
    """Give what a command refused as problems of the row; the engine names elements, the commands their fields."""
    if isinstance(refused, SwitchedOff):
        return [RowProblem(row.row, "process", row.process, refused.message_da, refused.message_en, refused.code)]
    if not isinstance(refused, InvalidInput) or not refused.fields:
        return [
            RowProblem(row.row, "element", "|".join(row.elements), refused.message_da, refused.message_en, refused.code)
        ]
    return [
        RowProblem(row.row, "element", f.field, f.message_da, f.message_en, f.code)
        if f.field in row.elements
        else RowProblem(row.row, f.field, str(getattr(row, f.field, "")), f.message_da, f.message_en, f.code)
        for f in refused.fields
    ]


def _import(ctx: Context, row: CaseRow) -> str | None:
    """Give the number of the new case; None when this very row was imported before."""
    digest = hashlib.sha256(orjson.dumps(asdict(row) | {"row": 0}, option=orjson.OPT_SORT_KEYS)).hexdigest()
    if _known(ctx, row, digest):
        return None
    opened, entered = ctx.as_of(row.opened_at), ctx.as_of(row.entered_at)
    given = {cases.PERSON_VARIABLE: row.person, **row.variables} if row.person else dict(row.variables)
    legal_date = _legal_date(opened, row, given)
    process, person = _found(ctx, row, legal_date)
    compiled = definitions.compiled(ctx, process.key)
    details = cases.CaseDetails(person.key if person else None, row.institution, None, row.title, legal_date)
    found = cases.look_up(opened, process.process_id, given, details)
    of_case = cases.open_or_join(opened, process, found, details)
    activations.require_on(process.process_id, found)
    given = {cases.NUMBER_VARIABLE: of_case.number, **given}
    running = opening.make_instance(opened, process, given, case=of_case)
    deadlines.start_for_case(opened, running, compiled)
    execution.run(entered, running, _placing(given, row.elements))
    ctx.flush()
    _refuse_incidents(ctx, row, running)
    _say_where_from(ctx, row, running)
    _hand_out(ctx, row, running)
    _note(ctx, row, of_case, digest)
    return of_case.number


def _known(ctx: Context, row: CaseRow, digest: str) -> bool:
    known = ctx.session.get(ImportedCase, row.external_id)
    if known is not None and known.sha256 != digest:
        da = "Sagen er indlæst før med andet indhold; ret den i kfflow, og tag rækken ud."
        en = "The case was imported before with other content; correct it in kfflow, and take the row out."
        raise _WrongRowError([RowProblem(row.row, "external_id", row.external_id, da, en, "changed")])
    return known is not None


def _legal_date(opened: Context, row: CaseRow, variables: dict[str, object]) -> date:
    """Give the date whose law the case follows: the row's, else what the process says, else the day it was opened."""
    newest = definitions.find_latest(opened, row.process)
    if row.legal_date is None and newest is not None:
        compiled = definitions.compiled(opened, newest.key)
        told = engine.legal_date(compiled, variables, definitions.starting_environment(opened))
        return told or cases.local_date(opened)
    return row.legal_date or cases.local_date(opened)


def _found(ctx: Context, row: CaseRow, on: date) -> tuple[ProcessVersion, Person | None]:
    """Give the process in force and the person; raises all that the row names and nobody knows."""
    problems: list[RowProblem] = []
    institution = ctx.session.get(Institution, row.institution)
    if institution is None or not authorization.may_see(ctx.actor, institution.code, institution.area):
        problems.append(_unknown(row, "institution", row.institution, "Institutionen", "institution"))
    person = ctx.session.scalars(select(Person).where(Person.person_number == row.person)).first()
    if row.person and person is None:
        problems.append(_unknown(row, "person", row.person, "Personen", "person"))
    days = replace(definitions.today(ctx), opened=cases.local_date(ctx.as_of(row.opened_at)), legal=on)
    process = definitions.version_in_force(ctx, row.process, days)
    if process is None:
        da = f"Processen er ikke i kraft den {on:%d.%m.%Y}; sæt den i drift, eller ret id'et."
        en = f"The process is not in force on {on}; deploy it, or correct the id."
        problems.append(RowProblem(row.row, "process", row.process, da, en, "unknown"))
    if problems or process is None:
        raise _WrongRowError(problems)
    return process, person


def _unknown(row: CaseRow, column: str, value: str, danish: str, english: str) -> RowProblem:
    da = f"{danish} kendes ikke; opret den først, eller ret værdien."
    en = f"Unknown {english}; enter it first, or correct the value."
    return RowProblem(row.row, column, value, da, en, "unknown")


def _placing(variables: dict[str, object], elements: Sequence[str]) -> execution.Step:
    def place(definition: engine.Definition, _snapshot: bytes, environment: Environment) -> Outcome:
        return engine.start_at(definition, variables, elements, environment)

    return place


def _refuse_incidents(ctx: Context, row: CaseRow, running: Running) -> None:
    """Refuse a row whose case would stand still at once: a variable is missing, say, that a timer or table asks for."""
    raised = select(Incident).where(Incident.root_key == running.root_key)
    found = ctx.session.scalars(raised.order_by(Incident.key)).all()
    if found:
        raise _WrongRowError(
            [
                RowProblem(
                    row.row, "variables", i.element_id, f"{i.kind}: {i.message_da}", f"{i.kind}: {i.message_en}", i.kind
                )
                for i in found
            ]
        )


def _say_where_from(ctx: Context, row: CaseRow, running: Running) -> None:
    """Write into the first line of each new ledger why its deadline runs from an instant before the import."""
    of_instance = select(Deadline.key).where(Deadline.instance_key == running.key)
    which = f"{row.external_id} {ctx.at:%Y-%m-%d}"
    reasons = {
        "reason": f"Indlæst som {which}; løber fra sagens oprindelige tidspunkt",
        "reason_en": f"Imported as {which}; runs from the original instant of the case",
    }
    ctx.session.execute(update(DeadlineEntry).where(DeadlineEntry.deadline_key.in_(of_instance)).values(reasons))


def _hand_out(ctx: Context, row: CaseRow, running: Running) -> None:
    if row.assignee is None:
        return
    open_tasks = select(UserTask).where(UserTask.root_key == running.root_key, UserTask.state == "CREATED")
    waiting = ctx.session.scalars(open_tasks.order_by(UserTask.key)).all()
    if not waiting:
        da, en = "Sagen har ingen åben opgave; fjern navnet.", "The case has no open task; take the name out."
        raise _WrongRowError([RowProblem(row.row, "assignee", row.assignee, da, en, "no_task")])
    for task in waiting:
        try:
            tasks.assign(ctx, task.key, assignee=row.assignee)
        except Conflict as refused:
            problem = RowProblem(
                row.row, "assignee", row.assignee, refused.message_da, refused.message_en, refused.code
            )
            raise _WrongRowError([problem]) from refused


def _note(ctx: Context, row: CaseRow, of_case: CaseOf, digest: str) -> None:
    ctx.session.add(
        ImportedCase(
            external_id=row.external_id,
            case_key=of_case.key,
            sha256=digest,
            imported_at=ctx.at,
            imported_by=ctx.actor.username,
        )
    )
    data = {"elements": list(row.elements), "entered_at": row.entered_at.isoformat()}
    audit.record(ctx, "service:case:import", row.external_id, case_key=of_case.key, data=data)
