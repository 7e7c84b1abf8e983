"""Lists, contexts, loops, functions, names and types."""

from decimal import Decimal

import pytest

from kfflow.feel import FeelSyntaxError, compile_expression, compile_unary_tests


def value_of(source: str, **variables: object) -> object:
    return compile_expression(source, names=variables).evaluate(variables)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("[1, 2, 3][2]", 2),
        ("[1, 2, 3][-1]", 3),
        ("[1, 2, 3][4]", None),
        ("[1, 2, 3][item > 1]", [2, 3]),
        ("[{a: 1, b: 2}, {a: 3, b: 4}][a > 2].b", [4]),
        ("5[1]", 5),
        ("null[item > 1]", []),
        ("{a: 1, b: a + 1}", {"a": 1, "b": 2}),
        ('{"a b": 1}.a b', 1),
        ("{a: {b: [1, {c: 7}]}}.a.b[2].c", 7),
        ("for i in 1..3 return i * i", [1, 4, 9]),
        ("for i in 3..1 return i", [3, 2, 1]),
        ("for a in [1, 2], b in [a, 10] return a * b", [1, 10, 4, 20]),
        ("for i in 1..4 return if i = 1 then 1 else partial[-1] * i", [1, 2, 6, 24]),
        ("for i in 1..3 return partial", [[], [[]], [[], [[]]]]),
        ("some x in [1, 2] satisfies x > 1", True),
        ("every x in [1, 2] satisfies x > 1", False),
        ("every x in [2, null] satisfies x > 1", None),
        ("(function(a, b) a - b)(b: 1, a: 5)", 4),
        ("{f: function(n) if n < 2 then 1 else n * f(n - 1), r: f(5)}.r", 120),
        ("{x: 10, f: function(y) x + y, x2: f(5)}.x2", 15),
        ('(function(a: number) a)("x")', None),
        ("sort([3, 1, 2], function(x, y) x > y)", [3, 2, 1]),
        ("sum([1, 2, 3])", 6),
        ("sum(1, 2, 3)", 6),
        ("mean([1, 2, 3])", 2),
        ('max(["a", "c", "b"])', "c"),
        ("distinct values([1, 2, 1])", [1, 2]),
        ("flatten([1, [2, [3]]])", [1, 2, 3]),
        ("concatenate([1], [2])", [1, 2]),
        ("partition([1, 2, 3], 2)", [[1, 2], [3]]),
        ("index of([1, 2, 1], 1)", [1, 3]),
        ("list contains([1, null], null)", True),
        ('string join(["a", null, "b"], "-")', "a-b"),
        ('split("a;b", ";")', ["a", "b"]),
        ('split("abc", "x*")', None),
        ('matches("afd. 4", "afd\\. [0-9]+")', True),
        ('replace("2026-03-29", "(\\d+)-(\\d+)-(\\d+)", "$3.$2.$1")', "29.03.2026"),
        ('substring("foobar", -3, 2)', "ba"),
        ('upper case("æble")', "ÆBLE"),
        ('get or else(null, "x")', "x"),
        ('get value({a: {b: 1}}, ["a", "b"])', 1),
        ('context put({a: 1}, "b", 2)', {"a": 1, "b": 2}),
        ("context merge([{a: 1}, {a: 2, b: 3}])", {"a": 2, "b": 3}),
        ("[1..5] instance of range<number>", True),
        ("[1, 2] instance of list<number>", True),
        ('{a: "x"} instance of context<a: string>', True),
        ("null instance of Any", False),
        ("is empty([])", True),
        ("overlaps([1..5], [5..8])", True),
        ("during(3, [1..5])", True),
        ("round half up(2.5, 0)", 3),
        ("decimal(2.5, 0)", 2),
        ('number("1.000,5", ".", ",")', Decimal("1000.5")),
        ("abs(-3)", 3),
        ("count([1, 2]) > 1 and not(false)", True),
    ],
)
def test_expression_has_its_value(source: str, expected: object):
    assert value_of(source) == expected


def test_names_of_several_words_are_found_in_scope():
    variables = {"loan amount": 100, "a-b": 5, "a": 7, "b": 1, "rate in percent": 2, "date of birth": "x"}
    assert value_of("loan amount * rate in percent / 100", **variables) == 2
    assert value_of("a-b", **variables) == 5
    assert value_of("a - b", a=7, b=1) == 6
    assert value_of("date of birth", **variables) == "x"


def test_unknown_words_side_by_side_are_one_name():
    expression = compile_expression("order total + case.legal basis")
    assert expression.names == {"order total", "case"}
    assert expression.evaluate({"order total": 1, "case": {"legal basis": 2}}) == 3


def test_free_names_leave_out_loops_functions_and_builtins():
    source = "sum(for i in items return i * rate) + (function(x) x + offset)(count(items))"
    assert compile_expression(source).names == {"items", "rate", "offset"}


def test_a_variable_hides_a_builtin_of_its_name():
    assert value_of("count + 1", count=4) == 5
    assert compile_expression("count + 1").evaluate({"count": 4}) == 5


def test_a_variable_named_as_a_builtin_does_not_hide_the_function():
    assert value_of("string(date(date).year)", date="2026-03-29") == "2026"
    assert value_of('for date in ["2026-03-29"] return date(date).day') == [29]
    assert value_of("{sum: function(x) 7, r: sum([1])}.r") == 7


def test_missing_variables_are_null_with_a_problem():
    value, problems = compile_expression('a.b = "x" or c').evaluate_with_problems({"a": {}})
    assert value is None
    assert [(p.message, p.column) for p in problems] == [("there is no b", 2), ("there is no variable c", 14)]


def test_filter_says_that_its_condition_is_no_truth_value():
    value, problems = compile_expression('[1, 2]["a"]').evaluate_with_problems({})
    assert value == []
    assert {(p.message, p.column) for p in problems} == {("the match of a filter is not true or false", 7)}


def test_is_defined_tells_missing_from_null():
    assert value_of("is defined(a)", a=None) is True
    assert value_of("is defined(b)", a=None) is False


@pytest.mark.parametrize(
    ("cell", "value", "expected"),
    [
        ("-", None, True),
        ("", 1, True),
        ("5", 5, True),
        ("< 5", 5, False),
        ("< 5, > 9", 10, True),
        ("[1..5)", 5, False),
        ('"a", "b"', "b", True),
        ('not("a", "b")', "b", False),
        ('not("a", "b")', "c", True),
        ("not(< 5)", 7, True),
        ("not([1..5))", 5, True),
        ("not(2, ]1..5[)", 5, True),
        ("not(? = 7) and true", 7, False),
        ("? > limit and ? < 9", 7, True),
        ("true", True, True),
        ("false", True, False),
        ("true", None, False),
        ("limit > 2", 5, True),
        ('"a"', ["b", "a"], None),
        ('list contains(?, "a")', ["b", "a"], True),
        ("null", None, True),
        ("limit", 3, True),
        ('date("2026-01-01")', "x", None),
        ("[1, 2, 3]", 2, True),
        ('starts with(?, "a")', "abc", True),
        ("< 5", None, None),
        ('"a"', None, False),
    ],
)
def test_unary_tests(cell: str, value: object, expected: object):
    assert compile_unary_tests(cell).matches(value, {"limit": 3}) is expected


@pytest.mark.parametrize(
    ("source", "column"),
    [
        ("1 +", 4),
        ("(1", 3),
        ("if a then b", 12),
        ("a > > ", 5),
        ("[1..", 5),
        ('"abc', 1),
        ("1 2", 3),
        ("a & b", 3),
        ("", 1),
    ],
)
def test_syntax_errors_say_where(source: str, column: int):
    with pytest.raises(FeelSyntaxError) as caught:
        compile_expression(source)
    assert (caught.value.column, caught.value.source) == (column, source)


@pytest.mark.parametrize(
    ("source", "column", "message", "message_da"),
    [
        ("a == 1", 4, "write = for '=='", "skriv = i stedet for '=='"),
        ("a <> 1", 4, "write != for '<>'", "skriv != i stedet for '<>'"),
        ("a && b", 3, "write and for '&'", "skriv and i stedet for '&'"),
        ("a || b", 3, "write or for '|'", "skriv or i stedet for '|'"),
        ("!a", 1, "write not(…) for '!'", "skriv not(…) i stedet for '!'"),
        ("1 + < 2", 5, "unexpected '<'", "uventet '<'"),
        ("a and > 2", 7, "unexpected '>'", "uventet '>'"),
        ("a = 'b'", 5, "text stands between double quotes", "tekst skal stå mellem dobbelte anførselstegn"),
        ("1 /* one", 3, "a comment is not closed", "en kommentar er ikke afsluttet"),
    ],
)
def test_operators_of_other_languages_are_told_apart(source: str, column: int, message: str, message_da: str):
    with pytest.raises(FeelSyntaxError) as caught:
        compile_expression(source)
    error = caught.value
    assert (error.column, error.message, error.message_da) == (column, message, message_da)


def test_comparisons_without_a_left_side_are_values_in_brackets():
    assert value_of("[(< 5), (> 3)][1] = (< 5)") is True
    assert value_of("4 in [< 5]") is True
    assert value_of("4 in < 5 and true") is True
    assert value_of("includes(> 3, 5)") is True


def test_compiled_expressions_are_shared():
    assert compile_expression("a + 1") is compile_expression("a + 1")
    assert compile_expression("a + 1") is not compile_expression("a + 1", names=["a + 1"])
