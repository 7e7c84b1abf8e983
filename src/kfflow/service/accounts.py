"""Who may log in: local accounts with argon2id, server-side sessions, and the system itself."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import delete
from sqlalchemy.orm import Session

from kfflow.domain.authorization import Actor, Role
from kfflow.errors import Conflict, FieldProblem, Forbidden, InvalidInput, NotAuthenticated, NotFound
from kfflow.persistence.tables import Account, Institution, LoginSession
from kfflow.service.context import Context

MINIMUM_LENGTH = 12
IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
FREE_ATTEMPTS = 4
LONGEST_DELAY = timedelta(minutes=15)

SYSTEM = Actor(
    username="system",
    name="kfflow",
    roles=frozenset({Role.WORKER, Role.SUPERVISOR, Role.DESIGNER, Role.ADMINISTRATOR}),
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


def acting(ctx: Context, username: str) -> Actor:
    """Give who an account stands for, with the rights of this moment.

    Raises NotFound when there is none of this name, Forbidden when it is closed.
    """
    account = ctx.session.get(Account, username)
    if account is None:
        raise NotFound(f"Kontoen {username} findes ikke.", f"The account {username} does not exist.")
    if not account.active:
        raise Forbidden(f"Kontoen {username} er lukket.", f"The account {username} is closed.")
    return actor_of(account)


def hash_password(password: str) -> str:
    """Hash with argon2id; raises InvalidInput for fewer than 12 characters."""
    if len(password) < MINIMUM_LENGTH:
        problem = FieldProblem("password", "Brug mindst 12 tegn.", "Use at least 12 characters.")
        raise InvalidInput("Adgangskoden er for kort.", "The password is too short.", fields=[problem])
    return _hasher.hash(password)


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What an operator says of somebody who shall log in; without institution and area the account is national."""

    username: str
    name: str
    roles: tuple[str, ...]
    groups: tuple[str, ...] = ()
    institution: str | None = None
    area: str | None = None


def create(ctx: Context, new: NewAccount, password: str) -> Account:
    """Create a local account; raises InvalidInput naming what is wrong, Conflict when the name is taken."""
    problems = [_unknown_role(role) for role in new.roles if role not in {r.value for r in Role}]
    if not new.username.isidentifier():
        problems.append(FieldProblem("username", "Brug bogstaver, tal og _.", "Use letters, digits and _."))
    if new.institution is not None and ctx.session.get(Institution, new.institution) is None:
        unknown = (f"Institutionen {new.institution} kendes ikke.", f"Unknown institution {new.institution}.")
        problems.append(FieldProblem("institution", *unknown))
    if problems:
        raise InvalidInput("Kontoen kan ikke oprettes.", "The account cannot be created.", fields=problems)
    if ctx.session.get(Account, new.username) is not None:
        raise Conflict(f"Brugernavnet {new.username} er taget.", f"The user name {new.username} is taken.")
    account = Account(
        username=new.username,
        name=new.name,
        password_hash=hash_password(password),
        roles=list(new.roles),
        groups=list(new.groups),
        institution_code=new.institution,
        area=new.area,
        created_at=ctx.at,
    )
    ctx.session.add(account)
    ctx.session.flush()
    return account


def _unknown_role(role: str) -> FieldProblem:
    known = ", ".join(sorted(r.value for r in Role))
    return FieldProblem("role", f"Rollen {role} kendes ikke; vælg {known}.", f"Unknown role {role}; choose {known}.")


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
