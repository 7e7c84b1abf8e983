"""Which rows belong to suspended cases: asked of the root, through the few that are suspended."""

from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, exists
from sqlalchemy.orm import aliased

from kfflow.persistence.tables import ProcessInstance

_root = aliased(ProcessInstance)


def is_suspended(root_key: SQLColumnExpression[Any]) -> ColumnElement[bool]:
    """Give the condition that the tree of this root is suspended; a row without a root belongs to none."""
    return exists().where(_root.key == root_key, _root.suspended_at.is_not(None))


def is_going(root_key: SQLColumnExpression[Any]) -> ColumnElement[bool]:
    return ~is_suspended(root_key)
