"""What is known when an expression is compiled: it can never have a value, and says where and why."""

import pytest

from kfflow.feel import FeelSyntaxError, compile_expression, compile_unary_tests
from kfflow.feel.expressions import build_expression


@pytest.mark.parametrize(
    ("source", "message", "column"),
    [
        ("a + foo(1)", "there is no function foo", 5),
        ("risk level(1, 2)", "there is no function risk level", 1),
        ("x.y + Math(a: 1)", "there is no function Math", 7),
        ("abs()", "abs() takes (n)", 1),
        ("1 + abs(1, 2)", "abs() takes (n)", 5),
        ('substring("a")', "substring() takes (string, start position[, length])", 1),
        ("abs(x: 1)", "abs() takes (n)", 1),
        ('matches(input: "a")', "matches() takes (input, pattern[, flags])", 1),
        ("date(2026, 1)", "date() takes (from) / (year, month, day)", 1),
        ('date("2026-02-30")', "date() has no value for these arguments", 1),
        ('d < date and time("2026-01-01 10:00")', "date and time() has no value for these arguments", 5),
        ('a + duration("P4W")', "there are no weeks in FEEL: write P28D for P4W", 5),
        ('duration("-P1W")', "there are no weeks in FEEL: write -P7D for -P1W", 1),
        ('duration("4 uger")', "duration() has no value for these arguments", 1),
        ('if a then time("25:00") else null', "time() has no value for these arguments", 11),
        ("date(2026, 13, 1)", "date() has no value for these arguments", 1),
        ("time(25, 0, 0)", "time() has no value for these arguments", 1),
        ('number("1.000,5")', "number() has no value for these arguments", 1),
        ('@"tomorrow"', "'tomorrow' is no date, time or duration", 1),
        ('matches(a, "(")', "'(' is no regular expression", 12),
        ("a instance of int", "there is no type int", 15),
        ("function(a: int) a", "there is no type int", 13),
        ("{a: 1, a: 2}", "a context has two entries of one name", 1),
        ('function(x) external {java: {class: "a", method signature: "b"}}', "external functions are not available", 1),
        (
            "random number()",
            "random number() is not available: the same case must give the same answer",
            14,
        ),
    ],
)
def test_what_can_never_have_a_value_is_refused_with_its_column(source: str, message: str, column: int):
    with pytest.raises(FeelSyntaxError) as caught:
        compile_expression(source)
    assert (caught.value.message, caught.value.column) == (message, column)
    assert [(f.message, f.column) for f in build_expression(source, ()).faults] == [(message, column)]


def test_a_cell_is_refused_as_an_expression_is():
    with pytest.raises(FeelSyntaxError) as caught:
        compile_unary_tests("< foo(?)")
    assert (caught.value.message_da, caught.value.column) == ("der er ingen funktion foo", 3)


@pytest.mark.parametrize(
    "source",
    [
        "{f: function(n) if n < 2 then n else f(n - 1), r: f(2)}.r",
        "{f: function(n) g(n), g: function(n) n, r: f(2)}.r",
        "items[f(x) > 1]",
        "(function(f) f(1))(abs)",
        "for f in [abs] return f(-1)",
        "a.f(1)",
    ],
)
def test_functions_that_may_exist_are_not_faults(source: str):
    assert build_expression(source, ()).faults == ()


def test_a_declared_name_may_be_a_function():
    assert build_expression("share(1, 2)", ["share"]).faults == ()


def test_a_fault_is_null_where_the_text_is_evaluated_all_the_same():
    expression = build_expression('[foo(1), @"x", abs(), 2]', ())
    assert [f.column for f in expression.faults] == [2, 10, 16]
