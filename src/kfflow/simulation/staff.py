"""Employees with their hours and absences: who is there when, and when somebody comes next."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from kfflow.domain import calendars
from kfflow.domain.authorization import Actor
from kfflow.persistence.tables import Account, Institution
from kfflow.service import accounts
from kfflow.service.context import Context
from kfflow.simulation.figures import Post, Profile
from kfflow.simulation.hours import CALENDAR, CLOSES, OPENS, ZONE, on
from kfflow.simulation.lots import lots

if TYPE_CHECKING:
    from kfflow.simulation.queues import Queue

SHIFTS = ((time(7), 8), (time(15), 8), (time(23), 8))
"""When the three shifts begin, and their hours; the fourth week is off."""
LOOKED_AHEAD = 60
"""Days within which everybody is back."""
EVER = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True, eq=False)
class Employee:
    """One person at work: busy with a task, or free; `waking` when a time to look for work is already planned."""

    actor: Actor
    hours: str
    number: int
    sick_share: float
    holiday_share: float
    seed: int
    busy: bool = False
    waking: bool = False
    queues: "list[Queue]" = field(default_factory=list)
    _spans: dict[date, tuple[datetime, datetime] | None] = field(default_factory=dict)
    _shown: tuple[datetime, datetime] = (EVER, EVER)
    _works: bool = False

    def is_at_work(self, at: datetime) -> bool:
        """Tell whether somebody works at an instant; asked of everybody for every task, so the span is kept."""
        if not self._shown[0] <= at < self._shown[1]:
            self._shown = self._around(at)
        return self._works

    def _around(self, at: datetime) -> tuple[datetime, datetime]:
        """Give the span of work or of absence around an instant, and remember which of the two it is."""
        today = at.astimezone(ZONE).date()
        spans = [span for days in (-1, 0, 1) if (span := self.span(today + timedelta(days=days)))]
        now = next((span for span in spans if span[0] <= at < span[1]), None)
        self._works = now is not None
        if now is not None:
            return now
        midnight = datetime.combine(today + timedelta(days=1), time(), ZONE)
        return at, min([midnight, *(begins for begins, _ in spans if begins > at)])

    def comes_at(self, at: datetime) -> datetime:
        """Give when the next span of work begins after an instant."""
        today = at.astimezone(ZONE).date()
        for ahead in range(LOOKED_AHEAD):
            span = self.span(today + timedelta(days=ahead))
            if span is not None and span[0] > at:
                return span[0]
        return at + timedelta(days=LOOKED_AHEAD)

    def span(self, day: date) -> tuple[datetime, datetime] | None:
        """Give from when to when somebody works on a day, None on a day off, of holiday or of illness."""
        if day not in self._spans:
            self._spans[day] = None if self._is_absent(day) else self._planned(day)
        return self._spans[day]

    def _is_absent(self, day: date) -> bool:
        """Tell whether somebody is away; in shifts another takes their turn, for no shift is ever empty."""
        if self.hours in ("shifts", "always"):
            return False
        name = self.actor.username
        week = lots(self.seed, f"{name}:{day.isocalendar()[:2]}").random() < self.holiday_share
        return week or lots(self.seed, f"{name}:{day}").random() < self.sick_share

    def _planned(self, day: date) -> tuple[datetime, datetime] | None:
        if self.hours == "office":
            works = calendars.is_working_day(CALENDAR, day)
            return (on(day, OPENS), on(day, CLOSES)) if works else None
        if self.hours == "always":
            return on(day, time()), on(day + timedelta(days=1), time())
        if self.hours == "daily":
            works = (self.number + day.toordinal()) % 7 not in (5, 6)
            return (on(day, time(7)), on(day, time(15))) if works else None
        turn = (self.number + day.toordinal() // 7) % (len(SHIFTS) + 1)
        if turn == len(SHIFTS):
            return None
        begins, hours = SHIFTS[turn]
        return on(day, begins), on(day, begins) + timedelta(hours=hours)


def employ(ctx: Context, profile: Profile, seed: int, inmates: dict[str, int]) -> list[Employee]:
    """Open the accounts of everybody whom the profile asks for; `inmates` counts them by institution code."""
    areas = dict(ctx.session.execute(select(Institution.code, Institution.area).order_by(Institution.code)).all())
    rows = [row for post in profile.posts for row in _of_post(ctx, post, areas, inmates)]
    ctx.session.execute(insert(Account), [row for row, _ in rows])
    found = {a.username: a for a in ctx.session.scalars(select(Account))}
    return [
        Employee(
            actor=accounts.actor_of(found[row["username"]]),
            hours=hours,
            number=number,
            sick_share=profile["sick_share"],
            holiday_share=profile["holiday_share"],
            seed=seed,
        )
        for number, (row, hours) in enumerate(rows)
    ]


def _of_post(
    ctx: Context, post: Post, areas: dict[str, str], inmates: dict[str, int]
) -> Iterator[tuple[dict[str, Any], str]]:
    for place, served in _places(post, areas, inmates):
        for number in range(max(post.at_least, round(served / post.inmates))):
            username = f"{post.name}.{place}.{number + 1}".lower()
            yield _account(ctx, post, place, username), post.hours


def _places(post: Post, areas: dict[str, str], inmates: dict[str, int]) -> Sequence[tuple[str, int]]:
    if post.where == "institution":
        return [(code, inmates.get(code, 0)) for code in areas]
    if post.where == "national":
        return [("landet", sum(inmates.values()))]
    return [
        (area, sum(n for code, n in inmates.items() if areas[code] == area)) for area in sorted(set(areas.values()))
    ]


def _account(ctx: Context, post: Post, place: str, username: str) -> dict[str, Any]:
    return {
        "username": username,
        "name": f"{username} (SYNTETISK)",
        "kind": "person",
        "roles": ["caseworker"],
        "groups": list(post.groups),
        "institution_code": place if post.where == "institution" else None,
        "area": place if post.where == "area" else None,
        "created_at": ctx.at,
    }
