"""Places: how many beds of an institution's regime are free, one held for somebody on the way, one taken on arrival.

A process holds its place from the moment somebody says yes until the person arrives or the process ends, so that one
bed is never promised twice. Who is placed somewhere temporarily takes a place there and keeps their own, to which they
go back unless the case moves them (straffuldbyrdelsesloven § 25(1) no. 5). Whoever holds or takes a place locks the
regime's units first.
"""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, select, update

from kfflow.errors import FieldProblem, InvalidInput
from kfflow.persistence.tables import Case, Institution, Person, ProcessInstance, Reservation, Unit
from kfflow.service import appointments, audit
from kfflow.service.context import Context

REGIMES = {
    "aaben": ("åbent", "open"),
    "halvaaben": ("halvåbent", "semi-open"),
    "lukket": ("lukket", "closed"),
    "arrest": ("arresthus", "remand"),
    "saerlig": ("særlig", "special"),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A place of a regime of an institution.

    `overbooked`: somebody has accepted that there is none. `temporary`: the person stays there while the process runs.
    """

    institution_code: str
    regime: str
    overbooked: bool = False
    temporary: bool = False


def free(ctx: Context, institution_code: str, regime: str, *, besides: int | None = None) -> int:
    """Give the places of the regime less the people there and on the way; negative when it is overfull.

    What the process with root `besides` holds itself is not counted.
    """
    units = select(Unit.code).where(Unit.institution_code == institution_code, Unit.regime == regime)
    places = select(func.coalesce(func.sum(Unit.places), 0)).where(Unit.code.in_(units))
    living = _living(Person.unit_code.in_(units))
    return _number(ctx, places) - _number(ctx, living) - _number(ctx, _held(institution_code, regime, besides))


def _number(ctx: Context, counted: Select[int]) -> int:
    return int(ctx.session.scalar(counted) or 0)


def _held(institution_code: str, regime: str, besides: int | None) -> Select[int]:
    running = (ProcessInstance.key == Reservation.root_key) & (ProcessInstance.state == "ACTIVE")
    there = (Reservation.institution_code == institution_code, Reservation.regime == regime)
    return (
        select(func.count(Reservation.root_key.distinct()))
        .join(ProcessInstance, running)
        .where(Reservation.ended_at.is_(None), Reservation.root_key.is_distinct_from(besides), *there)
    )


def hold(ctx: Context, root_key: int, wanted: Wanted, *, field: str) -> None:
    """Hold a place for a process instead of the one of its kind that it held.

    Raises InvalidInput at the field when none is free; where the process holds one of the other kind, one bed will do.
    """
    _lock(ctx, wanted)
    let_go(ctx, root_key, temporary=wanted.temporary)
    if not wanted.overbooked and free(ctx, wanted.institution_code, wanted.regime, besides=root_key) <= 0:
        raise _full(ctx, wanted, field)
    ctx.session.add(
        Reservation(
            key=ctx.new_key(),
            root_key=root_key,
            institution_code=wanted.institution_code,
            regime=wanted.regime,
            overbooked=wanted.overbooked,
            temporary=wanted.temporary,
            held_at=ctx.at,
            held_by=ctx.actor.username,
        )
    )
    ctx.session.flush()


def has(ctx: Context, root_key: int, wanted: Wanted) -> bool:
    """Tell whether somebody who arrives has a place: one that the process holds, one too many, or one that is free."""
    if wanted.overbooked or ctx.session.scalar(_holding(root_key, temporary=False)) is not None:
        return True
    return free(ctx, wanted.institution_code, wanted.regime, besides=root_key) > 0


def _holding(root_key: int, *, temporary: bool) -> Select[Reservation]:
    kind = (Reservation.temporary.is_(temporary), Reservation.ended_at.is_(None))
    return select(Reservation).where(Reservation.root_key == root_key, *kind)


def let_go(ctx: Context, root_key: int, *, temporary: bool = False) -> bool:
    """End what a process holds for who is on the way, or where they stay meanwhile; tells whether it held that."""
    held = ctx.session.scalars(_holding(root_key, temporary=temporary)).first()
    if held is not None:
        held.ended_at = ctx.at
        ctx.session.flush()
    return held is not None


def take(ctx: Context, root_key: int, wanted: Wanted) -> str | None:
    """Give the unit for somebody who arrives: the place that the process held, else one that is free.

    Where they stayed meanwhile is free again. Raises InvalidInput when there is neither, unless that was accepted;
    None when the regime has no unit there.
    """
    units = _lock(ctx, wanted)
    has_place = has(ctx, root_key, wanted)
    let_go(ctx, root_key)
    let_go(ctx, root_key, temporary=True)
    if not has_place:
        raise _full(ctx, wanted, "ny_institution")
    living = {unit.code: _number(ctx, _living(Person.unit_code == unit.code)) for unit in units}
    return max(units, key=lambda unit: unit.places - living[unit.code]).code if units else None


def _living(where: ColumnElement[bool]) -> Select[int]:
    return select(func.count()).select_from(Person).where(where)


def leave(ctx: Context, number: str) -> None:
    """Free every place of somebody who has left, their own and those held for them, and end their appointments."""
    person = ctx.session.scalars(select(Person).where(Person.person_number == number).with_for_update()).first()
    appointments.end(ctx, number)
    if person is None:
        return
    _let_go_of(ctx, person)
    if person.unit_code is not None:
        unit, person.unit_code = person.unit_code, None
        audit.record(ctx, "service:place:leave", unit, data={"person": str(person.key)})
    ctx.session.flush()


def _let_go_of(ctx: Context, person: Person) -> None:
    about = select(ProcessInstance.key).join(Case).where(Case.person_key == person.key).scalar_subquery()
    held = update(Reservation).where(Reservation.root_key.in_(about), Reservation.ended_at.is_(None))
    ctx.session.execute(held.values(ended_at=ctx.at))


def _lock(ctx: Context, wanted: Wanted) -> list[Unit]:
    """Lock the units of the regime, so that whoever wants the last place comes after whoever gets it."""
    units = select(Unit).where(Unit.institution_code == wanted.institution_code, Unit.regime == wanted.regime)
    return list(ctx.session.scalars(units.order_by(Unit.code).with_for_update()))


def _full(ctx: Context, wanted: Wanted, field: str) -> InvalidInput:
    institution = ctx.session.get(Institution, wanted.institution_code)
    name = institution.name if institution else wanted.institution_code
    da, en = REGIMES.get(wanted.regime, (wanted.regime, wanted.regime))
    told = (
        f"{name} har ingen ledig plads i {da} regime. Vælg et andet sted, eller accepter overbelægningen.",
        f"{name} has no free place in its {en} regime. Choose another place, or accept the overcrowding.",
    )
    return InvalidInput(*told, fields=[FieldProblem(field, *told, "no_place")])
