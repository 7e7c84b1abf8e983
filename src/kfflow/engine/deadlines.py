"""Deadlines of tasks and cases (`kf:deadline`), their expressions compiled at deploy and evaluated when they begin."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from kfflow.engine.expressions import Expression
from kfflow.engine.outcome import DeadlineRule, Environment
from kfflow.engine.timing import parse_duration, parse_instant

Ask = Callable[[Expression], object]
"""Evaluates an expression where the deadline stands."""


@dataclass(frozen=True)
class DeadlineSpec:
    """A `kf:deadline` with its expressions compiled."""

    rule: Expression | None
    start: Expression | None
    until: Expression | None
    hjemmel: str
    kind: str
    calendar: str
    roll: str
    cutoff: str | None
    warn_share: float
    escalate_to: str | None


def deadline_rule(spec: DeadlineSpec, ask: Ask, env: Environment) -> DeadlineRule:
    """Evaluate a deadline; raises InvalidTime when a start or end is no date."""
    rule = None if spec.rule is None else ask(spec.rule)
    return DeadlineRule(
        rule=None if rule in (None, "") else str(rule),
        hjemmel=spec.hjemmel,
        kind=spec.kind,
        start=instant_of(None if spec.start is None else ask(spec.start), env),
        until=instant_of(None if spec.until is None else ask(spec.until), env),
        calendar=spec.calendar,
        roll=spec.roll,
        cutoff=spec.cutoff,
        warn_share=spec.warn_share,
        escalate_to=spec.escalate_to,
    )


def instant_of(value: object, env: Environment) -> datetime | None:
    """Give the instant that a date, date-time or duration from now names; None without a value. Raises InvalidTime."""
    if value in (None, ""):
        return None
    text = str(value)
    if text.startswith(("P", "-P")):
        return parse_duration(text).after(env.at, env.zone)
    return parse_instant(text, env.zone)
