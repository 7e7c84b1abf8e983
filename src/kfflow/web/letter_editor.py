"""A letter template on a page of its own: its text, and beside it the letter with the sample that it gives itself."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from flask import Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from kfflow.domain import law
from kfflow.engine.findings import Finding
from kfflow.errors import Conflict
from kfflow.letters import templates
from kfflow.letters.rendering import TemplateFault
from kfflow.service import access, deployments, drafts, letter_samples, publications
from kfflow.service.context import Context
from kfflow.service.letter_samples import Sample
from kfflow.service.publications import Standing
from kfflow.web import designer, pdf, text_drafts
from kfflow.web.text_drafts import Refusal, Text
from kfflow.web.visitor import acting
from kfflow.web.wording import say

ENDING = ".typ"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Shown:
    """A template beside what it becomes: `letters` are those it can be seen in, `pages` how long the one shown is."""

    text: Text
    findings: list[Finding]
    letters: list[str]
    letter: str
    standing: Standing
    pages: int = 0
    fields: dict[str, object] = field(default_factory=dict)


def page(resource: str) -> str:
    """Show the draft of a letter template, or the one in force, beside its sample."""
    with acting("åbner brev") as ctx:
        shown = _shown(ctx, text_drafts.opened(ctx, _required(resource)))
    return _rendered(shown, shown.text.source)


def _required(resource: str) -> str:
    designer.require_name(resource)
    if not resource.endswith(ENDING):
        raise access.not_found(resource)
    return resource


def _shown(ctx: Context, text: Text) -> Shown:
    source = text.source.encode()
    letters = list(letter_samples.shown_in(ctx, text.resource, source))
    wanted = request.args.get("brev", "")
    letter = wanted if wanted in letters else next(iter(letters), "")
    fields = dict(templates.parse(text.resource, source).fields or {})
    found = deployments.lint(ctx, text.resource, source)
    draft = drafts.find(ctx, text.resource)
    standing = publications.standing(ctx, [draft] if draft else [])
    return Shown(text, found, letters, letter, standing, _count(ctx, text, letter), fields)


def _count(ctx: Context, text: Text, letter: str) -> int:
    """Count the pages of the letter; none when it cannot be made, which the findings say."""
    try:
        return len(_sample(ctx, text, letter).pages(_language())) if letter else 0
    except TemplateFault:
        return 0


def _sample(ctx: Context, text: Text, letter: str) -> Sample:
    return letter_samples.of_template(ctx, text.resource, text.source.encode(), letter)


def _language() -> str:
    return "en" if request.args.get("sprog") == "en" else "da"


def _rendered(shown: Shown, source: str, refused: Refusal | None = None) -> str:
    return render_template(
        "pages/letter_editor.html",
        text=shown.text,
        shown=shown,
        source=source,
        lines=source.splitlines(),
        refused=refused,
        sample_language=_language(),
        given=request.form,
        transitions={rule: say(*words) for rule, words in law.WORDS.items()},
    )


def _refused(resource: str, refused: Refusal, status: int) -> Response:
    """Show the page again with what was typed."""
    with acting("åbner brev") as ctx:
        shown = _shown(ctx, text_drafts.opened(ctx, resource))
    typed = text_drafts.typed() if "kilde" in request.form else shown.text.source
    return make_response(_rendered(shown, typed, refused), status)


def save(resource: str) -> AnyResponse:
    """Save what was typed as the draft, with errors or without; over a colleague's it is refused, saying whose."""
    letter, language = request.args.get("brev"), request.args.get("sprog")
    again = url_for("web.letter_template", resource=resource, brev=letter, sprog=language)
    return text_drafts.save(_required(resource), partial(_refused, resource)) or redirect(again, 303)


def publish(resource: str) -> AnyResponse:
    """Put the draft in force as it was shown, from the day and by the rule given."""
    again = url_for("web.letter_template", resource=resource)
    return text_drafts.publish(_required(resource), partial(_refused, resource)) or redirect(again, 303)


def sheet(resource: str, number: int) -> Response:
    """Give one page of the sample as a picture."""
    with acting("ser prøve af brev") as ctx:
        text = text_drafts.opened(ctx, _required(resource))
        sample = _sample(ctx, text, request.args.get("brev", resource))
    pages = _made(lambda: sample.pages(_language()))
    if not 1 <= number <= len(pages):
        raise access.not_found(say(f"Side {number}", f"Page {number}"))
    response = make_response(pages[number - 1])
    response.headers["Content-Type"] = "image/png"
    return response


def sample(resource: str) -> Response:
    """Give the sample as the PDF that would be sent."""
    with acting("ser prøve af brev") as ctx:
        text = text_drafts.opened(ctx, _required(resource))
        made = _sample(ctx, text, request.args.get("brev", resource))
    return pdf.shown(_made(lambda: made.pdf(_language())), "proeve.pdf")


def _made(make: Callable[[], T]) -> T:
    try:
        return make()
    except TemplateFault as fault:
        raise Conflict(fault.message_da, fault.message_en) from None
