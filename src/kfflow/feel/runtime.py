"""What an evaluation carries along: its budget, its instant, the problems it met, and the variables in scope."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from kfflow.feel.errors import BudgetExceeded, Problem
from kfflow.feel.temporal import DateTime

_CLOCK_EVERY = 2_000
_PROBLEM_LIMIT = 100
_VALUE_DEPTH_LIMIT = 150
_WALK = 8  # parts walked through for the price of one node
_SCAN = 512  # characters scanned for the price of one node


@dataclass(frozen=True, slots=True)
class Budget:
    """How much one evaluation may do: nodes evaluated, seconds of its thread, and items or characters created.

    A simple expression is bounded by its own length; only what repeats (loops, filters, functions,
    built-ins over lists and text) is charged, so accounting costs a plain condition nothing.
    """

    nodes: int = 100_000
    seconds: float = 0.5
    size: int = 1_000_000


DEFAULT_BUDGET: Final = Budget()
WorkingDay = Callable[[date], date]
"""A calendar: gives a day itself when it is a working day, else the last one before it."""


class Run:
    """The state of one evaluation; not shared between evaluations that have their own budget."""

    __slots__ = (
        "_deadline",
        "_next_look",
        "_weights",
        "budget",
        "entered",
        "now",
        "problems",
        "room",
        "spent",
        "trusted",
        "unlike_differ",
        "working_day",
    )

    def __init__(self, budget: Budget = DEFAULT_BUDGET, now: DateTime | None = None, *, trusted: bool = False) -> None:
        self.budget = budget
        self.now = now
        self.trusted = trusted
        self.unlike_differ = False
        self.working_day: WorkingDay | None = None
        self.problems: list[Problem] = []
        self.entered: dict[str, object] = {}
        self.spent = 0
        self.room = budget.size
        self._next_look = 0
        self._deadline = 0.0
        self._weights: dict[int, tuple[object, int, int]] | None = None

    def charge(self, nodes: int) -> None:
        """Account for `nodes` evaluated; raises BudgetExceeded."""
        self.spent += nodes
        if self.spent >= self._next_look:
            self._look()

    def _look(self) -> None:
        if self.spent > self.budget.nodes:
            raise BudgetExceeded(f"more than {self.budget.nodes} steps")
        now = time.thread_time()
        if not self._deadline:
            self._deadline = now + self.budget.seconds
        elif now > self._deadline:
            raise BudgetExceeded(f"longer than {self.budget.seconds} seconds")
        self._next_look = min(self.spent + _CLOCK_EVERY, self.budget.nodes + 1)

    def grow(self, size: int) -> None:
        """Account for `size` items or characters created; raises BudgetExceeded."""
        self.room -= size
        if self.room < 0:
            raise BudgetExceeded(f"more than {self.budget.size} items or characters")

    def charge_for(self, value: object) -> None:
        """Account for walking through a value."""
        kind = type(value)
        if kind is list or kind is dict:
            self.charge(self._weigh(value)[0] // _WALK)
        elif kind is str:
            self.charge(len(value) // _SCAN)  # type: ignore[arg-type]  # its type was just looked at

    def built(self, value: object) -> object:
        """Check the size of a new list or context with all that is in it; raises BudgetExceeded.

        Parts are shared, so a short text could otherwise build a value of any size: `{a: [1, 1], b: [a, a], …}`.
        """
        kind = type(value)
        if kind is list or kind is dict:
            weight, depth = self._weigh(value)
            if weight > self.budget.size or depth > _VALUE_DEPTH_LIMIT:
                raise BudgetExceeded(f"a value of more than {self.budget.size} parts or {_VALUE_DEPTH_LIMIT} levels")
        return value

    def _weigh(self, value: object) -> tuple[int, int]:
        """Give how many parts a value has when nothing is shared, and how deep it goes; remembered by identity."""
        if self._weights is None:
            self._weights = {}
        known = self._weights.get(id(value))
        if known is not None:
            return known[1], known[2]
        parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        weight, depth = 1, 1
        for part in parts:
            if type(part) is list or type(part) is dict:
                inner, below = self._weigh(part)
                weight, depth = weight + inner, max(depth, below + 1)
            else:
                weight += 1 + len(part) // _WALK if type(part) is str else 1
        self._weights[id(value)] = (value, weight, depth)
        return weight, depth

    def problem(self, template: str, at: int = 0, *parts: object) -> None:
        """Record why something became null; `template` is one of those that `danish` translates."""
        if len(self.problems) < _PROBLEM_LIMIT:
            self.problems.append(Problem(template, at, parts))


class Env:
    """One scope: its variables, the scope around it (None for the outermost) and the run."""

    __slots__ = ("outer", "run", "vars")

    def __init__(self, variables: Mapping[str, object], outer: "Env | None", run: Run) -> None:
        self.vars = variables
        self.outer = outer
        self.run = run


Code = Callable[[Env], object]


class Missing:
    """The type of MISSING, which stands for a variable that is not there; null is a value."""


MISSING: Final = Missing()
