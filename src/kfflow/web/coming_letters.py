"""Letters that a case can still come to, each to be seen as a draft before anything is issued."""

from flask import Response, render_template

from kfflow.errors import Conflict, EngineFailure
from kfflow.persistence import case_view
from kfflow.service import cases, letter_drafts
from kfflow.web.pdf import shown
from kfflow.web.visitor import acting

READING_REASON = "ser kommende breve"


def overview(number: str) -> str:
    """List the letters by the process that will make them, with what is not known of each yet."""
    with acting(READING_REASON) as ctx:
        found = cases.get(ctx, number, reason=READING_REASON)
        head, coming = case_view.head(ctx.session, found.key), letter_drafts.ahead(ctx, found)
    processes = {one.process: [other for other in coming if other.process == one.process] for one in coming}
    return render_template("pages/coming_letters.html", head=head, processes=processes)


def draft(number: str, letter_id: str) -> Response:
    """Show one of them as a draft."""
    try:
        with acting("ser kladde til brev") as ctx:
            made = letter_drafts.preview(ctx, cases.get(ctx, number, reason="kladde til brev"), letter_id)
    except EngineFailure as problem:
        raise Conflict(problem.message_da, problem.message_en) from None
    return shown(made.content)
