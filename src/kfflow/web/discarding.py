"""Throwing a draft away: what would be lost is shown first, and a colleague's newer one is kept."""

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from kfflow.errors import Conflict
from kfflow.persistence import keys
from kfflow.service import access, drafts
from kfflow.web import designer, text_drafts
from kfflow.web.text_drafts import Refusal
from kfflow.web.visitor import acting
from kfflow.web.wording import say

CONFLICT = 409


def page(resource: str) -> str:
    return _page(resource)


def _page(resource: str, refused: Refusal | None = None) -> str:
    designer.require_name(resource)
    with acting("ser kladde") as ctx:
        text = text_drafts.opened(ctx, resource)
    if not text.revision:
        raise access.not_found(f"Kladden {resource}")
    return render_template("pages/discarding.html", text=text, refused=refused)


def discard(resource: str) -> AnyResponse:
    """Delete the draft as it was shown; one that was saved anew since is shown again."""
    designer.require_name(resource)
    seen = keys.read(request.form.get("revision", "")) or 0
    try:
        with acting("kasserer kladde") as ctx:
            drafts.throw_away(ctx, resource, revision=seen)
    except Conflict as problem:
        return make_response(_page(resource, text_drafts.refusal(problem)), CONFLICT)
    flash(say(f"Kladden til {resource} er kasseret.", f"The draft of {resource} is discarded."), "ok")
    return redirect(url_for("web.processes"), 303)
