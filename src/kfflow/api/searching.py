"""Search bodies: for each list a shape with exactly its fields and operators, and its rows as answers."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, Field, create_model
from pydantic.alias_generators import to_camel

from kfflow.api import problems
from kfflow.api.shapes import Answer, Body, Instant, Key
from kfflow.errors import FieldProblem
from kfflow.persistence import search
from kfflow.persistence.search import Column, Condition, Kind, Listing, Order, Page, Query

LARGEST_PAGE = 1000
USUAL_PAGE = 100
LARGEST_OFFSET = 1_000_000
MOST_CONDITIONS = 50
INTEGERS = (-(2**31), 2**31 - 1)

_PYTHON: Mapping[Kind, Any] = {
    Kind.KEY: Key,
    Kind.TEXT: Annotated[str, Field(max_length=1000)],
    Kind.TEXTS: Annotated[str, Field(max_length=1000)],
    Kind.INTEGER: Annotated[int, Field(ge=INTEGERS[0], le=INTEGERS[1])],
    Kind.INSTANT: Instant,
    Kind.DAY: Annotated[date, Field(strict=False)],
    Kind.BOOLEAN: bool,
}
_ORDERED = frozenset({Kind.INTEGER, Kind.INSTANT, Kind.DAY})
_SHOWN: Mapping[Kind, Any] = {
    Kind.KEY: Key | None,
    Kind.TEXT: str | None,
    Kind.TEXTS: list[str],
    Kind.INTEGER: int | None,
    Kind.INSTANT: datetime | None,
    Kind.DAY: date | None,
    Kind.BOOLEAN: bool,
    Kind.OBJECT: dict[str, Any],
}


class PageAsked(Body):
    """Which page: from an offset, or after or before a cursor of an earlier answer."""

    from_: Annotated[int, Field(alias="from", ge=0, le=LARGEST_OFFSET)] = 0
    limit: Annotated[int, Field(ge=1, le=LARGEST_PAGE)] = USUAL_PAGE
    after: Annotated[str | None, Field(max_length=100)] = None
    before: Annotated[str | None, Field(max_length=100)] = None


class SearchBody(Body):
    """What every search takes; each list has a shape of its own with its fields."""

    page: PageAsked = PageAsked()
    sort: Sequence[Any] = ()
    filter: Any = None


class PageAnswer(Answer):
    """How many there are in all, and the cursors of this page."""

    total_items: int
    has_more_total_items: bool
    start_cursor: str | None
    end_cursor: str | None


class Search:
    """A list as the API offers it: the shape of its body, of one row, and of a page."""

    def __init__(self, listing: Listing, name: str) -> None:
        self.listing = listing
        self.filter: type[Body] = _filter_of(listing, name)
        self.body: type[SearchBody] = _body_of(listing, name, self.filter)
        self.item: type[BaseModel] = _item_of(listing, name)
        self.answer = create_model(f"{name}Page", __base__=Answer, items=(list[self.item], ...), page=(PageAnswer, ...))  # type: ignore[name-defined]  # a shape made at import

    def query(self, body: SearchBody, *fixed: Condition) -> Query:
        """Give what the body asks for, with conditions that the path adds."""
        narrowed = self.narrowed(body.filter)
        conditions = [*fixed, *narrowed.conditions]
        order = [Order(_snake(self.listing, s.field), s.order in ("DESC", "desc")) for s in body.sort]
        offset = _offset(body.page)
        return Query(conditions, narrowed.any_of, order, offset, _limit(body.page, offset))

    def narrowed(self, asked: Body | None) -> Query:
        """Give what a filter alone asks for, of whatever page and in whatever order."""
        alternatives = [list(_conditions(group)) for group in getattr(asked, "or_", None) or ()]
        return Query(list(_conditions(asked)), alternatives)


def _operators(kind: Kind) -> Any:  # noqa: ANN401 - a type form
    """Give the shape of a filter on a column: a plain value, or an object of operators."""
    plain = _PYTHON[kind]
    if kind is Kind.BOOLEAN:
        return plain
    fields: dict[str, Any] = {
        "eq": (plain | None, Field(None, alias="$eq")),
        "neq": (plain | None, Field(None, alias="$neq")),
        "exists": (bool | None, Field(None, alias="$exists")),
        "in_": (list[plain] | None, Field(None, alias="$in", max_length=LARGEST_PAGE)),  # type: ignore[valid-type]  # made at import
        "not_in": (list[plain] | None, Field(None, alias="$notIn", max_length=LARGEST_PAGE)),  # type: ignore[valid-type]  # as above
    }
    if kind in (Kind.TEXT, Kind.TEXTS):
        fields["like"] = (plain | None, Field(None, alias="$like"))
    if kind in _ORDERED:
        fields |= {o: (plain | None, Field(None, alias=f"${o}")) for o in ("gt", "gte", "lt", "lte")}
    operators = create_model(f"{kind.name.title()}Operators", __base__=Body, **fields)
    return Annotated[operators, BeforeValidator(_as_operators)]


def _as_operators(value: object) -> object:
    return value if isinstance(value, dict) else {"$eq": value}


_FILTERS: Mapping[Kind, Any] = {kind: _operators(kind) for kind in _PYTHON}


def _body_of(listing: Listing, name: str, filter_: type[Body]) -> type[SearchBody]:
    fields: dict[str, Any] = {
        "filter": (filter_ | None, None),
        "sort": (Annotated[list[_sort_of(listing, name)], Field(max_length=10)], Field(default_factory=list)),  # type: ignore[misc]  # a shape made at import
    }
    return create_model(f"{name}Search", __base__=SearchBody, **fields)


def _filter_of(listing: Listing, name: str) -> type[Body]:
    filterable = [c for c in listing.columns if c.filterable and c.kind in _FILTERS]
    fields: dict[str, Any] = {c.name: (_FILTERS[c.kind] | None, None) for c in filterable}
    alternative = create_model(f"{name}Alternative", __base__=Body, **fields)
    several: Any = list[alternative] | None  # type: ignore[valid-type]  # a shape made at import
    fields["or_"] = (several, Field(None, alias="$or", max_length=MOST_CONDITIONS))
    return create_model(f"{name}Filter", __base__=Body, **fields)


def _sort_of(listing: Listing, name: str) -> type[Body]:
    sortable = tuple(to_camel(c.name) for c in listing.columns if c.shown and c.filterable)
    orders: Any = Literal["ASC", "DESC", "asc", "desc"]
    fields: dict[str, Any] = {"field": (Literal[sortable], ...), "order": (orders, "ASC")}
    return create_model(f"{name}Sort", __base__=Body, **fields)


def _item_of(listing: Listing, name: str) -> type[BaseModel]:
    fields: dict[str, Any] = {c.name: (_SHOWN[c.kind], ...) for c in listing.columns if c.shown}
    return create_model(name, __base__=Answer, **fields)


def _conditions(asked: BaseModel | None) -> Iterator[Condition]:
    for name in sorted(asked.model_fields_set) if asked is not None else ():
        given = getattr(asked, name)
        if name == "or_" or given is None:
            continue
        if isinstance(given, bool):
            yield Condition(name, "eq", given)
        else:
            yield from _operations(name, given)


def _operations(name: str, given: BaseModel) -> Iterator[Condition]:
    for operator in sorted(given.model_fields_set):
        value = getattr(given, operator)
        if value is not None:
            yield Condition(name, operator.rstrip("_"), value)


def _snake(listing: Listing, field: str) -> str:
    return next(c.name for c in listing.columns if to_camel(c.name) == field)


def _offset(page: PageAsked) -> int:
    if page.after is not None:
        return search.position_of(page.after, "page.after")
    if page.before is not None:
        return max(search.position_of(page.before, "page.before") - page.limit, 0)
    return page.from_


def _limit(page: PageAsked, offset: int) -> int:
    if page.before is None or page.after is not None:
        return page.limit
    room = search.position_of(page.before, "page.before") - offset
    if room < 1:
        problem = FieldProblem("page.before", "Der er intet før.", "There is nothing before this.", "invalid_cursor")
        raise problems.invalid_fields([problem])
    return room


def paged(listing: Listing, page: Page) -> dict[str, Any]:
    """Give a page of rows as the API shows it."""
    return {
        "items": [shown(listing, item) for item in page.items],
        "page": {
            "totalItems": page.total,
            "hasMoreTotalItems": page.is_capped,
            "startCursor": search.cursor_of(page.offset) if page.items else None,
            "endCursor": search.cursor_of(page.end) if page.items else None,
        },
    }


def shown(listing: Listing, row: Mapping[str, Any]) -> dict[str, Any]:
    """Give one row as the API shows it: camelCase names, keys as strings, instants in UTC."""
    return {to_camel(c.name): _shown(c, row[c.name]) for c in listing.columns if c.shown}


def _shown(column: Column, value: Any) -> Any:  # noqa: ANN401 - a value of any column
    if value is None:
        return None
    return str(value) if column.kind is Kind.KEY else value
