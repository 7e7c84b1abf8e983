"""Who is asking: HTTP basic, a bearer token, or the browser's session, which must also prove that it is no forgery."""

import hashlib
import secrets
from datetime import datetime
from functools import cache
from typing import cast

from flask import current_app, request
from flask_wtf.csrf import validate_csrf
from sqlalchemy.orm import Session

from kfflow.api import tokens
from kfflow.domain.authorization import Actor
from kfflow.errors import Forbidden, NotAuthenticated
from kfflow.persistence.tables import Account
from kfflow.service import accounts
from kfflow.service.accounts import SYSTEM
from kfflow.service.context import Service

SESSION_COOKIE = "kfflow_session"
CSRF_HEADER = "X-CSRFToken"
READING = frozenset({"GET", "HEAD", "OPTIONS"})
MOST_REMEMBERED = 1000


def service() -> Service:
    return cast("Service", current_app.extensions["kfflow"])


def find_actor() -> Actor:
    """Give who sends this request; raises NotAuthenticated, or Forbidden for a request that a foreign page may send.

    A wrong password is counted in the same transaction, so it is raised only after the commit.
    """
    refused: NotAuthenticated | None = None
    with service().command(SYSTEM) as ctx:
        try:
            account = _account(ctx.session, ctx.at)
        except NotAuthenticated as problem:
            refused = problem
    if refused is not None:
        raise refused
    return accounts.actor_of(account)


def _account(session: Session, at: datetime) -> Account:
    given = request.authorization
    if given is None:
        return _by_cookie(session, at)
    if given.type == "basic" and given.username is not None and given.password is not None:
        return _by_password(session, given.username, given.password, at)
    if given.type == "bearer" and given.token is not None:
        return _by_token(session, given.token, at)
    raise NotAuthenticated


def _by_token(session: Session, token: str, at: datetime) -> Account:
    subject = tokens.find_subject(token, at)
    account = session.get(Account, subject) if subject else None
    if account is None or not account.active:
        raise NotAuthenticated("Adgangstokenet gælder ikke (længere).", "The access token is not valid (any more).")
    return account


def _by_cookie(session: Session, at: datetime) -> Account:
    secret = request.cookies.get(SESSION_COOKIE)
    account = accounts.find_session(session, secret, at=at) if secret else None
    if account is None:
        raise NotAuthenticated
    if request.method not in READING:
        _require_own_page()
    return account


def _require_own_page() -> None:
    """Raise Forbidden unless the request carries the page's own token: cookies alone come with forged requests too."""
    try:
        validate_csrf(request.headers.get(CSRF_HEADER))
    except ValueError as problem:
        raise Forbidden(
            f"Forespørgslen mangler en gyldig {CSRF_HEADER}.", f"The request lacks a valid {CSRF_HEADER}."
        ) from problem


@cache
def _remembered() -> dict[bytes, str]:
    return {}


@cache
def _salt() -> bytes:
    return secrets.token_bytes(32)


def _by_password(session: Session, username: str, password: str, at: datetime) -> Account:
    """Check the password; one that was right before is recognised until the account's password changes.

    Argon2 is slow on purpose, and a job worker sends its password with every request.
    """
    if "\0" in username:
        raise NotAuthenticated
    known = hashlib.sha256(_salt() + username.encode() + b"\0" + password.encode()).digest()
    account = session.get(Account, username)
    usable = account is not None and account.active and not (account.locked_until and account.locked_until > at)
    if account is not None and usable and _remembered().get(known) == account.password_hash:
        return account
    account = accounts.authenticate(session, username, password, at=at)
    if len(_remembered()) >= MOST_REMEMBERED:
        _remembered().clear()
    _remembered()[known] = account.password_hash or ""
    return account
