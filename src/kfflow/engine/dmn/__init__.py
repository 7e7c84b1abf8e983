"""Decision models (DMN 1.1-1.5): deploy-time findings, evaluation that records which rules fired on which values."""

from kfflow.engine.dmn.analysis import table_analysis
from kfflow.engine.dmn.coming_rows import coming_rows
from kfflow.engine.dmn.deadline_tables import DeadlineUse, gives_deadlines, has_row
from kfflow.engine.dmn.decisions import (
    Decision,
    DecisionModel,
    DecisionsRefused,
    Evaluated,
    EvaluatedDecision,
    MatchedRule,
    compile_decisions,
    lint_decisions,
    read_decisions,
)

__all__ = [
    "DeadlineUse",
    "Decision",
    "DecisionModel",
    "DecisionsRefused",
    "Evaluated",
    "EvaluatedDecision",
    "MatchedRule",
    "coming_rows",
    "compile_decisions",
    "gives_deadlines",
    "has_row",
    "lint_decisions",
    "read_decisions",
    "table_analysis",
]
