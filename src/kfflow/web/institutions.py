"""The institutions: places by regime and what runs at each, and putting one in another area."""

from collections.abc import Mapping

from flask import flash, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from kfflow.domain.authorization import Permission
from kfflow.errors import Conflict, InvalidInput, KfflowError
from kfflow.service import institutions
from kfflow.service.institutions import Rehomed
from kfflow.service.places import REGIMES
from kfflow.web.visitor import acting
from kfflow.web.wording import say

UNPROCESSABLE = 422
KINDS = {
    "aabent": ("Åbent fængsel", "Open prison"),
    "lukket": ("Lukket fængsel", "Closed prison"),
    "blandet": ("Åbent og lukket fængsel", "Open and closed prison"),
    "arrest": ("Arresthus", "Local prison"),
}


def overview() -> str:
    """List the institutions with their places and what runs there."""
    with acting("institutioner") as ctx:
        known = institutions.overview(ctx)
    return render_template("pages/institutions.html", institutions=known, regimes=_regimes(), kinds=_kinds())


def one(code: str) -> AnyResponse:
    """Show one institution, and to administrators the form that puts it in another area."""
    return _page(code)


def move(code: str) -> AnyResponse:
    """Put the institution in the area given, for the reason given; a refusal shows the page again."""
    try:
        with acting("flytter institution") as ctx:
            area, reason = request.form.get("omraade", ""), request.form.get("grund", "")
            is_new = bool(request.form.get("nyt"))
            moved = institutions.move_to_area(ctx, code, area, reason=reason, is_new=is_new)
    except (InvalidInput, Conflict) as problem:
        return _page(code, problem)
    flash(_told(moved), "ok")
    return redirect(url_for("web.institution", code=code), 303)


def _told(moved: Rehomed) -> str:
    return say(
        f"{moved.code} ligger nu i {moved.area}; {moved.cases} sager og {moved.tasks} opgaver fulgte med.",
        f"{moved.code} is in {moved.area} now; {moved.cases} cases and {moved.tasks} tasks went along.",
    )


def _page(code: str, problem: KfflowError | None = None) -> AnyResponse:
    with acting("institution") as ctx:
        shown, areas = institutions.get(ctx, code), institutions.areas(ctx)
        going = institutions.would_move(ctx, code) if g.visitor.may(Permission.ADMINISTER) else None
    fields = problem.fields if isinstance(problem, InvalidInput) else ()
    rendered = render_template(
        "pages/institution.html",
        one=shown,
        areas=areas,
        going=going,
        regimes=_regimes(),
        kinds=_kinds(),
        given=request.form,
        message=problem.message(g.language) if problem else "",
        problems={f.field: say(f.message_da, f.message_en) for f in fields},
    )
    return make_response(rendered, UNPROCESSABLE if problem else 200)


def _regimes() -> Mapping[str, str]:
    return {code: say(*words) for code, words in REGIMES.items()}


def _kinds() -> Mapping[str, str]:
    return {code: say(*words) for code, words in KINDS.items()}
