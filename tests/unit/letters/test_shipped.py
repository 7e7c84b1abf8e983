"""What the shipped letters say: outcome, reasons, basis, complaint guidance by kind of decision, data controller."""

from itertools import pairwise

import pytest

from kfflow.domain import forms
from kfflow.feel import compile_expression
from kfflow.letters import trying
from kfflow.scenarios import files
from tests.unit.letters.reading import LETTERS, ROOT, baselines, pdf_of, text_of, written

RULE = {
    "kan_paaklages": True,
    "klagefrist": "P2M",
    "klagevejledning": "Du kan klage til direktoratet inden to måneder.",
    "domstolsproevelse": False,
    "domstol_frist": "P28D",
}
COURT = "indbringes for retten. Kravet skal fremsættes inden 4 uger"
NARROWEST = 8
"""What two lines of text are apart at least, in points."""
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


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("name", LETTERS)
def test_lines_of_a_letter_do_not_cover_each_other(name, language):
    for page in pdf_of(written(name, language)).pages:
        assert [pair for pair in pairwise(baselines(page)) if pair[0] - pair[1] < NARROWEST] == []


def test_every_letter_is_expected_by_a_scenario():
    read = [files.read(path, "Europe/Copenhagen") for path in files.find(ROOT / "workflows", None)]
    expected = {f"{name}.typ" for scenario in read for name in scenario.expect.get("letters", [])}
    assert expected == set(LETTERS)


def test_refusal_gives_reasons_basis_and_guidance():
    told = text_of(written("notat_afslag.typ", klage=RULE, hjemmel="straffuldbyrdelsesloven § 46"))
    for words in (
        "Du får ikke tilladelse til udgang.",
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
        "You are not given permission for leave.",
        "complain to the Directorate within 2 months",
        "before a court. You must say so within 4 weeks",
        "Data controller: Nyborg Fængsel.",
    ):
        assert words in told


def test_changed_conditions_are_told_one_by_one():
    changed = text_of(written("tilsyn_reaktion.typ"))
    assert "Vilkår fra nu af" in changed
    assert "Du skal følge behandling mod misbrug eller psykiatrisk behandling." in changed
    assert "Vilkår fra nu af" not in text_of(written("tilsyn_reaktion.typ", felter={"brud_reaktion": "advarsel"}))


OUTCOMES = {
    ("udgang", "imoedekommet"): "Du får tilladelse til udgang.",
    ("udgang", "afslag"): "Du får ikke tilladelse til udgang.",
    ("tilbagekaldelse", "tilbagekaldt"): "Din tilladelse til udgang er kaldt tilbage.",
    ("tilbagekaldelse", "opretholdt"): "Din tilladelse til udgang opretholdes.",
    ("overfoersel", "imoedekommet"): "Du overføres.",
    ("overfoersel", "imod_oensket"): "Du overføres, selv om du ikke ønsker det.",
    ("overfoersel", "afslag"): "Du overføres ikke.",
    ("proeveloesladelse", "imoedekommet"): "Du løslades på prøve.",
    ("proeveloesladelse", "afslag"): "Du løslades ikke på prøve.",
    ("fodlaenke", "imoedekommet"): "Din ansøgning er imødekommet.",
    ("fodlaenke", "afslag"): "Din ansøgning er afslået.",
}
FAVOURABLE = {"imoedekommet", "opretholdt"}


def evaluate(expression, data):
    return compile_expression(expression).evaluate(dict(data), now=trying.AT)


def decided(kind, outcome, **fields):
    name = "afgoerelse.typ" if outcome in FAVOURABLE else "notat_afslag.typ"
    rule = {**RULE, "domstolsproevelse": True}
    return text_of(written(name, klage=rule, felter={"sagstype": kind, "udfald": outcome, **fields}))


@pytest.mark.parametrize(("kind", "outcome"), OUTCOMES)
def test_decision_says_what_its_kind_of_case_ends_with(kind, outcome):
    told = decided(kind, outcome)
    assert OUTCOMES[kind, outcome] in told
    assert ("ansøgning" in told) is (kind == "fodlaenke")


def test_every_outcome_that_a_kind_of_case_offers_has_words():
    source = (ROOT / "workflows/kf_afgoerelse/forms/traef_afgoerelse.form").read_text(encoding="utf-8")
    outcome = next(one for one in forms.parse_form(source, "f").fields if one.key == "udfald")

    def offered(kind, data):
        return forms.options_of(outcome, {"sagstype": kind, **data}, evaluate)

    kinds, wished = {kind for kind, _ in OUTCOMES}, {"anledning": "eget_oenske"}
    assert {(kind, one.value) for kind in kinds for one in offered(kind, {"anledning": "vold"})} == set(OUTCOMES)
    assert [one.value for one in offered("overfoersel", wished)] == ["imoedekommet", "afslag"]


@pytest.mark.parametrize(("outcome", "court"), [("imoedekommet", False), ("afslag", True)])
def test_court_is_offered_for_what_goes_against_the_inmate(outcome, court):
    told = decided("proeveloesladelse", outcome)
    assert (RULE["klagevejledning"] in told, COURT in told) == (True, court)


@pytest.mark.parametrize(("kind", "conditions"), [("udgang", True), ("overfoersel", False), ("fodlaenke", False)])
def test_conditions_of_leave_stand_in_leave_alone(kind, conditions):
    told = decided(kind, "imoedekommet")
    assert ("Vilkår" in told, "misbruge tilladelsen" in told) == (conditions, conditions)


def test_transfer_says_where_to_in_which_regime_and_for_how_long_at_most():
    where = {"ny_institution": "HOR", "til_regime": "arrest", "overfoersel": {"max_uger": 8}}
    for outcome in ("imoedekommet", "imod_oensket"):
        told = decided("overfoersel", outcome, **where)
        assert "Til: Horserød Fængsel, arresthus Højst: 8 uger; derefter skal spørgsmålet rejses igen" in told
        assert "hvor du ellers skal hen" in told
    told = decided("overfoersel", "afslag", **where)
    assert "Det drejede sig om: Horserød Fængsel, arresthus" in told
    assert ("Højst" in told, "hvor du ellers skal hen" in told) == (False, False)


@pytest.mark.parametrize(("kind", "outcome"), [("udgang", "afslag"), ("tilbagekaldelse", "opretholdt")])
def test_leave_says_of_which_kind_it_is(kind, outcome):
    assert "Udgang: Frigang" in decided(kind, outcome, udgangstype="frigang")


def test_leave_says_nothing_of_a_transfer_that_the_case_knows():
    assert "Horserød" not in decided("udgang", "imoedekommet", ny_institution="HOR", overfoersel={"max_uger": 8})


@pytest.mark.parametrize(
    ("reaction", "danish", "english"),
    [
        ("karantaene", "Karantænen varer til den 1. maj 2026. Fra", "The suspension lasts until 1 May 2026. From"),
        ("fradrag", "Der trækkes 45 minutter.", "45 minutes are deducted."),
        ("advarsel", "Du får en advarsel. Begrundelse", "You are given a warning. Reasons"),
    ],
)
def test_reaction_says_until_when_or_how_much(reaction, danish, english):
    fields = {"reaktion": reaction, "karantaene_til": "2026-05-01", "fradrag_min": 45}
    assert danish in text_of(written("afgoerelse_reaktion.typ", felter=fields))
    assert english in text_of(written("afgoerelse_reaktion.typ", "en", felter=fields))


def test_parole_shows_the_day_its_conditions_and_probation():
    fields = {"sagstype": "proeveloesladelse", "tilsynsvilkaar": ["tilsyn", "kontaktforbud"], "proevetid_aar": 2}
    fields |= {"udfald": "imoedekommet", "loesladelse_dato": "2026-09-04"}
    told = text_of(written("afgoerelse.typ", felter=fields))
    for words in (
        "Du løslades på prøve. Løsladelsen sker den 4. september 2026. Prøvetiden er 2 år fra løsladelsen.",
        "tilsyn af Kriminalforsorgen i Frihed",
        "Du må ikke have kontakt",
        "Du må ikke begå ny kriminalitet i prøvetiden.",
    ):
        assert words in told
    assert "misbruge tilladelsen" not in told


def test_leave_shows_its_conditions_and_those_of_every_leave():
    told = text_of(written("afgoerelse.typ", felter={"vilkaar": ["urinproeve_efter"]}))
    assert "Du må ikke begå ny kriminalitet" in told
    assert "Du skal aflevere en urinprøve efter udgangen." in told


@pytest.mark.parametrize(("kind", "until"), [("udgang", "2027-05-24"), ("udgang", None), ("overfoersel", "2027-05-24")])
def test_leave_says_until_when_it_counts_where_the_decision_sets_that(kind, until):
    fields = {"sagstype": kind, "gyldig_til": until}
    told, english = (text_of(written("afgoerelse.typ", language, felter=fields)) for language in ("da", "en"))
    said = kind == "udgang" and until is not None
    assert ("Tilladelsen gælder til den 24. maj 2027." in told) is said
    assert ("The permission is valid until 24 May 2027." in english) is said


@pytest.mark.parametrize("court", [True, False])
def test_dismissal_of_what_cannot_be_appealed_names_where_else_to_turn_and_the_court_that_can_review_it(court):
    elsewhere = {"anden_vej": "Skriv til et andet sted.", "anden_vej_en": "Write elsewhere."}
    rule = {"kan_paaklages": False, "domstolsproevelse": court, "domstol_frist": "P28D", **elsewhere}
    told = text_of(written("klage_afvisning.typ", felter={"klage_regel": rule}))
    assert (NO_APPEAL in told, "Skriv til et andet sted." in told, COURT in told) == (True, True, court)
    assert "særlige grunde til at se bort fra fristen" not in told


@pytest.mark.parametrize("asked", [True, False])
def test_forwarded_complaint_says_that_suspension_is_asked_for(asked):
    fields = {"sagstype": "straffetid", "opsaettende_oenskes": asked}
    told = text_of(written("klagefremsendelse.typ", felter=fields))
    assert "Klagen angår: straffetidsberegning" in told
    assert ("Klageren ønsker afgørelsen udsat: ja" in told) is asked


def test_condition_nobody_has_words_for_is_shown_as_it_is():
    assert "hjemmebesoeg" in text_of(written("afgoerelse.typ", felter={"vilkaar": ["hjemmebesoeg"]}))


def test_calculation_says_what_has_no_date():
    told = text_of(written("straffetidsberegning.typ", felter={"dato_halv": None, "dato_slut": None}))
    assert "Halv tid: beregnes ikke" in told
    assert "To tredjedele: 5. september 2026" in told
    assert "Endt straf: tidsubestemt" in told


def test_new_calculation_says_each_changed_date_with_the_one_before_and_why():
    before = {"halv": "2026-06-05", "proeve": "2026-09-05", "slut": "2026-12-05"}
    why = {"aendring_aarsag": "Ny dom", "aendring_hjemmel": "straffeloven § 89"}
    told = text_of(written("straffetidsberegning.typ", felter={"datoer_hidtil": before, **why}))
    assert "Halv tid: 5. juli 2026 (hidtil 5. juni 2026)" in told
    assert "To tredjedele: 5. september 2026 Endt straf: 5. januar 2027 (hidtil 5. december 2026)" in told
    assert "Grunden til ændringen Ny dom straffeloven § 89" in told
    assert "Løslades ved endt straf" not in told


def test_calculation_for_life_says_the_day_of_section_41_and_no_fractions():
    life = {"straftype": "livstid", "dato_halv": None, "dato_totredjedel": "2036-05-01", "dato_slut": None}
    before = {"halv": None, "proeve": "2028-05-01", "slut": None}
    told = text_of(written("straffetidsberegning.typ", felter={**life, "datoer_hidtil": before}))
    assert "Prøveløsladelse prøves tidligst (straffelovens § 41): 1. maj 2036 (hidtil 1. maj 2028)" in told
    assert ("Halv tid" in told, "To tredjedele" in told) == (False, False)
    assert "Endt straf: tidsubestemt" in told
    assert COURT in told


def test_calculation_says_a_release_that_is_advanced():
    told = text_of(written("straffetidsberegning.typ", felter={"dato_fremrykket": "2027-01-04"}))
    assert "Løslades ved endt straf: 4. januar 2027" in told


def test_victim_is_told_the_day_but_not_of_an_escape():
    assert "6. marts 2026" in text_of(written("underretning_forurettet.typ"))
    told = text_of(written("underretning_forurettet.typ", felter={"haendelse": "undvigelse"}))
    assert "at den dømte er undveget" in told
    assert "6. marts 2026" not in told


def test_letter_to_an_authority_is_addressed_to_it():
    assert "Odense Kommune" in text_of(written("meddelelse_loesladelse.typ", modtager="Odense Kommune"))


def test_victim_is_not_given_the_number_of_the_convicted_person():
    told = text_of(written("underretning_forurettet.typ"))
    assert "Vedrører: Anders And" in told
    assert "SYN-000123" not in told


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("tilsigelse.typ", "Sted: Nyborg Fængsel"),
        ("overfoerselsordre.typ", "Til: Horserød Fængsel"),
        ("overleveringsnotat.typ", "Fra: Nyborg Fængsel"),
        ("transportrekvisition.typ", "Forventet ankomst: 2. februar 2026 kl. 11.00"),
        ("meddelelse_indsaettelse.typ", "Institution: Nyborg Fængsel"),
    ],
)
def test_letter_says_names_and_times_not_codes(name, words):
    assert words in text_of(written(name))


def test_urgent_transport_goes_to_the_temporary_place_at_once():
    told = text_of(written("transportrekvisition.typ", felter={"planlagt_ankomst": None, "midlertidigt_sted": "NYB"}))
    assert "Hvornår: straks" in told
    assert "Til: Nyborg Fængsel" in told
    assert "straffuldbyrdelsesloven § 25, stk. 1, nr. 5" in told


def test_plan_of_somebody_expelled_leaves_out_the_time_after_release():
    assert "Tiden efter løsladelsen Bolig: Egen lejlighed" in text_of(written("handleplan.typ"))
    after = dict.fromkeys(("efter_bolig", "efter_forsoergelse", "efter_koordinator"))
    assert "Tiden efter løsladelsen" not in text_of(written("handleplan.typ", felter=after))


@pytest.mark.parametrize(("kind", "words"), [("udgang", "Vilkår: ingen alkohol"), ("overfoersel", "Til: Horserød")])
def test_recommendation_shows_what_its_kind_of_case_needs(kind, words):
    told = text_of(written("indstilling.typ", felter={"sagstype": kind, "ny_institution": "HOR"}))
    assert words in told
    assert "Retsgrundlag: straffuldbyrdelsesloven § 46." in told


@pytest.mark.parametrize(
    ("kind", "known", "words"),
    [
        ("udgang", {"adresse_resultat": "ikke_godkendt"}, ["Udgangsadressen: ikke godkendt"]),
        ("overfoersel", {"sundhed_imod": "ja"}, ["Sundhedsforhold taler imod: ja"]),
        (
            "proeveloesladelse",
            {"erklaering": "ja", "bolig_sikret": "nej", "forsoergelse_sikret": "ja"},
            ["Vil overholde vilkårene: ja", "Bolig er sikret: nej", "Forsørgelse er sikret: ja"],
        ),
    ],
)
def test_recommendation_shows_the_answers_that_the_law_makes_conditions(kind, known, words):
    told = text_of(written("indstilling.typ", felter={"sagstype": kind, **known}))
    assert [word for word in words if word not in told] == []


def test_conditions_are_signed_and_say_what_a_breach_means():
    for name in ("vilkaarserklaering.typ", "vilkaar_tilsyn.typ"):
        told = text_of(written(name))
        assert "underskrift" in told
        assert "Hvis vilkårene brydes" in told


def test_release_is_announced_and_then_reported():
    assert "Løslades: 4. september 2026" in text_of(written("meddelelse_loesladelse.typ"))
    done = {"loesladt_tid": "2026-09-04T10:15:00+02:00"}
    assert "Løsladt: 4. september 2026 kl. 10.15" in text_of(written("meddelelse_loesladelse.typ", felter=done))
    pardoned = {"loesladt_dato": "2026-09-04", "rute": "benaadning"}
    told = text_of(written("meddelelse_loesladelse.typ", felter=pardoned))
    assert "Løsladt: 4. september 2026" in told
    assert "Grundlag: benådning" in told


@pytest.mark.parametrize(
    ("kind", "basis"), [("udgang", "udgangsbekendtgørelsen"), ("proeveloesladelse", "straffeloven")]
)
def test_hearing_says_what_it_is_about_and_by_when(kind, basis):
    told = text_of(written("hoering.typ", felter={"sagstype": kind}))
    assert ("afgørelse om udgang" in told) is (kind == "udgang")
    assert "svar inden 10 dage" in told
    assert f"Retsgrundlag: {basis}" in told


def test_word_longer_than_the_line_goes_on_below():
    told = text_of(written("notat_afslag.typ", felter={"begrundelse": "x" * 400}))
    assert "x" * 400 not in told
    assert told.count("x") == 400


def test_data_controller_stands_where_a_screen_reader_reads_it():
    pdf = written("notat_afslag.typ", felter={"begrundelse": "ord " * 1500})
    assert [("Dataansvarlig" in page.extract_text()) for page in pdf_of(pdf).pages] == [False, True]


@pytest.mark.parametrize(("outcome", "court"), [("stadfaestet", True), ("stadfaestet", False), ("hjemvist", True)])
def test_upheld_decision_that_a_court_may_review_says_so(outcome, court):
    rule = {"domstolsproevelse": court, "domstol_frist": "P28D"}
    told = text_of(written("klage_afgoerelse.typ", felter={"klage_udfald": outcome, "klage_regel": rule}))
    assert NO_APPEAL in told
    assert (COURT in told) is (court and outcome == "stadfaestet")


def test_person_without_a_name_is_named_once():
    nobody = {"navn": "SYN-9", "nummer": "", "foedt": None, "institution": None}
    assert "Vedrører: SYN-9 Høring" in text_of(written("hoering.typ", person=nobody))


def test_hearing_says_until_which_day_one_can_answer():
    told = text_of(written("partshoering.typ"))
    assert "Du kan svare til og med den 1. december 2026." in told
    assert "har du 1 uge fra den dag, du får det." in told
    assert "You may reply until the end of 1 December 2026." in text_of(written("partshoering.typ", "en"))
