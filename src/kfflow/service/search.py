"""Searching and looking up for programs: who may look into which list, and that it was looked into.

Read-only. What an actor sees of cases is written to the audit log with the keys of the rows shown.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from kfflow.domain import authorization
from kfflow.domain.authorization import Permission
from kfflow.domain.law import Days
from kfflow.persistence import search, validity
from kfflow.persistence.scope import scope_of
from kfflow.persistence.search import Condition, Listing, Page, Query
from kfflow.persistence.tables import Form
from kfflow.persistence.validity import V
from kfflow.service import access, audit
from kfflow.service.batch_operations import seen_by
from kfflow.service.context import Context

_CASE_DATA = (Permission.READ_CASE,)
_READERS: Mapping[str, tuple[Permission, ...]] = {
    "process-definition": (Permission.READ_DEFINITION,),
    "decision-definition": (Permission.READ_DEFINITION,),
    "resource": (Permission.READ_DEFINITION,),
    "job": (Permission.WORK_JOB, Permission.READ_CASE),
    "timer": (Permission.RESCHEDULE_TIMER, Permission.READ_CASE),
    "batch-operation": (Permission.READ_BATCH,),
    "batch-operation-item": (Permission.READ_BATCH,),
    "incident": (Permission.RESOLVE_INCIDENT, Permission.READ_CASE),
}
"""One of these permissions opens a list; every other list takes the right to read cases."""


_OF_BATCHES = frozenset({"batch-operation", "batch-operation-item"})


def _narrowed(ctx: Context, listing: Listing, query: Query) -> Query:
    """Give the query within what the actor's roles open of the list."""
    if listing.name not in _OF_BATCHES:
        return query
    seen = Condition("operation_type", "in", seen_by(ctx.actor))
    return replace(query, conditions=[*query.conditions, seen])


def find(ctx: Context, listing: Listing, query: Query) -> Page:
    """Give one page of what the actor may see; raises Forbidden when the list is closed to the actor's roles."""
    _require(ctx, listing)
    query = _narrowed(ctx, listing, query)
    page = search.find(ctx.session, listing, query, scope_of(ctx.actor))
    if listing.case_key is not None:
        keys = [str(item[listing.key.name]) for item in page.items]
        audit.record(ctx, f"api:{listing.name}:search", listing.name, data={"keys": keys, "asked": _asked(query)})
    return page


def get(ctx: Context, listing: Listing, key: int, what: str) -> Mapping[str, Any]:
    """Give one row; raises NotFound, naming `what`, when there is none that the actor may see."""
    _require(ctx, listing)
    row = search.find_one(ctx.session, listing, key, scope_of(ctx.actor))
    if row is None or (listing.name in _OF_BATCHES and row["operation_type"] not in seen_by(ctx.actor)):
        raise access.not_found(f"{what} {key}")
    if listing.case_key is not None:
        audit.record(ctx, f"api:{listing.name}:read", str(key), case_key=row["_case_key"])
    return row


def rows_of(ctx: Context, listing: Listing, keys: list[int]) -> list[Mapping[str, Any]]:
    """Give the rows with these keys that the actor may see, in the order of the keys."""
    wanted = Query(conditions=[Condition(listing.key.name, "in", keys)], limit=max(len(keys), 1))
    return find(ctx, listing, wanted).items


def _require(ctx: Context, listing: Listing) -> None:
    needed = _READERS.get(listing.name, _CASE_DATA)
    if not any(authorization.permits(ctx.actor, permission) for permission in needed):
        access.require(ctx, needed[0])


def _asked(query: Query) -> list[str]:
    """Give the columns that were filtered on; what was looked for may be personal and is not kept."""
    return sorted({c.column for group in (query.conditions, *query.any_of) for c in group})


def in_force(ctx: Context, table: type[V], day: date) -> list[V]:
    """Give of each process, decision or form the version that a case of this day gets, by name."""
    access.require(ctx, Permission.READ_DEFINITION)
    return validity.all_in_force(ctx.session, table, Days.on(day))


def form(ctx: Context, key: int) -> Form:
    """Give a deployed form; raises NotFound when there is none with this key."""
    access.require(ctx, Permission.READ_DEFINITION)
    row = ctx.session.get(Form, key)
    if row is None:
        raise access.not_found(f"Formular {key}")
    return row
