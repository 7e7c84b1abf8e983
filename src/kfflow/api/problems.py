"""Errors on the wire: problem+json as in RFC 9457, in the language asked for, with the fields that are wrong."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import orjson
import structlog
from flask import Response, g, request
from pydantic import ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails
from werkzeug.exceptions import HTTPException

from kfflow.domain import instants
from kfflow.errors import FieldProblem, InvalidInput, KfflowError, NotAuthenticated

log = structlog.get_logger(__name__)
MEDIA_TYPE = "application/problem+json"
CHALLENGE = 'Basic realm="kfflow", charset="UTF-8"'

_CODES = {404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED", 413: "TOO_LARGE", 500: "INTERNAL"}
_WORDS = {
    404: ("Adressen findes ikke.", "There is no such address."),
    405: ("Adressen kan ikke kaldes med denne metode.", "The address does not take this method."),
    413: (
        "Der er sendt for meget: højst 1 MB JSON og 5 MB filer.",
        "Too much: at most 1 MB of JSON and 5 MB of files.",
    ),
    415: ("Indholdets art (Content-Type) kan ikke læses her.", "This Content-Type cannot be read here."),
}

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
    "date_type": "Skal være en dato: 2026-01-31.",
    "date_parsing": "Skal være en dato: 2026-01-31.",
    "date_from_datetime_parsing": "Skal være en dato, der findes: 2026-01-31.",
    "date_from_datetime_inexact": "Skal være en dato uden tid: 2026-01-31.",
    "datetime_parsing": "Skal være et tidspunkt (ISO 8601 med tidszone).",
    "int_parsing": "Skal være et helt tal.",
    "float_type": "Skal være et tal.",
    "finite_number": "Skal være et tal.",
    "greater_than": "Skal være større end {gt}.",
    "greater_than_equal": "Skal være mindst {ge}.",
    "less_than": "Skal være mindre end {lt}.",
    "less_than_equal": "Skal være højst {le}.",
    "string_too_short": "Skal være på mindst {min_length} tegn.",
    "string_too_long": "Skal være på højst {max_length} tegn.",
    "too_long": "Højst {max_length}.",
    "too_short": "Mindst {min_length}.",
    "literal_error": "Værdien kendes ikke. Brug {expected}.",
    "enum": "Værdien kendes ikke. Brug {expected}.",
    "key_text": "En nøgle er tekst på højst 19 cifre.",
    "instant_text": "Skal være et tidspunkt (ISO 8601 med tidszone).",
    "one_source": "byId tager sourceElementId, byKey tager sourceElementInstanceKey.",
    "one_element": "Angiv enten elementId eller elementInstanceKey.",
    "none_required": "Understøttes ikke.",
}


def language() -> str:
    """Give the language of what people read in an answer: Danish unless English is asked for."""
    return request.accept_languages.best_match(["da", "en"]) or "da"


def render(error: KfflowError) -> Response:
    """Give an error of kfflow as a response."""
    title = error.title_da if language() == "da" else error.title_en
    response = _problem(error.status, error.code, title, error.message(language()), _in_camel(error.details()))
    if isinstance(error, NotAuthenticated):
        response.headers["WWW-Authenticate"] = CHALLENGE
    return response


def _in_camel(details: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give the findings of a refused deployment with the names that /kf/lint gives them."""
    if "findings" not in details:
        return details
    return {**details, "findings": [camel(finding) for finding in details["findings"]]}


def camel(finding: Mapping[str, Any]) -> dict[str, Any]:
    return {to_camel(name): value for name, value in finding.items()}


def render_http(error: HTTPException) -> Response:
    """Give what Flask or Werkzeug refused (too large, unreadable) as a response."""
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    code = _CODES.get(status, "INVALID_ARGUMENT")
    words = _WORDS.get(status, (status.phrase, status.description or status.phrase))
    return _problem(status, code, status.phrase, words[language() != "da"])


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
    fields = [_field(detail) for detail in error.errors(include_url=False, include_input=False)]
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
    danish = _in_danish(kind, message, detail.get("ctx", {}))
    return FieldProblem(path, danish, f"{message}.", kind)


def _in_danish(kind: str, message: str, told: Mapping[str, Any]) -> str:
    known = _DANISH.get(kind)
    return f"Ugyldig værdi ({message})." if known is None else known.format_map(told).replace(" or ", " eller ")
