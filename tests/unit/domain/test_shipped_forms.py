"""Every shipped form helps where an answer has consequences, and says in English all that it says in Danish."""

import json
import re

import pytest

from tests.conftest import ROOT
from tests.unit.domain.consequences import asked_by, deciding

FORMS = sorted((ROOT / "workflows").glob("*/forms/*.form"))
ASKED = {"datetime", "checkbox", "radio", "select", "checklist", "number"}
ONLY_RECORDED = {
    ("afslut_tilsyn", "tilsyn_afsluttet_dato"),
    ("anbring_midlertidigt", "midlertidigt_fra"),
    ("anmeld_undvigelse", "politi_underrettet"),
    ("foerste_samtale", "foerste_samtale_dato"),
    ("indhent_erklaering", "erklaering_dato"),
    ("installer_em", "em_klar_dato"),
    ("orienter_direktoratet", "direktorat_orienteret"),
    ("registrer_afgang", "afgang_tid"),
    ("ryk_for_akter", "akter_rykket"),
    ("send_til_retten", "sendt_til_retten_dato"),
    ("spoerg_om_forelaeggelse", "spurgt_dato"),
    ("spoerg_om_forelaeggelse_overfoersel", "forelaeg_dato"),
    ("underret_folkeregister_manuelt", "folkeregister_underrettet"),
    ("underret_kommune_manuelt", "kommune_underrettet"),
    ("underret_politi_udebleven", "politi_underrettet"),
}
"""Dates that say when something was done: the label and the heading say all, and nothing is counted from them."""
COUNTED_FROM = {
    "afgang_tid",
    "ankommet_dato",
    "anledning_dato",
    "ansoegt_dato",
    "dom_dato",
    "klage_meddelt_dato",
    "klage_modtaget_dato",
    "loesladt_dato",
    "loesladt_tid",
    "rykker_dato",
}
"""What has happened when it is written down, and chooses the law or begins a time limit."""


def components(path):
    def within(some):
        for one in some:
            yield one
            yield from within(one.get("components", []))

    return list(within(json.loads(path.read_text(encoding="utf-8"))["components"]))


def asked(path):
    return [one for one in components(path) if one["type"] in ASKED and not one.get("disabled")]


def pairs(path):
    """Give what the form helps with, in Danish and in English."""
    for one in components(path):
        said = one.get("properties", {})
        for word in ("text", "description"):
            if one.get(word) or said.get(f"{word}_en"):
                yield one["id"], one.get(word, ""), said.get(f"{word}_en", "")


def sentences(text):
    return re.split(r"[.?]\s+(?=[A-ZÆØÅ])|\n", text)


def numbers(text):
    """Give the sections, days and years that a text names."""
    return sorted(re.findall(r"\d+", text))


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_form_begins_with_a_heading_and_what_it_is_for(path):
    first = components(path)[0]
    found = [first.get("text", ""), first.get("properties", {}).get("text_en", "")]
    assert [text.startswith("### ") and len(sentences(text)) > 1 for text in found] == [True, True]


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_form_helps_in_english_as_in_danish(path):
    unlike = [
        name
        for name, da, en in pairs(path)
        if len(sentences(da)) != len(sentences(en)) or numbers(da) != numbers(en) or len(en) < len(da) * 2 / 3
    ]
    assert unlike == []


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_form_helps_where_an_answer_has_consequences(path):
    silent = [one["key"] for one in asked(path) if one["key"] in deciding() and not one.get("description")]
    assert silent == []


def test_date_helps_unless_it_is_only_recorded():
    silent = {
        (path.stem, one["key"])
        for path in FORMS
        for one in asked(path)
        if one["type"] == "datetime" and not one.get("description")
    }
    assert silent == ONLY_RECORDED


def test_what_decides_is_read_from_gateways_timers_deadlines_and_tables():
    known = {"ansoegt_om", "udsat_til", "moede_dato", "kriminalitetstype", "straf_start", "udgang_retur"}
    assert known - deciding() == set()
    assert deciding() & {"celle", "kommune_koordinator", "politi_journalnummer"} == set()


def test_form_that_asks_for_a_victims_request_asks_all_that_the_table_reads_of_the_case():
    of_the_case = asked_by("forurettet_pligt") - {"haendelse"}
    known = {path.stem: {one.get("key") for one in asked(path)} for path in FORMS}
    short = {stem: of_the_case - keys for stem, keys in known.items() if "forurettet_anmodet" in keys}
    askers = ("ny_loesladelsessag", "ny_underretning", "oplys_om_forurettet", "registrer_ansoegning")
    assert short == dict.fromkeys(askers, frozenset())


@pytest.mark.parametrize(
    ("stem", "heard"),
    [
        (
            "udarbejd_indstilling",
            {"ventetid_begrundelse", "undtagelse_notat", "politi_udtalelse", "statsadvokat_udtalelse"},
        ),
        ("indstil_overfoersel", {"udtalelse_vagt", "udtalelse_vaerksted", "bemaerkninger"}),
        ("indstil_proeveloesladelse", {"kif_udtalelse", "udtalelser", "hoering_udtalelse"}),
        ("afgoer_reaktion", {"misbrug_beskrivelse", "bemaerkninger"}),
        ("afgoer_brud", {"brud_beskrivelse", "bemaerkninger"}),
        ("udarbejd_partshoering", {"partshoering_grundlag"}),
    ],
)
def test_form_shows_what_was_heard_in_the_case(stem, heard):
    path = next(path for path in FORMS if path.stem == stem)
    assert heard - {one.get("key") for one in components(path) if one.get("disabled")} == set()


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_what_has_happened_is_never_told_ahead(path):
    found = [one for one in asked(path) if one.get("key") in COUNTED_FROM]
    ahead = [one["key"] for one in found if one.get("properties", {}).get("not_after") != "=today()"]
    assert ahead == []
