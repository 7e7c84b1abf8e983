"""Errors on the wire: problem+json as in RFC 9457, in the language asked for, with the fields that are wrong."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import orjson
import structlog
from flask import Response, g, request
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from werkzeug.exceptions import HTTPException

from kfflow.domain import instants
from kfflow.errors import FieldProblem, InvalidInput, KfflowError, NotAuthenticated

log = structlog.get_logger(__name__)
MEDIA_TYPE = "application/problem+json"
CHALLENGE = 'Basic realm="kfflow", charset="UTF-8"'

_CODES = {404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED", 413: "TOO_LARGE", 500: "INTERNAL"}

_DANISH = {
    "missing": "Feltet mangler.",
    "extra_forbidden": "Feltet kendes ikke.",
    "string_type": "Skal være tekst.",
    "int_type": "Skal være et helt tal.",
    "int_from_float": "Skal være et helt tal.",
    "bool_type": "Skal være sandt eller falsk.",
    "dict_type": "Skal være et objekt.",
    "model_type": "Skal være et objekt.",
    "list_type": "Skal være en liste.",
    "datetime_type": "Skal være et tidspunkt (ISO 8601 med tidszone).",
    "datetime_from_date_parsing": "Skal være et tidspunkt (ISO 8601 med tidszone).",
    "timezone_aware": "Tidspunktet skal have en tidszone.",
    "instant_beyond": instants.BEYOND[0],
    "greater_than": "Tallet er for lille.",
    "greater_than_equal": "Tallet er for lille.",
    "less_than_equal": "Tallet er for stort.",
    "string_too_short": "Teksten er for kort.",
    "string_too_long": "Teksten er for lang.",
    "too_long": "Der er for mange.",
    "too_short": "Der er for få.",
    "literal_error": "Værdien kendes ikke.",
    "enum": "Værdien kendes ikke.",
    "none_required": "Understøttes ikke.",
}


def language() -> str:
    """Give the language of what people read in an answer: Danish unless English is asked for."""
    return request.accept_languages.best_match(["da", "en"]) or "da"


def render(error: KfflowError) -> Response:
    """Give an error of kfflow as a response."""
    title = error.title_da if language() == "da" else error.title_en
    response = _problem(error.status, error.code, title, error.message(language()), error.details())
    if isinstance(error, NotAuthenticated):
        response.headers["WWW-Authenticate"] = CHALLENGE
    return response


def render_http(error: HTTPException) -> Response:
    """Give what Flask or Werkzeug refused (too large, unreadable) as a response."""
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    code = _CODES.get(status, "INVALID_ARGUMENT")
    return _problem(status, code, status.phrase, status.description or status.phrase)


def render_unexpected(error: Exception) -> Response:
    """Log what nobody foresaw with its trace, and say no more than the number of the request."""
    log.error("unexpected", exc_info=error, request_id=g.get("request_id"))
    told = ("Der skete en uventet fejl", "An unexpected error occurred")[language() != "da"]
    detail = f"{told}. ({g.get('request_id', '')})"
    return _problem(HTTPStatus.INTERNAL_SERVER_ERROR, "INTERNAL", told, detail)


def _problem(status: int, code: str, title: str, detail: str, more: Mapping[str, Any] | None = None) -> Response:
    body = {
        "type": f"urn:kfflow:problem:{code.lower().replace('_', '-')}",
        "title": title,
        "status": int(status),
        "detail": detail,
        "instance": request.path,
        "code": code,
        "requestId": g.get("request_id"),
        **(more or {}),
    }
    return Response(orjson.dumps(body), status=status, content_type=MEDIA_TYPE)


def invalid(error: ValidationError) -> InvalidInput:
    """Give what pydantic found as one error that names every field."""
    fields = [_field(detail) for detail in error.errors(include_url=False, include_context=False, include_input=False)]
    return invalid_fields(fields)


def invalid_fields(fields: list[FieldProblem]) -> InvalidInput:
    names = ", ".join(dict.fromkeys(f.field for f in fields))
    return InvalidInput(
        f"Ugyldigt: {names}. {fields[0].message_da}", f"Invalid: {names}. {fields[0].message_en}", fields=fields
    )


def _field(detail: ErrorDetails) -> FieldProblem:
    path = ".".join(str(part) for part in detail["loc"]) or "body"
    kind = detail["type"]
    message = detail["msg"].removeprefix("Value error, ")
    return FieldProblem(path, _DANISH.get(kind, f"Ugyldig værdi ({message})."), f"{message}.", kind)
