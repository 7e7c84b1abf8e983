"""Deadlines of tasks and cases (`kf:deadline`), their expressions compiled at deploy and evaluated when they begin."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from kfflow.domain.deadlines import InForce, end_of_day
from kfflow.domain.law import Transition, Validity
from kfflow.engine.deadline_rows import Asking, looked_up
from kfflow.engine.expressions import Expression
from kfflow.engine.outcome import DeadlineRule, Environment
from kfflow.engine.timing import InvalidTime, parse_duration, parse_instant

Ask = Callable[[Expression], object]
"""Evaluates an expression where the deadline stands."""


ALWAYS = Validity()
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


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
    validity: Validity = ALWAYS
    table: str | None = None
    """The decision table that gives the length and all that hangs on it."""
    said: tuple[str, str] | None = None
    """In Danish and English, what a computed length, start or end is."""


@dataclass(frozen=True)
class DeadlineRules:
    """The rules of one element, whose periods follow each other; `overgang` says which day of a case picks one."""

    rules: tuple[DeadlineSpec, ...]
    overgang: Transition = Transition.FROM_REFERENCE_DATE
    met_by: str | None = None

    @cached_property
    def has_periods(self) -> bool:
        return any(rule.validity != ALWAYS for rule in self.rules)

    @cached_property
    def reads(self) -> frozenset[str]:
        """Give the variables that the length, the start or the end of a rule hangs on."""
        written = (part for rule in self.rules for part in (rule.rule, rule.start, rule.until) if part is not None)
        return frozenset(name for part in written for name in part.names())


def deadline_rule(spec: DeadlineRules, ask: Ask, env: Environment, asking: Asking) -> DeadlineRule | None:
    """Evaluate the rule that is in force for the case, None when none is; a table is asked for its row.

    Raises InvalidTime when a start or end is no date.
    """
    if not spec.has_periods:
        only = spec.rules[0]
        rule = evaluated(only, ask, env)
        return rule if only.table is None else looked_up(rule, only.table, asking, env)
    day = env.days().deciding(spec.overgang)
    chosen = next((rule for rule in spec.rules if rule.validity.covers(day)), None)
    if chosen is None:
        return None
    period = chosen.validity
    return evaluated(chosen, ask, env, InForce(period.gyldig_fra, period.gyldig_til, spec.overgang, day))


def evaluated(spec: DeadlineSpec, ask: Ask, env: Environment, in_force: InForce | None = None) -> DeadlineRule:
    """Evaluate what the element says of one rule, in force or not; what a table says is left open.

    Raises InvalidTime when a start or end is no date.
    """
    rule = None if spec.rule is None else ask(spec.rule)
    return DeadlineRule(
        rule=None if rule in (None, "") else str(rule),
        hjemmel=spec.hjemmel,
        kind=spec.kind,
        start=instant_of(None if spec.start is None else ask(spec.start), env),
        until=_until(None if spec.until is None else ask(spec.until), env),
        calendar=spec.calendar,
        roll=spec.roll,
        cutoff=spec.cutoff,
        warn_share=spec.warn_share,
        escalate_to=spec.escalate_to,
        in_force=in_force,
        said=spec.said,
    )


def _until(value: object, env: Environment) -> datetime | None:
    """Give the instant at which a deadline expires that runs until a day or an instant; a day counts to its end."""
    text = str(value or "")
    if not _DAY.fullmatch(text):
        return instant_of(value, env)
    try:
        return end_of_day(date.fromisoformat(text), env.zone)
    except (ValueError, OverflowError):
        raise InvalidTime(text) from None


def instant_of(value: object, env: Environment) -> datetime | None:
    """Give the instant that a date, date-time or duration from now names; None without a value. Raises InvalidTime."""
    if value in (None, ""):
        return None
    text = str(value)
    if text.startswith(("P", "-P")):
        return parse_duration(text).after(env.at, env.zone)
    return parse_instant(text, env.zone)
