"""The rounds of a timer, and what becomes of those that nobody was there to fire.

A round is late when it fires more than `late_after` after it was due: the workers were down, or the case was suspended.
What then happens is the timer's catch-up policy, written in the diagram as `kf:timer` (docs/adr/0008).
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from kfflow.engine.timing import Cycle, parse_cycle


class Policy(StrEnum):
    """What happens to late rounds: each fires, one fires for all of them, or none does."""

    ALL = "all"
    ONCE = "once"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class CatchUp:
    """The policy of one timer, and how late a round may be before it counts as missed."""

    policy: Policy = Policy.ONCE
    late_after: timedelta = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Round:
    """One round of a timer: due at `due`, the first of `left` (None: without end).

    `cycle` is the text of the repetition, None for a timer that fires once; its rounds are counted from `origin`.
    """

    due: datetime
    zone: str
    left: int | None = 1
    cycle: str | None = None
    origin: datetime | None = None

    @classmethod
    def first_of(cls, text: str, at: datetime, zone: str) -> "Round":
        """Give the first round of a cycle that is set going at `at`; raises InvalidTime or ValueError."""
        cycle = parse_cycle(text)
        left = None if cycle.count is None else max(cycle.count, 1)
        return cls(cycle.first(at, zone), zone, left, text, cycle.origin(at, zone))

    def following(self) -> "Round | None":
        """Give the round after this one; None when this is the last."""
        if self.cycle is None or self.left == 1:
            return None
        due = self._rule.following(self.origin or self.due, self.due, self.zone)
        return replace(self, due=due, left=None if self.left is None else self.left - 1)

    def late(self, before: datetime) -> "tuple[int, Round]":
        """Give how many rounds from this one on lie before an instant, and the last of them."""
        if self.cycle is None or self.left == 1:
            return 1, self
        count, last = self._rule.late(self.origin or self.due, self.due, before, self.zone)
        if self.left is None:
            return count, replace(self, due=last)
        if count > self.left:
            return self.left, replace(self, due=self._nth(self.left - 1), left=1)
        return count, replace(self, due=last, left=self.left - count + 1)

    def moved(self, due: datetime) -> "Round":
        """Give this round at another time; those after it are counted from there."""
        return replace(self, due=due, origin=due)

    def _nth(self, times: int) -> datetime:
        found = self
        for _ in range(times):
            found = found.following() or found
        return found.due

    @property
    def _rule(self) -> Cycle:
        assert self.cycle is not None
        return parse_cycle(self.cycle)


@dataclass(frozen=True, slots=True)
class Missed:
    """Rounds that do not fire: how many, and when the first and the last late one were due."""

    rounds: int
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class Settled:
    """What a due timer does now: the round that fires, the round it waits for next, and what was missed."""

    fires: Round | None
    waits: Round | None
    missed: Missed | None = None


def settle(catch_up: CatchUp, due: Round, at: datetime, *, must_fire_last: bool = False) -> Settled:
    """Decide what a timer whose round is due does at `at`.

    `must_fire_last` keeps a timer from dropping its very last round, because a token waits for it and would wait on.
    """
    before = at - catch_up.late_after
    if catch_up.policy is Policy.ALL or due.due >= before:
        return Settled(due, due.following())
    late, last = due.late(before)
    waits = last.following()
    fires = catch_up.policy is Policy.ONCE or (waits is None and must_fire_last)
    dropped = late - 1 if fires else late
    missed = Missed(dropped, due.due, last.due) if dropped else None
    return Settled(last if fires else None, waits, missed)
