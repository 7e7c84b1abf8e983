"""Files of open cases: each thing that is wrong is told by row and column, and why."""

from datetime import UTC, date, datetime

import orjson
import pytest

from kfflow.domain.case_rows import CaseRow, parse

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
GOOD = {
    "external_id": "K-1",
    "process": "kf_udgangstilladelse",
    "element": "Vurder",
    "institution": "SDO",
    "opened_at": "2026-11-02",
}


def read(*rows):
    return parse(orjson.dumps(rows), at=NOW, zone="Europe/Copenhagen")


def told(parsed):
    return [(p.row, p.column, p.value, p.code) for p in parsed.problems]


def test_a_row_of_csv_and_of_json_is_the_same_case():
    head = "external_id;process;element;institution;opened_at;entered_at;person;variables;variables.navn"
    row = 'K-1;proces;A|B;SDO;2026-11-02;2026-11-03T09:30;P-7;"{""dage"":3}";007'
    from_csv = parse(f"\ufeff{head}\r\n{row}\r\n".encode(), at=NOW, zone="Europe/Copenhagen")
    from_json = read(
        {
            **GOOD,
            "process": "proces",
            "element": ["A", "B"],
            "entered_at": "2026-11-03T09:30+01:00",
            "person": "P-7",
            "variables": {"dage": 3, "navn": "007"},
        }
    )
    case = CaseRow(
        row=1,
        external_id="K-1",
        process="proces",
        elements=("A", "B"),
        institution="SDO",
        opened_at=datetime(2026, 11, 1, 23, 0, tzinfo=UTC),
        entered_at=datetime(2026, 11, 3, 8, 30, tzinfo=UTC),
        person="P-7",
        variables={"dage": 3, "navn": "007"},
    )
    assert (from_csv.rows, from_csv.problems) == ([case], [])
    assert (from_json.rows, from_json.problems) == ([case], [])


def test_what_is_left_out_follows_from_what_is_given():
    (row,) = read(GOOD | {"legal_date": "2026-01-01"}).rows
    assert (row.entered_at, row.legal_date, row.person, row.variables) == (row.opened_at, date(2026, 1, 1), None, {})


@pytest.mark.parametrize(
    ("changed", "problems"),
    [
        ({"institution": ""}, [(1, "institution", "", "required")]),
        ({"opened_at": "2026-02-30"}, [(1, "opened_at", "2026-02-30", "date")]),
        ({"opened_at": "2.11.2026"}, [(1, "opened_at", "2.11.2026", "date")]),
        ({"opened_at": "0001-01-01"}, [(1, "opened_at", "0001-01-01", "date")]),
        ({"opened_at": "0002-01-01"}, [(1, "opened_at", "0002-01-01", "date")]),
        (
            {"opened_at": "9999-12-31T23:59:59-05:00"},
            [(1, "opened_at", "9999-12-31T23:59:59-05:00", "date")],
        ),
        ({"entered_at": "9999-12-31T23:59:59-05:00"}, [(1, "entered_at", "9999-12-31T23:59:59-05:00", "date")]),
        ({"legal_date": "2200-01-01"}, [(1, "legal_date", "2200-01-01", "date")]),
        ({"legal_date": "i går"}, [(1, "legal_date", "i går", "date")]),
        ({"opened_at": "2026-11-25"}, [(1, "opened_at", "2026-11-25", "future")]),
        ({"entered_at": "2026-11-01"}, [(1, "entered_at", "2026-11-01", "order")]),
        ({"entered_at": "2027-01-01"}, [(1, "entered_at", "2027-01-01", "future")]),
        ({"variables": "[1]"}, [(1, "variables", "[1]", "invalid")]),
        ({"variables": "{"}, [(1, "variables", "{", "invalid")]),
        ({"element": []}, [(1, "element", "[]", "invalid")]),
        ({"element": [7]}, [(1, "element", "[7]", "invalid")]),
        ({"process": 7}, [(1, "process", "7", "text")]),
        ({"process": ["a"]}, [(1, "process", "['a']", "text")]),
        ({"opened_at": ["a"]}, [(1, "opened_at", "['a']", "date")]),
        ({"tjenestested": "SDO"}, [(1, "tjenestested", "SDO", "unknown_column")]),
        ({"opened_at": "x", "person": 7}, [(1, "person", "7", "text"), (1, "opened_at", "x", "date")]),
    ],
)
def test_each_wrong_cell_is_told_by_row_column_and_value(changed, problems):
    parsed = read(GOOD | changed)
    assert (told(parsed), parsed.rows) == (problems, [])


def test_missing_columns_are_told_in_every_row_and_good_rows_are_read():
    parsed = read({"external_id": "K-2"}, GOOD)
    missing = ["process", "element", "institution", "opened_at"]
    assert told(parsed) == [(1, name, "", "missing_column") for name in missing]
    assert [row.external_id for row in parsed.rows] == ["K-1"]


def test_columns_that_a_file_lacks_or_nobody_knows_are_told_once():
    parsed = parse(b"external_id,process,element,sted\nK-1,p,A,SDO\nK-2,p,A,SDO\n", at=NOW, zone="Europe/Copenhagen")
    assert told(parsed) == [
        (0, "institution", "", "missing_column"),
        (0, "opened_at", "", "missing_column"),
        (0, "sted", "", "unknown_column"),
    ]
    assert (parsed.problems[1].message_da, parsed.rows) == ("Filen har ikke kolonnen opened_at; tilføj den.", [])


HEAD = ",".join([*GOOD, "variables.note"])
ROW = ",".join(GOOD.values())


def in_csv(*rows):
    return parse("\n".join([HEAD, *rows]).encode(), at=NOW, zone="Europe/Copenhagen")


def test_rows_are_numbered_as_a_spreadsheet_does():
    parsed = in_csv(f'{ROW},"to\nlinjer"', "", ROW.replace("K-1", ""), f"{ROW},a,b")
    assert told(parsed) == [(3, "external_id", "", "required"), (4, "#7", "b", "unknown_column")]
    assert [row.variables for row in parsed.rows] == [{"note": "to\nlinjer"}]


@pytest.mark.parametrize("note", ['"aaben', '"Se sag "A" nu"', '"lukket"x'])
def test_quotes_that_do_not_match_are_told_with_their_row_and_swallow_none(note):
    parsed = in_csv(ROW, f"{ROW.replace('K-1', 'K-2')},{note}", ROW.replace("K-1", "K-3"))
    assert (told(parsed), parsed.rows) == ([(0, "", "", "file")], [])
    assert parsed.problems[0].message_da.startswith("Række 2: anførselstegnene passer ikke.")


def test_a_number_that_stands_twice_is_told_with_the_first_row():
    parsed = read(GOOD, GOOD)
    assert told(parsed) == [(2, "external_id", "K-1", "twice")]
    assert parsed.problems[0].message_en == "The same number as row 1; each case stands once."


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"[1]",
        b"{}",
        b"[",
        b'[{"a": "\\u0000"}]',
        b"a,a\n1,2\n",
        b"external_id,process\n",
        b"[" * 2000,
    ],
)
def test_a_file_that_is_none_is_told_as_such(content):
    parsed = parse(content, at=NOW, zone="UTC")
    assert (told(parsed), parsed.rows) == ([(0, "", "", "file")], [])


def test_a_cell_beyond_the_line_of_names_is_told():
    head = ",".join(GOOD)
    line = ",".join(GOOD.values())
    parsed = parse(f"{head}\n{line},mere\n".encode(), at=NOW, zone="UTC")
    assert told(parsed) == [(1, "#6", "mere", "unknown_column")]
