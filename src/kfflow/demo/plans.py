"""What becomes of a leave case: which kind of leave, how it ends, and what goes wrong on the way.

Shares of the service and of the design: nine of ten leaves from open prisons, one refusal in five, 2 % misuse.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from random import Random
from typing import Any

from kfflow.simulation.inmates import Inmate
from kfflow.simulation.outings import KINDS, PURPOSES, STREETS, TOWNS

SPAN = timedelta(weeks=8)
"""How far back the demo's cases begin."""
OPEN_SHARE = 0.90
REFUSED_SHARE = 0.20
MISUSED_SHARE = 0.02
SLOW_SHARE = 0.45
"""Share of the cases whose tasks are now and then done late; gives about 6 % overdue among the open tasks."""
OLD_ENOUGH = timedelta(days=4)
"""How long somebody has been in before applying."""


class Ending(StrEnum):
    """How a case goes on once the facts are known."""

    APPROVED = "approved"
    REFUSED = "refused"
    BARRED = "barred"
    DEFERRED = "deferred"
    WITHDRAWN = "withdrawn"


class Outing(StrEnum):
    """How an outing goes; the last three are set to happen around now."""

    IN_TIME = "in_time"
    LATE = "late"
    BREACH = "breach"
    CANCELED = "canceled"
    RUNNING = "running"
    OVERDUE = "overdue"
    ABSCONDED = "absconded"


@dataclass(slots=True)
class Plan:
    """One leave case before it happens."""

    inmate: Inmate
    kind: str
    purpose: str
    begins_at: datetime
    wanted_from: date
    address: str
    ending: Ending
    outing: Outing = Outing.IN_TIME
    late_tasks: bool = False
    failing_job: bool = False

    def application(self) -> dict[str, Any]:
        """Give what the inmate applies with: the answers of the start form."""
        return {
            "indsat_id": self.inmate.number,
            "indsat_navn": self.inmate.name,
            "udgangstype": self.kind,
            "formaal": self.purpose,
            "ansoegt_dato": self.begins_at.date().isoformat(),
            "oensket_fra": self.wanted_from.isoformat(),
            "udgangsadresse": self.address,
        }


def draw(rng: Random, inmates: Sequence[Inmate], count: int, now: datetime) -> list[Plan]:
    """Draw cases of `count` different inmates that begin evenly over the span, in the order in which they begin."""
    beginnings = sorted(now - SPAN * rng.random() for _ in range(count))
    pools = _pools(rng, inmates)
    plans = [_plan(rng, inmate, at) for at in beginnings if (inmate := _applicant(rng, pools, at))]
    _set_around_now(plans, now)
    return sorted(plans, key=lambda p: (p.begins_at, p.inmate.number))


def _pools(rng: Random, inmates: Sequence[Inmate]) -> dict[bool, list[Inmate]]:
    """Give those who serve a sentence, in a drawn order, by whether they are in an open prison."""
    serving = [i for i in inmates if not i.remand and i.unit.regime != "arrest"]
    rng.shuffle(serving)
    return {is_open: [i for i in serving if (i.unit.regime == "aaben") == is_open] for is_open in (True, False)}


def _applicant(rng: Random, pools: dict[bool, list[Inmate]], at: datetime) -> Inmate | None:
    """Take somebody who had been in long enough to apply, nine times out of ten from an open prison."""
    from_open = rng.random() < OPEN_SHARE
    for pool in (pools[from_open], pools[not from_open]):
        for index, inmate in enumerate(pool):
            if inmate.admitted_on <= (at - OLD_ENOUGH).date():
                return pool.pop(index)
    return None


def _plan(rng: Random, inmate: Inmate, begins_at: datetime) -> Plan:
    kind = rng.choices(list(KINDS), list(KINDS.values()))[0]
    return Plan(
        inmate=inmate,
        kind=kind,
        purpose=rng.choice(PURPOSES[kind]),
        begins_at=begins_at,
        wanted_from=begins_at.date() + timedelta(days=3 if kind == "saerligt_formaal" else rng.randint(14, 40)),
        address=f"{rng.choice(STREETS)} {rng.randint(1, 120)}, {rng.choice(TOWNS)}",
        ending=_ending(rng),
        outing=_outing(rng),
        late_tasks=rng.random() < SLOW_SHARE,
    )


def _ending(rng: Random) -> Ending:
    weights = {
        Ending.REFUSED: REFUSED_SHARE * 0.75,
        Ending.BARRED: REFUSED_SHARE * 0.25,
        Ending.DEFERRED: 0.04,
        Ending.WITHDRAWN: 0.02,
    }
    weights[Ending.APPROVED] = 1 - sum(weights.values())
    return rng.choices(list(weights), list(weights.values()))[0]


def _outing(rng: Random) -> Outing:
    weights = {Outing.LATE: MISUSED_SHARE * 0.6, Outing.BREACH: MISUSED_SHARE * 0.4, Outing.CANCELED: 0.05}
    weights[Outing.IN_TIME] = 1 - sum(weights.values())
    return rng.choices(list(weights), list(weights.values()))[0]


AROUND_NOW = (
    *[Outing.RUNNING] * 5,
    *[Outing.OVERDUE] * 2,
    Outing.ABSCONDED,
)
"""Outings that the demo must show whatever the day and hour."""


def _set_around_now(plans: Sequence[Plan], now: datetime) -> None:
    """Let some cases of open prisons be on leave at this very moment, and a few of them too long."""
    willing = [p for p in plans if p.inmate.unit.regime == "aaben" and p.ending is Ending.APPROVED]
    shown = max(1, min(len(AROUND_NOW), len(willing) // 4)) if willing else 0
    for plan, outing in zip(willing, AROUND_NOW[-shown:] if shown else (), strict=False):
        plan.kind, plan.purpose, plan.outing = "saerligt_formaal", "familie", outing
        plan.begins_at = now - timedelta(days=9)
        plan.wanted_from = (now - timedelta(days=2)).date()
        plan.late_tasks = False
    failing = [p for p in plans if p.outing is Outing.IN_TIME and now - p.begins_at > timedelta(days=20)]
    for plan in failing[: max(1, min(3, len(failing) // 20))]:
        plan.failing_job = True
