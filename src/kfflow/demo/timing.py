"""When things happen in a demo case: within office hours, mostly in time, now and then late."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from kfflow.demo.plans import Ending, Outing, Plan
from kfflow.simulation.hours import in_office_hours

LATE_SHARE = 0.35
"""Share of the tasks of a slow case that are done after their time."""
ANSWERED_WITHIN = 6
"""Days after which an inmate who is heard has answered, or does not answer at all."""
CLAIMED_SHARE = 0.6
"""Share of the tasks that somebody takes before doing them; the others are taken in passing."""
AROUND_THE_CLOCK = frozenset(
    {
        "KlargoerUdgang",
        "KontrollerAktueltGrundlag",
        "AflysUdgang",
        "RegistrerAfgang",
        "VurderHaendelse",
        "RingTilIndsat",
        "EfterlysHosPoliti",
        "RegistrerHjemkomst",
        "Misbrugsrapport",
    }
)
"""Tasks of the officers on duty, who are there at any hour."""
LEFT_OPEN = {Outing.OVERDUE: "RingTilIndsat", Outing.ABSCONDED: "EfterlysHosPoliti"}
"""The task at which an outing that is to be shown right now stops."""


@dataclass(frozen=True, slots=True)
class Doing:
    """When a task is taken (None: in passing) and done (None: never)."""

    claimed_at: datetime | None
    done_at: datetime | None


def of_task(rng: Random, plan: Plan, element_id: str, opened_at: datetime, due_at: datetime | None) -> Doing:
    """Draw when a task that has just opened is taken and done."""
    if LEFT_OPEN.get(plan.outing) == element_id:
        return Doing(opened_at + timedelta(minutes=2), None)
    due = max(due_at or opened_at + timedelta(days=2), opened_at + timedelta(minutes=4))
    done_at = _done(rng, plan, element_id, opened_at, due)
    claimed = rng.random() < CLAIMED_SHARE
    return Doing(opened_at + (done_at - opened_at) * rng.uniform(0.02, 0.4) if claimed else None, done_at)


def _done(rng: Random, plan: Plan, element_id: str, opened_at: datetime, due: datetime) -> datetime:
    prompt = plan.outing in (Outing.RUNNING, Outing.OVERDUE, Outing.ABSCONDED)
    if element_id == "RegistrerAfgang":
        return max(opened_at + timedelta(minutes=2), due - timedelta(minutes=rng.randint(40, 60)))
    if plan.late_tasks and rng.random() < LATE_SHARE:
        on_duty = element_id in AROUND_THE_CLOCK
        return due + timedelta(minutes=rng.uniform(5, 40)) if on_duty else _hours_late(rng, due)
    share = rng.uniform(0.03, 0.15) if prompt else rng.uniform(0.15, 0.92)
    done_at = opened_at + (due - opened_at) * share
    if element_id in AROUND_THE_CLOCK or (prompt and element_id == "PlanlaegUdgang"):
        return done_at
    return min(in_office_hours(done_at), max(due - timedelta(minutes=5), opened_at + timedelta(minutes=2)))


def _hours_late(rng: Random, due: datetime) -> datetime:
    return in_office_hours(due + timedelta(hours=rng.uniform(6, 90)))


def of_message(
    rng: Random, plan: Plan, element_id: str, opened_at: datetime, back_at: datetime | None
) -> datetime | None:
    """Draw when the message comes that an element waits for; None when it never does."""
    if element_id == "HjemkomstMeldt":
        return None if plan.outing in LEFT_OPEN else back_at
    days = _days_until(rng, plan, element_id)
    if days is None:
        return None
    comes_at = opened_at + timedelta(days=days)
    return comes_at if element_id in ("ForsinketHjemkomst", "IndsatTilbage") else in_office_hours(comes_at)


def _days_until(rng: Random, plan: Plan, element_id: str) -> float | None:
    match element_id:
        case "SagAnnulleret" if plan.ending is Ending.WITHDRAWN:
            return rng.uniform(3, 9)
        case "HoeringssvarModtaget":
            return rng.uniform(2, 14)
        case "BemaerkningModtaget":
            days = rng.uniform(1, 10)
            return days if days < ANSWERED_WITHIN else None
        case "ForsinketHjemkomst" if plan.outing is not Outing.ABSCONDED:
            return rng.uniform(5, 20) / (24 * 60)
        case "IndsatTilbage":
            return rng.uniform(1, 5)
    return None
