"""Places: how many beds of an institution's regime are free."""

from sqlalchemy import func, select

from kfflow.persistence.tables import Person, Unit
from kfflow.service.context import Context


def free(ctx: Context, institution_code: str, regime: str) -> int:
    """Give the places of the regime less the people in its units; negative when it holds more than it has places."""
    units = select(Unit.code).where(Unit.institution_code == institution_code, Unit.regime == regime)
    places = select(func.coalesce(func.sum(Unit.places), 0)).where(Unit.code.in_(units))
    taken = select(func.count()).select_from(Person).where(Person.unit_code.in_(units))
    return int(ctx.session.scalar(places) or 0) - int(ctx.session.scalar(taken) or 0)
