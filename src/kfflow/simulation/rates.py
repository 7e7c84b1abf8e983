"""Rates of a simulated span beside their figures: how far away each lies, and how far chance alone would move it."""

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from kfflow.service.context import Context
from kfflow.simulation import counting
from kfflow.simulation.counting import Tally
from kfflow.simulation.world import World

YEAR = timedelta(days=365)
SETTLED = timedelta(weeks=8)
"""How long what was taken over takes to settle; of a shorter span the second half counts."""
TOLERANCE = 0.05
"""How far a rate may lie from its figure where chance explains less: the chosen shares are reckoned from one year."""
COUNTED = {
    "admissions": "modtag_indsat",
    "leaves": "registrer_afgang",
    "transfers": "modtag_paa_nyt_sted",
    "releases": "loeslad",
}
"""What the service counts in its own statistics, by figure: the form whose answer is one."""
MISUSE, DECISION, COMPLAINT = "misbrugsrapport", "meddel_afgoerelse", "kf_klage"
"""A leave was misused; an inmate was told a decision, of whatever kind; a decision is complained of."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate of the simulation beside its figure.

    `unit` is year (at scale 1) or share; `per_1000` is a year and 1,000 inmates, None for a share; `lived` is None
    when nothing of it happened. `events` is how many times it happened, `squares` the sum of the squares of how many
    times to each person.
    """

    name: str
    unit: str
    lived: float | None
    figure: float
    kind: str
    source: str
    events: int
    squares: int
    per_1000: float | None = None

    @property
    def deviation(self) -> float | None:
        """Give how far it lies from its figure, as a share of the figure."""
        return None if self.lived is None else self.lived / self.figure - 1

    @property
    def noise(self) -> float:
        """Give how far chance alone moves it, as a share: two standard deviations of so few events.

        Persons come by chance; what happens to one of them comes together. Who goes on leave goes again.
        """
        return 2 * math.sqrt(max(self.squares, 1)) / max(self.events, 1)

    @property
    def holds(self) -> bool:
        """Tell whether it is as near its figure as is asked for, or as chance lets it be."""
        return self.deviation is not None and abs(self.deviation) <= max(TOLERANCE, self.noise)

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"deviation": self.deviation, "noise": self.noise, "holds": self.holds}


def of(ctx: Context, world: World) -> Iterator[Rate]:
    """Give the rates that a simulation has left in its database, each beside its figure of the profile."""
    span = world.extent.end - world.extent.start
    since = world.extent.start + min(SETTLED, span / 2)
    done = counting.done(ctx, since, [*COUNTED.values(), MISUSE, DECISION])
    a_year = YEAR / (world.extent.end - since) / world.extent.scale
    for name, form in COUNTED.items():
        yield _yearly(world, name, done.get(form, Tally()), a_year)
    decided = counting.decisions(ctx, since)
    yield _share(world, "leave_misused_share", done.get(MISUSE, Tally()), done.get(COUNTED["leaves"], Tally()).times)
    for name, kind, outcome in (
        ("leave_refused_share", "udgang", "afslag"),
        ("parole_granted_share", "proeveloesladelse", "imoedekommet"),
    ):
        of_kind = {found: tally for (found_kind, found), tally in decided.items() if found_kind == kind}
        yield _share(world, name, of_kind.get(outcome, Tally()), sum(tally.times for tally in of_kind.values()))
    complaints = counting.begun(ctx, since, COMPLAINT)
    yield _share(world, "complaint_share", complaints, done.get(DECISION, Tally()).times)


def _yearly(world: World, name: str, tally: Tally, a_year: float) -> Rate:
    told, lived = world.profile.figures[name], tally.times * a_year
    per_1000 = lived / world.profile["inmates"] * 1000
    return Rate(name, "year", lived, told.value, told.kind, told.source, *tally, per_1000)


def _share(world: World, name: str, part: Tally, whole: int) -> Rate:
    told, lived = world.profile.figures[name], part.times / whole if whole else None
    return Rate(name, "share", lived, told.value, told.kind, told.source, *part)
