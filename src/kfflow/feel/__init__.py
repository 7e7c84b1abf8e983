"""FEEL, the expression language of DMN 1.3-1.5, for conditions, timers, mappings, decision tables and forms.

Text is parsed once into a syntax tree and compiled to closures over values of a closed set of types; no
Python code is ever made from text and no Python object can be reached from it. A part of an expression
that has no value is null and leaves a `Problem`; only broken syntax and an exceeded `Budget` raise.
"""

from kfflow.feel.errors import BudgetExceeded, FeelSyntaxError, Problem
from kfflow.feel.expressions import Expression, UnaryTests, compile_expression, compile_unary_tests
from kfflow.feel.runtime import Budget, WorkingDay
from kfflow.feel.temporal import DaysTime, YearsMonths
from kfflow.feel.values import Range, to_json
from kfflow.feel.values import enter as from_json

__all__ = [
    "Budget",
    "BudgetExceeded",
    "DaysTime",
    "Expression",
    "FeelSyntaxError",
    "Problem",
    "Range",
    "UnaryTests",
    "WorkingDay",
    "YearsMonths",
    "compile_expression",
    "compile_unary_tests",
    "from_json",
    "to_json",
]
