"""The calendars: closed days of a year, what was changed and why, and a change tried before it is made."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import flash, g, make_response, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as AnyResponse

from kfflow.domain.almanac import INSTITUTION, NATIONAL
from kfflow.domain.calendars import read_hours
from kfflow.errors import Conflict, FieldProblem, Forbidden, InvalidInput, KfflowError, NotFound
from kfflow.persistence import keys
from kfflow.persistence.tables import Institution
from kfflow.service import calendar_preview, calendars, definitions
from kfflow.service.calendar_preview import Moved
from kfflow.service.calendars import DayChange, Grounds, Keeping, Wanted
from kfflow.service.context import Context
from kfflow.web.visitor import acting
from kfflow.web.wording import say

UNPROCESSABLE = 422
KEEPING = "foelg"
CALENDARS = {
    "dk": ("Landets: helligdage og weekender lukket", "The country's: closed on holidays and weekends"),
    "dk-kontor": ("Kontordage: også lukket på de sædvanlige fridage", "Office days: closed on customary days off, too"),
    "24/7": ("Åbent alle dage", "Open on every day"),
}
MOST_SHOWN = 200
"""How many deadlines that would move are listed; all are counted."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Of which year and place the closed days are shown; without a place, of the country."""

    year: int
    place: str | None


def page() -> AnyResponse:
    """Show the closed days of a year, every change, and the form for another."""
    return _page(_shown())


def try_change() -> AnyResponse:
    """Show what a change would move, with a button that makes it; what cannot be is refused by field."""
    try:
        wanted, grounds = _asked()
        with acting("prøver kalenderændring") as ctx:
            moved = calendar_preview.would_move(ctx, wanted, grounds)
    except (InvalidInput, Conflict, Forbidden, NotFound) as problem:
        return _page(_shown(), problem=problem)
    return _page(_shown(), moved=moved)


def change() -> AnyResponse:
    """Close the day, open it again, or let the place keep a calendar; running deadlines follow by the workers."""
    try:
        wanted, grounds = _asked()
        with acting("ændrer kalender") as ctx:
            made = calendars.change(ctx, wanted, grounds)
            year = (made.day or made.valid_from or made.at).year
    except (InvalidInput, Conflict, Forbidden, NotFound) as problem:
        return _page(_shown(), problem=problem)
    flash(say("Kalenderen er ændret; fristerne følger.", "The calendar is changed; deadlines follow."), "ok")
    return redirect(url_for("web.calendars", aar=year, sted=grounds.institution), 303)


def _page(shown: Shown, *, moved: Sequence[Moved] | None = None, problem: KfflowError | None = None) -> AnyResponse:
    with acting("kalendere") as ctx:
        year = shown.year or definitions.today(ctx).today.year
        code = INSTITUTION if shown.place else "dk"
        closed = calendars.closed_days(ctx, year, code, shown.place)
        history = list(reversed(calendars.history(ctx)))
        places = _places(ctx)
    problems = problem.fields if isinstance(problem, InvalidInput) else []
    rendered = render_template(
        "pages/calendars.html",
        year=year,
        place=shown.place,
        places=places,
        closed=closed,
        history=history,
        calendars=named_calendars(),
        given=request.form,
        moved=None if moved is None else moved[:MOST_SHOWN],
        count=0 if moved is None else len(moved),
        message=problem.message(g.language) if problem else "",
        problems=[say(f.message_da, f.message_en) for f in problems],
    )
    return make_response(rendered, UNPROCESSABLE if problem else 200)


def named_calendars() -> dict[str, str]:
    """Give the national calendars in words, by code."""
    return {code: say(*CALENDARS.get(code, (code, code))) for code in sorted(NATIONAL)}


def _places(ctx: Context) -> dict[str, str]:
    rows = ctx.session.execute(select(Institution.code, Institution.name).order_by(Institution.name, Institution.code))
    return dict(rows.all())


def _shown() -> Shown:
    source = request.form if request.method == "POST" else request.args
    year = str(source.get("aar") or (source.get("dag") or source.get("fra") or "")[:4])
    number = keys.read(year) or 0
    return Shown(number if number <= date.max.year else 0, source.get("sted") or None)


def _asked() -> tuple[Wanted, Grounds]:
    form = request.form
    grounds = Grounds(form.get("grund", ""), form.get("hjemmel", ""), form.get("sted") or None)
    if form.get("handling") == KEEPING:
        hours = read_hours(form["tider"]) if form.get("tider", "").strip() else None
        valid_from = _day(form["fra"]) if form.get("fra") else None
        valid_to = _day(form["til"]) if form.get("til") else None
        return Keeping(form.get("kalender", ""), hours, valid_from, valid_to), grounds
    day = _day(form.get("dag", ""))
    return DayChange(day, opens=form.get("handling") == "aabn", yearly=form.get("aarligt") == "ja"), grounds


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as wrong:
        problem = FieldProblem("day", "Skriv datoen som ÅÅÅÅ-MM-DD.", "Write the date as YYYY-MM-DD.")
        raise InvalidInput("Dagen kan ikke læses.", "The day cannot be read.", fields=[problem]) from wrong
