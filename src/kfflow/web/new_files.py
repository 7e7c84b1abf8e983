"""Beginning a new process, table, form or letter: its kind, its key and its name become a draft to go on with."""

import re

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from kfflow.errors import FieldProblem, InvalidInput
from kfflow.persistence import definition_list
from kfflow.service import drafts
from kfflow.service.context import Context
from kfflow.web import text_drafts
from kfflow.web.blanks import BLANKS, Blank
from kfflow.web.text_drafts import Refusal
from kfflow.web.visitor import acting
from kfflow.web.wording import say

UNPROCESSABLE = 422
KEY = re.compile(r"[a-z][a-z0-9_]{1,59}", re.ASCII)
LONGEST_NAME = 120


def page() -> str:
    return _page()


def _page(refused: Refusal | None = None) -> str:
    given = request.form or request.args
    return render_template(
        "pages/new_file.html",
        kinds={kind: say(blank.danish, blank.english) for kind, blank in BLANKS.items()},
        given=given,
        chosen=given.get("art") if given.get("art") in BLANKS else "proces",
        refused=refused,
    )


def begin() -> AnyResponse:
    """Save the new file as a draft and open it; a key that is none or is taken is refused by field."""
    kind = BLANKS.get(request.form.get("art", ""))
    key, name = (request.form.get(field, "").strip() for field in ("noegle", "navn"))
    try:
        with acting("begynder en ny fil") as ctx:
            resource = _begun(ctx, kind, key, name)
    except InvalidInput as problem:
        return make_response(_page(text_drafts.refusal(problem)), UNPROCESSABLE)
    return redirect(url_for("web.designer", resource=resource), 303)


def _begun(ctx: Context, kind: Blank | None, key: str, name: str) -> str:
    problems = [*_of_name(name), *problems_of_key(key)]
    if kind is None:
        problems.append(FieldProblem("art", "Vælg, hvad der skal laves.", "Choose what to make."))
    elif not problems:
        problems += _taken(ctx, key, kind)
    if kind is None or problems:
        raise InvalidInput("Filen kan ikke oprettes.", "The file cannot be begun.", fields=problems)
    resource = key + kind.ending
    drafts.save(ctx, resource, kind=kind.ending[1:], source=kind.make(key, name), revision=0)
    return resource


def _of_name(name: str) -> list[FieldProblem]:
    if 1 <= len(name) <= LONGEST_NAME and name.isprintable():
        return []
    return [FieldProblem("navn", "Skriv et navn på højst 120 tegn.", "Give a name of at most 120 characters.")]


def problems_of_key(key: str) -> list[FieldProblem]:
    """Say what is wrong with a key, by field; nothing when it is one."""
    if KEY.fullmatch(key):
        return []
    da = "Nøglen skal have 2–60 tegn: små bogstaver a–z, tal og _, med et bogstav først."
    return [
        FieldProblem("noegle", da, "The key takes 2–60 characters: small letters a–z, digits and _, a letter first.")
    ]


def _taken(ctx: Context, key: str, kind: Blank) -> list[FieldProblem]:
    is_draft = drafts.find(ctx, key + kind.ending) is not None
    if not is_draft and not definition_list.is_defined(ctx.session, key, kind.ending):
        return []
    return [FieldProblem("noegle", f"Nøglen {key} er i brug.", f"The key {key} is in use.")]
