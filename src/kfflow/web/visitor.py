"""Who looks at the page: the account behind the session cookie, and the command that runs on its behalf."""

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import urlsplit

from flask import Response, current_app, g, redirect, request, url_for
from flask_wtf.csrf import validate_csrf
from werkzeug.wrappers import Response as AnyResponse
from wtforms import ValidationError

from kfflow.domain import authorization
from kfflow.domain.authorization import Actor, Permission
from kfflow.errors import InvalidInput
from kfflow.persistence.tables import Account, Institution
from kfflow.service import accounts
from kfflow.service.context import Context, Language, Service
from kfflow.settings import Settings
from kfflow.web.access import OPEN, require_page

COOKIE = "kfflow_session"
READING = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is logged in, as pages show it."""

    actor: Actor
    place: str = ""
    preferences: dict[str, Any] = field(default_factory=dict)

    def may(self, permission: str) -> bool:
        return authorization.permits(self.actor, Permission(permission))


def service() -> Service:
    return cast("Service", current_app.extensions["kfflow"])


def settings() -> Settings:
    return cast("Settings", current_app.config["KFFLOW_SETTINGS"])


def acting(reason: str = "") -> AbstractContextManager[Context]:
    """Run one command of the visitor in one transaction."""
    visitor: Visitor = g.visitor
    command = service().command(
        visitor.actor, language=g.language, request_id=g.get("request_id"), reason=reason or request.path
    )
    return cast("AbstractContextManager[Context]", command)


def meet() -> AnyResponse | None:
    """Find who is asking before any page runs; strangers are sent to the login, forged posts are refused."""
    g.language, g.visitor = _language_of_stranger(), None
    with service().database.begin() as transaction:
        g.at, session = service().clock.now(transaction), transaction.session
        secret = request.cookies.get(COOKIE)
        account = accounts.find_session(session, secret, at=g.at) if secret else None
        if account is not None:
            place = session.get(Institution, account.institution_code) if account.institution_code else None
            _welcome(account, place)
    if request.method not in READING:
        _require_own_page()
    if request.endpoint in OPEN:
        return None
    if g.visitor is None:
        return _to_login()
    require_page(g.visitor.actor)
    return None


def _welcome(account: Account, place: Institution | None) -> None:
    named = place.name if place else (account.area or "")
    g.visitor = Visitor(accounts.actor_of(account), named, dict(account.preferences))
    g.language = "en" if account.language == "en" else "da"


def _language_of_stranger() -> Language:
    return "en" if request.args.get("sprog") == "en" else "da"


def _require_own_page() -> None:
    token = request.form.get("csrf_token") or request.headers.get("X-CSRFToken")
    try:
        validate_csrf(token)
    except ValidationError as problem:
        raise InvalidInput(
            "Siden var for gammel til at blive sendt. Indlæs den igen, og prøv en gang til.",
            "The page was too old to be sent. Reload it and try again.",
        ) from problem


def _to_login() -> AnyResponse:
    wanted = request.full_path.rstrip("?") if request.method == "GET" else ""
    response = redirect(url_for("web.login", next=wanted or None), 303)
    if request.headers.get("HX-Request"):
        response = Response(status=401)
        response.headers["HX-Redirect"] = url_for("web.login")
    return response


def own_path(given: str | None, otherwise: str) -> str:
    """Give a path of this site that somebody asked to go back to; anything else gives `otherwise`."""
    if not given or not given.startswith("/") or given.startswith("//") or "\\" in given:
        return otherwise
    parts = urlsplit(given)
    return given if not parts.scheme and not parts.netloc and given.isprintable() else otherwise
