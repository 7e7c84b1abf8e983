"""Who of the demo's accounts does what: chosen among those whom the rules of the domain let do it."""

from collections.abc import Sequence
from random import Random

from sqlalchemy import select

from kfflow.demo.accounts import LOGINS
from kfflow.domain import authorization
from kfflow.domain.authorization import Actor, Permission, TaskView
from kfflow.persistence.tables import Account
from kfflow.service import accounts
from kfflow.service.context import Context

LOGIN_WEIGHT = 3
"""How much more often than a colleague somebody acts whom a newcomer can log in as."""


class Colleagues:
    """The caseworkers of all institutions and offices."""

    def __init__(self, ctx: Context) -> None:
        people = select(Account).where(Account.kind == "person", Account.active).order_by(Account.username)
        self.actors = [a for a in map(accounts.actor_of, ctx.session.scalars(people)) if _works(a)]
        self._logins = {login.username for login in LOGINS}

    @property
    def institutions(self) -> set[str]:
        """Give the institutions where somebody registers applications."""
        return {a.institution for a in self.actors if a.institution and "sagsbehandler" in a.groups}

    def for_task(self, rng: Random, task: TaskView) -> Actor | None:
        """Choose somebody who may do the task; None when nobody may."""
        return self._one_of(rng, [a for a in self.actors if authorization.may_work(a, task) is None])

    def of_institution(self, rng: Random, institution: str, group: str) -> Actor | None:
        return self._one_of(rng, [a for a in self.actors if a.institution == institution and group in a.groups])

    def _one_of(self, rng: Random, able: Sequence[Actor]) -> Actor | None:
        if not able:
            return None
        weights = [LOGIN_WEIGHT if a.username in self._logins else 1 for a in able]
        return rng.choices(able, weights)[0]


def _works(actor: Actor) -> bool:
    """Tell whether somebody works tasks day by day; supervisors could, but leave it to the others."""
    return authorization.permits(actor, Permission.WORK_TASK) and authorization.Role.SUPERVISOR not in actor.roles
