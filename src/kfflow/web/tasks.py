"""What one does with a task from the pane: take it, put it back, hand it over, save a draft, complete it."""

from urllib.parse import parse_qsl, urlsplit

from flask import flash, g, jsonify, make_response, redirect, request, url_for
from jinja2_fragments.flask import render_block
from werkzeug.wrappers import Response

from kfflow.domain import forms as domain_forms
from kfflow.domain.forms import Form
from kfflow.errors import Conflict, EngineFailure, Forbidden, InvalidInput, KfflowError
from kfflow.service import forms, letter_drafts, tasks, telling
from kfflow.service.context import Context
from kfflow.web import form_fields, inbox, pane, pdf
from kfflow.web.visitor import acting, own_path
from kfflow.web.wording import moment, say

UNPROCESSABLE = 422


def _back(key: int) -> str:
    return own_path(request.form.get("tilbage"), url_for("web.inbox", sel=key))


def claim(key: int) -> Response:
    with acting("tager opgaven") as ctx:
        tasks.claim(ctx, key)
    flash(say("Opgaven er nu din.", "The task is yours."), "ok")
    return redirect(_back(key), 303)


def release(key: int) -> Response:
    with acting("lægger opgaven tilbage") as ctx:
        tasks.unassign(ctx, key)
    flash(say("Opgaven er lagt tilbage.", "The task was put back."), "ok")
    return redirect(_back(key), 303)


def hand_over(key: int) -> Response:
    """Give the task to a colleague."""
    with acting("fordeler opgaven") as ctx:
        task = tasks.assign(ctx, key, assignee=request.form.get("assignee", ""))
        who = telling.name_of(ctx, task.assignee)
    flash(say(f"Opgaven er givet til {who}.", f"The task was given to {who}."), "ok")
    return redirect(_back(key), 303)


def complete(key: int) -> Response:
    """Complete the task with the form's answers; a refusal shows the page again with everything that was typed."""
    sent = form_fields.received(request.form.to_dict(flat=False))
    changed = _changed_list(key, sent)
    if changed is not None:
        return _again(key, pane.Refused(changed), 200)
    try:
        with acting("fuldfører opgaven") as ctx:
            task = tasks.get(ctx, key)
            form = forms.for_task(ctx, task)
            answers = domain_forms.read_html(form, sent) if form else {}
            following = _next_key(ctx, key) if request.form.get("naeste") else None
            tasks.complete(ctx, key, variables=answers)
    except InvalidInput as problem:
        words = form_fields.words_of(problem.fields)
        return _again(key, pane.Refused(sent, problem.message(g.language), words), UNPROCESSABLE)
    except (Conflict, Forbidden, EngineFailure) as problem:
        return _again(key, pane.Refused(sent, problem.message(g.language)), problem.status)
    flash(say("Opgaven er fuldført.", "The task is completed."), "ok")
    return redirect(_after(following), 303)


def _changed_list(key: int, sent: form_fields.Sent) -> form_fields.Sent | None:
    """Give what was sent with an item more or less, when that is what the button asked for."""
    if request.form.get("fjern"):
        return form_fields.without_item(sent, request.form["fjern"])
    if request.form.get("tilfoej"):
        with acting("udfylder formularen") as ctx:
            form = forms.for_task(ctx, tasks.get(ctx, key))
        return form_fields.with_item(form, sent, request.form["tilfoej"]) if form else None
    return None


def _arguments(key: int) -> dict[str, str]:
    """Read the state of the list that the form was opened from."""
    given = dict(parse_qsl(urlsplit(own_path(request.form.get("tilbage"), "")).query))
    return {**{name: given[name] for name in inbox.PARAMETERS if name in given}, "sel": str(key)}


def _next_key(ctx: Context, key: int) -> int | None:
    """Give the task that stands after this one in the list that the visitor came from."""
    keys = [row.key for row in inbox.gather_rows(ctx, _arguments(key))]
    if key not in keys:
        return keys[0] if keys else None
    place = keys.index(key)
    others = keys[place + 1 :] + keys[:place]
    return others[0] if others else None


def _after(following: int | None) -> str:
    arguments: dict[str, str] = {k: v for k, v in _arguments(0).items() if k != "sel"}
    if following is not None:
        arguments["sel"] = str(following)
    return url_for("web.inbox", **arguments)  # type: ignore[arg-type]  # Flask takes any value


def _again(key: int, refused: pane.Refused, status: int) -> Response:
    """Show the inbox with the refused form, so that nothing typed is lost."""
    with acting("opgave i indbakken") as ctx:
        page = inbox.gather(ctx, _arguments(key), refused)
        people = inbox.offered(ctx, page.pane)
    return make_response(inbox.show(page, people), status)


def save_draft(key: int) -> Response:
    """Keep the fields that changed since the last save; the rest of the draft stays."""
    changed = form_fields.received(request.form.to_dict(flat=False))
    try:
        with acting("gemmer kladde") as ctx:
            task = tasks.get(ctx, key)
            merged = {**pane.drafted(task), **changed}
            saved = tasks.save_draft(ctx, key, {pane.DRAFT: merged})
    except KfflowError as problem:
        return make_response(jsonify(message=problem.message(g.language)), problem.status)
    return jsonify(savedAt=moment(saved.draft_saved_at))


def letter(key: int) -> Response:
    """Show a letter that the task prepares, the first or that of `nr`, with what is typed so far; nothing is stored."""
    sent = form_fields.received(request.form.to_dict(flat=False))
    try:
        with acting("ser brevet, før det udsendes") as ctx:
            task = tasks.get(ctx, key)
            tasks.require_worker(ctx, task)
            form = forms.for_task(ctx, task)
            answers = domain_forms.read_html(form, sent) if form else {}
            made = letter_drafts.of_task(ctx, task, answers, number=request.args.get("nr", 0, int))
    except EngineFailure as problem:
        raise Conflict(problem.message_da, problem.message_en) from None
    return pdf.shown(made.content)


def fields(key: int) -> str:
    """Show the form's fields anew for what is typed so far: conditions are judged on the server."""
    sent = form_fields.received(request.form.to_dict(flat=False))
    with acting("udfylder formularen") as ctx:
        task = tasks.get(ctx, key)
        form: Form | None = forms.for_task(ctx, task)
        filled = pane.filling_of(ctx, task, form, pane.Refused(sent)) if form else None
        controls = filled.controls() if filled else ()
    return render_block("parts/fields.html", "fields", controls=controls, url=url_for("web.fields", key=key))
