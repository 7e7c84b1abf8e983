"""Variables, as an instance holds them and as a user task sees them."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    SQLColumnExpression,
    Text,
    case,
    cast,
    func,
    literal,
    type_coerce,
)

from kfflow.persistence import scope as scopes
from kfflow.persistence.listings.fragments import of_case, tenant
from kfflow.persistence.search import Column, Kind, Listing
from kfflow.persistence.tables import (
    Case,
    ProcessInstance,
    UserTask,
)

_pairs = func.jsonb_each(ProcessInstance.variables).table_valued("key", "value", joins_implicitly=True)


def _key_of_variable(holder: SQLColumnExpression[int], name: ColumnElement[str]) -> ColumnElement[int]:
    """A variable has no row of its own; its key is worked out from its holder and its name, and never changes."""
    hashed = func.hashtextextended(cast(holder, Text) + "/" + name, 0, type_=BigInteger)
    return type_coerce(hashed.op("&")(literal(2**63 - 1)), BigInteger)


def _variables(chosen: Select[Any]) -> Select[Any]:
    return (
        chosen.select_from(ProcessInstance)
        .join(Case, Case.key == ProcessInstance.case_key)
        .join(_pairs, literal(value=True))
    )


VARIABLES = Listing(
    "variable",
    _variables,
    (
        Column("variable_key", Kind.KEY, _key_of_variable(ProcessInstance.key, _pairs.c.key)),
        Column("name", Kind.TEXT, type_coerce(_pairs.c.key, Text)),
        Column("value", Kind.TEXT, cast(_pairs.c.value, Text)),
        Column("is_truncated", Kind.BOOLEAN, literal(value=False)),
        Column("scope_key", Kind.KEY, ProcessInstance.key),
        Column("process_instance_key", Kind.KEY, ProcessInstance.key),
        Column("root_process_instance_key", Kind.KEY, ProcessInstance.root_key, filterable=False),
        tenant(),
    ),
    of_case,
    Case.key,
)

_seen = func.jsonb_each(ProcessInstance.variables.op("||")(UserTask.variables)).table_valued(
    "key", "value", joins_implicitly=True
)
_is_of_instance = ProcessInstance.variables.op("->")(_seen.c.key) == _seen.c.value
_holder = case((_is_of_instance, ProcessInstance.key), else_=UserTask.key)


def _task_variables(chosen: Select[Any]) -> Select[Any]:
    return (
        chosen.select_from(UserTask)
        .join(ProcessInstance, ProcessInstance.key == UserTask.instance_key)
        .join(Case, Case.key == UserTask.case_key)
        .join(_seen, literal(value=True))
    )


TASK_VARIABLES = Listing(
    "variable",
    _task_variables,
    (
        Column("variable_key", Kind.KEY, _key_of_variable(_holder, _seen.c.key)),
        Column("user_task_key", Kind.KEY, UserTask.key, shown=False, filterable=False),
        Column("name", Kind.TEXT, type_coerce(_seen.c.key, Text)),
        Column("value", Kind.TEXT, cast(_seen.c.value, Text)),
        Column("is_truncated", Kind.BOOLEAN, literal(value=False)),
        Column("scope_key", Kind.KEY, _holder),
        Column("process_instance_key", Kind.KEY, ProcessInstance.key),
        Column("root_process_instance_key", Kind.KEY, ProcessInstance.root_key, filterable=False),
        tenant(),
    ),
    lambda scope: scopes.visible(scope, UserTask),
    Case.key,
)
"""What a task sees: its own variables over its instance's, each name once."""
