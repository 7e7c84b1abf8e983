"""Deadlines: a rule, the date it gives and why in words, the ledger of what happened to it, the time that is left."""

from kfflow.domain.deadlines.in_force import FromTable, InForce, Origin, tell_rule
from kfflow.domain.deadlines.ledger import Entry, EntryKind, State, append, replay, require_fits, resumed_due_at
from kfflow.domain.deadlines.projection import (
    COPENHAGEN,
    ExplainedStep,
    Projection,
    count_from,
    end_of_day,
    project,
    project_until,
)
from kfflow.domain.deadlines.reckoning import Terms, extended_due_at, obstacle_to_pause, reckon, set_to
from kfflow.domain.deadlines.remaining import Remaining, remaining
from kfflow.domain.deadlines.rules import END_OF_DAY, Period, Roll, Rule, add_months, parse_rule
from kfflow.domain.deadlines.telling import tell

__all__ = [
    "COPENHAGEN",
    "END_OF_DAY",
    "Entry",
    "EntryKind",
    "ExplainedStep",
    "FromTable",
    "InForce",
    "Origin",
    "Period",
    "Projection",
    "Remaining",
    "Roll",
    "Rule",
    "State",
    "Terms",
    "add_months",
    "append",
    "count_from",
    "end_of_day",
    "extended_due_at",
    "obstacle_to_pause",
    "parse_rule",
    "project",
    "project_until",
    "reckon",
    "remaining",
    "replay",
    "require_fits",
    "resumed_due_at",
    "set_to",
    "tell",
    "tell_rule",
]
