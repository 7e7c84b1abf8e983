"""What the shipped letters say: outcome, reasons, basis, complaint guidance by kind of decision, data controller."""

import pytest

from tests.unit.letters.reading import LETTERS, text_of, written

RULE = {
    "kan_paaklages": True,
    "klagefrist": "P2M",
    "klagevejledning": "Du kan klage til direktoratet inden to måneder.",
    "domstolsproevelse": False,
    "domstol_frist": "P28D",
}
COURT = "indbringes for retten. Kravet skal fremsættes inden 4 uger"
NO_APPEAL = "kan ikke påklages til en anden administrativ myndighed"


@pytest.mark.parametrize("name", LETTERS)
def test_letter_names_its_sender_controller_and_case(name):
    told = text_of(written(name, afsender="Kriminalforsorgsområde Øst", dataansvarlig="Direktoratet"))
    assert "Dataansvarlig: Direktoratet." in told
    assert "Kriminalforsorgsområde Øst" in told
    assert "Sagsnummer: 2026-0001" in told


@pytest.mark.parametrize("name", LETTERS)
def test_synthetic_person_is_marked_and_nobody_else(name):
    assert "SYNTETISK PERSON" in text_of(written(name, syntetisk=True))
    assert "SYNTETISK" not in text_of(written(name, syntetisk=False))


def test_refusal_gives_reasons_basis_and_guidance():
    told = text_of(written("notat_afslag.typ", klage=RULE, hjemmel="straffuldbyrdelsesloven § 46"))
    for words in (
        "Din ansøgning er afslået.",
        "Der er bestemte grunde til at antage, at udgangen vil blive misbrugt.",
        "efter straffuldbyrdelsesloven § 46",
        RULE["klagevejledning"],
        "Fristen er 2 måneder.",
    ):
        assert words in told
    assert COURT not in told


@pytest.mark.parametrize(("appeal", "court"), [(True, False), (True, True), (False, True), (False, False)])
def test_guidance_follows_the_rule_of_the_decision(appeal, court):
    told = text_of(written("notat_afslag.typ", klage={**RULE, "kan_paaklages": appeal, "domstolsproevelse": court}))
    assert (RULE["klagevejledning"] in told, NO_APPEAL in told, COURT in told) == (appeal, not appeal, court)


def test_guidance_takes_the_deadline_from_the_rule():
    assert "Fristen er 1 måned." in text_of(written("notat_afslag.typ", klage={**RULE, "klagefrist": "P1M"}))
    assert "Fristen er 10 dage." in text_of(written("notat_afslag.typ", klage={**RULE, "klagefrist": "P10D"}))


def test_english_refusal_says_the_same():
    told = text_of(written("notat_afslag.typ", "en", klage={**RULE, "domstolsproevelse": True}))
    for words in (
        "Your application is refused.",
        "complain to the Directorate within 2 months",
        "before a court. You must say so within 4 weeks",
        "Data controller: Nyborg Fængsel.",
    ):
        assert words in told


def test_parole_shows_its_conditions_and_probation():
    fields = {"sagstype": "proeveloesladelse", "tilsynsvilkaar": ["tilsyn", "kontaktforbud"], "proevetid_aar": 2}
    told = text_of(written("afgoerelse.typ", felter=fields))
    for words in (
        "Prøvetiden er 2 år fra løsladelsen.",
        "tilsyn af Kriminalforsorgen i Frihed",
        "Du må ikke have kontakt",
    ):
        assert words in told


def test_leave_shows_its_conditions_and_those_of_every_leave():
    told = text_of(written("afgoerelse.typ", felter={"vilkaar": ["urinproeve_efter"]}))
    assert "Du må ikke begå ny kriminalitet" in told
    assert "Du skal aflevere en urinprøve efter udgangen." in told


def test_condition_nobody_has_words_for_is_shown_as_it_is():
    assert "hjemmebesoeg" in text_of(written("afgoerelse.typ", felter={"vilkaar": ["hjemmebesoeg"]}))


def test_calculation_says_what_has_no_date():
    told = text_of(written("straffetidsberegning.typ", felter={"dato_halv": None, "dato_slut": None}))
    assert "Halv tid: beregnes ikke" in told
    assert "To tredjedele: 5. september 2026" in told
    assert "Endt straf: tidsubestemt" in told


def test_victim_is_told_the_day_but_not_of_an_escape():
    assert "6. marts 2026" in text_of(written("underretning_forurettet.typ"))
    told = text_of(written("underretning_forurettet.typ", felter={"haendelse": "undvigelse"}))
    assert "at den dømte er undveget" in told
    assert "6. marts 2026" not in told


def test_letter_to_an_authority_is_addressed_to_it():
    assert "Odense Kommune" in text_of(written("meddelelse_loesladelse.typ", modtager="Odense Kommune"))
