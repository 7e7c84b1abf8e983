"""Logging in and out with local accounts, and choosing the language."""

from typing import Any

from flask import Response, g, make_response, redirect, render_template, request, session, url_for
from sqlalchemy import Row, select, update
from werkzeug.wrappers import Response as AnyResponse

from kfflow.domain.authorization import Permission, permits
from kfflow.errors import NotAuthenticated
from kfflow.persistence.tables import Account
from kfflow.service import accounts
from kfflow.service.accounts import ABSOLUTE
from kfflow.web.visitor import COOKIE, acting, own_path, service, settings

UNAUTHORIZED = 401
DEMO_PASSWORD = "synthetic-demo-1"  # noqa: S105 - public on purpose: the demo's people are synthetic
HOMES = (
    (Permission.WORK_TASK, "web.inbox"),
    (Permission.READ_CASE, "web.cases"),
    (Permission.READ_DEFINITION, "web.processes"),
)


def home() -> AnyResponse:
    """Send everybody to the page their role begins with."""
    actor = g.visitor.actor
    place = next((page for permission, page in HOMES if permits(actor, permission)), "web.processes")
    return redirect(url_for(place), 303)


def login() -> AnyResponse | str:
    if g.visitor is not None:
        return redirect(own_path(request.args.get("next"), "/"), 303)
    return _form()


def _form(problem: str = "", username: str = "") -> str:
    wanted = own_path(request.values.get("next"), "")
    return render_template(
        "pages/login.html", problem=problem, username=username, hints=_hints(), password=DEMO_PASSWORD, wanted=wanted
    )


def _hints() -> list[Row[Any]]:
    """Give the demo's logins, and in any other installation nothing."""
    if not settings().demo:
        return []
    logins = select(Account.username, Account.name).where(Account.kind == "person", Account.password_hash.is_not(None))
    with service().database.transaction() as database_session:
        return list(database_session.execute(logins.order_by(Account.created_at, Account.username)))


def log_in() -> AnyResponse:
    """Check name and password; a wrong one is counted in a transaction of its own, and costs time."""
    username, password = request.form.get("username", "").strip(), request.form.get("password", "")
    secret, problem = _authenticate(username, password)
    if secret is None:
        return make_response(_form(problem, username), UNAUTHORIZED)
    session.clear()
    response = redirect(own_path(request.form.get("next"), "/"), 303)
    _set_cookie(response, secret)
    return response


def _authenticate(username: str, password: str) -> tuple[str | None, str]:
    with service().database.begin() as transaction:
        at, database_session = service().clock.now(transaction), transaction.session
        try:
            account = accounts.authenticate(database_session, username, password, at=at)
        except NotAuthenticated as refused:
            return None, refused.message(g.language)
        former = request.cookies.get(COOKIE)
        if former:
            accounts.close_session(database_session, former)
        return accounts.open_session(database_session, account, at=at), ""


def _set_cookie(response: AnyResponse, secret: str) -> None:
    secure = settings().secure_cookies
    response.set_cookie(
        COOKIE, secret, max_age=int(ABSOLUTE.total_seconds()), httponly=True, samesite="Lax", secure=secure, path="/"
    )


def logout() -> AnyResponse:
    secret = request.cookies.get(COOKIE)
    with service().database.transaction() as database_session:
        if secret:
            accounts.close_session(database_session, secret)
    session.clear()
    response: Response = make_response(redirect(url_for("web.login"), 303))
    response.delete_cookie(COOKIE, path="/")
    return response


def switch_language() -> AnyResponse:
    """Keep the chosen language in the account."""
    chosen = "en" if request.form.get("language") == "en" else "da"
    with acting() as ctx:
        ctx.session.execute(update(Account).where(Account.username == ctx.actor.username).values(language=chosen))
    return redirect(own_path(request.form.get("next"), "/"), 303)
