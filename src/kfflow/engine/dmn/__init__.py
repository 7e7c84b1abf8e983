"""Decision models (DMN 1.1-1.5): deploy-time findings, evaluation that records which rules fired on which values."""

from kfflow.engine.dmn.analysis import table_analysis
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
    "Decision",
    "DecisionModel",
    "DecisionsRefused",
    "Evaluated",
    "EvaluatedDecision",
    "MatchedRule",
    "compile_decisions",
    "lint_decisions",
    "read_decisions",
    "table_analysis",
]
