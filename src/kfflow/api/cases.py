"""Cases: what process instances belong to, and what has happened in them."""

from typing import Any

from kfflow.api.operations import Call, Operations
from kfflow.api.searching import Search, SearchBody, paged, shown
from kfflow.api.shapes import Nothing
from kfflow.persistence.listings import CASES, HISTORY
from kfflow.persistence.search import Condition, Query
from kfflow.service import cases, search
from kfflow.service.context import Context

operations = Operations("Cases (kfflow)")
found = Search(CASES, "Case")
history_found = Search(HISTORY, "HistoryEvent")
LONGEST_HISTORY = 1000


@operations.post("/kf/cases/search", "Search cases", found.body, found.answer)
def find(ctx: Context, call: Call[SearchBody]) -> dict[str, Any]:
    return paged(CASES, search.find(ctx, CASES, found.query(call.body)))


@operations.get("/kf/cases/{caseNumber}", "Get a case by its number", found.item)
def get(ctx: Context, call: Call[Nothing]) -> dict[str, Any]:
    case = cases.get(ctx, call.path["caseNumber"])
    return shown(CASES, search.get(ctx, CASES, case.key, "Sag"))


@operations.get("/kf/cases/{caseNumber}/history", "Get what has happened in a case, oldest first", history_found.answer)
def history(ctx: Context, call: Call[Nothing]) -> dict[str, Any]:
    """At most 1,000 lines; the rest is found by `POST /kf/history/search`."""
    case = cases.get(ctx, call.path["caseNumber"])
    of_case = Query([Condition("case_number", "eq", case.number)], limit=LONGEST_HISTORY)
    return paged(HISTORY, search.find(ctx, HISTORY, of_case))


@operations.post("/kf/history/search", "Search what has happened", history_found.body, history_found.answer)
def find_history(ctx: Context, call: Call[SearchBody]) -> dict[str, Any]:
    return paged(HISTORY, search.find(ctx, HISTORY, history_found.query(call.body)))
