"""Who is appointed for an inmate: chosen in a form among those who can be, then the one whose tasks are theirs.

An inmate has a handleplansansvarlig (Køreplan for god løsladelse, item 2), never somebody who is related to them or
was a victim of theirs (straffuldbyrdelsesloven § 23(2) nos. 7 and 8). A task for the group opens with the appointed one
as its assignee; while that one is away, or cannot see the case any more, it is left to the group.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kfflow.domain import authorization
from kfflow.domain.authorization import APPOINTED, TaskView
from kfflow.engine.outcome import UserTaskOpened
from kfflow.errors import FieldProblem, InvalidInput
from kfflow.persistence import appointments
from kfflow.persistence.steps import Running
from kfflow.persistence.tables import Account, Appointment
from kfflow.service import accounts, audit, cases
from kfflow.service.context import Context


@dataclass(frozen=True, slots=True)
class Wanted:
    """Somebody of a group to be appointed; `excluded` were named as conflicted."""

    group: str
    username: str
    excluded: Sequence[str] = ()


def choices(ctx: Context, institution_code: str | None, area: str | None, group: str) -> list[dict[str, Any]]:
    """Give whom a form lets choose, the fewest persons first: name with that number, and user name."""
    rows = appointments.able(ctx.session, group, cases.local_date(ctx))
    view = _view(institution_code, area, [group])
    return [
        {"label": f"{row.Account.name} ({row.load})", "value": row.Account.username}
        for row in rows
        if _may_hold(row.Account, view)
    ]


def excluded(ctx: Context, number: object, group: str) -> list[str]:
    """Give who was named as conflicted when somebody was appointed for the person, none when nobody is."""
    held = appointments.held(ctx.session, number, group) if isinstance(number, str) else None
    return list(held.excluded) if held else []


def appoint(ctx: Context, running: Running, wanted: Wanted, *, field: str) -> None:
    """Appoint somebody for the person of a case instead of who was, and give them the open tasks of that one.

    Raises InvalidInput at the field when the account is not among those who can be, or was named as conflicted. A case
    that is about nobody appoints nobody.
    """
    _require_able(ctx, running, wanted, field)
    number = running.variables.get(cases.PERSON_VARIABLE)
    if not isinstance(number, str):
        return
    former = _end(ctx, number, wanted.group)
    ctx.session.add(
        Appointment(
            key=ctx.new_key(),
            person_number=number,
            group_name=wanted.group,
            username=wanted.username,
            excluded=list(wanted.excluded),
            appointed_at=ctx.at,
            appointed_by=ctx.actor.username,
        )
    )
    ctx.session.flush()
    data = {"group": wanted.group, "username": wanted.username, "former": former}
    audit.record(ctx, "service:appointment:make", running.case_number, case_key=running.case_key, data=data)
    _rehome(ctx, running, wanted, former)


def _require_able(ctx: Context, running: Running, wanted: Wanted, field: str) -> None:
    able = {one["value"] for one in choices(ctx, running.institution_code, running.area, wanted.group)}
    if wanted.username in wanted.excluded:
        told = (
            f"{wanted.username} er angivet som inhabil og kan ikke vælges (§ 23, stk. 2, nr. 7 og 8).",
            f"{wanted.username} is named as conflicted and cannot be chosen (§ 23(2) nos. 7 and 8).",
        )
    elif wanted.username not in able:
        told = (
            f"{wanted.username} er ikke {wanted.group} på stedet, eller er fraværende. Vælg en fra listen.",
            f"{wanted.username} is no {wanted.group} there, or is away. Choose from the list.",
        )
    else:
        return
    raise InvalidInput(*told, fields=[FieldProblem(field, *told, "not_able")])


def _end(ctx: Context, number: str, group: str) -> str | None:
    held = appointments.held(ctx.session, number, group)
    if held is None:
        return None
    held.ended_at = ctx.at
    ctx.session.flush()
    return held.username


def end(ctx: Context, number: str) -> None:
    """End every appointment for a person who has left for good."""
    for group in sorted(APPOINTED):
        _end(ctx, number, group)


def _rehome(ctx: Context, running: Running, wanted: Wanted, former: str | None) -> None:
    """Give the new one the open tasks that nobody holds or the former one does; what a colleague took stays theirs."""
    number = str(running.variables[cases.PERSON_VARIABLE])
    account = ctx.session.get_one(Account, wanted.username)
    for task in appointments.open_tasks(ctx.session, number, running.case_key, wanted.group):
        view = _view(task.institution_code, task.area, task.candidate_groups, task.access_class)
        if task.assignee in (None, former) and not task.four_eyes and _may_hold(account, view):
            task.assignee, task.claimed_at, task.revision = wanted.username, ctx.at, task.revision + 1
            told = {"assignee": wanted.username}
            audit.record(ctx, "service:task:assign", str(task.key), case_key=task.case_key, data=told)
    ctx.session.flush()


def assignee_of(ctx: Context, running: Running, task: UserTaskOpened, place: Mapping[str, str | None]) -> str | None:
    """Give whose a task is that opens: who the diagram names, else who is appointed and may work it at its place."""
    number = running.variables.get(cases.PERSON_VARIABLE)
    group = next((name for name in task.candidate_groups if name in APPOINTED), None)
    if task.assignee or group is None or task.four_eyes or not isinstance(number, str):
        return task.assignee
    found = appointments.find(ctx.transaction, number, group, cases.local_date(ctx))
    view = _view(place["institution_code"], place["area"], task.candidate_groups, task.access_class)
    return found.username if found and _may_hold(found, view) else None


def _view(
    institution: str | None, area: str | None, groups: Iterable[str], access_class: str | None = None
) -> TaskView:
    return TaskView(institution, area, candidate_groups=frozenset(groups), access_class=access_class)


def _may_hold(account: Account, task: TaskView) -> bool:
    return authorization.may_work(accounts.actor_of(account), task) is None
