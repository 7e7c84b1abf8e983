"""Expressions of a diagram, compiled once at deploy: FEEL, or a literal where the dialect allows one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from kfflow import feel
from kfflow.errors import EngineFailure


class Asked(Protocol):
    """What an evaluation may know beside the variables."""

    @property
    def at(self) -> datetime: ...

    @property
    def zone(self) -> str: ...

    @property
    def working_day(self) -> feel.WorkingDay: ...


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled FEEL expression (`program`), or a literal when there is none."""

    text: str
    program: "feel.Expression | None" = None
    asks_instant: bool = True
    """Whether it may ask what time it is: working that out costs more than a plain condition does."""

    @property
    def is_literal(self) -> bool:
        return self.program is None

    def value(self, variables: Mapping[str, object], asked: Asked) -> object:
        """Evaluate to a JSON-like value; raises EngineFailure when the budget is spent."""
        if self.program is None:
            return self.text
        try:
            now = asked.at.astimezone(ZoneInfo(asked.zone)) if self.asks_instant else None
            result = self.program.evaluate(variables, now=now, unlike_differ=True, working_day=asked.working_day)
        except feel.BudgetExceeded as problem:
            raise EngineFailure(
                f"Udtrykket {self.text!r} bruger for mange ressourcer.",
                f"The expression {self.text!r} costs too much: {problem}",
                kind="EXPRESSION_BUDGET_EXCEEDED",
            ) from None
        return feel.to_json(result)

    def names(self) -> tuple[str, ...]:
        """Give the variables that the expression reads."""
        return () if self.program is None else tuple(sorted(self.program.names))


def compile_feel(text: str) -> Expression:
    """Compile FEEL, with or without the leading `=`; raises FeelSyntaxError."""
    source = text.strip().removeprefix("=").strip()
    return Expression(source, feel.compile_expression(source), asks_instant="now" in source or "today" in source)


def compile_text(text: str) -> Expression:
    """Compile an attribute that is FEEL with a leading `=` and a literal without."""
    stripped = text.strip()
    return compile_feel(stripped) if stripped.startswith("=") else Expression(stripped)
