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


class Untouchable:
    """A host object that must never be looked into."""

    def __getattr__(self, name: str) -> object:
        raise AssertionError(name)

    def __call__(self, *_: object) -> object:
        raise AssertionError("called")


ESCAPES = [
    "__class__",
    "().__class__",
    '"".__class__.__mro__',
    "[].__class__.__base__.__subclasses__()",
    "host.__class__",
    "host.__dict__",
    "host()",
    "host.run()",
    "host[1].__init__",
    'os.system("id")',
    "import os",
    '__import__("os").system("id")',
    'eval("1")',
    'exec("1")',
    'open("/etc/passwd")',
    'getattr(host, "x")',
    "lambda: 1",
    "now.__globals__",
    "(function(x) x).__code__",
    "(function(x) x).call",
    "abs.call",
    "sum.__self__",
    "{a: 1}.keys()",
    "[].append(1)",
    '"{0.__class__}".format(host)',
    "`__class__`",
    "`host`.`__class__`",
    'get value(host, "__class__")',
    'get value({a: 1}, "__class__")',
    "get entries(host)",
    'context([{key: "__class__", value: 1}]).__mro__',
    "string(host)",
    "host instance of Any",
    "{h: host}.h.x",
    "for h in [host] return h.x",
    "[host][x = 1].x",
    "host in [host]",
    'java.lang.Runtime.getRuntime().exec("id")',
    '(function(x) external {java: {class: "java.lang.Runtime", method signature: "exec"}})(1)',
    "${7*7}",
    "#{7*7}",
    "{{7*7}}",
    "a; b",
    "a = b; import os",
    "\x00",
    "1 \x00 2",
    "\ud800",
    '"\ud800"',
    '"\\u0000"',
    '@"../../etc/passwd"',
    'date and time("2020-01-01T00:00:00@../../etc/passwd")',
    'time("10:00:00@/etc/passwd")',
]

DOUBLINGS = ["ab", "bc", "cd", "de", "ef", "fg", "gh"]
EXHAUSTING = [
    "for a in 1..1000000000 return a",
    "for a in 1..100000, b in 1..100000 return 1",
    "some x in 1..10000000000 satisfies x < 0",
    'for d in @"0001-01-01"..@"999999-01-01" return d',
    'repeat("x", 1000000000)',
    'repeat(repeat("x", 1000), 10000)',
    "10 ** 6000 * 10 ** 6000",
    "9 ** 9 ** 9 ** 9",
    "{f: function(n) f(n + 1), r: f(1)}.r",
    "{f: function(n) if n < 2 then n else f(n - 1) + f(n - 2), r: f(60)}.r",
    "(function(x) x(x))(function(x) x(x))",
    'matches(repeat("a", 40) + "!", "(a+)+$")',
    'matches(repeat("a", 100) + "!", "(a|a)*$")',
    'matches(repeat("a", 5000), "a*a*a*a*a*a*b")',
    'matches("a", repeat("(", 5000))',
    'matches("a", repeat("a|", 50000))',
    'matches("x", "((((a{1000}){1000}){1000}){1000})")',
    'replace(repeat("ab", 20000), "(a|b)*?c", "x")',
    'replace(repeat("a", 100000), "a", repeat("b", 100))',
    "for i in 1..20000 return partial",
    "duplicate values(for i in 1..20000 return i)",
    "distinct values(for i in 1..50000 return i)",
    'string join(for i in 1..50000 return repeat("x", 100))',
    "{a: [1, 1, 1, 1, 1, 1, 1, 1]" + "".join(f", {y}: [{', '.join(x * 8)}]" for x, y in DOUBLINGS) + ", z: string(h)}",
    "{a: [1, 1, 1, 1, 1, 1, 1, 1]" + "".join(f", {y}: [{', '.join(x * 8)}]" for x, y in DOUBLINGS) + ", z: h = h}",
    '{a: "xxxxxxxxxxxxxxxx"' + "".join(f", {y}: {' + '.join(x * 8)}" for x, y in DOUBLINGS) + "}",
    "for i in 1..1000 return [partial[-1]]",
    "(" * 5000 + "1" + ")" * 5000,
    "[" * 300 + "]" * 300,
    "-" * 5000 + "1",
    "{a:" * 200 + "1" + "}" * 200,
    "a" + ".a" * 9000,
    "f" + "()" * 5000,
    "1" + "=1" * 5000,
    "function(a) " * 500 + "1",
    "1 in (" * 300 + "1" + ")" * 300,
    "x instance of " + "list<" * 500 + "number" + ">" * 500,
    '"' + "x" * 30000 + '"',
    'range(repeat("(", 10000))',
]


@pytest.mark.parametrize("source", ESCAPES + EXHAUSTING)
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
