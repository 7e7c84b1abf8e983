"""Who may log in: local accounts with argon2id, server-side sessions, and the system itself."""

import hashlib
import secrets
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import delete
from sqlalchemy.orm import Session

from kfflow.domain.authorization import Actor, Role
from kfflow.errors import FieldProblem, InvalidInput, NotAuthenticated
from kfflow.persistence.tables import Account, LoginSession

MINIMUM_LENGTH = 12
IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
FREE_ATTEMPTS = 4
LONGEST_DELAY = timedelta(minutes=15)

SYSTEM = Actor(
    username="system",
    name="kfflow",
    roles=frozenset({Role.WORKER, Role.SUPERVISOR, Role.DESIGNER}),
    national=True,
)
"""Acts where no person does: timers, handlers' jobs, messages between cases, the deployment of shipped processes."""

_hasher = PasswordHasher()


def actor_of(account: Account) -> Actor:
    """Give the actor that an account stands for; without institution and area it is national."""
    return Actor(
        username=account.username,
        name=account.name,
        roles=frozenset(Role(r) for r in account.roles),
        groups=frozenset(account.groups),
        institution=account.institution_code,
        area=account.area,
        national=account.institution_code is None and account.area is None,
    )


def hash_password(password: str) -> str:
    """Hash with argon2id; raises InvalidInput for fewer than 12 characters."""
    if len(password) < MINIMUM_LENGTH:
        problem = FieldProblem("password", "Brug mindst 12 tegn.", "Use at least 12 characters.")
        raise InvalidInput("Adgangskoden er for kort.", "The password is too short.", fields=[problem])
    return _hasher.hash(password)


@cache
def _nobody() -> str:
    """Give a hash that no password has, so that an unknown name takes as long as a wrong password."""
    return _hasher.hash(secrets.token_urlsafe(32))


def authenticate(session: Session, username: str, password: str, *, at: datetime) -> Account:
    """Give the account; raises NotAuthenticated with one message for unknown, wrong, locked and inactive."""
    account = session.get(Account, username, with_for_update=True)
    right = _verify(account.password_hash if account else None, password)
    if account is None or not account.active or (account.locked_until and account.locked_until > at):
        raise NotAuthenticated("Brugernavn eller adgangskode er forkert.", "Wrong user name or password.")
    if not right:
        _count_failure(account, at)
        raise NotAuthenticated("Brugernavn eller adgangskode er forkert.", "Wrong user name or password.")
    account.failed_logins, account.locked_until = 0, None
    return account


def _verify(password_hash: str | None, password: str) -> bool:
    try:
        return _hasher.verify(password_hash or _nobody(), password)
    except (VerifyMismatchError, InvalidHashError):
        return False


def _count_failure(account: Account, at: datetime) -> None:
    account.failed_logins += 1
    beyond = account.failed_logins - FREE_ATTEMPTS
    if beyond > 0:
        account.locked_until = at + min(timedelta(seconds=2**beyond), LONGEST_DELAY)


def open_session(session: Session, account: Account, *, at: datetime) -> str:
    """Start a browser session and give its secret; only the secret's hash is kept."""
    secret = secrets.token_urlsafe(32)
    row = LoginSession(
        id_hash=_hash_secret(secret),
        username=account.username,
        created_at=at,
        seen_at=at,
        expires_at=at + ABSOLUTE,
    )
    session.add(row)
    return secret


def find_session(session: Session, secret: str, *, at: datetime) -> Account | None:
    """Give the account of a live session and note that it was seen; None when it is unknown, idle or over."""
    row = session.get(LoginSession, _hash_secret(secret))
    if row is None or row.expires_at <= at or row.seen_at + IDLE <= at:
        return None
    account = session.get(Account, row.username)
    if account is None or not account.active:
        return None
    if at - row.seen_at > timedelta(minutes=1):
        row.seen_at = at
    return account


def close_session(session: Session, secret: str) -> None:
    session.execute(delete(LoginSession).where(LoginSession.id_hash == _hash_secret(secret)))


def end_old_sessions(session: Session, *, at: datetime) -> None:
    """Delete the browser sessions that are over."""
    session.execute(delete(LoginSession).where(LoginSession.expires_at <= at))


def _hash_secret(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
