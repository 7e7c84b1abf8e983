"""One search for every list: a description of the list, and the one function that turns a query into SQL.

A search costs two statements at most: the rows of the page and, when the page is full, how many there are in all, up to
a number.
"""

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Select,
    SQLColumnExpression,
    Text,
    and_,
    cast,
    false,
    func,
    inspect,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from kfflow.errors import FieldProblem, InvalidInput
from kfflow.persistence.database import plan_by_values
from kfflow.persistence.scope import Scope

LONGEST_CURSOR = 15
FAR = 1000
"""From which row on a page is far from the list's beginning."""
MOST_COUNTED = 1000
"""Where counting stops, as in the inbox; a page tells when there are more (Camunda's API stops, too)."""


class Kind(StrEnum):
    """What a column holds, and so which operators make sense on it."""

    KEY = "key"
    TEXT = "text"
    INTEGER = "integer"
    INSTANT = "instant"
    DAY = "day"
    BOOLEAN = "boolean"
    TEXTS = "texts"
    OBJECT = "object"


@dataclass(frozen=True, slots=True)
class Column:
    """One field of a list; a column that is not `shown` can only be filtered on.

    `holds` says when it has a value in the way that an index knows, where to compare the expression is not.
    """

    name: str
    kind: Kind
    expression: SQLColumnExpression[Any]
    shown: bool = True
    filterable: bool = True
    holds: Callable[[Any], ColumnElement[bool]] | None = None


@dataclass(frozen=True, slots=True)
class Join:
    """What one row more is found in for each row of a list, or none: a table, or an alias of one, by its key."""

    table: Any
    on: ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Listing:
    """What can be searched: where its rows come from, its columns (the first is the key) and whose rows one sees.

    `by_key`: a page's keys are sorted and bounded before what is shown of them is joined. An index has to know the key.
    `joins` are made where they are read: PostgreSQL drops others, too, but still reads the columns they are joined on.
    `scope_afar` says the same as `scope`, so that rows are found soonest which are far from the list's beginning.
    """

    name: str
    rows: Callable[[Select[Any]], Select[Any]]
    columns: tuple[Column, ...]
    scope: Callable[[Scope], ColumnElement[bool]] = field(default=lambda _scope: literal(value=True))
    case_key: SQLColumnExpression[int] | None = None
    newest_first: bool = False
    by_key: bool = False
    joins: tuple[Join, ...] = ()
    scope_afar: Callable[[Scope], ColumnElement[bool]] | None = None

    @property
    def key(self) -> Column:
        return self.columns[0]

    def column(self, name: str) -> Column:
        return next(c for c in self.columns if c.name == name)


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a filter: `operator` is eq, neq, gt, gte, lt, lte, in, not_in, like or exists."""

    column: str
    operator: str
    value: Any


@dataclass(frozen=True, slots=True)
class Order:
    """Sort by this column."""

    column: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """What somebody looks for; alternatives in `any_of` are joined by or, everything else by and."""

    conditions: Sequence[Condition] = ()
    any_of: Sequence[Sequence[Condition]] = ()
    order: Sequence[Order] = ()
    offset: int = 0
    limit: int = 100


@dataclass(frozen=True, slots=True)
class Page:
    """The rows found, each by column name, and how many there are in all; `is_capped` when there are more than that."""

    items: list[Mapping[str, Any]]
    total: int
    offset: int = 0
    is_capped: bool = False

    @property
    def end(self) -> int:
        return self.offset + len(self.items)

    @property
    def has_more(self) -> bool:
        return self.end < self.total or (self.is_capped and bool(self.items))


def find(session: Session, listing: Listing, query: Query, scope: Scope, *, count_to: int = MOST_COUNTED) -> Page:
    """Give one page of the rows that the scope may see and the query asks for; counting stops at a number."""
    plan_by_values(session)
    wanted = _wanted(listing, query, scope)
    items: list[Mapping[str, Any]] = [dict(row) for row in session.execute(_paged(listing, query, wanted)).mappings()]
    total = query.offset + len(items)
    if len(items) == query.limit or (query.offset and not items):  # else the page is the last, and tells
        some = _rows(listing, select(literal(1)), wanted).where(wanted).limit(count_to + 1)
        total = session.execute(select(func.count()).select_from(some.subquery())).scalar_one()
    return Page(items, min(total, count_to), query.offset, is_capped=total > count_to)


def _paged(listing: Listing, query: Query, wanted: ColumnElement[bool]) -> Select[Any]:
    key, order = listing.key.expression, _ordering(listing, query)

    def bounded(*columns: SQLColumnExpression[Any]) -> Select[Any]:
        chosen = _rows(listing, select(*columns), wanted, *order).where(wanted)
        return chosen.order_by(*order).offset(query.offset).limit(query.limit)

    if not listing.by_key:
        return bounded(*_shown(listing))
    shown = _rows(listing, select(*_shown(listing)), *order)
    return shown.where(key.in_(bounded(key).correlate(None))).order_by(*order)


def _rows(listing: Listing, chosen: Select[Any], *read: ColumnElement[Any]) -> Select[Any]:
    """Give where the columns chosen are found, and what else the statement reads."""
    tables = select(*chosen.selected_columns, *read).get_final_froms()
    rows = listing.rows(chosen)
    for join in listing.joins:
        if inspect(join.table).selectable in tables:
            rows = rows.outerjoin(join.table, join.on)
    return rows


def keys(listing: Listing, query: Query, scope: Scope) -> Select[int]:
    """Give the statement of the keys that the scope may see and the query asks for, all of them."""
    wanted = _wanted(listing, query, scope)
    return _rows(listing, select(listing.key.expression), wanted).where(wanted)


def find_one(session: Session, listing: Listing, key: int, scope: Scope) -> Mapping[str, Any] | None:
    """Give the row with a key, None when there is none that the scope may see."""
    wanted = and_(listing.scope(scope), listing.key.expression == key)
    row = session.execute(_rows(listing, select(*_shown(listing)), wanted).where(wanted)).mappings().first()
    return dict(row) if row is not None else None


def _shown(listing: Listing) -> list[ColumnElement[Any]]:
    shown: list[ColumnElement[Any]] = [c.expression.label(c.name) for c in listing.columns if c.shown]
    if listing.case_key is not None:
        shown.append(listing.case_key.label("_case_key"))
    return shown


def _wanted(listing: Listing, query: Query, scope: Scope) -> ColumnElement[bool]:
    seen = (listing.scope_afar if query.offset >= FAR else None) or listing.scope
    wanted = [seen(scope), *(_condition(listing, c) for c in query.conditions)]
    if query.any_of:
        wanted.append(or_(*(and_(*(_condition(listing, c) for c in group)) for group in query.any_of if group)))
    return and_(*wanted)


def _ordering(listing: Listing, query: Query) -> list[ColumnElement[Any]]:
    """Give what to sort by; rows that are alike stand as the last column is read, so that one index gives both."""
    asked = [_sorted(listing.column(order.column).expression, order) for order in query.order]
    descending = query.order[-1].descending if query.order else listing.newest_first
    key = listing.key.expression
    return [*asked, key.desc() if descending else key.asc()]


def _sorted(expression: SQLColumnExpression[Any], order: Order) -> ColumnElement[Any]:
    """Give a column's order: what has no value stands last. To say so of one that always has would hide its index."""
    directed = expression.desc() if order.descending else expression.asc()
    always = isinstance(expression, InstrumentedAttribute) and not expression.property.columns[0].nullable
    return directed if always else directed.nulls_last()


def _condition(listing: Listing, condition: Condition) -> ColumnElement[bool]:
    column = listing.column(condition.column)
    if column.kind is Kind.TEXTS:
        return _of_list(column.expression, condition)
    if column.holds is not None and condition.operator in {"eq", "in"}:
        values = condition.value if condition.operator == "in" else [condition.value]
        return or_(false(), *(column.holds(value) for value in values))
    return _of_value(column.expression, condition)


def _of_value(left: SQLColumnExpression[Any], condition: Condition) -> ColumnElement[bool]:
    value = condition.value
    made: dict[str, Callable[[], ColumnElement[bool]]] = {
        "eq": lambda: left == value,
        "neq": lambda: left.is_distinct_from(value),
        "gt": lambda: left > value,
        "gte": lambda: left >= value,
        "lt": lambda: left < value,
        "lte": lambda: left <= value,
        "in": lambda: left.in_(value),
        "not_in": lambda: or_(left.is_(None), left.not_in(value)),
        "like": lambda: left.like(_pattern(value), escape="\\"),
        "exists": lambda: left.is_not(None) if value else left.is_(None),
    }
    return made[condition.operator]()


def _of_list(left: SQLColumnExpression[Any], condition: Condition) -> ColumnElement[bool]:
    """A list meets a condition when one of its values does; a negation holds when none does."""
    given = condition.value
    values = given if isinstance(given, list) else [given]
    overlaps: ColumnElement[bool] = left.op("&&")(cast(values, ARRAY(Text)))
    match condition.operator:
        case "eq" | "in":
            return overlaps
        case "neq" | "not_in":
            return ~overlaps
        case "exists":
            return func.cardinality(left) > 0 if given else func.cardinality(left) == 0
        case _:
            like: ColumnElement[bool] = func.array_to_string(left, "\n").like(f"%{_pattern(given)}%", escape="\\")
            return like


def _pattern(wildcards: str) -> str:
    r"""Turn `*` and `?` into SQL's wildcards; a backslash takes their meaning away."""
    made, escaped = [], False
    for character in wildcards:
        if not escaped and character == "\\":
            escaped = True
            continue
        if not escaped and character in "*?":
            made.append("%" if character == "*" else "_")
        else:
            made.append(f"\\{character}" if character in "%_\\" else character)
        escaped = False
    return "".join(made) + ("\\\\" if escaped else "")


def cursor_of(position: int) -> str:
    """Give the opaque name of a place in a result."""
    return base64.urlsafe_b64encode(f"o{position}".encode()).decode()


def position_of(cursor: str, field_name: str) -> int:
    """Read a cursor back; raises InvalidInput naming the field when it is none of ours."""
    try:
        text = base64.urlsafe_b64decode(cursor.encode()).decode()
    except (binascii.Error, UnicodeError, ValueError):
        text = ""
    if not (text.startswith("o") and text[1:].isdigit() and len(text) <= LONGEST_CURSOR):
        problem = FieldProblem(field_name, "Markøren kendes ikke.", "The cursor is not known.", "invalid_cursor")
        raise InvalidInput(fields=[problem])
    return int(text[1:])
