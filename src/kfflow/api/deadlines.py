"""Deadlines: search, and the reckoning of one in words with its ledger."""

from datetime import datetime
from typing import Any

from kfflow.api.operations import Call, Operations
from kfflow.api.searching import Search, SearchBody, paged, shown
from kfflow.api.shapes import Answer, Nothing
from kfflow.persistence.listings import DEADLINES
from kfflow.persistence.tables import Deadline, DeadlineEntry
from kfflow.service import search
from kfflow.service.context import Context

operations = Operations("Deadlines (kfflow)")
found = Search(DEADLINES, "Deadline")


class LedgerLine(Answer):
    """Who did what to a deadline, when, why and on which basis."""

    kind: str
    at: datetime
    actor: str
    due_at: datetime
    reason: str
    hjemmel: str


class Explanation(Answer):
    """How a deadline came about, step by step in Danish and English, and what has happened to it since."""

    deadline: dict[str, Any]
    steps: list[Any]
    ledger: list[LedgerLine]


@operations.post("/kf/deadlines/search", "Search deadlines", found.body, found.answer)
def find(ctx: Context, call: Call[SearchBody]) -> dict[str, Any]:
    return paged(DEADLINES, search.find(ctx, DEADLINES, found.query(call.body)))


@operations.get("/kf/deadlines/{deadlineKey}/explanation", "Explain a deadline", Explanation)
def explain(ctx: Context, call: Call[Nothing]) -> Explanation:
    row = search.get(ctx, DEADLINES, call.key, "Frist")
    deadline = ctx.session.get_one(Deadline, call.key)
    return Explanation(
        deadline=shown(DEADLINES, row),
        steps=deadline.explanation,
        ledger=[_line(entry) for entry in search.ledger(ctx, call.key)],
    )


def _line(entry: DeadlineEntry) -> LedgerLine:
    return LedgerLine(
        kind=entry.kind,
        at=entry.at,
        actor=entry.actor,
        due_at=entry.due_at,
        reason=entry.reason,
        hjemmel=entry.hjemmel,
    )
