"""Who is away on which days: told by themselves, by a supervisor of their place, or by an administrator.

While somebody is away, tasks for the group of which they are appointed are left to the group, and nobody can appoint
them. What they hold already stays theirs until it is put back in the queue. Why somebody is away is kept nowhere.
"""

from dataclasses import dataclass
from datetime import date

from kfflow.domain import authorization
from kfflow.domain.authorization import Permission
from kfflow.errors import Conflict, FieldProblem, InvalidInput
from kfflow.persistence import absences
from kfflow.persistence.scope import Scope, scope_of
from kfflow.persistence.tables import Account, Institution
from kfflow.service import access, audit, cases, tasks
from kfflow.service.context import Context
from kfflow.service.tasks import Reassigned


@dataclass(frozen=True, slots=True)
class Absence:
    """The days on which somebody is away, both included; without a last one until further notice, else none at all.

    `holding` is how many open tasks of theirs the actor may put back in the queue.
    """

    username: str
    name: str
    first: date | None
    last: date | None
    holding: int


def is_told(first: date | None, last: date | None, today: date) -> bool:
    """Tell whether an absence of these days is running or ahead."""
    return first is not None and (last is None or last >= today)


def get(ctx: Context, username: str) -> Absence:
    """Give the absence that is running or ahead; raises NotFound and Forbidden as `tell` does."""
    account = _reach(ctx, username)
    first, last = (account.absent_from, account.absent_until) if _stands(ctx, account) else (None, None)
    return Absence(account.username, account.name, first, last, len(_held(ctx, username)))


def overview(ctx: Context) -> list[Absence]:
    """Give the staff of the actor's scope who are away or will be, who leaves first on top, without what they hold."""
    access.require(ctx, Permission.RECORD_ABSENCE)
    rows = absences.told(ctx.session, _scope(ctx), cases.local_date(ctx))
    return [Absence(row.username, row.name, row.absent_from, row.absent_until, 0) for row in rows]


def staff(ctx: Context) -> list[tuple[str, str]]:
    """Give user name and name of those whose absence the actor may tell, at most 200 by name."""
    access.require(ctx, Permission.RECORD_ABSENCE)
    return [(row.username, row.name) for row in absences.staff(ctx.session, _scope(ctx))]


def tell(ctx: Context, username: str, first: date, last: date | None) -> Absence:
    """Tell that somebody is away from a day until another, both included; what was told before is replaced.

    Raises InvalidInput at `until` when it is before `from`, NotFound for an unknown account and one outside the
    actor's scope, Forbidden for a colleague's without the right to tell it.
    """
    account = _reach(ctx, username, lock=True)
    if last is not None and last < first:
        told = (f"Sidste dag {last} er før første dag {first}.", f"The last day {last} is before the first, {first}.")
        problem = FieldProblem("until", *told, "before_from")
        raise InvalidInput("Fraværet kan ikke registreres.", "The absence cannot be told.", fields=[problem])
    _set(ctx, account, first, last)
    return get(ctx, username)


def end(ctx: Context, username: str) -> Absence:
    """Tell that somebody is not away after all, or back again; raises Conflict when no absence is running or ahead."""
    account = _reach(ctx, username, lock=True)
    _require_told(ctx, account)
    _set(ctx, account, None, None)
    return get(ctx, username)


def put_back(ctx: Context, username: str) -> list[Reassigned]:
    """Put the open tasks that somebody holds back in the queue of their groups, because they are or will be away.

    Each that cannot go says why. Raises Conflict when no absence is running or ahead.
    """
    _require_told(ctx, _reach(ctx, username))
    return tasks.unassign_many(ctx, _held(ctx, username))


def _set(ctx: Context, account: Account, first: date | None, last: date | None) -> None:
    former = [account.absent_from, account.absent_until]
    account.absent_from, account.absent_until = first, last
    days = {"from": first, "until": last, "former_from": former[0], "former_until": former[1]}
    data = {name: day and day.isoformat() for name, day in days.items()}
    audit.record(ctx, "service:account:absence", account.username, data=data)
    ctx.session.flush()


def _reach(ctx: Context, username: str, *, lock: bool = False) -> Account:
    """Give the account of a person whose absence the actor may tell."""
    if username != ctx.actor.username and not _anybodys(ctx):
        access.require(ctx, Permission.RECORD_ABSENCE)
    account = ctx.session.get(Account, username, with_for_update=lock or None)
    if account is None or account.kind != "person" or not account.active or not _within(ctx, account):
        raise access.not_found(f"Kontoen {username}")
    return account


def _anybodys(ctx: Context) -> bool:
    return authorization.permits(ctx.actor, Permission.ADMINISTER)


def _within(ctx: Context, account: Account) -> bool:
    if account.username == ctx.actor.username or _anybodys(ctx):
        return True
    place = ctx.session.get(Institution, account.institution_code) if account.institution_code else None
    return authorization.is_of_scope(ctx.actor, account.institution_code, place.area if place else account.area)


def _scope(ctx: Context) -> Scope:
    return Scope(national=True) if _anybodys(ctx) else scope_of(ctx.actor)


def _held(ctx: Context, username: str) -> list[int]:
    """Give the open tasks that somebody holds and the actor may put back: their own, or those of one's scope."""
    if username == ctx.actor.username:
        return absences.held(ctx.session, username, None)
    if not authorization.permits(ctx.actor, Permission.ASSIGN_TASK):
        return []
    return absences.held(ctx.session, username, scope_of(ctx.actor))


def _stands(ctx: Context, account: Account) -> bool:
    return is_told(account.absent_from, account.absent_until, cases.local_date(ctx))


def _require_told(ctx: Context, account: Account) -> None:
    if not _stands(ctx, account):
        raise Conflict(f"{account.name} er ikke meldt fraværende.", f"No absence is told of {account.name}.")
