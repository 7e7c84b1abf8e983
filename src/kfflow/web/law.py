"""The law as data: what is in force on a day, each change of law, whom it reaches, and how far cases have followed."""

from datetime import date

from flask import flash, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from kfflow.domain.authorization import Permission
from kfflow.domain.law import WORDS, Transition
from kfflow.errors import Conflict, InvalidInput, KfflowError
from kfflow.persistence import law_list, validity
from kfflow.service import access, calendars_in_force, definitions, law, law_batches, law_preview, search
from kfflow.service.batch_operations import FOLLOW_LAW
from kfflow.service.law import Following, Way
from kfflow.web.calendars import named_calendars
from kfflow.web.visitor import acting
from kfflow.web.wording import say

UNPROCESSABLE = 422
_KINDS = {
    "process": ("Processer", "Processes"),
    "decision": ("Beslutningstabeller", "Decision tables"),
    "form": ("Formularer", "Forms"),
    "letter": ("Breve", "Letters"),
}
_WAYS = {
    Way.MIGRATE: ("Flyttes til den nye version", "Moves to the new version"),
    Way.RECKON_ANEW: ("Beregnes igen", "Is reckoned anew"),
    Way.NEXT_EVALUATION: ("Ved næste opslag, af sig selv", "At the next evaluation, by itself"),
}


def in_force() -> AnyResponse:
    """Show what a case of a day gets, today unless the query says another, and the changes of law."""
    asked, message = request.args.get("dag", ""), ""
    with acting("gældende ret") as ctx:
        day = definitions.today(ctx).today
        try:
            day = date.fromisoformat(asked) if asked else day
        except ValueError:
            message = say(f"»{asked}« er ikke en dato.", f'"{asked}" is no date.')
        kinds = [(kind, search.in_force(ctx, table, day)) for kind, table in validity.KINDS.items()]
        changes = law_list.published(ctx.session)
        kept = calendars_in_force.in_force(ctx, day)
        about_day = calendars_in_force.changes_for(ctx, day)
    shown = render_template(
        "pages/law.html",
        chosen=day,
        message=message,
        kinds=[(say(*_KINDS[kind]), rows) for kind, rows in kinds],
        changes=changes,
        kept=kept,
        about_day=about_day,
        calendars=named_calendars(),
        name_of=validity.name_of,
        title_of=validity.title_of,
        rules=_rules(),
    )
    return make_response(shown, UNPROCESSABLE if message else 200)


def change(key: int) -> str:
    """Show one change of law: what it put in force, which running cases it names, and how far they are."""
    return _page(key)


def _page(key: int, message: str = "") -> str:
    with acting("lovændring") as ctx:
        access.require(ctx, Permission.READ_DEFINITION)
        published = law_list.published(ctx.session, key)
        if not published:
            raise access.not_found(f"Deployment {key}")
        may_ask = g.visitor.may(Permission.PREVIEW_LAW)
        named = law_preview.of_deployment(ctx, Following(key)) if may_ask else None
        versions = validity.of_deployment(ctx.session, key)
        followed = law_list.applications(ctx.session, FOLLOW_LAW.name, key)
        has_begun = all(one.gyldig_fra is None or one.gyldig_fra <= definitions.today(ctx).today for one in published)
    return render_template(
        "pages/law_change.html",
        change=published[0],
        versions=versions,
        named=named,
        to_follow=[one for one in named or () if one.way is not Way.NEXT_EVALUATION],
        followed=followed,
        has_begun=has_begun,
        message=message,
        message_name=law.RECKON_ANEW,
        name_of=validity.name_of,
        title_of=validity.title_of,
        rules=_rules(),
        ways=ways(),
    )


def apply(key: int) -> AnyResponse:
    """Let the running cases follow that a change names, as a batch that the workers take."""
    try:
        with acting("lovændring følges") as ctx:
            made = law_batches.apply(ctx, _following(key), reason=request.form.get("grund", ""))
            count = made.frozen_count
    except (Conflict, InvalidInput) as problem:
        return make_response(_page(key, _told(problem)), UNPROCESSABLE)
    flash(say(f"{count} sager følger nu loven.", f"{count} cases follow the law now."), "ok")
    return redirect(url_for("web.law_change", key=key), 303)


def _following(key: int) -> Following:
    message = request.form.get("besked", "").strip() or law.RECKON_ANEW
    return Following(key, message, request.form.get("indhent", "").split())


def _told(problem: KfflowError) -> str:
    fields = problem.fields if isinstance(problem, InvalidInput) else ()
    return " ".join([problem.message(g.language), *(say(f.message_da, f.message_en) for f in fields)])


def ways() -> dict[Way, str]:
    """Give in words how a case may follow."""
    return {way: say(*words) for way, words in _WAYS.items()}


def _rules() -> dict[str, str]:
    return {rule: say(*WORDS[Transition(rule)]) for rule in Transition}
