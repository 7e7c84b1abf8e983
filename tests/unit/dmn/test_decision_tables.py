"""Decision tables: hit policies, defaults, validity by date, what is recorded of an evaluation."""

from datetime import UTC, date, datetime
from itertools import product

import pytest

from kfflow.engine.dmn import MatchedRule, compile_decisions
from tests.unit.dmn.building import compiled, model, rule, table

NOW = datetime(2026, 7, 1, tzinfo=UTC)


def decide(text: bytes, now: datetime | None = NOW, **variables: object) -> object:
    return compiled(text).evaluate("t", variables, now=now).output


RISKS = [rule(["< 18"], ['"low"']), rule(["< 30"], ['"high"']), rule(["< 50"], ['"low"'])]


@pytest.mark.parametrize(
    ("policy", "age", "expected"),
    [
        ("UNIQUE", 40, "low"),
        ("UNIQUE", 10, None),
        ("UNIQUE", 90, None),
        ("FIRST", 10, "low"),
        ("FIRST", 20, "high"),
        ("ANY", 40, "low"),
        ("ANY", 20, None),
        ("PRIORITY", 10, "high"),
        ("RULE ORDER", 10, ["low", "high", "low"]),
        ("OUTPUT ORDER", 10, ["high", "low", "low"]),
        ("COLLECT", 20, ["high", "low"]),
        ("COLLECT", 90, []),
    ],
)
def test_hit_policy_decides(policy: str, age: int, expected: object):
    assert decide(table(["age"], ["risk"], RISKS, policy, allowed=['"high","low"']), age=age) == expected


@pytest.mark.parametrize(("policy", "expected"), [("PRIORITY", "high"), ("OUTPUT ORDER", ["high", "low", "low"])])
def test_priority_may_be_that_of_the_type(policy: str, expected: object):
    kind = (
        '<itemDefinition name="tRisk"><typeRef>string</typeRef><allowedValues><text>"high", "low"</text>'
        '</allowedValues></itemDefinition><itemDefinition name="tRisks" isCollection="true"><typeRef>tRisk</typeRef>'
        '</itemDefinition><decision id="t" name="t"><variable name="t" typeRef="{}"/>'
    )
    declared = kind.format("tRisk" if policy == "PRIORITY" else "tRisks").encode()
    text = table(["age"], ["risk"], RISKS, policy).replace(b'<decision id="t" name="t">', declared)
    assert decide(text, age=10) == expected


@pytest.mark.parametrize(
    ("aggregation", "n", "expected"),
    [
        ("SUM", 1, 6),
        ("MIN", 1, 1),
        ("MAX", 1, 3),
        ("COUNT", 1, 3),
        ("SUM", 9, None),
        ("COUNT", 9, 0),
    ],
)
def test_collect_aggregates(aggregation: str, n: int, expected: object):
    rows = [rule(["1"], [str(v)]) for v in (2, 1, 3)]
    assert decide(table(["n"], ["days"], rows, "COLLECT", aggregation=aggregation), n=n) == expected


def test_unique_violation_names_the_rules():
    evaluated = compiled(table(["age"], ["risk"], RISKS)).evaluate("t", {"age": 20}, now=NOW)
    assert evaluated.output is None
    assert evaluated.problems == ["the table is UNIQUE, but the rules 2, 3 all match"]
    assert [m.index for m in evaluated.matched_rules] == [2, 3]


def test_several_outputs_make_a_context_without_empty_cells():
    rows = [rule(["1"], ['"a"', "2"]), rule(["2"], ['"b"', ""])]
    text = table(["n"], ["kind", "days"], rows)
    assert decide(text, n=1) == {"kind": "a", "days": 2}
    assert decide(text, n=2) == {"kind": "b"}


def test_empty_cells_are_null_where_the_decision_has_a_type():
    components = "".join(f'<itemComponent name="{n}"><typeRef>Any</typeRef></itemComponent>' for n in ("kind", "days"))
    text = table(["n"], ["kind", "days"], [rule(["1"], ['"b"', ""])])
    declared = f'<itemDefinition name="tRow">{components}</itemDefinition><decision id="t" name="t">'
    typed = text.replace(b'<decision id="t" name="t">', f'{declared}<variable name="t" typeRef="tRow"/>'.encode())
    assert decide(typed, n=1) == {"kind": "b", "days": None}


def test_default_output_stands_in_when_no_rule_matches():
    text = table(["n"], ["days"], [rule(["1"], ["2"])], defaults=["14"])
    assert (decide(text, n=1), decide(text, n=5)) == (2, 14)


@pytest.mark.parametrize(("year", "expected"), [(2025, 12), (2026, 20), (None, None)])
def test_rules_outside_their_validity_are_not_considered(year: int | None, expected: object):
    rows = [
        rule(["-"], ["12"], gyldig_til="2026-01-01", hjemmel="straffeloven § 41"),
        rule(["-"], ["20"], gyldig_fra="2026-01-01", hjemmel="straffeloven § 41, ny"),
    ]
    now = datetime(year, 12, 31, 12, tzinfo=UTC) if year else None
    assert decide(table(["x"], ["years"], rows), now, x=1) == expected


SWITCHING = [
    rule(["-"], ["12"], gyldig_fra="2024-01-01", gyldig_til="2026-07-01"),
    rule(["-"], ["20"], gyldig_fra="2026-07-01"),
]


@pytest.mark.parametrize(
    ("day", "expected"), [(date(2024, 1, 1), 12), (date(2026, 6, 30), 12), (date(2026, 7, 1), 20), (None, 12)]
)
def test_the_day_decides_which_rule_counts_and_the_clock_does_not(day: date | None, expected: int):
    now = datetime(2024, 2, 1, 12, tzinfo=UTC)
    assert compiled(table(["x"], ["years"], SWITCHING)).evaluate("t", {"x": 1}, now=now, day=day).output == expected


EARLY = date(2023, 12, 31)


@pytest.mark.parametrize("policy", ["UNIQUE", "ANY", "FIRST", "PRIORITY"])
def test_an_answer_that_is_missing_because_of_the_day_is_a_problem_that_names_it(policy: str):
    allowed = ["20, 12"] if policy == "PRIORITY" else None
    found = compiled(table(["x"], ["years"], SWITCHING, policy, allowed=allowed)).evaluate("t", {"x": 1}, day=EARLY)
    assert (found.output, [p.message for p in found.unanswered]) == (None, found.problems)
    assert found.problems == ["no rule that fits is in force on 2023-12-31; rule 1 counts from 2024-01-01 on"]
    assert found.problems_da == ["ingen regel, der passer, gælder den 2023-12-31; regel 1 gælder fra 2024-01-01"]


def test_of_rules_that_have_ended_the_last_is_named_with_its_last_day():
    rows = [rule(["-"], ["1"], gyldig_til="2025-01-01"), rule(["-"], ["2"], gyldig_til="2026-01-01")]
    found = compiled(table(["x"], ["r"], rows, "FIRST")).evaluate("t", {"x": 1}, day=date(2026, 1, 1))
    assert found.problems == ["no rule that fits is in force on 2026-01-01; rule 2 counted until 2025-12-31"]


def test_a_rule_that_would_fit_on_another_day_is_named_though_others_are_in_force():
    rows = [rule(["< 5"], ["1"]), rule([">= 5"], ["2"], gyldig_fra="2026-01-01")]
    found = compiled(table(["x"], ["r"], rows)).evaluate("t", {"x": 7}, day=EARLY)
    assert found.problems == ["no rule that fits is in force on 2023-12-31; rule 2 counts from 2026-01-01 on"]


@pytest.mark.parametrize(
    ("policy", "defaults", "x", "expected"),
    [("COLLECT", None, 1, []), ("RULE ORDER", None, 1, []), ("UNIQUE", ["3"], 1, 3)],
)
def test_what_needs_no_answer_has_none_to_miss(policy: str, defaults: list[str] | None, x: int, expected: object):
    found = compiled(table(["x"], ["r"], SWITCHING, policy, defaults=defaults)).evaluate("t", {"x": x}, day=EARLY)
    assert (found.output, found.unanswered) == (expected, [])


def test_a_value_that_no_rule_takes_on_any_day_is_no_matter_of_days():
    rows = [rule(["< 5"], ["1"]), rule(["< 3"], ["2"], gyldig_fra="2026-01-01")]
    assert compiled(table(["x"], ["r"], rows)).evaluate("t", {"x": 7}, day=EARLY).unanswered == []


def test_evaluation_records_what_decided_it():
    rows = [rule(['"life"'], ["20"], element_id="r1", hjemmel="straffeloven § 41", kommentar="x")]
    evaluated = compile_decisions(table(["sentence"], ["years"], rows), "t.dmn").evaluate(
        "t", {"sentence": "life", "other": [1]}, now=NOW
    )
    notes = {"hjemmel": "straffeloven § 41", "kommentar": "x"}
    assert evaluated.matched_rules == [
        MatchedRule("r1", 1, {"sentence": "life"}, {"years": 20}, "straffeloven § 41", notes)
    ]
    assert (evaluated.decision_name, evaluated.inputs) == ("t", {"sentence": "life"})
    assert [(d.decision_id, d.output) for d in evaluated.evaluated_decisions] == [("t", 20)]


def test_cells_see_other_variables_and_the_input():
    rows = [rule(["> limit"], ["input - limit"]), rule(["? <= limit and ? > 0"], ["0"])]
    text = table(["input"], ["over"], rows)
    assert [decide(text, input=n, limit=5) for n in (7, 3, -1)] == [2, 0, None]


def test_null_input_matches_only_dash_and_null():
    rows = [rule(["null"], ['"null"']), rule(["< 5"], ['"small"']), rule(['"a"'], ['"a"']), rule(['not("a")'], ['"b"'])]
    assert decide(table(["n"], ["r"], rows, "COLLECT"), n=None) == ["null", "b"]


def test_dates_in_json_compare_with_dates_when_converted():
    rows = [rule(['< @"2026-07-01"'], ['"before"']), rule(['>= @"2026-07-01"'], ['"after"'])]
    text = table(["date(d)"], ["r"], rows)
    assert [decide(text, d=d) for d in ("2026-06-30", "2026-07-01", None)] == ["before", "after", None]


def test_required_decisions_and_knowledge_are_evaluated_first():
    text = model(
        """
        <inputData id="i" name="Monthly Income"><variable name="Monthly Income" typeRef="number"/></inputData>
        <decision id="yearly" name="Yearly Income"><variable name="Yearly Income" typeRef="number"/>
          <informationRequirement><requiredInput href="#i"/></informationRequirement>
          <literalExpression><text>Monthly Income * 12</text></literalExpression></decision>
        <businessKnowledgeModel id="bkm" name="share"><encapsulatedLogic><formalParameter name="x"/>
          <formalParameter name="percent" typeRef="number"/>
          <literalExpression><text>x * percent / 100</text></literalExpression></encapsulatedLogic>
        </businessKnowledgeModel>
        <decision id="tax" name="Tax"><variable name="Tax"/>
          <informationRequirement><requiredDecision href="#yearly"/></informationRequirement>
          <knowledgeRequirement><requiredKnowledge href="#bkm"/></knowledgeRequirement>
          <context>
            <contextEntry><variable name="base"/>
              <literalExpression><text>Yearly Income - 1000</text></literalExpression></contextEntry>
            <contextEntry><literalExpression><text>{base: base, tax: share(base, 10)}</text></literalExpression>
            </contextEntry></context></decision>"""
    )
    decisions = compile_decisions(text, "m.dmn")
    assert decisions.required_inputs == ("Monthly Income",)
    assert list(decisions.decisions) == ["yearly", "tax"]
    evaluated = decisions.evaluate("tax", {"Monthly Income": 1000}, now=NOW)
    assert evaluated.output == {"base": 11000, "tax": 1100}
    assert [d.decision_id for d in evaluated.evaluated_decisions] == ["yearly", "tax"]
    assert decisions.evaluate("Tax", {"Monthly Income": "x"}, now=NOW).problems[0] == (
        "input Monthly Income is not of its type"
    )


def test_every_combination_is_decided_by_exactly_one_rule():
    """A table over two columns agrees with the same rules written as Python."""
    rows = [
        rule(['"a"', "< 10"], ["1"]),
        rule(['"a"', ">= 10"], ["2"]),
        rule(['not("a")', "[0..5]"], ["3"]),
        rule(['not("a")', "not([0..5])"], ["4"]),
    ]
    text = compile_decisions(table(["kind", "n"], ["r"], rows), "t.dmn")
    for kind, n in product("ab", range(-3, 15)):
        expected = (1 if n < 10 else 2) if kind == "a" else (3 if 0 <= n <= 5 else 4)
        assert text.evaluate("t", {"kind": kind, "n": n}, now=NOW).output == expected


def test_unknown_decision_is_a_key_error():
    with pytest.raises(KeyError):
        compile_decisions(table(["n"], ["r"], [rule(["1"], ["1"])]), "t.dmn").evaluate("x", {}, now=NOW)
