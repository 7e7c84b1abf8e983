"""Institutions: their places and what runs there, which area each belongs to, and what goes along when that changes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Select, or_, select, update

from kfflow.domain.authorization import Permission
from kfflow.errors import Conflict, FieldProblem, InvalidInput
from kfflow.persistence import activation_list, institution_list
from kfflow.persistence.scope import scope_of
from kfflow.persistence.tables import Case, Institution, ProcessInstance, UserTask
from kfflow.service import access, audit
from kfflow.service.context import Context


@dataclass(frozen=True, slots=True)
class Regime:
    """The places of one regime of an institution: all, lived in, and held for somebody on the way."""

    code: str
    places: int
    living: int
    held: int

    @property
    def free(self) -> int:
        """How many are left; negative when the regime is overfull."""
        return self.places - self.living - self.held


@dataclass(frozen=True, slots=True)
class Running:
    """How many cases of a process run at an institution, of those that the actor may see."""

    process_id: str
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one institution, and what runs there."""

    code: str
    name: str
    kind: str
    area: str
    note: str
    regimes: tuple[Regime, ...]
    running: tuple[Running, ...]


@dataclass(frozen=True, slots=True)
class Rehomed:
    """An institution in its new area, and how many open cases and tasks went along."""

    code: str
    area: str
    cases: int
    tasks: int


def overview(ctx: Context) -> list[Known]:
    """Give every institution by name, with its places and the processes that run there."""
    access.require(ctx, Permission.READ_DEFINITION)
    return _all_known(ctx, select(Institution).order_by(Institution.name, Institution.code), None)


def _all_known(ctx: Context, chosen: Select[Institution], code: str | None) -> list[Known]:
    places: dict[str, list[Regime]] = {}
    for row in institution_list.regimes(ctx.session):
        regime = Regime(row.regime, row.places, row.living, row.held)
        places.setdefault(row.institution_code, []).append(regime)
    running = _running(ctx, code)
    return [_known(row, places.get(row.code, ()), running.get(row.code, ())) for row in ctx.session.scalars(chosen)]


def _running(ctx: Context, institution: str | None) -> Mapping[str | None, list[Running]]:
    names = {row.process_id: row.name for row in activation_list.processes(ctx.session)}
    counts = activation_list.open_cases(ctx.session, scope_of(ctx.actor), institution=institution)
    found: dict[str | None, list[Running]] = {}
    for (process_id, code), count in counts.items():
        found.setdefault(code, []).append(Running(process_id, names.get(process_id, process_id), count))
    return found


def _known(row: Institution, regimes: Iterable[Regime], running: Iterable[Running]) -> Known:
    by_name = tuple(sorted(running, key=lambda one: one.name))
    return Known(row.code, row.name, row.kind, row.area, row.note, tuple(regimes), by_name)


def get(ctx: Context, code: str) -> Known:
    """Give one institution as `overview` does; raises NotFound."""
    access.require(ctx, Permission.READ_DEFINITION)
    found = _all_known(ctx, select(Institution).where(Institution.code == code), code)
    if not found:
        raise access.not_found(f"Institution {code}")
    return found[0]


def area_of(ctx: Context, code: str) -> str:
    """Give the code of the area in which an institution lies; raises NotFound."""
    area = ctx.session.scalar(select(Institution.area).where(Institution.code == code))
    if area is None:
        raise access.not_found(f"Institution {code}")
    return area


def areas(ctx: Context) -> list[str]:
    """Give the areas that have an institution."""
    return list(ctx.session.scalars(select(Institution.area).distinct().order_by(Institution.area)))


def would_move(ctx: Context, code: str) -> tuple[int, int]:
    """Give how many open cases and tasks go along when the institution is put in another area."""
    access.require(ctx, Permission.ADMINISTER)
    return institution_list.open_there(ctx.session, code)


def move_to_area(ctx: Context, code: str, area: str, *, reason: str, is_new: bool = False) -> Rehomed:
    """Put an institution in another area; its open cases and tasks go along, in this transaction.

    Who holds a task keeps it. What has ended stays where it was. Raises NotFound for an unknown institution,
    InvalidInput without a reason or an area, or for an area that has no institution and is not said to be new, Conflict
    when it is there already.
    """
    access.require(ctx, Permission.ADMINISTER)
    area = area.strip()
    _require_words(area, reason)
    chosen = select(Institution).where(Institution.code == code).with_for_update()
    institution = ctx.session.scalars(chosen).first()
    if institution is None:
        raise access.not_found(f"Institution {code}")
    if not is_new:
        _require_known(ctx, area)
    if institution.area == area:
        raise Conflict(f"{code} ligger allerede i {area}.", f"{code} is in {area} already.")
    former, institution.area = institution.area, area
    moved = Rehomed(code, area, *_move_open(ctx, code, area))
    told = {"from": former, "to": area, "cases": moved.cases, "tasks": moved.tasks}
    audit.record(ctx, "service:institution:move", code, reason=reason.strip(), data=told)
    ctx.session.flush()
    return moved


def _require_known(ctx: Context, area: str) -> None:
    """Refuse an area that nobody is in: a slip would take the cases from the office that they belong to."""
    known = areas(ctx)
    if area not in known:
        da = f"Området kendes ikke. Brug {', '.join(known)}, eller sig, at det er nyt."
        en = f"Unknown area. Use {', '.join(known)}, or say that it is new."
        problem = FieldProblem("area", da, en, "unknown")
        raise InvalidInput("Institutionen kan ikke flyttes.", "The institution cannot be moved.", fields=[problem])


def _require_words(area: str, reason: str) -> None:
    given = {"area": area, "reason": reason}
    problems = [
        FieldProblem(name, "Skal udfyldes.", "Must be given.") for name, text in given.items() if not text.strip()
    ]
    if problems:
        raise InvalidInput("Institutionen kan ikke flyttes.", "The institution cannot be moved.", fields=problems)


def _move_open(ctx: Context, code: str, area: str) -> tuple[int, int]:
    """Move the open cases and tasks of an institution, their instances locked first, as every step does it."""
    cases = select(Case.key).where(Case.institution_code == code, Case.state == "ACTIVE")
    tasks = select(UserTask.root_key).where(UserTask.institution_code == code, UserTask.state == "CREATED")
    root = ProcessInstance.parent_key.is_(None)
    concerned = root & or_(ProcessInstance.case_key.in_(cases), ProcessInstance.key.in_(tasks))
    ctx.session.execute(select(ProcessInstance.key).where(concerned).order_by(ProcessInstance.key).with_for_update())
    moved = update(Case).where(Case.key.in_(cases)).values(area=area).returning(Case.key)
    rehomed = (
        update(UserTask)
        .where(UserTask.institution_code == code, UserTask.state == "CREATED")
        .values(area=area, revision=UserTask.revision + 1)
        .returning(UserTask.key)
    )
    quiet = {"synchronize_session": False}
    moved_cases, moved_tasks = (ctx.session.scalars(c, execution_options=quiet).all() for c in (moved, rehomed))
    return len(moved_cases), len(moved_tasks)
