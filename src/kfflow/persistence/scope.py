"""Row scope in SQL: which rows an actor may see, by institution and area.

The same rule as `domain.authorization.may_see`: a row without an institution belongs to everybody.
"""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_, true

from kfflow.domain.authorization import Actor
from kfflow.persistence.tables import BatchOperation, Case, UserTask


@dataclass(frozen=True, slots=True)
class Scope:
    """What an actor may see: everything when national, else one institution, else one area."""

    institution: str | None = None
    area: str | None = None
    national: bool = False
    classes: frozenset[str] = frozenset()


def scope_of(actor: Actor) -> Scope:
    """Give the scope of an actor; `classes` are the protected classes of data open to the actor."""
    return Scope(actor.institution, actor.area, actor.national, actor.groups)


def condition(scope: Scope, table: type[Case | UserTask | BatchOperation]) -> ColumnElement[bool]:
    """Give the SQL condition that a row of `table` (columns `institution_code`, `area`) is within the scope."""
    if scope.national:
        return true()
    belongs_to_all: ColumnElement[bool] = table.institution_code.is_(None)
    if scope.institution is not None:
        return or_(belongs_to_all, table.institution_code == scope.institution)
    if scope.area is not None:
        return or_(belongs_to_all, table.area == scope.area)
    return belongs_to_all


def open_to(scope: Scope, table: type[UserTask]) -> ColumnElement[bool]:
    """Give the condition that a row of `table` (column `access_class`) holds no class of data closed to the scope."""
    return or_(table.access_class.is_(None), table.access_class.in_(sorted(scope.classes)))


def visible(scope: Scope, table: type[UserTask]) -> ColumnElement[bool]:
    """Give both conditions, for tables that carry an access class."""
    return and_(condition(scope, table), open_to(scope, table))
