"""Errors as pages in plain words, or as JSON for islands; never a trace."""

from collections.abc import Sequence

import structlog
from flask import Flask, Response, g, make_response, render_template, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from kfflow.errors import InvalidInput, KfflowError, NotAuthenticated
from kfflow.web.wording import language, say

log = structlog.get_logger(__name__)
INTERNAL = 500
API_PATHS = ("/v2", "/oauth", "/docs", "/openapi", "/healthz", "/readyz", "/metrics")


def register(app: Flask) -> None:
    app.register_error_handler(KfflowError, show)
    app.register_error_handler(HTTPException, show_http)
    app.register_error_handler(Exception, show_unexpected)


def _is_ours() -> bool:
    return not request.path.startswith(API_PATHS)


def show(problem: KfflowError) -> AnyResponse:
    """Give an error of ours as a page, with its own status."""
    title = say(problem.title_da, problem.title_en)
    if isinstance(problem, NotAuthenticated) and _is_ours():
        return page(problem.status, title, problem.message(language()))
    if request.is_json or not _is_ours():
        return _as_json(problem.status, problem.code, title, problem.message(language()), dict(problem.details()))
    fields = problem.fields if isinstance(problem, InvalidInput) else ()
    return page(problem.status, title, problem.message(language()), [say(f.message_da, f.message_en) for f in fields])


def show_http(problem: HTTPException) -> AnyResponse | HTTPException:
    if not _is_ours():
        return problem
    return page(problem.code or INTERNAL, *_words(problem.code or INTERNAL))


def show_unexpected(problem: Exception) -> AnyResponse:
    log.error("unexpected", request_id=g.get("request_id"), exc_info=problem)
    if not _is_ours():
        return _as_json(INTERNAL, "INTERNAL", *_words(INTERNAL), {})
    return page(INTERNAL, *_words(INTERNAL))


def _words(status: int) -> tuple[str, str]:
    match status:
        case 404:
            return say("Siden findes ikke", "There is no such page"), say(
                "Adressen er forkert, eller det, den viste, findes ikke længere.",
                "The address is wrong, or what it showed is gone.",
            )
        case 405:
            return say("Det kan siden ikke", "The page cannot do that"), say(
                "Gå tilbage, og brug sidens knapper.", "Go back and use the buttons of the page."
            )
        case 413:
            return say("Filen er for stor", "The file is too large"), say(
                "En fil må højst fylde 5 MB.", "A file may have 5 MB at most."
            )
        case status if status < INTERNAL:
            return say("Forespørgslen kan ikke forstås", "The request cannot be understood"), ""
        case _:
            return say("Der skete en fejl hos os", "Something went wrong on our side"), say(
                "Fejlen er skrevet i loggen. Det, du havde gemt, er ikke gået tabt.",
                "It has been written to the log. What you had saved is not lost.",
            )


def page(status: int, title: str, text: str, problems: Sequence[str] = ()) -> Response:
    g.setdefault("language", "da")
    g.setdefault("visitor", None)
    body = render_template("pages/problem.html", status=status, title=title, text=text, problems=problems)
    return make_response(body, status)


def _as_json(status: int, code: str, title: str, detail: str, more: dict[str, object]) -> Response:
    body = {"type": "about:blank", "status": status, "code": code, "title": title, "detail": detail, **more}
    response = make_response(body, status)
    response.headers["Content-Type"] = "application/problem+json"
    return response
