"""Colleagues to hand a task to: those who are there first, the others with the days on which they are away."""

from collections.abc import Sequence
from dataclasses import dataclass

from kfflow.persistence import board as rows
from kfflow.persistence.scope import scope_of
from kfflow.service import cases
from kfflow.service.absences import Absence, is_told
from kfflow.service.context import Context
from kfflow.web.absences import words_of


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of the list; `away` tells an absence that is running or ahead, and is empty without one."""

    username: str
    name: str
    away: str


@dataclass(frozen=True, slots=True)
class Colleagues:
    """Those who are there today, and those who are not, by name; whom to ask is left to who hands over."""

    there: Sequence[Colleague] = ()
    away: Sequence[Colleague] = ()

    def __bool__(self) -> bool:
        return bool(self.there or self.away)


def gather(ctx: Context) -> Colleagues:
    """Give whom tasks within the actor's scope may be handed to."""
    today = cases.local_date(ctx)
    there, away = list[Colleague](), list[Colleague]()
    for row in rows.colleagues(ctx.session, scope_of(ctx.actor)):
        absence = Absence(row.username, row.name, row.absent_from, row.absent_until, 0)
        told = is_told(absence.first, absence.last, today)
        is_away = told and absence.first is not None and absence.first <= today
        (away if is_away else there).append(Colleague(row.username, row.name, words_of(absence) if told else ""))
    return Colleagues(there, away)
