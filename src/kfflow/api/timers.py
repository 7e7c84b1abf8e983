"""Timers: search, and another due date for one that still waits."""

from typing import Annotated, Any

from pydantic import Field

from kfflow.api.operations import Call, Operations
from kfflow.api.searching import Search, SearchBody, paged, shown
from kfflow.api.shapes import Body, Instant
from kfflow.persistence.listings import TIMERS
from kfflow.service import search, timers
from kfflow.service.context import Context

operations = Operations("Timers (kfflow)")
found = Search(TIMERS, "Timer")


class NewDueDate(Body):
    """When the timer is due instead, and why: both stand in the case's history."""

    due_date: Instant
    reason: Annotated[str, Field(min_length=1, max_length=500)]


@operations.post("/kf/timers/search", "Search timers", found.body, found.answer)
def find(ctx: Context, call: Call[SearchBody]) -> dict[str, Any]:
    return paged(TIMERS, search.find(ctx, TIMERS, found.query(call.body)))


@operations.add("PUT", "/kf/timers/{timerKey}/due-date", "Move a timer to another due date", NewDueDate, found.item)
def reschedule(ctx: Context, call: Call[NewDueDate]) -> dict[str, Any]:
    timers.reschedule(ctx, call.key, call.body.due_date, call.body.reason)
    return shown(TIMERS, search.get(ctx, TIMERS, call.key, "Timer"))
