"""What several lists share: the tenant, columns that Camunda has and kfflow leaves empty, whose rows one sees."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Text,
    and_,
    cast,
    exists,
    literal,
    null,
)
from sqlalchemy.orm import aliased

from kfflow.persistence import scope as scopes
from kfflow.persistence.scope import Scope
from kfflow.persistence.search import Column, Kind
from kfflow.persistence.tables import (
    Case,
)

TENANT = "<default>"
"""Camunda's name for the one tenant of an installation without tenants."""


def tenant() -> Column:
    return Column("tenant_id", Kind.TEXT, literal(TENANT))


def nothing(name: str, kind: Kind = Kind.TEXT) -> Column:
    return Column(name, kind, cast(null(), BigInteger if kind is Kind.KEY else Text), filterable=False)


def of_case(scope: Scope) -> ColumnElement[bool]:
    """Give the condition that the row's case is within the scope; a row has one, and saying so lets it come first.

    Lists join it by an outer join, and PostgreSQL begins with the cases of an institution only by an inner one.
    """
    within = scopes.condition(scope, Case)
    is_of_one_place = scope.institution is not None and not scope.national
    return and_(Case.key.is_not(None), within) if is_of_one_place else within


def is_latest(table: Any, name: Any) -> ColumnElement[bool]:  # noqa: ANN401 - a mapped class and its column
    later = aliased(table)
    return ~exists().where(getattr(later, name.key) == name, later.version > table.version)
