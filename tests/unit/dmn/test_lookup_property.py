"""Rules found by lookup are the rules found by testing every cell, whatever the value."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from kfflow.engine.dmn import compile_decisions
from kfflow.feel import compile_unary_tests
from kfflow.feel.temporal import Date, date_from_epoch
from tests.unit.dmn.building import rule, table

numbers = st.sampled_from(["0", "1", "2", "2.5", "1e33", "1.000000000000000000000000000000001", "-1"])
dates = st.integers(0, 4).map(lambda n: f'@"2026-01-0{n + 1}"')
texts = st.sampled_from(['"a"', '"b"', '"…"'])


def cells(points: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    comparison = st.tuples(st.sampled_from(["<", "<=", ">", ">=", "!=", "="]), points).map(" ".join)
    interval = st.tuples(st.sampled_from("[(]"), points, points, st.sampled_from("])[")).map(
        lambda t: f"{t[0]}{t[1]}..{t[2]}{t[3]}"
    )
    listed = st.lists(points | comparison | interval, min_size=1, max_size=3).map(", ".join)
    calculated = st.tuples(st.sampled_from(["? <", "? = limit or ? ="]), points).map(" ".join)
    return st.just("-") | listed | listed.map("not({})".format) | calculated | st.sampled_from(["null", "limit", "[]"])


columns = st.sampled_from([cells(numbers), cells(dates), cells(texts), cells(numbers | texts), cells(texts | dates)])
values = (
    st.none()
    | st.booleans()
    | st.sampled_from(["a", "b", "c", "…"])
    | st.sampled_from([Decimal(n) for n in ("0", "0.5", "1", "1.0000000000000000000000000000000005", "2.5", "1e40")])
    | st.integers(-1, 5).map(lambda n: date_from_epoch(20_454 + n))
    | st.lists(st.sampled_from(["a", 1]), max_size=2)
)


@given(st.data(), columns, columns)
@settings(max_examples=250)
def test_lookup_finds_what_testing_every_cell_finds(data: st.DataObject, first: object, second: object):
    rows = data.draw(st.lists(st.tuples(first, second), min_size=1, max_size=8))
    model = compile_decisions(table(["x", "y"], ["r"], [rule([*r], ["1"]) for r in rows], "COLLECT"), "t.dmn")
    for x, y in data.draw(st.lists(st.tuples(values, values), min_size=1, max_size=6)):
        given_values = {"x": x, "y": y, "limit": 2}
        found = {m.index for m in model.evaluate("t", given_values).matched_rules}
        expected = {
            number
            for number, row in enumerate(rows, 1)
            if all(compile_unary_tests(c).matches(v, given_values) is True for c, v in zip(row, (x, y), strict=True))
        }
        assert found == expected


def test_a_date_lies_where_it_should():
    assert date_from_epoch(20_454) == Date(2026, 1, 1)
