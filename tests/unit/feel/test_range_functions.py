"""The relations of points and ranges, positional and named (DMN 1.5 §10.3.4.11, table 78)."""

import pytest

from kfflow.feel import compile_expression

PAIRS = {
    "points": ("point1", "point2"),
    "point, range": ("point", "range"),
    "range, point": ("range", "point"),
    "ranges": ("range1", "range2"),
}
RELATIONS = {
    "before": ("points", "point, range", "range, point", "ranges"),
    "after": ("points", "point, range", "range, point", "ranges"),
    "meets": ("ranges",),
    "met by": ("ranges",),
    "overlaps": ("ranges",),
    "overlaps before": ("ranges",),
    "overlaps after": ("ranges",),
    "finishes": ("point, range", "ranges"),
    "finished by": ("range, point", "ranges"),
    "includes": ("range, point", "ranges"),
    "during": ("point, range", "ranges"),
    "starts": ("point, range", "ranges"),
    "started by": ("range, point", "ranges"),
    "coincides": ("points", "ranges"),
}
VALUES = {"point": "5", "range": "[1..5]"}


@pytest.mark.parametrize(("name", "kind"), [(n, k) for n, kinds in RELATIONS.items() for k in kinds])
def test_named_arguments_give_what_positions_give(name: str, kind: str):
    names = PAIRS[kind]
    values = [VALUES[n.rstrip("12")] for n in names]
    positional = compile_expression(f"{name}({', '.join(values)})").evaluate({})
    named = ", ".join(f"{n}: {v}" for n, v in reversed(list(zip(names, values, strict=True))))
    assert isinstance(positional, bool)
    assert compile_expression(f"{name}({named})").evaluate({}) is positional


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("before(1, 10)", True),
        ("before([1..10), [10..15])", True),
        ("before([1..10], [10..15])", False),
        ("after(12, [1..10])", True),
        ("after([11..20], 12)", False),
        ("meets([1..5], [5..10])", True),
        ("meets([1..5), [5..10])", False),
        ("met by([5..10], [1..5])", True),
        ("overlaps([1..5], [3..8])", True),
        ("overlaps([1..5), [5..8])", False),
        ("overlaps before([1..5], [3..8])", True),
        ("overlaps before([3..8], [1..5])", False),
        ("overlaps after([3..8], [1..5])", True),
        ("finishes(10, [1..10])", True),
        ("finishes(10, [1..10))", False),
        ("finishes([5..10], [1..10])", True),
        ("finished by([1..10], [5..10])", True),
        ("includes([1..10], [4..6])", True),
        ("includes((1..10), [1..6])", False),
        ("during(5, [1..10])", True),
        ("starts(1, [1..10])", True),
        ("starts((1..5], [1..10])", False),
        ("started by([1..10], 1)", True),
        ("coincides([1..5], [1..5))", False),
        ('before(@"2026-01-01", [@"2026-02-01"..@"2026-03-01"])', True),
        ('includes([@"2026-01-01"..@"2026-12-31"], @"2026-07-01")', True),
        ("meets(1, [1..2])", None),
        ('before(1, "a")', None),
    ],
)
def test_relation_has_the_value_of_the_standard(source: str, expected: bool | None):  # noqa: FBT001 - the expected value
    assert compile_expression(source).evaluate({}) is expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("includes((> 3), 5)", True),
        ("includes((> 3), 3)", False),
        ("includes((>= 3), [3..9])", True),
        ("includes([3..9], (>= 3))", False),
        ("during(5, (<= 5))", True),
        ("before((< 5), 5)", True),
        ("before(5, (< 5))", False),
        ("after((> 5), [1..5])", True),
        ("overlaps((< 5), (> 3))", True),
        ("overlaps((< 3), (> 5))", False),
        ("overlaps before((< 5), [3..8])", True),
        ("meets((<= 5), [5..8])", True),
        ("starts([3..5], (>= 3))", True),
        ("starts((< 3), (< 5))", True),
        ("finishes((> 5), (> 3))", True),
        ("finishes([3..5], (<= 5))", True),
        ("coincides((< 5), (< 5))", True),
        ("coincides((< 5), (<= 5))", False),
        ('includes((> 3), "a")', None),
        ("includes((!= 3), 5)", None),
        ("includes((null..5), 3)", None),
    ],
)
def test_ranges_reach_without_end_where_they_have_none(source: str, expected: object):
    assert compile_expression(source).evaluate({}) is expected
