"""Cases: what process instances belong to, and what has happened in them."""

from typing import Any

from kfflow.api.operations import Call, File, Operations
from kfflow.api.searching import Search, SearchBody, paged, shown
from kfflow.api.shapes import Answer, Nothing
from kfflow.persistence.listings import CASES, HISTORY
from kfflow.persistence.search import Condition, Query
from kfflow.service import cases, letter_drafts, search
from kfflow.service.context import Context

operations = Operations("Cases (kfflow)")
found = Search(CASES, "Case")
history_found = Search(HISTORY, "HistoryEvent")
LONGEST_HISTORY = 1000


class BlankAnswer(Answer):
    """Something that a letter shows and nobody has said yet, in Danish and English."""

    danish: str
    english: str


class ComingLetter(Answer):
    """A letter that the case can still come to; the id holds as long as the case stands where it stands."""

    letter_id: str
    template_id: str
    title: str
    recipient: str | None
    process_name: str
    element_id: str
    element_name: str
    legal_basis: str | None
    blank: list[BlankAnswer]


class ComingLetters(Answer):
    items: list[ComingLetter]


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


@operations.get("/kf/cases/{caseNumber}/coming-letters", "List the letters that a case can still issue", ComingLetters)
def coming_letters(ctx: Context, call: Call[Nothing]) -> ComingLetters:
    """Those of each running process, the nearest first; protected ones only for who may open them."""
    case = cases.get(ctx, call.path["caseNumber"])
    return ComingLetters(items=[_coming(one) for one in letter_drafts.ahead(ctx, case)])


def _coming(one: letter_drafts.LetterAhead) -> ComingLetter:
    return ComingLetter(
        letter_id=one.id,
        template_id=one.wanted.letter_id,
        title=one.title,
        recipient=one.recipient,
        process_name=one.process,
        element_id=one.element.id,
        element_name=one.element.name,
        legal_basis=one.element.hjemmel,
        blank=[BlankAnswer(danish=da, english=en) for da, en in one.blank],
    )


@operations.get("/kf/cases/{caseNumber}/coming-letters/{letterId}", "Get such a letter as a draft, in PDF", File)
def coming_letter(ctx: Context, call: Call[Nothing]) -> File:
    """Marked as a draft and stored nowhere; what is not known yet is named in it. The reading is audited."""
    made = letter_drafts.preview(ctx, cases.get(ctx, call.path["caseNumber"]), call.path["letterId"])
    return File(made.content, made.media_type)
