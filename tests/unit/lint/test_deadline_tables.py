"""A deadline that a table gives: the diagram names a known table with a row for the task, and the rows can be read."""

import pytest

from kfflow import engine
from kfflow.engine import dmn
from kfflow.service import deadline_tables
from tests.integration.service import diagrams
from tests.unit.dmn.building import rule, table

ASKED = ["proces", "opgave", "prioritet"]
COLUMNS = ["interval", "enhed", "kalender", "arbejdsdag", "advarsel_pct", "eskaler_til", "art"]
CELLS = ["5", '"AD"', '"dk"', '"none"', "80", '"teamleder"', '"internal"']


def rows(*given, columns=COLUMNS) -> bytes:
    return table(ASKED, columns, list(given))


def row(*, task: str = '"A"', hjemmel: str = "Internt mål", **cells: str):
    written = [cells.get(column, usual) for column, usual in zip(COLUMNS, CELLS, strict=True)]
    return rule(['"p"', task, "-"], written, "raekke", hjemmel=hjemmel)


def found(attributes: str, source: bytes | None, *, more: str = "") -> list[tuple[str, str | None]]:
    task = diagrams.user_task("A", extra=f"<kf:deadline {attributes}/>{more}")
    files = [] if source is None else [("t.dmn", source)]
    drawn = diagrams.sequence("p", task, ids=["A"])
    judged = engine.judge(drawn, "p.bpmn", find_table=deadline_tables.among(files))
    return [(f.rule, f.element_id) for f in judged.findings if f.severity == "error"]


@pytest.mark.parametrize("task", ['"A"', '"B", "A"', "-", 'not("B")'])
def test_table_with_a_row_for_the_task_is_fine(task):
    assert found('table="t" start="=now()" cutoff="13:00"', rows(row(task=task))) == []


@pytest.mark.parametrize(
    ("source", "what"),
    [(None, "deadline-table-unknown"), (rows(row(task='"B"')), "deadline-row-missing")],
)
def test_table_that_is_unknown_or_has_no_row_is_a_finding_at_the_task(source, what):
    assert found('table="t"', source) == [(what, "A")]


@pytest.mark.parametrize(
    ("attributes", "more"),
    [
        ('table="t" rule="5 AD"', ""),
        ('table="t" until="=slut"', ""),
        ('table="t" hjemmel="§ 1"', ""),
        ('table="t" escalateTo="teamleder" kind="legal"', ""),
        ('table="t"', '<kf:deadline rule="5 AD" hjemmel="§ 1"/>'),
    ],
)
def test_table_beside_another_source_is_refused_by_name(attributes, more):
    assert found(attributes, rows(row()), more=more) == [("deadline-sources", "A")]


def test_computed_name_of_a_table_is_refused():
    assert found('table="=navn"', None) == [("deadline-table", "A")]


def test_deadline_that_says_nothing_is_refused():
    assert found('start="=now()"', None) == [("deadline-rule", "A")]


def messages(source: bytes) -> list[tuple[str, str | None]]:
    told = [f for f in dmn.lint_decisions(source, "t.dmn") if f.rule == "dmn-deadline-row"]
    return [(f.message_en, f.element_id) for f in told]


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({"interval": ""}, "interval is empty: write a whole number."),
        ({"interval": '"fem"'}, 'interval is "fem": write a whole number.'),
        ({"interval": "2.5"}, 'interval is "2.5": write a whole number.'),
        ({"enhed": '"dage"'}, 'enhed is "dage": write AD, KD, W, MD, H or M.'),
        ({"kalender": '"moon"'}, 'kalender is "moon": write 24/7, dk, dk-kontor, institution.'),
        ({"arbejdsdag": '"sideways"'}, 'arbejdsdag is "sideways": write none, next or previous.'),
        ({"advarsel_pct": "0.8 * 0"}, 'advarsel_pct is "0": write a percentage above 0 and at most 100.'),
        ({"eskaler_til": "7"}, 'eskaler_til is "7": write a group.'),
        ({"art": '"lov"'}, 'art is "lov": write legal or internal.'),
        ({"hjemmel": " "}, "a deadline must have a legal basis (hjemmel)."),
    ],
)
def test_bad_value_in_a_row_is_found_at_the_row(cells, told):
    source = rows(row(task='"B"'), row(**cells))
    assert messages(source) == [(f"Row 2 of t: {told}", "raekke")]
    with pytest.raises(dmn.DecisionsRefused):
        dmn.compile_decisions(source, "t.dmn")


def test_value_that_is_computed_shows_only_when_it_is_evaluated():
    assert messages(rows(row(interval="if prioritet > 50 then 1 else 5"))) == []


def test_column_that_is_not_known_is_found():
    misspelt = rule(['"p"', '"A"', "-"], ["5", '"AD"', '"dk"'], "raekke", hjemmel="§ 1")
    source = rows(misspelt, columns=["interval", "enhed", "kalendar"])
    assert messages(source) == [('Row 1 of t: kalendar is "dk": the column is not known.', "raekke")]


def test_task_without_a_row_is_no_gap_of_the_table():
    assert [f.rule for f in dmn.lint_decisions(rows(row()), "t.dmn")] == []


def test_table_of_other_columns_gives_no_deadlines():
    other = table(["x"], ["interval"], [rule(["-"], ['"fem"'], hjemmel="§ 1")])
    assert messages(other) == []
