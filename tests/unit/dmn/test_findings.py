"""What is refused or remarked in a decision model, and the analysis of tables."""

import time

import pytest

from kfflow.engine.dmn import DecisionsRefused, compile_decisions, lint_decisions
from tests.unit.dmn.building import NAMESPACE, Row, model, rule, table

DECISION = '<decision id="d" name="d">{}</decision>'


def rules_of(source: bytes) -> list[str]:
    return [f.rule for f in lint_decisions(source, "t.dmn")]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (b"", "dmn-xml"),
        (b"not xml", "dmn-xml"),
        (b"<a/>", "dmn-root"),
        (f'<!DOCTYPE d><definitions xmlns="{NAMESPACE}"/>'.encode(), "dmn-doctype"),
        (
            f'<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><definitions xmlns="{NAMESPACE}">&b;'
            "</definitions>".encode(),
            "dmn-doctype",
        ),
        (
            b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><definitions name="&x;"/>',
            "dmn-xml",
        ),
        (b" " * 5_000_001, "dmn-size"),
        (model("<context>" * 200 + "</context>" * 200), "dmn-depth"),
        (model(""), "dmn-empty"),
        (model(DECISION.format("") * 2), "dmn-duplicate-id"),
        (model(DECISION.format("<literalExpression><text>1 +</text></literalExpression>")), "dmn-feel"),
        (
            model(DECISION.format('<literalExpression expressionLanguage="juel"><text>1</text></literalExpression>')),
            "dmn-language",
        ),
        (
            model(DECISION.format('<informationRequirement><requiredInput href="#no"/></informationRequirement>')),
            "dmn-reference",
        ),
        (
            model(DECISION.format('<informationRequirement><requiredDecision href="#d"/></informationRequirement>')),
            "dmn-cycle",
        ),
        (model(DECISION.format('<variable name="d" typeRef="tNo"/>')), "dmn-type"),
        (table(["n"], ["r"], [rule(["1"], ["2"])], "SECOND"), "dmn-hit-policy"),
        (table(["n"], ["r"], [rule(["1"], ["2"])], "PRIORITY"), "dmn-hit-policy"),
        (table(["n"], ["r"], [rule(["1", "2"], ["2"])]), "dmn-rule-width"),
        (table(["n"], [], [rule(["1"], [])]), "dmn-outputs"),
        (table(["n"], ["a", "b"], [rule(["1"], ["1", "2"])], "COLLECT", aggregation="SUM"), "dmn-aggregation"),
        (table(["n"], ["r"], [rule(["1"], ["2"], gyldig_fra="1.7.2026")]), "dmn-validity"),
        (table(["n"], ["r"], [rule(["1 2"], ["2"])]), "dmn-feel"),
        (table(["n"], ["r"], [rule(["< foo(1)"], ["2"])]), "dmn-no-value"),
        (table(["n"], ["r"], [rule(["1"], ['date("2026-02-30")'])]), "dmn-no-value"),
        (
            model(
                '<businessKnowledgeModel id="b" name="b"><encapsulatedLogic kind="Java"/></businessKnowledgeModel>'
                + DECISION.format("")
            ),
            "dmn-external",
        ),
    ],
)
def test_broken_model_is_reported(source: bytes, expected: str):
    assert rules_of(source)[0] == expected


def test_refusal_carries_every_finding_with_its_place():
    source = table(["n"], ["r"], [rule(["1 +"], ["2"]), rule(["3"], ["4 5"])])
    with pytest.raises(DecisionsRefused) as caught:
        compile_decisions(source, "t.dmn")
    found = caught.value.findings
    assert [(f.rule, f.element_id, f.resource) for f in found] == [("dmn-feel", "t", "t.dmn")] * 2
    assert "Regel 1, n: »1 +« er ikke gyldig FEEL" in found[0].message_da
    assert all(f.line and f.message_en for f in found)


def typed_table(type_ref: str, cell: str) -> bytes:
    return model(
        f'<inputData id="i" name="status"><variable name="status" {type_ref}/></inputData><decision id="d" name="d">'
        '<informationRequirement><requiredInput href="#i"/></informationRequirement><decisionTable id="dt">'
        "<input><inputExpression><text>status</text></inputExpression></input><output/>"
        f"<rule><inputEntry><text>{cell}</text></inputEntry><outputEntry><text>1</text></outputEntry></rule>"
        "</decisionTable></decision>"
    )


@pytest.mark.parametrize(
    ("type_ref", "cell", "expected"),
    [
        ('typeRef="string"', "active", [("dmn-undeclared", "error")]),
        ("", "active", [("dmn-undeclared", "warning")]),
        ('typeRef="string"', '"active"', []),
        ('typeRef="string"', "? = status", []),
    ],
)
def test_names_that_a_cell_cannot_know_are_found(type_ref: str, cell: str, expected: list[tuple[str, str]]):
    found = lint_decisions(typed_table(type_ref, cell), "t.dmn")
    assert [(f.rule, f.severity.value) for f in found if f.rule == "dmn-undeclared"] == expected


def analysed(inputs: list[str], rows: list[Row], policy: str = "UNIQUE") -> list[tuple[str, str]]:
    outputs = [rule(r.inputs, r.outputs or ["1"], r.element_id, **r.notes) for r in rows]
    findings = lint_decisions(table(inputs, ["r"], outputs, policy), "t.dmn")
    return [(f.rule, f.message_en) for f in findings if f.rule != "dmn-legal-basis"]


def test_complete_table_has_no_findings():
    assert analysed(["n"], [rule(["< 5"], []), rule([">= 5"], [])]) == []
    assert analysed(["b"], [rule(["true"], []), rule(["false"], [])]) == []
    assert analysed(["d"], [rule(['< @"2026-01-01"'], []), rule(['> @"2025-12-31"'], [])]) == []
    assert analysed(["a", "b"], [rule(["< 5", "-"], []), rule([">= 5", "true"], []), rule([">= 5", "false"], [])]) == []


def test_gap_has_an_example():
    assert analysed(["n"], [rule(["< 5"], []), rule(["> 5"], [])]) == [("dmn-gap", "No rule covers n = 5.")]
    assert analysed(["n"], [rule(["[0..5]"], []), rule(["> 5"], [])]) == [("dmn-gap", "No rule covers n = -1.")]
    assert analysed(["t"], [rule(['"a"'], []), rule(['"b"'], [])]) == [("dmn-gap", 'No rule covers t = "…".')]
    assert analysed(["a", "b"], [rule(["< 5", "-"], []), rule([">= 5", "true"], [])]) == [
        ("dmn-gap", "No rule covers a = 5, b = false.")
    ]


def test_overlap_has_an_example():
    assert analysed(["n"], [rule(["<= 5"], []), rule([">= 5"], [])]) == [
        ("dmn-overlap", "Rules 1 and 2 both match n = 5.")
    ]
    assert analysed(["n"], [rule(["<= 5"], ["1"]), rule([">= 5"], ["1"])], "ANY") == []
    assert analysed(["n"], [rule(["<= 5"], []), rule([">= 5"], [])], "FIRST") == []


def test_rules_valid_at_different_times_do_not_overlap():
    rows = [rule(["-"], [], gyldig_til="2026-01-01"), rule(["-"], [], gyldig_fra="2026-01-01")]
    assert analysed(["n"], rows) == []


def test_rules_that_overlap_for_a_time_are_found_with_its_days():
    rows = [rule(["-"], [], gyldig_til="2027-07-01"), rule(["-"], [], gyldig_fra="2027-01-01")]
    expected = [("dmn-overlap", "Rules 1 and 2 both match — from 2027-01-01 until 2027-06-30.")]
    assert analysed(["n"], rows) == expected
    assert analysed(["n"], [rule(["< 5"], []), rule([">= 5"], []), rule(["4"], [], gyldig_fra="2027-01-01")]) == [
        ("dmn-overlap", "Rules 1 and 3 both match n = 4 from 2027-01-01 on.")
    ]


def test_days_on_which_no_rule_counts_are_named():
    rows = [
        rule(["-"], [], gyldig_fra="2020-01-01", gyldig_til="2021-01-01"),
        rule(["< 5"], [], gyldig_fra="2022-01-01", gyldig_til="2023-01-01"),
        rule([">= 5"], [], gyldig_fra="2022-01-01", gyldig_til="2023-01-01"),
    ]
    assert analysed(["n"], rows) == [
        ("dmn-days", "No rule of the table is in force until 2019-12-31."),
        ("dmn-days", "No rule of the table is in force from 2021-01-01 until 2021-12-31."),
        ("dmn-days", "No rule of the table is in force from 2023-01-01 on."),
    ]
    assert analysed([], [rule([], [], gyldig_fra="2020-01-01")]) == [
        ("dmn-days", "No rule of the table is in force until 2019-12-31.")
    ]
    assert analysed(["n"], rows, "COLLECT") == []


def test_days_on_which_a_value_is_covered_by_no_rule_are_named_once():
    rows = [
        rule(["< 5"], [], gyldig_til="2022-01-01"),
        rule(["> 5"], []),
        rule(["5"], [], gyldig_fra="2021-01-01", gyldig_til="2026-01-01"),
        rule(["5"], [], gyldig_fra="2026-01-01"),
        rule(["< 5"], [], gyldig_fra="2024-01-01"),
    ]
    assert analysed(["n"], rows) == [
        ("dmn-gap", "No rule covers n = 5 until 2020-12-31."),
        ("dmn-gap", "No rule covers n = 4 from 2022-01-01 until 2023-12-31."),
    ]


@pytest.mark.parametrize("end", ["2001-01-01", "2099-01-01"])
def test_a_rule_that_ends_before_it_begins_is_refused_with_both_days(end: str):
    with pytest.raises(DecisionsRefused) as refused:
        compile_decisions(table(["n"], ["r"], [rule(["1"], ["2"], gyldig_fra="2099-01-01", gyldig_til=end)]), "t.dmn")
    (found,) = refused.value.findings
    assert (found.rule, found.element_id) == ("dmn-validity", "t")
    assert found.message_en.startswith(f"Rule 1, gyldig_til: The end {end} is not after 2099-01-01.")
    assert found.message_da.startswith(f"Regel 1, gyldig_til: Slutdatoen {end} ligger ikke efter 2099-01-01.")


def test_rule_that_never_fires_is_found():
    assert analysed(["n"], [rule(["< 10"], []), rule(["< 5"], []), rule(["-"], [])], "FIRST") == [
        ("dmn-unreachable", "Rule 2 can never fire: n = 4 is taken by rule 1.")
    ]
    assert analysed(["n"], [rule(["< 5"], []), rule([">= 5"], []), rule(["[3..8]"], [])], "FIRST") == [
        ("dmn-unreachable", "Rule 3 can never fire: n = 3 is taken by rule 1.")
    ]


def test_rule_that_a_stronger_one_hides_is_found():
    rows = [rule(["< 10"], ['"b"']), rule(["< 20"], ['"a"']), rule(["-"], ['"c"'])]
    source = table(["n"], ["r"], rows, "PRIORITY", allowed=['"a", "b", "c"'])
    assert [f.message_en for f in lint_decisions(source, "t.dmn") if f.rule == "dmn-unreachable"] == [
        "Rule 1 can never fire: n = 9 is taken by rule 2."
    ]


def test_cell_that_accepts_nothing_is_found():
    found = analysed(["n"], [rule(["[5..1]"], []), rule(["-"], [])])
    assert found == [("dmn-unreachable", "Rule 1 can never fire: n cannot meet “[5..1]”.")]


@pytest.mark.parametrize(
    ("inputs", "policy", "severity"),
    [
        (["n", "m"], "UNIQUE", "error"),
        (["n", "n > 3"], "UNIQUE", "warning"),
        (["n", "m"], "ANY", "warning"),
    ],
)
def test_overlap_is_an_error_where_the_table_has_no_result_for_it(inputs: list[str], policy: str, severity: str):
    rows = [rule(["<= 5", "-"], ["1"]), rule([">= 5", "-"], ["2"])]
    source = table(inputs, ["r"], rows, policy)
    assert [f.severity.value for f in lint_decisions(source, "t.dmn") if f.rule == "dmn-overlap"] == [severity]
    if severity == "error":
        with pytest.raises(DecisionsRefused):
            compile_decisions(source, "t.dmn")


def test_a_column_that_cannot_be_cut_hides_no_gap_of_the_others():
    rows = [rule(['time("08:00:00")', "< 5"], []), rule(["-", "> 5"], [])]
    assert analysed(["t", "n"], rows) == [("dmn-gap", "No rule covers n = 5.")]


def test_large_table_is_analysed_in_bounded_time():
    rows = [rule([f'"k{n % 40}"', f"[{n}..{n + 1})"], [str(n)]) for n in range(1500)]
    started = time.thread_time()
    found = {f.rule for f in lint_decisions(table(["kind", "n"], ["r"], rows), "t.dmn")}
    assert time.thread_time() - started < 10
    assert found == {"dmn-legal-basis", "dmn-gap"}


def test_table_that_is_too_large_says_that_it_was_not_looked_at_in_full():
    rows = [rule(["-" if c != n % 8 else f"not({n})" for c in range(8)], []) for n in range(400)]
    assert "dmn-analysis-incomplete" in [r for r, _ in analysed(list("abcdefgh"), rows)]


def typed_cells(cell: str, result: str) -> list[str]:
    source = model(
        '<decision id="d" name="d"><decisionTable id="dt" hitPolicy="FIRST"><input><inputExpression typeRef="number">'
        '<text>n</text></inputExpression></input><output name="r" typeRef="string"><outputValues><text>"a", "b"</text>'
        f"</outputValues></output><rule><inputEntry><text>{cell}</text></inputEntry><outputEntry><text>{result}</text>"
        "</outputEntry></rule></decisionTable></decision>"
    )
    return [f.message_en for f in lint_decisions(source, "t.dmn") if f.rule == "dmn-cell-type"]


@pytest.mark.parametrize(
    ("cell", "result", "expected"),
    [
        ("5", '"a"', []),
        ("[1..5], not(3)", '"b"', []),
        ("x + 1", "y", []),
        ("-", "", []),
        ('"5"', '"a"', ['Rule 1, n: "5" is not of type number.']),
        ('["a".."b"]', '"a"', ['Rule 1, n: ["a".."b"] is not of type number.']),
        ("5", "1", ["Rule 1, r: 1 is not of type string."]),
        ("5", '"c"', ['Rule 1, r: "c" is not among the allowed results.']),
    ],
)
def test_cells_that_contradict_their_column_are_found(cell: str, result: str, expected: list[str]):
    assert typed_cells(cell, result) == expected


def test_calculated_cells_are_left_alone():
    assert analysed(["n"], [rule(["< limit"], []), rule([">= limit"], [])]) == []


def test_rules_without_legal_basis_are_remarked_and_refused_where_others_have_one():
    bare = rule(["< 5"], ["1"])
    founded = rule([">= 5"], ["2"], hjemmel="straffuldbyrdelsesloven § 46")
    other = rule(["< 5"], ["1"], hjemmel="straffuldbyrdelsesloven § 47")
    remarks = [
        [f"{f.severity}: {f.message_en}" for f in lint_decisions(table(["n"], ["r"], rows), "t.dmn")]
        for rows in ([bare], [founded, bare], [founded, other])
    ]
    assert remarks == [
        ["info: The table has no column hjemmel (legal basis).", "warning: No rule covers n = 5."],
        ["error: The legal basis is missing in rule 2; say in the column hjemmel which law it rests on."],
        [],
    ]


def test_a_column_without_any_legal_basis_is_refused_row_by_row():
    source = table(["n"], ["r"], [rule(["< 5"], ["1"], hjemmel=" "), rule([">= 5"], ["2"], hjemmel="")])
    told = "The legal basis is missing in rule 1, 2; say in the column hjemmel which law it rests on."
    assert [(f.severity, f.message_en) for f in lint_decisions(source, "t.dmn")] == [("error", told)]


def test_a_table_under_law_without_the_column_is_refused():
    source = table(["n"], ["r"], [rule(["< 5"], ["1"]), rule([">= 5"], ["2"])])
    assert compile_decisions(source, "t.dmn").decisions
    with pytest.raises(DecisionsRefused) as refused:
        compile_decisions(source, "t.dmn", under_law=True)
    assert [f.rule for f in refused.value.findings] == ["dmn-legal-basis"]
