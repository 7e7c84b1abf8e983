"""Deadlines: search, the reckoning of one in words with its ledger, and what people change of one."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from kfflow.api.operations import Call, Operations
from kfflow.api.searching import Search, SearchBody, paged, shown
from kfflow.api.shapes import Answer, Body, Nothing
from kfflow.persistence.listings import DEADLINES
from kfflow.persistence.tables import Deadline
from kfflow.service import deadlines, ledgers, search
from kfflow.service.context import Context
from kfflow.service.ledgers import Told

operations = Operations("Deadlines (kfflow)")
found = Search(DEADLINES, "Deadline")

LONGEST_REASON = 500
_ONE = "/kf/deadlines/{deadlineKey}"
Reason = Annotated[str, Field(min_length=1, max_length=LONGEST_REASON)]
Basis = Annotated[str, Field(max_length=LONGEST_REASON)]


class Step(Answer):
    """One step of the reckoning and the instant it came to, in Danish and English."""

    at: datetime
    text_da: str
    text_en: str


class LedgerLine(Answer):
    """Who did what to a deadline, when, why and on which basis; as data, and as a sentence in Danish and English."""

    kind: str
    at: datetime
    actor: str
    due_at: datetime | None
    warn_at: datetime | None
    rule: str | None
    reason: str
    hjemmel: str
    text_da: str
    text_en: str


class Explanation(Answer):
    """How a deadline came about, step by step in Danish and English, and what has happened to it since."""

    deadline: dict[str, Any]
    steps: list[Step]
    ledger: list[LedgerLine]


class Extension(Body):
    """By how much (`5 AD`, `P1M`: counted on from the due instant) or to when (ISO 8601), and why.

    A date counts to its end; both lie in the years 1900 to 2199. A deadline of the law takes a legal basis.
    """

    to: Annotated[str, Field(min_length=1, max_length=100)]
    reason: Reason
    hjemmel: Basis = ""


class Change(Body):
    """Why, and on which legal basis; a deadline of the law takes one to stand still."""

    reason: Reason
    hjemmel: Basis = ""


class Resumption(Body):
    reason: Reason


@operations.post("/kf/deadlines/search", "Search deadlines", found.body, found.answer)
def find(ctx: Context, call: Call[SearchBody]) -> dict[str, Any]:
    return paged(DEADLINES, search.find(ctx, DEADLINES, found.query(call.body)))


@operations.get(f"{_ONE}/explanation", "Explain a deadline", Explanation)
def explain(ctx: Context, call: Call[Nothing]) -> Explanation:
    row = search.get(ctx, DEADLINES, call.key, "Frist")
    deadline = ctx.session.get_one(Deadline, call.key)
    steps = [Step(**{**step, "at": datetime.fromisoformat(step["at"])}) for step in deadline.explanation]
    lines = [_line(line) for line in ledgers.told(ctx, [call.key])[call.key]]
    return Explanation(deadline=shown(DEADLINES, row), steps=steps, ledger=lines)


@operations.post(f"{_ONE}/extension", "Extend a deadline", Extension)
def extend(ctx: Context, call: Call[Extension]) -> None:
    deadlines.extend(ctx, call.key, call.body.to, reason=call.body.reason, hjemmel=call.body.hjemmel)


@operations.post(f"{_ONE}/pause", "Let a deadline stand still", Change)
def pause(ctx: Context, call: Call[Change]) -> None:
    deadlines.pause(ctx, call.key, reason=call.body.reason, hjemmel=call.body.hjemmel)


@operations.post(f"{_ONE}/resumption", "Let a deadline run on", Resumption)
def resume(ctx: Context, call: Call[Resumption]) -> None:
    deadlines.resume(ctx, call.key, reason=call.body.reason)


def _line(told: Told) -> LedgerLine:
    entry = told.entry
    return LedgerLine(
        kind=entry.kind,
        at=entry.at,
        actor=entry.actor,
        due_at=entry.due_at,
        warn_at=entry.warn_at,
        rule=entry.rule,
        reason=entry.reason,
        hjemmel=entry.hjemmel,
        text_da=told.text_da,
        text_en=told.text_en,
    )
