"""Expressions that try to reach Python, exhaust memory or run for ever: they fail, and quickly."""

import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kfflow.feel import (
    Budget,
    BudgetExceeded,
    FeelSyntaxError,
    compile_expression,
    compile_unary_tests,
    from_json,
    to_json,
)
from tests.unit.feel.hostile import HOSTILE, VARIANTS


class Untouchable:
    """A host object that must never be looked into."""

    def __getattr__(self, name: str) -> object:
        raise AssertionError(name)

    def __call__(self, *_: object) -> object:
        raise AssertionError("called")


@pytest.mark.parametrize("source", HOSTILE + VARIANTS, ids=range(len(HOSTILE + VARIANTS)))
def test_hostile_expression_only_fails_and_soon(source: str):
    started = time.thread_time()
    try:
        value = compile_expression(source).evaluate({"host": Untouchable()})
    except (FeelSyntaxError, BudgetExceeded):
        value = None
    assert time.thread_time() - started < 2
    assert "Untouchable" not in repr(value)
    assert "passwd" not in repr(value)
    to_json(value)


@pytest.mark.parametrize("source", ["1" + " + 1" * 4000, "true" + " and true" * 2000, "if a then 1 else " * 800 + "2"])
def test_long_chains_are_fine(source: str):
    assert compile_expression(source).evaluate({"a": False}) in {4001, True, 2}


@pytest.mark.parametrize(("opening", "closing"), [("(", ")"), ("[", "]"), ("{a: ", "}"), ("not(", ")"), ("abs(", ")")])
def test_nesting_is_limited_to_a_hundred_levels(opening: str, closing: str):
    compile_expression(opening * 99 + "1" + closing * 99).evaluate({})
    with pytest.raises(FeelSyntaxError, match="nested deeper than 100 levels"):
        compile_expression(opening * 100 + "1" + closing * 100)


@given(st.text(max_size=200))
@settings(max_examples=400)
def test_any_text_is_an_expression_or_a_syntax_error(source: str):
    for compile_text in (compile_expression, compile_unary_tests):
        with suppress(FeelSyntaxError):
            compile_text(source)


_WORDS = [
    "a",
    "b",
    "1",
    "2.5",
    '"x"',
    '@"P1D"',
    "+",
    "-",
    "*",
    "/",
    "**",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    ".",
    "..",
    "<",
    ">",
    "=",
    "!=",
    "and",
    "or",
    "not",
    "in",
    "between",
    "if",
    "then",
    "else",
    "for",
    "return",
    "some",
    "every",
    "satisfies",
    "instance",
    "of",
    "function",
    "null",
    "true",
    "item",
    "partial",
    "?",
    "sum",
    "date",
    "string",
    "number",
    "list",
    "<",
    ">",
]


@given(st.lists(st.sampled_from(_WORDS), max_size=25).map(" ".join))
@settings(max_examples=600)
def test_any_words_evaluate_or_are_refused(source: str):
    try:
        value = compile_expression(source).evaluate({"a": 3, "b": [1, {"a": None}]}, budget=Budget(nodes=5000))
    except (FeelSyntaxError, BudgetExceeded):
        return
    to_json(value)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(json_values)
def test_any_json_value_enters(value: object):
    assert to_json(from_json(to_json(from_json(value)))) == to_json(from_json(value))
    compile_expression("[v, v = v, string(v), v instance of number]").evaluate({"v": value})


def test_budgets_are_kept():
    with pytest.raises(BudgetExceeded):
        compile_expression("for i in 1..100 return i").evaluate({}, budget=Budget(nodes=50))
    with pytest.raises(BudgetExceeded):
        compile_expression("for i in 1..100 return i").evaluate({}, budget=Budget(size=50))
    with pytest.raises(BudgetExceeded):
        compile_expression("for i in 1..99999999 return i").evaluate({}, budget=Budget(nodes=10**9, seconds=0.05))
