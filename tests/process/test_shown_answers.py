"""What was answered, heard and said in a case reaches whoever decides, across the call: shown, not theirs to change."""

import pytest
from sqlalchemy import select

from kfflow.domain.forms import presenting
from kfflow.domain.forms.model import inputs
from kfflow.engine.instructions import Activate
from kfflow.persistence.tables import UserTask
from kfflow.service import forms, instances, modifications
from kfflow.service.accounts import SYSTEM
from kfflow.service.cases import CaseDetails

HEARD = {"bemaerkninger": "Jeg har en plads på et værtshus"}
LEAVE = HEARD | {
    "adresse_resultat": "ikke_godkendt",
    "naer_forurettet": True,
    "adresse_bemaerkning": "Modtageren ønsker ikke besøg",
    "ventetid_begrundelse": "Moderen er alvorligt syg",
    "undtagelse_notat": "Spærringen fraviges for begravelsen",
    "politi_udtalelse": "Politiet fraråder udgang",
    "statsadvokat_udtalelse": "Statsadvokaten fraråder udgang",
}
HEALTH = HEARD | {
    "sundhed_imod": "ja",
    "droeftelse_resultat": "uenig",
    "droeftelse_noter": "Området ønsker at vente",
    "udtalelse_vagt": "Uro på afdelingen",
    "udtalelse_vaerksted": "Passer sit arbejde",
}
PAROLE = HEARD | {
    "erklaering": "nej",
    "bolig_sikret": "nej",
    "bolig_naer_forurettet": True,
    "forsoergelse_sikret": "ja",
    "bolig_bemaerkning": "Ingen bolig",
    "kif_udtalelse": "Tilsyn anbefales",
    "udtalelser": "Skolen anbefaler løsladelse",
    "hoering_udtalelse": "Politiet fraråder løsladelse",
}

APPLICATION = {
    "udgangstype": "regelmaessig",
    "formaal": "familie",
    "ansoegt_dato": "2026-11-24",
    "oensket_fra": "2026-12-04",
    "udgangsadresse": "Testvej 1, 8000 Aarhus C",
    "udgang_kompetence": {"rolle": "omraadekontor"},
}
TRANSFER = {
    "anledning": "vold",
    "anledning_dato": "2026-11-24",
    "overfoersel_kompetence": {"rolle": "omraadekontor"},
    "overfoersel": {"akut": False},
}
WITHDRAWAL = {"udgangstype": "regelmaessig", "genvurdering_begrundelse": "Politiet foreslår tilbagekaldelse"}
RELEASE = {"loesladelse_type": {"rolle": "omraadekontor", "regel": "§38_1"}, "frister": {"komprimeret": False}}


@pytest.fixture
def come_to(service, worker):
    """Start a case, let its jobs be done, and let it go on from an element."""

    def begin(process_id, element_id, facts):
        with service.command(SYSTEM) as ctx:
            known, details = {"indsat_id": "SYN-1001", **facts}, CaseDetails(institution_code="SDO")
            started = instances.create(ctx, process_id=process_id, variables=known, case=details, as_part=True)
        worker.drain()
        with service.command(SYSTEM) as ctx:
            modifications.modify(ctx, started.key, [Activate(element_id)], reason="Afgøres")

    return begin


@pytest.mark.parametrize(
    ("place", "facts", "answers"),
    [
        (("kf_udgangstilladelse", "AfgoerUdgang"), APPLICATION, LEAVE),
        (("kf_overfoersel", "AfgoerOverfoersel"), TRANSFER, HEALTH),
        (("kf_proeveloesladelse", "AfgoerProeveloesladelse"), RELEASE, PAROLE),
        (
            ("kf_udgang_gyldighed", "AfgoerTilbagekaldelse"),
            WITHDRAWAL,
            HEARD | {"indstilling_begrundelse": "Politiet foreslår tilbagekaldelse"},
        ),
    ],
)
@pytest.mark.usefixtures("in_operation")
def test_decider_sees_the_answers_of_the_case_and_cannot_change_them(service, come_to, place, facts, answers):
    come_to(*place, {**facts, **LEAVE, **HEALTH, **PAROLE})
    assert shown_at(service, "TraefAfgoerelse") == answers


@pytest.mark.parametrize("element_id", ["OversendMedUdtalelse", "AfgoerKlage"])
@pytest.mark.usefixtures("in_operation")
def test_request_for_suspension_is_shown_to_who_forwards_and_who_decides(service, come_to, element_id):
    entered = {"sagstype": "straffetid", "meddelt_dato": "2026-11-03", "klage_modtaget_dato": "2026-11-24"}
    complaint = {"klage_indhold": "Varetægten er ikke trukket fra", "opsaettende_oenskes": True}
    known = {"klage_regel": {"klage_varsel": "P21D"}, "klage_udtalelse": None}
    come_to("kf_klage", element_id, {**entered, **complaint, **known})
    shown = shown_at(service, element_id)
    assert {name: shown[name] for name in complaint} == complaint


def shown_at(service, element_id):
    """Give what the form of the open task shows and does not let be changed."""
    with service.query(SYSTEM) as ctx:
        task = ctx.session.scalars(select(UserTask).where(UserTask.element_id == element_id)).one()
        form, case = forms.for_task(ctx, task), forms.context_of(ctx, task)
        visible = presenting.visible(form, case, forms.evaluator(ctx, case))
    return {field.key: case[field.key] for field in inputs(form.fields) if field.id in visible and field.is_locked}


DAYS = {"halv": {"dato": "2026-10-05"}, "proeve": {"dato": "2027-01-04"}, "komprimeret": False}


@pytest.mark.parametrize(
    ("facts", "basis", "day"),
    [
        ({"rute": "halv", "tidlig_grund": "indsats"}, "straffeloven § 40 a, nr. 1", "2026-10-05"),
        ({"rute": "proeve", "straftype": "tidsbestemt"}, "straffeloven § 38, stk. 1", "2027-01-04"),
        ({"rute": "genproevning", "straftype": "livstid"}, "straffeloven § 41", "2027-03-15"),
        ({"rute": "proeve", "straftype": "forvaring"}, None, "2027-01-04"),
    ],
)
@pytest.mark.usefixtures("in_operation")
def test_decision_on_parole_knows_its_basis_and_the_day(service, come_to, facts, basis, day):
    known = {**facts, "datoer": {"straf_dage": 546}, "frister": DAYS, "loeslades_dato": "2027-03-15"}
    come_to("kf_proeveloesladelse", "AfgoerProeveloesladelse", known)
    decided = at_decision(service)
    assert (decided["afgoerelse_hjemmel"], decided["loesladelse_dato"]) == (basis, day)


@pytest.mark.usefixtures("in_operation")
def test_decision_on_a_transfer_knows_the_rule_it_rests_on(service, come_to):
    rule = {"akut": False, "hjemmel": "straffuldbyrdelsesloven § 78"}
    come_to("kf_overfoersel", "AfgoerOverfoersel", {**TRANSFER, "overfoersel": rule})
    assert at_decision(service)["afgoerelse_hjemmel"] == "straffuldbyrdelsesloven § 78"


def at_decision(service):
    with service.query(SYSTEM) as ctx:
        deciding = ctx.session.scalars(select(UserTask).where(UserTask.element_id == "TraefAfgoerelse")).one()
        return forms.context_of(ctx, deciding)
