"""The tables of `bpmn/`: every row says where it comes from, and the limits of the law are theirs."""

from datetime import UTC, datetime

import pytest

from kfflow.engine.dmn import compile_decisions
from kfflow.engine.dmn.document import parse
from kfflow.engine.dmn.model import DecisionElement, DecisionTable
from kfflow.engine.dmn.reading import read
from tests.conftest import ROOT

NOW = datetime(2026, 11, 24, tzinfo=UTC)
ORIGINS = {"law", "background", "design"}
TABLES = sorted((ROOT / "bpmn").glob("*.dmn"))


def decide(decision: str, **variables: object) -> object:
    source = (ROOT / "bpmn" / f"{decision}.dmn").read_bytes()
    return compile_decisions(source, f"{decision}.dmn").evaluate(decision, variables, now=NOW).output


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_every_row_says_whether_it_is_law_background_or_design(path):
    elements = read(parse(path.read_bytes(), path.name), path.name, []).elements.values()
    tables = [one.logic for one in elements if isinstance(one, DecisionElement)]
    rows = [row for table in tables if isinstance(table, DecisionTable) for row in table.rules]
    assert [row.element_id for row in rows if row.annotations.get("origin") not in ORIGINS] == []


@pytest.mark.parametrize(
    ("kind", "purpose", "category", "terms"),
    [
        ("frigang", "arbejde", "under_2_5", ("P3M", "P6M")),
        ("frigang", None, None, ("P3M", "P6M")),
        ("frigang", "uddannelse", "5_til_8", ("P1Y", "P1Y")),
        ("frigang", "uddannelse", "8_og_over", ("P3M", "P6M")),
        ("frigang", "uddannelse", None, ("P3M", "P6M")),
        ("regelmaessig", "familie", "livstid", ("P6M", "P1Y")),
    ],
)
def test_a_leave_counts_as_long_as_its_purpose_and_the_sentence_allow(kind, purpose, category, terms):
    found = decide("udgang_parametre", udgangstype=kind, formaal=purpose, straf_kategori=category)
    assert (found["gyldighed"], found["gyldighed_hoejst"]) == terms


@pytest.mark.parametrize(
    ("reason", "days", "degree"),
    [
        ("grunde_ophoert", None, "skal"),
        ("grunde_ophoert", 15, "skal"),
        ("grunde_ophoert", 14, "kan"),
        ("eget_oenske", 15, "skal"),
        ("eget_oenske", 0, "kan"),
        ("pladshensyn", 5, "kan"),
    ],
)
def test_a_transfer_to_open_prison_shall_happen_unless_very_little_remains(reason, days, degree):
    moving = {"fra_regime": "lukket", "til_regime": "aaben", "anledning": reason, "reststraf_dage": days}
    assert decide("overfoersel_hjemmel", **moving)["grad"] == degree


@pytest.mark.parametrize(
    ("rule", "role", "complaint", "court"),
    [
        ("§ 38, stk. 1", "omraadekontor", True, True),
        (None, "omraadekontor", True, True),
        ("§ 40 a, nr. 1", "omraadekontor", True, False),
        ("§ 38, stk. 2", "omraadekontor", True, False),
        ("§ 38, stk. 1", "direktorat", False, True),
        ("§ 41", "direktorat", False, False),
    ],
)
def test_a_refusal_of_parole_names_the_court_where_the_law_does(rule, role, complaint, court):
    found = decide("afgoerelse_regel", sagstype="proeveloesladelse", afgoerelse_rolle=role, proeve_regel=rule)
    assert (found["kan_paaklages"], found["domstolsproevelse"]) == (complaint, court)
    assert "retten" not in found["klagevejledning"], "the letter says so, where the decision is a refusal"


def test_those_under_18_have_a_row_in_every_table_that_asks_for_their_regime():
    leave = decide("foerste_udgang", udgangstype="regelmaessig", regime="saerlig", straf_kategori="under_2_5")
    again = decide("genovervejelse_tid", regime="saerlig")
    moving = decide("overfoersel_hjemmel", fra_regime="saerlig", til_regime="lukket", anledning="genovervejelse")
    yearly = decide("genovervejelse", regime="saerlig", maaneder_siden=12, straf_kategori="under_2_5")
    assert (leave["maade"], again["efter"], moving["hjemmel"]) == ("manuel", "P1Y", "straffuldbyrdelsesloven § 78")
    assert [row["grund"] for row in yearly] == ["AARLIG"]


def test_only_regular_leave_has_a_frame():
    assert decide("udgang_ramme", udgangstype="regelmaessig") == {
        "fra_ugedag": 5,
        "fra_kl": "16:00:00",
        "til_ugedag": 7,
        "til_kl": "21:00:00",
        "rejsetimer": 3,
        "sparet_timer": 48,
    }
    assert decide("udgang_ramme", udgangstype="frigang")["til_ugedag"] is None


@pytest.mark.parametrize(
    ("two_thirds", "waits"),
    [("2027-11-01", False), ("2027-11-02", True), ("2027-11-09", True), ("2028-11-02", True), (None, False)],
)
def test_the_municipality_is_contacted_a_year_ahead_when_there_is_a_year_from_admission(two_thirds, waits):
    found = decide("kommune_kontakt", straftype="tidsbestemt", dato_totredjedel=two_thirds, indsat_dato="2026-11-02")
    assert (found["vent"], found["senest"]) == (waits, "4 W")
