"""Changing one deadline from its case's page: extending, pausing and resuming it."""

from flask import flash, g, redirect, request, url_for
from werkzeug.wrappers import Response

from kfflow.errors import InvalidInput, KfflowError
from kfflow.persistence.tables import Case, Deadline
from kfflow.service import deadlines
from kfflow.service.context import Context
from kfflow.web.visitor import acting
from kfflow.web.wording import moment, say


def change_deadline(key: int) -> Response:
    """Extend, pause or resume a deadline, as the pressed button says, and go back to its case; a refusal says why."""
    try:
        with acting("ændrer frist") as ctx:
            changed = _change(ctx, key, request.form.get("handling", ""))
            number, due = ctx.session.get_one(Case, changed.case_key).number, moment(changed.due_at)
        flash(say(f"Fristen er ændret; den udløber {due}.", f"The deadline is changed; it expires {due}."), "ok")
    except KfflowError as refused:
        number = _number_of(key)
        flash(_words(refused), "error")
    return redirect(url_for("web.case", number=number) + "#frister", 303)


def _change(ctx: Context, key: int, act: str) -> Deadline:
    reason, hjemmel = request.form.get("begrundelse", ""), request.form.get("hjemmel", "")
    match act:
        case "pause":
            return deadlines.pause(ctx, key, reason=reason, hjemmel=hjemmel)
        case "genoptag":
            return deadlines.resume(ctx, key, reason=reason)
        case _:
            return deadlines.extend(ctx, key, request.form.get("til", ""), reason=reason, hjemmel=hjemmel)


def _number_of(key: int) -> str:
    """Give the case of a deadline whose change was refused; raises NotFound when the visitor may not know of it."""
    with acting("ændrer frist") as ctx:
        return deadlines.case_of(ctx, key).number


def _words(refused: KfflowError) -> str:
    fields = refused.fields if isinstance(refused, InvalidInput) else ()
    details = " ".join(say(problem.message_da, problem.message_en) for problem in fields)
    return f"{refused.message(g.language)} {details}".strip()
