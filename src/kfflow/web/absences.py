"""Who is away: one's own days, those of the staff that one looks after, and the tasks they hold meanwhile."""

from datetime import date

from flask import flash, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from kfflow.errors import Conflict, FieldProblem, InvalidInput, KfflowError
from kfflow.service import absences
from kfflow.service.absences import Absence
from kfflow.service.context import Context
from kfflow.service.tasks import Reassigned
from kfflow.web.visitor import acting
from kfflow.web.wording import day, say

UNPROCESSABLE = 422
INPUTS = {"from": "fra", "until": "til"}


def overview() -> AnyResponse | str:
    """List who of one's staff is away or will be; who is chosen opens on their own page."""
    chosen = request.args.get("hvem", "").strip()
    if chosen:
        return redirect(url_for("web.absence", username=chosen), 303)
    with acting("fravær") as ctx:
        away, staff = absences.overview(ctx), absences.staff(ctx)
    return render_template("pages/absences.html", away=away, staff=staff, words_of=words_of)


def one(username: str) -> AnyResponse:
    """Show the absence of one person, with the form that tells another and what they hold."""
    return _page(username)


def tell(username: str) -> AnyResponse:
    """Tell or end the absence, or put back what is held, as the pressed button says; a refusal shows the page again."""
    try:
        with acting("fravær") as ctx:
            _act(ctx, username)
    except (InvalidInput, Conflict) as problem:
        return _page(username, problem)
    return redirect(url_for("web.absence", username=username), 303)


def _act(ctx: Context, username: str) -> None:
    match request.form.get("handling", ""):
        case "slut":
            absences.end(ctx, username)
            flash(say("Fraværet er slettet.", "The absence is taken off."), "ok")
        case "laeg-tilbage":
            _tell_fared(absences.put_back(ctx, username))
        case _:
            told = absences.tell(ctx, username, *_days())
            flash(f"{told.name}: {words_of(told)}.", "ok")


def _tell_fared(fared: list[Reassigned]) -> None:
    moved = sum(one.ok for one in fared)
    flash(say(f"{moved} opgaver er lagt tilbage.", f"{moved} tasks were put back."), "ok")
    for refused in [one for one in fared if not one.ok]:
        flash(f"{refused.key}: {refused.message}", "warn")


def _days() -> tuple[date, date | None]:
    """Read both days; raises InvalidInput naming those that are none."""
    given = {field: request.form.get(name, "").strip() for field, name in INPUTS.items()}
    problems = [FieldProblem(field, *_NO_DAY) for field, text in given.items() if not _is_day(text, field)]
    if problems:
        raise InvalidInput("Fraværet kan ikke registreres.", "The absence cannot be told.", fields=problems)
    return date.fromisoformat(given["from"]), date.fromisoformat(given["until"]) if given["until"] else None


_NO_DAY = ("Skriv datoen som ÅÅÅÅ-MM-DD.", "Write the date as YYYY-MM-DD.", "date")


def _is_day(text: str, field: str) -> bool:
    if not text:
        return field == "until"
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def words_of(absence: Absence) -> str:
    """Give on which days, `fraværende 01.12.2026–05.12.2026`."""
    if absence.first is None:
        return say("ikke meldt fraværende", "no absence told")
    if absence.last is None:
        return say(f"fraværende fra {day(absence.first)} indtil videre", f"away from {day(absence.first)} on")
    span = f"{day(absence.first)}–{day(absence.last)}"
    return say(f"fraværende {span}", f"away {span}")


def _page(username: str, problem: KfflowError | None = None) -> AnyResponse:
    with acting("fravær") as ctx:
        shown = absences.get(ctx, username)
    fields = problem.fields if isinstance(problem, InvalidInput) else ()
    rendered = render_template(
        "pages/absence.html",
        one=shown,
        told=words_of(shown),
        given=request.form,
        inputs=INPUTS,
        message=problem.message(g.language) if problem else "",
        problems={f.field: say(f.message_da, f.message_en) for f in fields},
    )
    return make_response(rendered, UNPROCESSABLE if problem else 200)
