"""What a simulation has beside its figures: where it takes place, who works there, how they work, and what is staged.

Left as it is, a simulation is of the whole service, with as many employees as it takes, and everybody does what is due
first as soon as they are free.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from kfflow.persistence.tables import Unit
from kfflow.service.context import Context
from kfflow.simulation.figures import Profile, profile
from kfflow.simulation.inmates import MOST_FULL
from kfflow.simulation.staff import Employee


@dataclass(frozen=True, slots=True)
class Pace:
    """How long tasks lie and are held, as shares of the time from their opening to their deadline.

    `late_share` of them lie for `late` shares. `claimed_share` of them are claimed by whoever takes them up and held
    for `held` shares of the time that is left; the others are done in passing. Nothing lies or is held longer than
    `longest`.
    """

    lying: tuple[float, float]
    late: tuple[float, float]
    late_share: float
    held: tuple[float, float]
    claimed_share: float
    longest: timedelta

    def taken_up_at(self, rng: Random, opened_at: datetime, due_at: datetime) -> datetime:
        """Draw when somebody takes up a task."""
        bounds = self.late if rng.random() < self.late_share else self.lying
        return opened_at + self._share_of(due_at - opened_at, rng.uniform(*bounds))

    def held_until(self, rng: Random, at: datetime, due_at: datetime) -> datetime | None:
        """Draw until when somebody holds a task that they take up; None when they do it in passing."""
        if rng.random() >= self.claimed_share:
            return None
        return at + self._share_of(due_at - at, rng.uniform(*self.held))

    def _share_of(self, left: timedelta, share: float) -> timedelta:
        return min(max(left, timedelta()), self.longest) * share


@dataclass(frozen=True, slots=True)
class Script:
    """What is settled of one case: answers by form, messages that never come by element, forms that nobody answers.

    `writes` are the days after which the inmate writes because of a form. The tasks of the case do not lie.
    """

    answers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    silent: frozenset[str] = frozenset()
    left: frozenset[str] = frozenset()
    writes: Mapping[str, float] = field(default_factory=dict)


UNSETTLED = Script()


@dataclass(frozen=True, slots=True)
class Staged:
    """A leave of one kind and purpose that somebody in an institution asks for at an instant, and its script."""

    at: datetime
    institution: str
    kind: str
    purpose: str
    wanted_from: date
    script: Script


@dataclass(frozen=True, slots=True)
class Setting:
    """All of it; `institutions` are the codes of those where its people are, None for everywhere.

    Time moves by `grain`. `processes` do what commands of their own do beside the people at work; with none, a seed
    always lives the same.
    """

    figures: Profile = field(default_factory=profile)
    institutions: frozenset[str] | None = None
    crew: Callable[[Context], Sequence[Employee]] | None = None
    pace: Pace | None = None
    staged: Sequence[Staged] = ()
    grain: timedelta = timedelta(minutes=1)
    processes: int = 0

    def takes_place_at(self, unit: Unit) -> bool:
        return self.institutions is None or unit.institution_code in self.institutions


def make_room(units: Sequence[Unit], inmates: int) -> None:
    """Give units more places, each by the same share, where the people who serve would fill more than prisons may.

    The places of the reference data are those that somebody has published, for years apart and not for every house:
    3,401 for some 4,200 inmates. Policy is that remand prisons are full to 95 % at most, and prisons to 96 %.
    """
    places = sum(unit.places for unit in units)
    needed = math.ceil(inmates / MOST_FULL["arrest"])
    for unit in units if needed > places else ():
        unit.places = math.ceil(unit.places * needed / places)
