"""The analysis of tables agrees with their evaluation, for tables made at random."""

import re
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from kfflow.engine.dmn import lint_decisions
from kfflow.feel import compile_expression
from tests.unit.dmn.building import Row, compiled, rule, table

numbers = st.integers(0, 4)
number_cells = st.one_of(
    st.just("-"),
    numbers.map(str),
    st.tuples(st.sampled_from(["<", "<=", ">", ">="]), numbers).map(lambda t: f"{t[0]} {t[1]}"),
    st.tuples(st.sampled_from("[("), numbers, numbers, st.sampled_from("])")).map(
        lambda t: f"{t[0]}{t[1]}..{t[1] + t[2]}{t[3]}"
    ),
    st.tuples(numbers, numbers).map(lambda t: f"not({t[0]}, > {t[1]})"),
)
text_cells = st.sampled_from(["-", '"a"', '"b"', '"a", "b"', 'not("a")'])
rows = st.tuples(number_cells, text_cells, st.sampled_from(["true", "false", "-"])).map(lambda c: rule([*c], ["1"]))
tables = st.lists(rows, min_size=1, max_size=6)
POINTS = [(n, t, b) for n in [Decimal(k) / 2 for k in range(-2, 20)] for t in ("a", "b", "c") for b in (True, False)]


def example(message: str) -> dict[str, object]:
    found = re.findall(r'([ntb]) = ("[^"]*"|-?\w+(?:\.\d+)?)', message)
    values: dict[str, object] = {"n": 0, "t": "a", "b": True}
    return {**values, **{name: compile_expression(text).evaluate({}) for name, text in found}}


@given(tables)
@settings(max_examples=150)
def test_gaps_and_overlaps_are_what_evaluation_meets(rules: list[Row]):
    source = table(["n", "t", "b"], ["r"], rules)
    model = compiled(source)
    findings = lint_decisions(source, "t.dmn")

    def matching(values: dict[str, object]) -> int:
        return len(model.evaluate("t", values).matched_rules)

    counts = [matching({"n": n, "t": t, "b": b}) for n, t, b in POINTS]
    assert any(f.rule == "dmn-gap" for f in findings) is (0 in counts)
    assert any(f.rule == "dmn-overlap" for f in findings) is (max(counts) > 1)
    for finding in findings:
        if finding.rule == "dmn-gap":
            assert matching(example(finding.message_en)) == 0
        if finding.rule == "dmn-overlap":
            assert matching(example(finding.message_en)) > 1


@given(
    st.lists(st.tuples(rows, st.sampled_from("123")), min_size=1, max_size=6), st.sampled_from(["FIRST", "PRIORITY"])
)
@settings(max_examples=120)
def test_unreachable_rules_never_decide(drawn: list[tuple[Row, str]], policy: str):
    rules = [rule(r.inputs, [output]) for r, output in drawn]
    source = table(["n", "t", "b"], ["r"], rules, policy, allowed=["2, 1, 3"])
    model = compiled(source)
    fired = {hit.index for n, t, b in POINTS for hit in model.evaluate("t", {"n": n, "t": t, "b": b}).matched_rules}
    found = lint_decisions(source, "t.dmn")
    dead = {int(f.message_en.split()[1]) for f in found if f.rule == "dmn-unreachable"}
    unfired = set(range(1, len(rules) + 1)) - fired
    assert dead == unfired or (dead < unfired and any(f.rule == "dmn-analysis-incomplete" for f in found))
