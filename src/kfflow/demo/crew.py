"""The demo's accounts as the crew of the simulation: each is one employee, those on guard around the clock."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from kfflow.demo import accounts as demo_accounts
from kfflow.domain import authorization
from kfflow.domain.authorization import Actor, Permission, Role
from kfflow.persistence.tables import Account
from kfflow.service import accounts
from kfflow.service.context import Context
from kfflow.simulation.figures import Profile
from kfflow.simulation.staff import Employee

ON_GUARD = frozenset({"betjent", "vagtleder", "sundhed"})
"""Groups with so few accounts in the demo that each stands for a whole guard."""
ALONE = frozenset({"enhedschef"})
"""Groups with one account an institution: nobody stands in for them, so they are never away."""
LOGINS = frozenset(login.username for login in demo_accounts.LOGINS)
"""Those whom a newcomer can log in as; they are never away."""


@dataclass(frozen=True, slots=True)
class Crew:
    """Gives the employees, the colleagues with the absences that the figures ask for."""

    figures: Profile
    seed: int

    def __call__(self, ctx: Context) -> Sequence[Employee]:
        people = select(Account).where(Account.kind == "person", Account.active).order_by(Account.username)
        working = [actor for actor in map(accounts.actor_of, ctx.session.scalars(people)) if _works(actor)]
        return [self._employee(actor, number) for number, actor in enumerate(working)]

    def _employee(self, actor: Actor, number: int) -> Employee:
        goes_away = actor.username not in LOGINS and not actor.groups & ALONE
        return Employee(
            actor=actor,
            hours="always" if actor.groups & ON_GUARD else "office",
            number=number,
            sick_share=self.figures["sick_share"] * goes_away,
            holiday_share=self.figures["holiday_share"] * goes_away,
            seed=self.seed,
        )


def _works(actor: Actor) -> bool:
    """Tell whether somebody works tasks day by day; supervisors could, but leave it to the others."""
    return authorization.permits(actor, Permission.WORK_TASK) and Role.SUPERVISOR not in actor.roles
